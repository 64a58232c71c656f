//! What somebody is granted, as the configuration and the file of tokens write it. It becomes rights where the tools are known.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    ConfigError, DatabaseKey,
    error::nearest,
    file::{Text, checked},
    values::{Refusal, not_empty, parse_bool},
};

/// The names of toolsets: those of the workflows.
pub const TOOLSETS: [&str; 6] =
    ["baseline", "data_analysis", "graph_modeling", "bulk_operations", "schema_validation", "full"];

/// What somebody may use. What is not named is not limited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Grant {
    /// The databases.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub databases: Option<BTreeSet<DatabaseKey>>,
    /// Single tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<BTreeSet<String>>,
    /// Tools by the workflow they are for; together with the single ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toolsets: Option<BTreeSet<String>>,
    /// Whether nothing may be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// The one database, which is also what a call without a choice means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pin: Option<DatabaseKey>,
}

impl Grant {
    /// Both grants: what they name of one kind is put together, and each kind that is named limits the whole. So a grant of
    /// reading and one of a database make reading in that database.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.databases = together(self.databases, other.databases.as_ref());
        self.tools = together(self.tools, other.tools.as_ref());
        self.toolsets = together(self.toolsets, other.toolsets.as_ref());
        self.read_only = match (self.read_only, other.read_only) {
            (Some(one), Some(other)) => Some(one && other),
            (one, other) => one.or(other),
        };
        self.pin = match (self.pin, &other.pin) {
            (Some(one), Some(other)) if one != *other => {
                // Nobody is in two places: such a caller gets nothing.
                self.databases = Some(BTreeSet::new());
                Some(one)
            }
            (one, other) => one.or_else(|| other.clone()),
        };
        self
    }

    /// The databases it names, the one it is pinned to included.
    pub fn named_databases(&self) -> impl Iterator<Item = &DatabaseKey> {
        self.databases.iter().flatten().chain(&self.pin)
    }
}

fn together<T: Ord + Clone>(one: Option<BTreeSet<T>>, other: Option<&BTreeSet<T>>) -> Option<BTreeSet<T>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.into_iter().chain(other.iter().cloned()).collect()),
        (one, other) => one.or_else(|| other.cloned()),
    }
}

/// A grant as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrant {
    databases: Option<Vec<Text>>,
    tools: Option<Vec<Text>>,
    toolsets: Option<Vec<Text>>,
    toolset: Option<Text>,
    read_only: Option<Text>,
    pin: Option<Text>,
}

impl RawGrant {
    /// Checks it; `at` is its dotted path.
    pub(super) fn check(self, at: &str) -> Result<Grant, ConfigError> {
        let toolsets: Option<Vec<Text>> = match (self.toolsets, self.toolset) {
            (None, None) => None,
            (several, one) => Some(several.into_iter().flatten().chain(one).collect()),
        };
        Ok(Grant {
            databases: all(at, "databases", self.databases.as_deref(), parse_key)?,
            tools: all(at, "tools", self.tools.as_deref(), not_empty)?,
            toolsets: all(at, "toolsets", toolsets.as_deref(), parse_toolset)?,
            read_only: one(at, "read_only", self.read_only.as_ref(), parse_bool)?,
            pin: one(at, "pin", self.pin.as_ref(), parse_key)?,
        })
    }
}

type Parse<T> = fn(&str) -> Result<T, Refusal>;

fn one<T>(at: &str, key: &str, text: Option<&Text>, parse: Parse<T>) -> Result<Option<T>, ConfigError> {
    text.map(|text| checked(&format!("{at}.{key}"), text, parse)).transpose()
}

fn all<T: Ord>(
    at: &str,
    key: &str,
    texts: Option<&[Text]>,
    parse: Parse<T>,
) -> Result<Option<BTreeSet<T>>, ConfigError> {
    let checked = |texts: &[Text]| texts.iter().map(|text| checked(&format!("{at}.{key}"), text, parse)).collect();
    texts.map(checked).transpose()
}

fn parse_key(text: &str) -> Result<DatabaseKey, Refusal> {
    DatabaseKey::parse(text).map_err(|rule| Refusal::new(format!("{text:?} is not the key of a database: {rule}"), ""))
}

/// The name of a toolset.
pub(super) fn parse_toolset(text: &str) -> Result<String, Refusal> {
    if TOOLSETS.contains(&text) {
        return Ok(text.to_owned());
    }
    let advice = match nearest(text, TOOLSETS) {
        Some(near) => format!("did you mean `{near}`? There are {}", TOOLSETS.join(", ")),
        None => format!("use one of {}", TOOLSETS.join(", ")),
    };
    Err(Refusal::new(format!("{text:?} is not a toolset"), advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(keys: &[&str]) -> BTreeSet<DatabaseKey> {
        keys.iter().map(|key| DatabaseKey::parse(*key).unwrap()).collect()
    }

    #[test]
    fn what_two_grants_name_of_one_kind_is_put_together_and_each_kind_limits() {
        let read = Grant { read_only: Some(true), ..Grant::default() };
        let sales = Grant { databases: Some(keys(&["sales"])), ..Grant::default() };
        let stock = Grant { databases: Some(keys(&["stock"])), ..Grant::default() };
        let all = read.clone().with(&sales).with(&stock);
        assert_eq!((all.databases, all.read_only), (Some(keys(&["sales", "stock"])), Some(true)));
        let write = Grant { read_only: Some(false), ..Grant::default() };
        assert_eq!(read.with(&write).read_only, Some(false));
    }

    #[test]
    fn two_different_pins_leave_nothing() {
        let pinned = |key: &str| Grant { pin: DatabaseKey::parse(key).ok(), ..Grant::default() };
        assert_eq!(pinned("a").with(&pinned("a")), pinned("a"));
        assert_eq!(pinned("a").with(&pinned("b")).databases, Some(keys(&[])));
    }
}

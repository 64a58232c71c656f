//! `arango_aql_help`: the manual of AQL, by topic or by words. Needs no database, and answers in few tokens.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
};
use crate::manual::{self, Topic};

/// The most topics shown in full for a search; the names of some more follow.
const MOST_SHOWN: usize = 4;

/// How many more are named.
const MOST_NAMED: usize = 12;

/// How many bytes of topics are shown in full; the first always is.
const MOST_BYTES: usize = 5 * 1024;

#[derive(Debug)]
pub(crate) struct AqlHelp;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Exact, e.g. `COLLECT`, `DATE_ADD`.
    #[serde(default)]
    topic: Option<String>,
    /// e.g. `split string`, `group by`.
    #[serde(default)]
    search: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Help {
    /// The topics, the best first.
    topics: Vec<Entry>,
    /// Names of more topics that may be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<&'static str>,
    /// Where nothing is asked for, or nothing found: the names of all topics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contents: Vec<Section>,
}

/// A topic of the manual.
#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    name: &'static str,
    /// `operation`, `concept` or `function`.
    kind: &'static str,
    section: &'static str,
    /// Other names for the same.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    also: &'static [&'static str],
    /// The forms it has, a line each; `name?` may be left out, `name...` is any number.
    #[serde(skip_serializing_if = "str::is_empty")]
    signature: &'static str,
    description: &'static str,
    /// Whether it needs a server, as the embedded engine does not have it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    server_only: bool,
    /// A query, or an expression to return.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<&'static str>,
    /// The example's bind parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_vars: Option<Value>,
    /// What the example gives on the data of the topic `sample data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    see_also: &'static [&'static str],
}

/// A part of the table of contents.
#[derive(Debug, Serialize, JsonSchema)]
struct Section {
    section: &'static str,
    /// The names of its topics, with commas between.
    names: String,
}

impl Tool for AqlHelp {
    const NAME: &'static str = "arango_aql_help";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "AQL manual";
    const DESCRIPTION: &'static str = "Look up AQL offline: clauses, operators, functions, and SQL, Cypher or MongoDB \
terms. Returns syntax and an example. No arguments: all topics.";
    const CATEGORY: Category = Category::Query;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Help>;

    async fn call(_context: &CallContext, args: Args) -> Result<Fixed<Help>, ToolError> {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let mut found = Vec::new();
        if let Some(name) = given(args.topic) {
            found.push(manual::find(&name).ok_or_else(|| unknown(&name))?);
        }
        let searched = given(args.search);
        found.extend(searched.iter().flat_map(|words| manual::search(words)));
        let mut seen = HashSet::new();
        found.retain(|topic| seen.insert(topic.name));
        Ok(Fixed(Help::of(&found)))
    }
}

impl Help {
    fn of(found: &[&'static Topic]) -> Self {
        let mut bytes = 0;
        let fits = |entry: &Entry| {
            let first = bytes == 0;
            bytes += json!(entry).to_string().len();
            first || bytes <= MOST_BYTES
        };
        let topics: Vec<Entry> = found.iter().map(|topic| Entry::of(topic)).take(MOST_SHOWN).take_while(fits).collect();
        let more = found.iter().skip(topics.len()).take(MOST_NAMED).map(|topic| topic.name).collect();
        let contents = if topics.is_empty() { contents() } else { Vec::new() };
        Self { topics, more, contents }
    }
}

impl Entry {
    fn of(topic: &'static Topic) -> Self {
        let value = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self {
            name: topic.name,
            kind: topic.kind.name(),
            section: topic.section,
            also: &topic.also,
            signature: &topic.syntax,
            description: &topic.description,
            server_only: topic.server_only,
            example: topic.example.as_deref(),
            bind_vars: value(&topic.bind),
            result: value(&topic.result),
            see_also: &topic.see_also,
        }
    }
}

fn contents() -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for topic in manual::topics() {
        match sections.last_mut().filter(|last| last.section == topic.section) {
            Some(last) => {
                last.names.push_str(", ");
                last.names.push_str(topic.name);
            }
            None => sections.push(Section { section: topic.section, names: topic.name.to_owned() }),
        }
    }
    sections
}

/// The error for a name that is none of a topic, with those that may be meant.
fn unknown(name: &str) -> ToolError {
    let meant: Vec<&str> = manual::suggest(name, 5).into_iter().map(|topic| topic.name).collect();
    let error = ToolError::argument("topic", "unknown_topic", format!("the manual has no topic `{name}`"));
    if meant.is_empty() {
        return error.hint("use `search` with a few words, or no arguments for the names of all topics");
    }
    error.hint(format!("did you mean {}? Or use `search` with a few words", meant.join(", "))).with("nearest", meant)
}

#[cfg(test)]
mod tests;

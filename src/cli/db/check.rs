//! What `db test` and `db status` say about a database, for people and for scripts.

use std::time::Duration;

use clap::builder::styling::AnsiColor;
use futures::future::join_all;
use serde::Serialize;

use crate::{
    cli::{
        look::{self, Look, Rights, Trouble},
        table,
    },
    config::{DatabaseEntry, DatabaseKey},
    tenancy::Databases,
};

/// How long one database may take to answer everything.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database and what was found.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    key: DatabaseKey,
    url: String,
    database: String,
    username: String,
    /// Whether it can be used.
    pub(super) ok: bool,
    #[serde(flatten)]
    found: Found,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Found {
    Healthy(Healthy),
    Broken(Broken),
}

#[derive(Debug, Serialize)]
struct Healthy {
    version: String,
    license: String,
    /// What the server is in its deployment, in lower case.
    role: Option<String>,
    latency_ms: f64,
    /// Whether this program could write with this entry; nothing when the server does not say.
    writable: Option<bool>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Broken {
    error: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    hint: &'static str,
}

impl Check {
    /// Looks at some of the databases, at once; they come back in the same order.
    pub(super) async fn all(databases: &Databases, keys: impl IntoIterator<Item = &DatabaseKey>) -> Vec<Self> {
        let entries = keys.into_iter().filter_map(|key| Some((key, databases.config().entry(key)?)));
        join_all(entries.map(|(key, entry)| Self::one(databases, key, entry))).await
    }

    async fn one(databases: &Databases, key: &DatabaseKey, entry: &DatabaseEntry) -> Self {
        let found = match look::at(databases, key, entry, PATIENCE).await {
            Ok(look) => Found::Healthy(Healthy::of(look, entry)),
            Err(trouble) => Found::Broken(Broken::of(&trouble)),
        };
        Self {
            key: key.clone(),
            url: entry.address.to_string(),
            database: entry.database.to_string(),
            username: entry.username.clone(),
            ok: matches!(found, Found::Healthy(_)),
            found,
        }
    }

    /// One line, and a second one with a hint where there is one.
    pub(super) fn line(&self) -> String {
        let (style, mark) =
            if self.ok { (AnsiColor::Green.on_default(), '✓') } else { (AnsiColor::Red.on_default(), '✗') };
        let key = &self.key;
        match &self.found {
            Found::Healthy(healthy) => format!("{style}{mark}{style:#} {key}: {}\n", healthy.words(&self.username)),
            Found::Broken(Broken { error, hint }) => {
                let hint = if hint.is_empty() { String::new() } else { format!("  {hint}\n") };
                format!("{style}{mark}{style:#} {key}: {}\n{hint}", table::visible(error))
            }
        }
    }
}

impl Broken {
    fn of(trouble: &Trouble) -> Self {
        Self { error: trouble.to_string(), hint: trouble.hint() }
    }
}

impl Healthy {
    fn of(look: Look, entry: &DatabaseEntry) -> Self {
        let (writable, because) = match look.rights {
            _ if entry.read_only => (Some(false), Some("the entry says so")),
            Rights::Write => (Some(true), None),
            Rights::Read => (Some(false), None),
            Rights::Frozen => (Some(false), Some("the server takes no writes at present")),
            Rights::Unknown => (None, None),
        };
        Self {
            version: look.version.version,
            license: look.version.license,
            role: look.role,
            latency_ms: look.latency.as_secs_f64() * 1000.0,
            writable,
            because,
        }
    }

    fn words(&self, user: &str) -> String {
        let Self { version, license, latency_ms, .. } = self;
        let role = self.role.as_ref().map(|role| format!(", {role}")).unwrap_or_default();
        let rights = match (self.writable, self.because) {
            (Some(true), _) => format!("{user} may write"),
            (Some(false), Some(because)) => format!("read only: {because}"),
            (Some(false), None) => format!("{user} may only read"),
            (None, _) => format!("whether {user} may write is not known"),
        };
        format!("ArangoDB {version} ({license}{role}), {latency_ms:.1} ms, {rights}")
    }
}

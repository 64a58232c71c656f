//! Looks at one database as a person with a problem would: is there a password, does the server answer, does it let the user
//! in, is the database there, may the user write?

use std::time::{Duration, Instant};

use clap::builder::styling::AnsiColor;
use futures::future::join_all;
use serde::Serialize;

use crate::{
    arango::{self, Access, Database},
    cli::table,
    config::{Address, DatabaseEntry, DatabaseKey},
    tenancy::{ConnectError, Databases},
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
        let looked = tokio::time::timeout(PATIENCE, look(databases, key, entry)).await;
        let found = match looked {
            Ok(Ok(healthy)) => Found::Healthy(healthy),
            Ok(Err(broken)) => Found::Broken(broken),
            Err(_) => Found::Broken(Broken {
                error: format!("no answer within {} seconds", PATIENCE.as_secs()),
                hint: "the server may be down or behind a firewall",
            }),
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

impl Healthy {
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

async fn look(databases: &Databases, key: &DatabaseKey, entry: &DatabaseEntry) -> Result<Healthy, Broken> {
    let database = databases.get(key).await.map_err(|error| not_connected(&error))?;
    let version = database.version().await.map_err(|error| not_answered(&error))?;
    // The second request finds the connection open: its time is that of the network and the server.
    let begun = Instant::now();
    let role = database.server_role().await.ok().map(|role| role.to_lowercase());
    let latency_ms = begun.elapsed().as_secs_f64() * 1000.0;
    let (writable, because) = rights(&database, entry).await?;
    Ok(Healthy { version: version.version, license: version.license, role, latency_ms, writable, because })
}

/// Whether the entry can be written to, and why not.
async fn rights(database: &Database, entry: &DatabaseEntry) -> Result<(Option<bool>, Option<&'static str>), Broken> {
    if entry.read_only {
        return Ok((Some(false), Some("the entry says so")));
    }
    if matches!(entry.address, Address::Embedded(_)) {
        return Ok((Some(true), None));
    }
    if database.is_read_only_server().await.unwrap_or(false) {
        return Ok((Some(false), Some("the server takes no writes at present")));
    }
    match database.access_of(&entry.username).await {
        Ok(Access::Write) => Ok((Some(true), None)),
        Ok(Access::Read) => Ok((Some(false), None)),
        Ok(Access::None) => Err(Broken {
            error: format!("the user {} has no rights in the database {}", entry.username, database.name()),
            hint: NO_RIGHTS,
        }),
        Err(_) => Ok((None, None)),
    }
}

const NO_RIGHTS: &str = "an administrator of the server can grant the user access to this database";

fn not_connected(error: &ConnectError) -> Broken {
    let hint = match error {
        ConnectError::PasswordUnset { .. } => "or name a file that sets it with --environment-file FILE",
        ConnectError::PasswordUnreadable { .. } => "the first line of the file is the password",
        ConnectError::Unknown(_) | ConnectError::Unsupported(_) | ConnectError::Client(_) | ConnectError::Closed => "",
    };
    Broken { error: error.to_string(), hint }
}

fn not_answered(error: &arango::Error) -> Broken {
    let hint = match (error, error.status()) {
        (arango::Error::Transport(_), _) => "check the url, and that the server runs and can be reached from here",
        (_, Some(401)) => "the user or the password is wrong, or the user has no rights in this database",
        (_, Some(403)) => NO_RIGHTS,
        (_, Some(404)) => "there is no such database on the server; check `database`",
        _ => "",
    };
    Broken { error: error.to_string(), hint }
}

//! A look at one database, as a person with a problem takes it: does the server answer, does it let the user in, is the
//! database there, may the user write? `db test`, `db status` and `doctor` put what it finds into their own words.

use std::{
    fmt::{self, Display, Formatter},
    time::{Duration, Instant},
};

use crate::{
    arango::{self, Access, Database, admin::Version},
    config::{Address, DatabaseEntry, DatabaseKey},
    tenancy::{ConnectError, Databases},
    wire::DatabaseName,
};

/// What a database that answers is like.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) version: Version,
    /// What the server is in its deployment, in lower case.
    pub(crate) role: Option<String>,
    pub(crate) latency: Duration,
    pub(crate) rights: Rights,
    /// How many milliseconds the server's clock is ahead of ours, if it tells the time.
    pub(crate) ahead: Option<i64>,
}

/// What the user may do there, whatever the entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rights {
    Write,
    Read,
    /// Write, but the server takes no writes at present.
    Frozen,
    /// The server does not say.
    Unknown,
}

/// Why a database cannot be used.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It did not answer everything in time.
    Late(Duration),
    /// Nothing was asked: the password is missing, for example.
    NotOpened(ConnectError),
    /// There is no answer, or an error.
    NotAnswered(arango::Error),
    /// The user is let in and may not use this database.
    NoRights { user: String, database: DatabaseName },
}

/// Looks at a database for so long at most.
pub(crate) async fn at(
    databases: &Databases,
    key: &DatabaseKey,
    entry: &DatabaseEntry,
    patience: Duration,
) -> Result<Look, Trouble> {
    let looked = tokio::time::timeout(patience, look(databases, key, entry)).await;
    looked.unwrap_or(Err(Trouble::Late(patience)))
}

async fn look(databases: &Databases, key: &DatabaseKey, entry: &DatabaseEntry) -> Result<Look, Trouble> {
    let database = databases.get(key).await.map_err(Trouble::NotOpened)?;
    let (version, date) = match database.version_and_date().await {
        Ok(answer) => answer,
        Err(error) => return Err(refusal(&database, entry, error).await),
    };
    let answered = databases.clock().now_millis();
    // The second request finds the connection open: its time is that of the network and the server.
    let begun = Instant::now();
    let role = database.server_role().await.ok().map(|role| role.to_lowercase());
    let latency = begun.elapsed();
    let ahead = match date {
        Some(date) => Some(date - answered),
        None => database.server_time().await.ok().map(|time| time - databases.clock().now_millis()),
    };
    Ok(Look { version, role, latency, rights: rights(&database, entry).await?, ahead })
}

/// Servers answer 401 both to strangers and to users without rights in the database. About themselves only those who are
/// logged in may ask.
async fn refusal(database: &Database, entry: &DatabaseEntry, error: arango::Error) -> Trouble {
    if error.status() == Some(401) && matches!(database.access_of(&entry.username).await, Ok(Access::None)) {
        return no_rights(database, entry);
    }
    Trouble::NotAnswered(error)
}

fn no_rights(database: &Database, entry: &DatabaseEntry) -> Trouble {
    Trouble::NoRights { user: entry.username.clone(), database: database.name().clone() }
}

async fn rights(database: &Database, entry: &DatabaseEntry) -> Result<Rights, Trouble> {
    if matches!(entry.address, Address::Embedded(_)) {
        return Ok(Rights::Write);
    }
    match database.access_of(&entry.username).await {
        Ok(Access::Write) if database.is_read_only_server().await.unwrap_or(false) => Ok(Rights::Frozen),
        Ok(Access::Write) => Ok(Rights::Write),
        Ok(Access::Read) => Ok(Rights::Read),
        Ok(Access::None) => Err(no_rights(database, entry)),
        Err(_) => Ok(Rights::Unknown),
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late(patience) => write!(f, "no answer within {} seconds", patience.as_secs_f64()),
            Self::NotOpened(error) => Display::fmt(error, f),
            Self::NotAnswered(error) => Display::fmt(error, f),
            Self::NoRights { user, database } => write!(f, "the user {user} has no rights in the database {database}"),
        }
    }
}

impl Trouble {
    /// What may help; empty where nothing is known.
    pub(crate) fn hint(&self) -> &'static str {
        const NO_RIGHTS: &str = "an administrator of the server can grant the user access to this database";
        match self {
            Self::Late(_) => "the server may be down or behind a firewall",
            Self::NoRights { .. } => NO_RIGHTS,
            Self::NotOpened(error) => match error {
                ConnectError::PasswordUnset { .. } => "or name a file that sets it with --environment-file FILE",
                ConnectError::PasswordUnreadable { .. } => "the first line of the file is the password",
                ConnectError::Unknown(_)
                | ConnectError::Unsupported(_)
                | ConnectError::Client(_)
                | ConnectError::Closed => "",
            },
            Self::NotAnswered(error) => match (error, error.status()) {
                (arango::Error::Transport(_), _) => {
                    "check the url, and that the server runs and can be reached from here"
                }
                (_, Some(401)) => "the user or the password is wrong, or the user has no rights in this database",
                (_, Some(403)) => NO_RIGHTS,
                (_, Some(404)) => "there is no such database on the server; check `database`",
                _ => "",
            },
        }
    }
}

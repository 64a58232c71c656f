//! One configured database: where it is, who we are to it, and what may be done there.

use std::{
    fmt,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{ConfigError, Env, settings::environment_entry, values::parse_address};
use crate::{observability::SafeUrl, wire::DatabaseName};

/// The name a database is configured under: what agents put in the `database` argument.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseKey(String);

impl TryFrom<String> for DatabaseKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(text)
    }
}

impl DatabaseKey {
    /// Longest key in bytes.
    pub const MAX_LEN: usize = 128;

    /// Takes a text of 1 to 128 bytes without control characters and without white space at its ends.
    ///
    /// # Errors
    /// The rule the text breaks.
    pub fn parse(text: impl Into<String>) -> Result<Self, &'static str> {
        let text = text.into();
        if text.is_empty() {
            return Err("it is empty");
        }
        if text.len() > Self::MAX_LEN {
            return Err("it is longer than 128 bytes");
        }
        if text.chars().any(char::is_control) {
            return Err("it holds a control character");
        }
        if text.trim() != text {
            return Err("it begins or ends with white space");
        }
        Ok(Self(text))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl AsRef<str> for DatabaseKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for DatabaseKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// One server or several coordinators of one cluster; never empty.
    Server(Vec<SafeUrl>),
    /// The engine inside this process: in memory, or durable in a directory.
    Embedded(Option<PathBuf>),
}

impl Address {
    /// Takes the URL of one server, or `embedded:`.
    ///
    /// # Errors
    /// What is wrong with the text, and what would be right; `place` is where it stands.
    pub fn parse(text: &str, place: &str) -> Result<Self, ConfigError> {
        parse_address(text).map_err(|fault| fault.into_error(place))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(urls) => {
                for (position, url) in urls.iter().enumerate() {
                    if position > 0 {
                        f.write_str(", ")?;
                    }
                    fmt::Display::fmt(url, f)?;
                }
                Ok(())
            }
            Self::Embedded(None) => f.write_str("embedded:"),
            Self::Embedded(Some(directory)) => write!(f, "embedded:{}", directory.display()),
        }
    }
}

/// Where the password comes from. It is read when the database is first used, never kept in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// The empty password.
    None,
    /// The environment variable of this name.
    Env(String),
    /// The first line of this file.
    File(PathBuf),
}

/// How to prove who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthMethod {
    /// User name and password with every request.
    #[default]
    Basic,
    /// A token from `/_open/auth`, renewed before it expires.
    Jwt,
}

/// Which calls a person has to confirm first. The later, the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Confirm {
    /// None.
    #[default]
    Never,
    /// Those that remove or replace what is stored.
    Destructive,
}

impl Confirm {
    /// The word for it, as in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Destructive => "destructive",
        }
    }
}

/// Where an entry was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    File,
    /// `ARANGO_URL` and its companions.
    Environment,
    /// The command line (`--embedded`).
    CommandLine,
    /// Nowhere: the default when nothing is configured.
    BuiltIn,
}

/// One configured database, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseEntry {
    /// Where it is.
    pub address: Address,
    /// Its name on that server.
    pub database: DatabaseName,
    /// The user to work as.
    pub username: String,
    /// Where that user's password comes from.
    pub password: PasswordSource,
    /// How long one request may take; above zero.
    pub timeout: Duration,
    /// What people should know about it.
    pub description: Option<String>,
    /// Whether writing to it is refused.
    pub read_only: bool,
    /// Which calls have to be confirmed.
    pub confirm: Confirm,
    /// How to prove who we are.
    pub auth: AuthMethod,
    /// Requests under way at once, at most.
    pub max_connections: Option<NonZeroUsize>,
    /// Calls of tools under way at once, at most; more are refused.
    pub max_calls: Option<NonZeroUsize>,
    /// Calls of tools a second; more are refused, but for short bursts.
    pub rate_limit: Option<NonZeroU32>,
    /// Rows one call may return, at most.
    pub max_rows: Option<NonZeroU64>,
    /// Bytes of rows one call may return, at most.
    pub max_bytes: Option<NonZeroU64>,
    /// How long one query may run on the server; `timeout` when not given.
    pub max_runtime: Option<Duration>,
    /// Memory one query may use on the server, in bytes.
    pub memory_limit: Option<NonZeroU64>,
    /// PEM file with the only authorities to trust for this server.
    pub ca_file: Option<PathBuf>,
    /// Whether the server's certificate is checked.
    pub verify_certificate: bool,
    /// Free words to find it by.
    pub tags: Vec<String>,
    /// Where this entry was written.
    pub origin: Origin,
}

impl DatabaseEntry {
    /// The database that `ARANGO_URL` and its companions describe, with their defaults where they are not set.
    ///
    /// # Errors
    /// The first variable whose value is not one of those allowed.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        environment_entry(env)
    }

    /// How long a request may take unless configured otherwise.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    /// The user unless configured otherwise.
    pub const DEFAULT_USERNAME: &'static str = "root";

    /// An entry with every option at its default.
    pub fn new(address: Address, database: DatabaseName, origin: Origin) -> Self {
        Self {
            address,
            database,
            username: Self::DEFAULT_USERNAME.to_owned(),
            password: PasswordSource::None,
            timeout: Self::DEFAULT_TIMEOUT,
            description: None,
            read_only: false,
            confirm: Confirm::Never,
            auth: AuthMethod::Basic,
            max_connections: None,
            max_calls: None,
            rate_limit: None,
            max_rows: None,
            max_bytes: None,
            max_runtime: None,
            memory_limit: None,
            ca_file: None,
            verify_certificate: true,
            tags: Vec::new(),
            origin,
        }
    }
}

//! The configuration: which databases there are and which one is meant by default. Validated when read, unchangeable
//! afterwards. No tool edits it.

pub mod access;
pub mod database;
pub mod edit;
pub mod env;
pub mod error;
pub mod file;
pub mod grant;
pub mod http;
pub mod operating;
pub mod original;
pub mod replace;
pub mod rights;
pub mod save;
pub mod sessions;
pub mod settings;
pub mod telemetry;
pub mod tokens;
mod values;

use std::{path::PathBuf, sync::Arc};

use indexmap::IndexMap;

pub use access::Access;
pub use database::{Address, AuthMethod, Confirm, DatabaseEntry, DatabaseKey, Origin, PasswordSource};
pub use env::{Env, FileEnv, MapEnv, SystemEnv};
pub use error::ConfigError;
pub use grant::Grant;
pub use http::{HttpLimits, HttpSettings, PublicUrl, TlsFiles};
pub use operating::{AuditTarget, OperatingSettings};
pub use rights::Rights;
pub use sessions::SessionSettings;
pub use settings::{KeyBytes, Patience, Settings, Toolset, TransportKind};

use crate::wire::DatabaseName;

/// Where the configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// This file (and, when `ARANGO_URL` is set, the environment for one more entry).
    File(PathBuf),
    /// `ARANGO_URL` and its companions alone.
    Environment,
    /// The command line alone (`--embedded`).
    CommandLine,
    /// Nothing is configured: the built-in default.
    BuiltIn,
}

/// Everything that is configured about databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    source: Source,
    version: String,
    default_database: Option<DatabaseKey>,
    databases: IndexMap<DatabaseKey, DatabaseEntry>,
    environment_key: Option<DatabaseKey>,
    mcp_default_database: Option<String>,
    arango_db: Option<String>,
    warnings: Vec<String>,
    read_only: Option<Forbidding>,
    access: Arc<Access>,
}

/// Who it is that forbids writing everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidding {
    /// Whoever started the server.
    Server,
    /// The rights of the caller.
    Rights,
}

impl Config {
    /// The version of the file format this program writes.
    pub const VERSION: &'static str = "1.0";
    /// Key of the entry made from the environment when there is no file.
    pub const ENVIRONMENT_KEY: &'static str = "default";
    /// Key of the entry made from the environment beside those of a file.
    pub const EXTRA_ENVIRONMENT_KEY: &'static str = "_env_default";
    /// Key, and database name, of the built-in default.
    pub const BUILT_IN_KEY: &'static str = "_system";
    /// Address of the built-in default.
    pub const BUILT_IN_URL: &'static str = "http://localhost:8529";

    /// Reads the configuration: the file named by `path`, else by `ARANGO_DATABASES_CONFIG_FILE`, else the default one in
    /// the home directory if it exists; and the environment. Blocking, so to be called before the runtime is busy.
    ///
    /// # Errors
    /// The first fault found, with its place. A file that was named but does not exist is a fault too.
    pub fn load(path: Option<&std::path::Path>, env: &dyn Env) -> Result<Self, ConfigError> {
        let mut config = match file::locate(path, env)? {
            Some(path) => file::read(&path)?,
            None => Self::empty(Source::BuiltIn),
        };
        config.add_environment(env)?;
        config.add_built_in();
        config.warn_about_defaults();
        config.warnings.extend(access::warnings(&config));
        Ok(config)
    }

    /// A configuration without databases.
    pub fn empty(source: Source) -> Self {
        Self {
            source,
            version: Self::VERSION.to_owned(),
            default_database: None,
            databases: IndexMap::new(),
            environment_key: None,
            mcp_default_database: None,
            arango_db: None,
            warnings: Vec::new(),
            read_only: None,
            access: Arc::default(),
        }
    }

    /// The same configuration with one entry more (or another in its place), which becomes the default if asked for. The
    /// built-in default gives way to it.
    #[must_use]
    pub fn with_database(mut self, key: DatabaseKey, entry: DatabaseEntry, as_default: bool) -> Self {
        self.databases.retain(|_, entry| entry.origin != Origin::BuiltIn);
        if self.source == Source::BuiltIn {
            self.source = Source::CommandLine;
        }
        if as_default {
            self.default_database = Some(key.clone());
        }
        self.databases.insert(key, entry);
        self
    }

    /// The same configuration under what holds for the whole server. For each entry the stricter counts.
    #[must_use]
    pub fn guarded(mut self, read_only: bool, confirm: Confirm) -> Self {
        if read_only {
            self.read_only = Some(Forbidding::Server);
        }
        for entry in self.databases.values_mut() {
            entry.read_only |= read_only;
            entry.confirm = entry.confirm.max(confirm);
        }
        self
    }

    /// The configuration as a caller with these rights is to see it. What is out of reach is as if it were not configured.
    #[must_use]
    pub fn within(&self, rights: &Rights) -> Self {
        let mut seen = self.clone();
        seen.databases.retain(|key, _| rights.reach(key));
        let reaches = |name: &str| {
            seen.databases.iter().any(|(key, entry)| key.as_str() == name || entry.database.as_str() == name)
        };
        seen.mcp_default_database = seen.mcp_default_database.take().filter(|name| reaches(name));
        seen.arango_db = seen.arango_db.take().filter(|name| reaches(name));
        seen.environment_key = seen.environment_key.take().filter(|key| rights.reach(key));
        seen.default_database = seen.default_database.take().filter(|key| rights.reach(key));
        if let Some(own) = &rights.default_database {
            seen.default_database = Some(own.clone()).filter(|own| seen.databases.contains_key(own));
        }
        if rights.read_only {
            seen.read_only = seen.read_only.or(Some(Forbidding::Rights));
            seen.databases.values_mut().for_each(|entry| entry.read_only = true);
        }
        seen
    }

    /// Who may call, as far as the configuration says it.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// Who forbids writing, where it is not the entry of a database.
    pub fn forbids_writing(&self) -> Option<Forbidding> {
        self.read_only
    }

    /// Whether nothing can be written anywhere.
    pub fn all_read_only(&self) -> bool {
        !self.databases.is_empty() && self.databases.values().all(|entry| entry.read_only)
    }

    /// Whether calls on any database have to be confirmed.
    pub fn any_confirms(&self) -> bool {
        self.databases.values().any(|entry| entry.confirm != Confirm::Never)
    }

    /// Where the configuration comes from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The `version` of the file.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The default of the configuration; always a configured key.
    pub fn default_database(&self) -> Option<&DatabaseKey> {
        self.default_database.as_ref()
    }

    /// All entries, in the order they were written. Never empty once loaded: with nothing configured it holds the
    /// built-in default.
    pub fn databases(&self) -> &IndexMap<DatabaseKey, DatabaseEntry> {
        &self.databases
    }

    /// The entry of a key.
    pub fn entry(&self, key: &DatabaseKey) -> Option<&DatabaseEntry> {
        self.databases.get(key)
    }

    /// The entry made from `ARANGO_URL` and its companions, if any.
    pub fn environment_key(&self) -> Option<&DatabaseKey> {
        self.environment_key.as_ref()
    }

    /// What `MCP_DEFAULT_DATABASE` says; not checked.
    pub fn mcp_default_database(&self) -> Option<&str> {
        self.mcp_default_database.as_deref()
    }

    /// What `ARANGO_DB` says; not checked.
    pub fn arango_db(&self) -> Option<&str> {
        self.arango_db.as_deref()
    }

    /// What is not wrong but should be known: to be logged at start.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn add_environment(&mut self, env: &dyn Env) -> Result<(), ConfigError> {
        self.mcp_default_database = env::non_empty(env, "MCP_DEFAULT_DATABASE");
        self.arango_db = env::non_empty(env, "ARANGO_DB");
        let has_file = matches!(self.source, Source::File(_));
        let (wanted, key) = if has_file {
            (env::non_empty(env, "ARANGO_URL").is_some(), Self::EXTRA_ENVIRONMENT_KEY)
        } else {
            (settings::names_a_database(env), Self::ENVIRONMENT_KEY)
        };
        if !wanted {
            return Ok(());
        }
        let key = fixed_key(key)?;
        if self.databases.contains_key(&key) {
            let advice = "this key is kept for ARANGO_URL: rename the entry or unset the variable";
            return Err(ConfigError::new(format!("databases.{key}"), "the key is taken").advise(advice));
        }
        self.databases.insert(key.clone(), settings::environment_entry(env)?);
        if !has_file {
            self.source = Source::Environment;
            self.default_database = Some(key.clone());
        }
        self.environment_key = Some(key);
        Ok(())
    }

    fn add_built_in(&mut self) {
        if !self.databases.is_empty() {
            return;
        }
        let (Ok(key), Ok(name), Ok(url)) = (
            DatabaseKey::parse(Self::BUILT_IN_KEY),
            DatabaseName::parse(Self::BUILT_IN_KEY),
            crate::observability::SafeUrl::parse(Self::BUILT_IN_URL),
        ) else {
            return;
        };
        self.databases.insert(key, DatabaseEntry::new(Address::Server(vec![url]), name, Origin::BuiltIn));
    }

    /// A default in the environment that names nothing only shows when a call gets that far: say it at start.
    fn warn_about_defaults(&mut self) {
        let warnings = self.unknown_defaults();
        self.warnings.extend(warnings);
    }

    /// The variables that choose a default and name no configured database, each in a sentence.
    pub(crate) fn unknown_defaults(&self) -> Vec<String> {
        let known = |name: &str| {
            self.databases.contains_key(name) || self.databases.values().any(|entry| entry.database.as_str() == name)
        };
        let variables = [
            ("MCP_DEFAULT_DATABASE", self.mcp_default_database.as_deref()),
            // With an entry of its own, ARANGO_DB is the name of that entry's database.
            ("ARANGO_DB", self.arango_db.as_deref().filter(|_| self.environment_key.is_none())),
        ];
        let unknown =
            variables.into_iter().filter_map(|(variable, name)| Some((variable, name.filter(|n| !known(n))?)));
        unknown.map(|(variable, name)| format!("{variable}: {name:?} is not a configured database")).collect()
    }
}

fn fixed_key(text: &str) -> Result<DatabaseKey, ConfigError> {
    DatabaseKey::parse(text).map_err(|rule| ConfigError::new(text, rule))
}

#[cfg(test)]
mod tests;

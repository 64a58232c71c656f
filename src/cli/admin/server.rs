//! The one server a command speaks to, and as whom. Passwords come from variables; nothing is tried on any other server.

use std::sync::Arc;

use crate::{
    arango::{Database, Error, TransportErrorKind},
    cli::{
        arguments::{
            common::{RootPassword, ServerChoice},
            user::OwnPassword,
        },
        error::CliError,
        setup,
    },
    clock::{SystemClock, SystemRandom},
    config::{
        Address, Config, DatabaseEntry, DatabaseKey, Env, Origin, PasswordSource, Source,
        env::{is_variable_name, non_empty},
    },
    observability::Secret,
    tenancy::Databases,
    wire::DatabaseName,
};

/// The user who administers.
pub(crate) const ROOT: &str = "root";

/// A server, ready to be asked.
pub(crate) struct Server {
    /// Its database `_system`, where all of it is administered.
    pub(crate) system: Database,
    url: String,
    username: String,
    /// Where the password came from, in words.
    password: String,
    env: Arc<dyn Env>,
}

impl Server {
    /// The chosen server, as root.
    pub(crate) async fn as_root(choice: &ServerChoice, root: &RootPassword) -> Result<Self, CliError> {
        let env: Arc<dyn Env> = setup::environment(&choice.environment)?.into();
        let mut entry = entry(choice, &*env)?;
        ROOT.clone_into(&mut entry.username);
        let variable = &root.root_password_env;
        password(&*env, variable, "password of root", "--root-password-env")?;
        entry.password = PasswordSource::Env(variable.clone());
        Self::open(entry, env).await
    }

    /// The chosen server, as the user of the environment or of the entry.
    pub(crate) async fn as_oneself(choice: &ServerChoice, own: &OwnPassword) -> Result<Self, CliError> {
        let env: Arc<dyn Env> = setup::environment(&choice.environment)?.into();
        let mut entry = entry(choice, &*env)?;
        let variable = match (&own.password_env, &entry.password) {
            (Some(variable), _) | (None, PasswordSource::Env(variable)) => variable.clone(),
            (None, PasswordSource::File(_)) => return Self::open(entry, env).await,
            (None, PasswordSource::None) => {
                let named = ["ARANGO_PASSWORD", "ARANGO_PASS"].into_iter().find(|name| env.get(name).is_some());
                named.unwrap_or("ARANGO_PASSWORD").to_owned()
            }
        };
        password(&*env, &variable, &format!("password of {}", entry.username), "--password-env")?;
        entry.password = PasswordSource::Env(variable);
        Self::open(entry, env).await
    }

    async fn open(mut entry: DatabaseEntry, env: Arc<dyn Env>) -> Result<Self, CliError> {
        if matches!(entry.address, Address::Embedded(_)) {
            return Err(CliError::new(
                "the embedded engine lives in one process and has no users; administer a server, e.g. one that \
                 `mcp-arangodb-async embedded --port 8529` serves",
            ));
        }
        entry.database = DatabaseName::parse(super::SYSTEM).map_err(|error| CliError::from_error(&error))?;
        let (url, username) = (entry.address.to_string(), entry.username.clone());
        let password = match &entry.password {
            PasswordSource::None => "no password".to_owned(),
            PasswordSource::Env(variable) => format!("the password in {variable}"),
            PasswordSource::File(path) => format!("the password in {}", path.display()),
        };
        let key = DatabaseKey::parse("server").map_err(CliError::new)?;
        let config = Config::empty(Source::CommandLine).with_database(key.clone(), entry, true);
        let databases =
            Databases::new(Arc::new(config), Arc::clone(&env), Arc::new(SystemClock), Arc::new(SystemRandom));
        let system = databases.get(&key).await.map_err(|error| CliError::from_error(&error))?;
        Ok(Self { system, url, username, password, env })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// As whom it is asked.
    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    /// The password in a variable, for somebody else or for later.
    pub(crate) fn password(&self, variable: &str, whose: &str, option: &str) -> Result<Secret, CliError> {
        let password = password(&*self.env, variable, whose, option)?;
        if password.is_empty() {
            return Err(CliError::new(format!("the {whose} is empty: set {variable} to it")));
        }
        Ok(password)
    }

    /// What went wrong, and what to do about it.
    pub(crate) fn failed(&self, what: &str, error: &Error) -> CliError {
        let Self { url, username, password, .. } = self;
        let hint = match (error, error.status()) {
            (Error::Transport(error), _) => match error.kind {
                TransportErrorKind::Timeout | TransportErrorKind::Broken => {
                    "; it may have happened all the same: look before you try again".to_owned()
                }
                TransportErrorKind::Connect
                | TransportErrorKind::Tls
                | TransportErrorKind::TooLarge
                | TransportErrorKind::Closed => {
                    "; check the url, and that the server runs and can be reached from here".to_owned()
                }
            },
            (_, Some(401)) => format!("; {url} does not take {password} for the user {username}"),
            (_, Some(403)) => format!("; {username} may not do this on {url}"),
            _ => String::new(),
        };
        CliError::new(format!("cannot {what}: {error}{hint}"))
    }
}

/// The server that was chosen, by any of the ways.
fn entry(choice: &ServerChoice, env: &dyn Env) -> Result<DatabaseEntry, CliError> {
    if let Some(url) = &choice.url {
        let address = Address::parse(url, "--url").map_err(|error| CliError::from_error(&error))?;
        let system = DatabaseName::parse(super::SYSTEM).map_err(|error| CliError::from_error(&error))?;
        let mut entry = DatabaseEntry::new(address, system, Origin::CommandLine);
        if let Some(name) = non_empty(env, "ARANGO_USERNAME").or_else(|| non_empty(env, "ARANGO_USER")) {
            entry.username = name;
        }
        return Ok(entry);
    }
    let Some(key) = &choice.database else {
        return DatabaseEntry::from_env(env).map_err(|error| CliError::from_error(&error));
    };
    let config = setup::load(&choice.file, env)?;
    let found = config.databases().iter().find(|(known, _)| known.as_str() == key);
    found.map(|(_, entry)| entry.clone()).ok_or_else(|| {
        let known: Vec<_> = config.databases().keys().map(DatabaseKey::as_str).collect();
        CliError::new(format!("--database {key}: no such entry; configured: {}", known.join(", ")))
    })
}

fn password(env: &dyn Env, variable: &str, whose: &str, option: &str) -> Result<Secret, CliError> {
    if !is_variable_name(variable) {
        // Not repeated: most likely it is the password itself.
        return Err(CliError::new(format!(
            "{option} takes the name of an environment variable, of letters, digits and underscores; never the password"
        )));
    }
    env.get(variable).map(Secret::new).ok_or_else(|| {
        CliError::new(format!("the {whose} is missing: set {variable}, or name another variable with {option}"))
    })
}

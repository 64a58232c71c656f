//! From words on the command line and in the environment to running services.

use std::{path::PathBuf, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{
    arguments::{
        ConfirmWhat, DatabaseOptions, ServerOptions,
        common::{ConfigFile, EnvironmentFile},
        sessions::SessionOptions,
    },
    error::CliError,
    sample,
    signals::StopSignals,
};
use crate::{
    access::{Admission, Fetch, Gate, HttpFetch, Toolbox},
    clock::{Clock, Random, SystemClock, SystemRandom},
    config::{
        Access, Address, Config, ConfigError, Confirm, DatabaseEntry, DatabaseKey, Env, FileEnv, Origin, PublicUrl,
        SessionSettings, Settings, Source, SystemEnv,
        access::{Issuer, Resource},
        file::locate,
        sessions,
    },
    dump,
    observability::logging::{self, Format},
    tenancy::{Databases, FocusSealer, MemorySessions, RedisSessions, Sessions},
    tools::{Registry, Services},
    wire::DatabaseName,
};

/// The key and the database of `--embedded`.
const EMBEDDED: (&str, &str) = ("embedded", "_system");

/// The key and the database that `--sample` adds.
const SAMPLE: (&str, &str) = ("sample", "sample");

/// How much a command logs when the environment does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logs {
    /// What a server logs.
    Normal,
    /// Only what is wrong: the command's own output is what counts.
    Quiet,
}

/// The settings of the environment; logging starts as they say.
pub(crate) fn settings(logs: Logs) -> Result<Settings, CliError> {
    settings_with(logs, None)
}

/// The same, with lines of the log as the command line says.
pub(crate) fn settings_with(logs: Logs, format: Option<Format>) -> Result<Settings, CliError> {
    let settings = Settings::from_env(&SystemEnv).map_err(|error| CliError::from_error(&error))?;
    let quiet = logs == Logs::Quiet && settings.log_level.eq_ignore_ascii_case("info");
    let level = if quiet { "warning" } else { &settings.log_level };
    logging::start(level, format.unwrap_or(settings.operating.log_format));
    Ok(settings)
}

/// The configuration of a file, or what stands for it.
pub(crate) fn load(file: &ConfigFile, env: &dyn Env) -> Result<Config, CliError> {
    Config::load(file.config_file.as_deref(), env).map_err(|error| CliError::from_error(&error))
}

/// The environment, with the variables of a file before it.
pub(crate) fn environment(options: &EnvironmentFile) -> Result<Box<dyn Env>, CliError> {
    Ok(match &options.environment_file {
        Some(path) => Box::new(FileEnv::read(path).map_err(|error| CliError::from_error(&error))?),
        None => Box::new(SystemEnv),
    })
}

/// The settings, with those that stand on the command line.
pub(crate) fn with_sessions(mut settings: Settings, options: &SessionOptions) -> Result<Settings, CliError> {
    let fault = |error: ConfigError| CliError::from_error(&error);
    let chosen = &mut settings.sessions;
    if let Some(text) = &options.max_sessions {
        chosen.max = sessions::max("--max-sessions", text).map_err(fault)?;
    }
    if let Some(text) = &options.session_idle {
        chosen.idle = sessions::idle("--session-idle", text).map_err(fault)?;
    }
    if let Some(text) = &options.session_store {
        let store = sessions::store("--session-store", text.expose()).map_err(fault)?;
        if store.expose().password().is_some() {
            tracing::warn!(
                "the password in --session-store stands in the list of processes; MCP_SESSION_STORE_PASSWORD is a better place"
            );
        }
        chosen.store = Some(store);
    }
    if let Some(path) = &options.focus_key_file {
        settings.focus_keys = sessions::focus_keys_of(path).map_err(fault)?;
    }
    Ok(settings)
}

/// Where sessions are kept for many clients.
pub(crate) fn shared_sessions(settings: &SessionSettings) -> Result<Arc<dyn Sessions>, CliError> {
    Ok(match &settings.store {
        None => Arc::new(MemorySessions::with_bounds(Arc::new(SystemClock), settings.max, settings.idle)),
        Some(address) => Arc::new(RedisSessions::new(address, settings).map_err(|error| CliError::from_error(&error))?),
    })
}

/// Where the one session of a process that serves nobody else is kept. Never where others could find it: they all have one
/// of the same name.
pub(crate) fn own_session() -> Arc<dyn Sessions> {
    Arc::new(MemorySessions::new(Arc::new(SystemClock)))
}

/// Where the configuration comes from, and what holds for the whole server: enough to read it again.
#[derive(Debug, Clone)]
pub(crate) struct ConfigSource {
    options: DatabaseOptions,
    read_only: bool,
    confirm: Confirm,
}

impl ConfigSource {
    pub(crate) fn new(options: &DatabaseOptions, settings: &Settings) -> Self {
        let confirm = match options.confirm {
            Some(ConfirmWhat::Never) => Confirm::Never,
            Some(ConfirmWhat::Destructive) => Confirm::Destructive,
            None => settings.confirm,
        };
        Self { options: options.clone(), read_only: options.read_only || settings.read_only, confirm }
    }

    /// Whether a file decides, or would, once it is there.
    pub(crate) fn is_from_file(&self) -> bool {
        self.options.embedded.is_none()
    }

    /// The file there is to read, if there is one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let located = || locate(self.options.config_file.as_deref(), &SystemEnv).ok().flatten();
        self.is_from_file().then(located).flatten()
    }

    /// Reads the configuration. Blocking.
    pub(crate) fn load(&self) -> Result<Config, CliError> {
        let config = config(&self.options)?.guarded(self.read_only, self.confirm);
        for warning in config.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(config)
    }
}

/// Everything the tools need.
pub(crate) async fn services(
    options: &DatabaseOptions,
    settings: &Settings,
    sessions: Arc<dyn Sessions>,
) -> Result<Arc<Services>, CliError> {
    let config = Arc::new(ConfigSource::new(options, settings).load()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let focus = FocusSealer::with_keys(&settings.focus_keys, Arc::clone(&clock), Arc::clone(&random))
        .map_err(|error| CliError::while_doing("MCP_FOCUS_KEY", error))?;
    let databases = Databases::new(Arc::clone(&config), Arc::new(SystemEnv), Arc::clone(&clock), random);
    let directory = options.backup_dir.clone().or_else(|| settings.backup_dir.clone());
    let backups = dump::Root::new(directory, clock);
    let services = Services::with_backups(databases, sessions, focus, backups);
    if options.sample {
        let databases = services.databases();
        for key in databases.config().databases().keys() {
            let database = databases.get(key).await.map_err(|error| CliError::from_error(&error))?;
            sample::fill(&database).await?;
        }
    }
    Ok(services)
}

/// What says who may call over HTTP: flags before environment before configuration.
pub(crate) fn gate(
    options: &ServerOptions,
    settings: &Settings,
    access: &Access,
    registry: &Registry,
) -> Result<Gate, CliError> {
    let public = options.http.public_url.as_ref().or(settings.http.public_url.as_ref());
    let options = &options.access;
    let said =
        |flags: &[String], variable: &[String]| if flags.is_empty() { variable.to_vec() } else { flags.to_vec() };
    let fault = |problem: String| CliError::new(format!("OAuth: {problem}"));
    let issuers = said(&options.oauth_issuers, &settings.oauth_issuers);
    let issuers: Vec<_> = issuers.iter().map(|text| Issuer::parse(text)).collect::<Result<_, _>>().map_err(fault)?;
    let audiences = said(&options.oauth_audiences, &settings.oauth_audiences);
    let resource = options.oauth_resource.as_ref().or(settings.oauth_resource.as_ref());
    let public = public.map(PublicUrl::endpoint).filter(|_| resource.is_none() && access.oauth.resource.is_none());
    let resource = resource.or(public.as_ref()).map(|text| Resource::parse(text)).transpose().map_err(fault)?;
    let admission = Admission {
        token_file: options.token_file.clone().or_else(|| settings.token_file.clone()),
        issuers: if issuers.is_empty() { access.oauth.issuers.clone() } else { issuers },
        audiences: if audiences.is_empty() { access.oauth.audiences.clone() } else { audiences },
        resource: resource.or_else(|| access.oauth.resource.clone()),
    };
    let fetch: Arc<dyn Fetch> = Arc::new(HttpFetch::default());
    let gate = Gate::new(admission, Toolbox::of(registry), Arc::new(SystemClock), &fetch);
    gate.map_err(|error| CliError::from_error(&error))
}

fn config(options: &DatabaseOptions) -> Result<Config, CliError> {
    let Some(directory) = &options.embedded else {
        return Config::load(options.config_file.as_deref(), &SystemEnv).map_err(|error| CliError::from_error(&error));
    };
    if let Some(directory) = directory {
        return Err(durable(directory));
    }
    let config = with_embedded(Config::empty(Source::CommandLine), EMBEDDED, true)?;
    if options.sample { with_embedded(config, SAMPLE, false) } else { Ok(config) }
}

fn with_embedded(config: Config, (key, database): (&str, &str), as_default: bool) -> Result<Config, CliError> {
    let key = DatabaseKey::parse(key).map_err(CliError::new)?;
    let database = DatabaseName::parse(database).map_err(|error| CliError::from_error(&error))?;
    let mut entry = DatabaseEntry::new(Address::Embedded(None), database, Origin::CommandLine);
    entry.description = Some("in memory, gone when the server stops".to_owned());
    Ok(config.with_database(key, entry, as_default))
}

fn durable(directory: &std::path::Path) -> CliError {
    CliError::new(format!(
        "--embedded {}: keeping data in a directory is not supported yet; without a directory the engine works in memory",
        PathBuf::from(directory).display()
    ))
}

/// A token that is cancelled when the process is asked to stop.
pub(crate) fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        StopSignals::new().next().await;
        told.cancel();
    });
    stop
}

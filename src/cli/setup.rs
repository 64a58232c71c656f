//! From words on the command line and in the environment to running services.

use std::{path::PathBuf, sync::Arc};

use tokio_util::sync::CancellationToken;

use super::{
    arguments::{
        ConfirmWhat, DatabaseOptions,
        common::{ConfigFile, EnvironmentFile},
    },
    error::CliError,
    sample,
    signals::StopSignals,
};
use crate::{
    clock::{Clock, Random, SystemClock, SystemRandom},
    config::{
        Address, Config, Confirm, DatabaseEntry, DatabaseKey, Env, FileEnv, Origin, Settings, Source, SystemEnv,
        file::locate,
    },
    dump,
    observability::logging::{self, Format},
    tenancy::{Databases, FocusSealer, MemorySessions},
    tools::Services,
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
pub(crate) async fn services(options: &DatabaseOptions, settings: &Settings) -> Result<Arc<Services>, CliError> {
    let config = Arc::new(ConfigSource::new(options, settings).load()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let focus = FocusSealer::with_keys(&settings.focus_keys, Arc::clone(&clock), Arc::clone(&random))
        .map_err(|error| CliError::while_doing("MCP_FOCUS_KEY", error))?;
    let databases = Databases::new(Arc::clone(&config), Arc::new(SystemEnv), Arc::clone(&clock), random);
    let directory = options.backup_dir.clone().or_else(|| settings.backup_dir.clone());
    let backups = dump::Root::new(directory, Arc::clone(&clock));
    let sessions = Arc::new(MemorySessions::new(clock));
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

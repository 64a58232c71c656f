//! The way every change of the file goes: planned, shown or asked about, saved, reported.

use std::{path::PathBuf, process::ExitCode};

use tokio::task::spawn_blocking;

use crate::{
    cli::{
        arguments::common::ConfigFile,
        confirm::{self, Actions},
        error::CliError,
        output,
    },
    config::{
        Config, ConfigError, DatabaseKey, Env as _, SystemEnv,
        edit::Change,
        file,
        save::{self, Edited},
    },
};

/// One change, with the words for it.
pub(super) struct Edit {
    /// The command, as the report repeats it.
    pub(super) command: String,
    /// What the change comes down to.
    pub(super) actions: Actions,
    pub(super) change: Change,
    /// Whether somebody must agree first.
    pub(super) ask: bool,
}

/// How it ended.
pub(super) enum Done {
    /// The file says something else now.
    Saved,
    /// It was only shown.
    Shown,
    /// Somebody did not agree.
    Cancelled,
}

impl Done {
    pub(super) fn code(&self) -> ExitCode {
        match self {
            Self::Saved | Self::Shown => ExitCode::SUCCESS,
            Self::Cancelled => confirm::cancelled(),
        }
    }

    pub(super) fn saved(&self) -> Option<()> {
        matches!(self, Self::Saved).then_some(())
    }
}

impl Edit {
    pub(super) async fn run(self, file: &ConfigFile, dry_run: bool) -> Result<Done, CliError> {
        let path = path(file)?;
        // Planned first, so that nobody is asked about what cannot be done.
        let planned = blocking(save::plan, &path, &self.change).await?;
        if dry_run {
            output::print_styled(&confirm::dry_run_report(&self.command, &self.actions))?;
            output::print_styled(&confirm::difference(&planned.path, &planned.before, &planned.after))?;
            output::print_line("Dry run: nothing was changed.")?;
            return Ok(Done::Shown);
        }
        if self.ask && !confirm::agreed(&planned.path.display().to_string(), &self.actions).await? {
            return Ok(Done::Cancelled);
        }
        let saved = blocking(save::save, &path, &self.change).await?;
        output::print_styled(&confirm::report(&self.command, &self.actions))?;
        output::print_line(&format!("Configuration saved to: {}", saved.path.display()))?;
        Ok(Done::Saved)
    }
}

/// Locks and disks make one wait.
async fn blocking(
    work: fn(&std::path::Path, &Change) -> Result<Edited, ConfigError>,
    path: &std::path::Path,
    change: &Change,
) -> Result<Edited, CliError> {
    let (path, change) = (path.to_owned(), change.clone());
    let edited = spawn_blocking(move || work(&path, &change)).await.map_err(|error| CliError::from_error(&error))?;
    edited.map_err(|error| CliError::from_error(&error))
}

/// The file to be changed, which need not be there yet.
fn path(file: &ConfigFile) -> Result<PathBuf, CliError> {
    let named = file::locate(file.config_file.as_deref(), &SystemEnv).map_err(|error| CliError::from_error(&error))?;
    named.or_else(|| file::default_path(&SystemEnv)).ok_or_else(|| {
        CliError::new("there is no home directory to keep the configuration in; name a file with --config-file FILE")
    })
}

/// A key, checked.
pub(super) fn key(text: &str) -> Result<DatabaseKey, CliError> {
    DatabaseKey::parse(text).map_err(|rule| CliError::new(format!("{text:?} cannot be the key of a database: {rule}")))
}

/// Whether an entry is the default of the file.
pub(super) fn is_default(file: &ConfigFile, key: &DatabaseKey) -> Result<bool, CliError> {
    let path = path(file)?;
    let config = if path.exists() {
        file::read(&path).map_err(|error| CliError::from_error(&error))?
    } else {
        return Ok(false);
    };
    Ok(Config::default_database(&config) == Some(key))
}

/// Tells that a variable has no value where this command ran, which is no fault: the server may be started elsewhere.
pub(super) fn note_unset(variable: &str) {
    if SystemEnv.get(variable).is_none() {
        output::note(&format!(
            "Note: {variable} is not set here; set it to the password where the server is started.\n"
        ));
    }
}

//! `token`: who may call over HTTP. One file for each subcommand.

mod add;
mod list;
mod revoke;

use std::{path::PathBuf, process::ExitCode};

use tokio::task::spawn_blocking;

use super::{
    admin::help,
    arguments::token::{TokenCommand, TokenFile, TokenOptions},
    error::CliError,
};
use crate::config::{
    ConfigError, SystemEnv,
    tokens::{self, TokenName},
};

pub(crate) async fn run(options: TokenOptions) -> Result<ExitCode, CliError> {
    match options.command {
        Some(TokenCommand::Add(options)) => add::run(options).await,
        Some(TokenCommand::List(options)) => list::run(options).await,
        Some(TokenCommand::Revoke(options)) => revoke::run(options).await,
        None => Ok(help("token")),
    }
}

/// The file of tokens, which need not be there yet.
fn path(file: &TokenFile) -> Result<PathBuf, CliError> {
    tokens::locate(file.token_file.as_deref(), &SystemEnv).ok_or_else(|| {
        CliError::new("there is no home directory to keep tokens in; name a file with --token-file FILE")
    })
}

fn name(text: &str) -> Result<TokenName, CliError> {
    TokenName::parse(text).map_err(|rule| CliError::new(format!("{text:?} cannot be the name of a token: {rule}")))
}

/// Locks and disks make one wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ConfigError> + Send + 'static,
) -> Result<T, CliError> {
    let done = spawn_blocking(work).await.map_err(|error| CliError::from_error(&error))?;
    done.map_err(|error| CliError::from_error(&error))
}

//! `admin`: databases on a server. What `user` needs as well is here too: [`server`], to whom a command speaks and as whom,
//! and [`change`], how something is changed there.

pub(super) mod change;
mod create;
mod drop;
mod list;
pub(super) mod server;

use std::process::ExitCode;

use super::{
    arguments::{
        Cli,
        admin::{AdminCommand, AdminOptions, DatabaseCommand},
    },
    error::CliError,
    output,
};
use crate::wire::DatabaseName;

/// The database nobody drops, in which servers are administered.
const SYSTEM: &str = "_system";

pub(crate) async fn run(options: AdminOptions) -> Result<ExitCode, CliError> {
    let Some(AdminCommand::Database(group)) = options.command else { return Ok(help("admin")) };
    match group.command {
        Some(DatabaseCommand::Create(options)) => create::run(options).await,
        Some(DatabaseCommand::Drop(options)) => drop::run(options).await,
        Some(DatabaseCommand::List(options)) => list::run(options).await,
        None => Ok(help("admin database")),
    }
}

/// What a group says that was given no command.
pub(super) fn help(group: &str) -> ExitCode {
    output::note_styled(&Cli::help_of(group).ansi().to_string());
    ExitCode::FAILURE
}

fn name(text: &str) -> Result<DatabaseName, CliError> {
    DatabaseName::parse(text).map_err(|error| CliError::from_error(&error))
}

//! `user`: the users of a server. One file for each subcommand; they share with `admin` whom they speak to and how something is
//! changed.

mod add;
mod databases;
mod grant;
mod list;
mod password;
mod remove;
mod revoke;

use std::process::ExitCode;

use super::{
    admin::{help, server::Server},
    arguments::user::{UserCommand, UserOptions},
    error::CliError,
};

pub(crate) async fn run(options: UserOptions) -> Result<ExitCode, CliError> {
    match options.command {
        Some(UserCommand::Add(options)) => add::run(options).await,
        Some(UserCommand::Remove(options)) => remove::run(options).await,
        Some(UserCommand::List(options)) => list::run(options).await,
        Some(UserCommand::Grant(options)) => grant::run(options).await,
        Some(UserCommand::Revoke(options)) => revoke::run(options).await,
        Some(UserCommand::Databases(options)) => databases::run(options).await,
        Some(UserCommand::Password(options)) => password::run(options).await,
        None => Ok(help("user")),
    }
}

/// Refuses what cannot name a user, before it becomes part of a path.
fn check_name(name: &str) -> Result<(), CliError> {
    if name.is_empty() { Err(CliError::new("the name of the user is empty")) } else { Ok(()) }
}

/// Refuses to go on without that user.
async fn must_exist(server: &Server, name: &str, what: &str) -> Result<(), CliError> {
    match server.system.user(name).await.map_err(|error| server.failed(what, &error))? {
        Some(_) => Ok(()),
        None => Err(CliError::new(format!("there is no user {name} on {}", server.url()))),
    }
}

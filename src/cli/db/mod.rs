//! `db`: the configuration file from the shell. One file for each subcommand; those that change the file share [`edit`], those
//! that talk to databases share [`check`].

mod add;
mod check;
mod default;
mod edit;
mod fields;
mod list;
mod remove;
mod status;
mod test;
mod update;

use std::process::ExitCode;

pub(super) use fields::entry_line;

use super::{
    arguments::{
        Cli,
        db::{ConfigCommand, DbCommand, DbOptions},
    },
    error::CliError,
    output,
    setup::{environment, load},
};

pub(crate) async fn run(options: DbOptions) -> Result<ExitCode, CliError> {
    let (group, command) = match options.command {
        Some(DbCommand::Own(command)) => ("db", Some(command)),
        Some(DbCommand::Config(options)) => ("db config", options.command),
        None => ("db", None),
    };
    match command {
        Some(ConfigCommand::Add(options)) => add::run(group, *options).await,
        Some(ConfigCommand::Remove(options)) => remove::run(group, options).await,
        Some(ConfigCommand::List(options)) => list::run(&options),
        Some(ConfigCommand::Update(options)) => update::run(group, *options).await,
        Some(ConfigCommand::Default(options)) => default::run(group, options).await,
        Some(ConfigCommand::Test(options)) => test::run(options).await,
        Some(ConfigCommand::Status(options)) => status::run(options).await,
        None => {
            output::note_styled(&Cli::help_of("db").ansi().to_string());
            Ok(ExitCode::FAILURE)
        }
    }
}

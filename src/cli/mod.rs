//! The command line: one file for each subcommand, and no subcommand means `server`.

mod admin;
mod arguments;
mod audit;
mod call;
mod client_config;
mod completions;
mod confirm;
mod db;
mod doctor;
mod embedded;
mod error;
mod health;
mod look;
mod man;
mod migrate;
mod operate;
mod output;
mod permissions;
mod reload;
mod sample;
mod serve;
mod setup;
mod signals;
mod table;
mod token;
mod tools;
mod user;
mod version;

use std::{ffi::OsString, num::NonZero, process::ExitCode, thread, time::Duration};

use clap::error::ErrorKind;
use tokio::runtime::Builder;

use arguments::{Cli, Command};
use error::CliError;

/// How long work on blocking threads may go on after everything has been answered.
const RUNTIME_GRACE: Duration = Duration::from_millis(50);

/// Parses the arguments (the first is the program's name) and runs what they ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let runtime = match runtime_for(&cli).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&CliError::new(format!("cannot start: {error}"))),
    };
    let outcome = runtime.block_on(dispatch(cli));
    // A query that is still running on a blocking thread must not keep the process alive.
    runtime.shutdown_timeout(RUNTIME_GRACE);
    outcome.unwrap_or_else(|error| failed(&error))
}

/// Many clients at once are served by half of the processors: the engine, the databases and the clients' side of the sockets
/// want some too, and each thread more makes every call dearer by waking others. One client waits for each answer before anything else: there a
/// single thread is faster, as no message has to wake another thread on its way, and smaller.
fn runtime_for(cli: &Cli) -> Builder {
    let many_clients = match &cli.command {
        None => serve::is_for_many(&cli.server),
        Some(Command::Server(options)) => serve::is_for_many(options),
        Some(Command::Embedded(_)) => true,
        Some(
            Command::Call(_)
            | Command::Db(_)
            | Command::Admin(_)
            | Command::User(_)
            | Command::Token(_)
            | Command::Health(_)
            | Command::Doctor(_)
            | Command::ClientConfig(_)
            | Command::Migrate(_)
            | Command::Audit(_)
            | Command::Tools(_)
            | Command::Completions(_)
            | Command::Complete(_)
            | Command::Man(_)
            | Command::Version,
        ) => false,
    };
    if !many_clients {
        return Builder::new_current_thread();
    }
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(processors.div_ceil(2));
    builder
}

async fn dispatch(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command.unwrap_or(Command::Server(Box::new(cli.server))) {
        Command::Server(options) => serve::run(*options).await,
        Command::Call(options) => call::run(options).await,
        Command::Db(options) => db::run(options).await,
        Command::Admin(options) => admin::run(options).await,
        Command::User(options) => user::run(options).await,
        Command::Token(options) => token::run(options).await,
        Command::Health(options) => health::run(options).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::ClientConfig(options) => client_config::run(*options).await,
        Command::Migrate(options) => migrate::run(options).await,
        Command::Audit(options) => audit::run(&options),
        Command::Tools(options) => tools::run(&options),
        Command::Embedded(options) => embedded::run(options).await,
        Command::Completions(options) => completions::print_script(&options),
        Command::Complete(options) => completions::answer(options),
        Command::Man(options) => man::run(&options),
        Command::Version => version::run(),
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().ansi().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::print_styled(&text).map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
        }
        _ => {
            output::note_styled(&text);
            ExitCode::from(2)
        }
    }
}

fn failed(error: &CliError) -> ExitCode {
    output::note(&format!("error: {error}\n"));
    ExitCode::FAILURE
}

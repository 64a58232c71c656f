//! `doctor`: what is wrong between this program and its databases, one line a check, each with what to do. The configuration
//! first, then every database at once, and last the server itself, spoken to as a client does.

mod commands;
mod configuration;
mod database;
mod network;
mod report;
mod server;

use std::{process::ExitCode, sync::Arc};

use futures::future::{join, join_all};

use super::{arguments::doctor::DoctorOptions, error::CliError, output, setup};
use crate::{
    clock::{SystemClock, SystemRandom},
    config::{Config, DatabaseKey, Env},
    tenancy::{Databases, Inputs, resolver},
};
use commands::Commands;
use report::Report;

pub(crate) async fn run(options: DoctorOptions) -> Result<ExitCode, CliError> {
    let env: Arc<dyn Env> = setup::environment(&options.environment)?.into();
    let report = examine(&options, env).await?;
    if options.json {
        let text = serde_json::to_string_pretty(&report.as_json()).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
    } else {
        output::print_styled(&report.to_string())?;
    }
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(options: &DoctorOptions, env: Arc<dyn Env>) -> Result<Report, CliError> {
    let named = options.file.config_file.as_deref();
    let config = match Config::load(named, &*env) {
        Ok(config) => config,
        // Everything else would only fail for the same reason.
        Err(error) => return Ok(Report::new(vec![configuration::unreadable(named, &*env, &error)])),
    };
    let keys = chosen(options, &config)?;
    let commands = Commands::for_file(named);
    let mut groups = vec![configuration::examine(&config, &keys, &*env, &commands)];
    let databases = Databases::new(Arc::new(config), Arc::clone(&env), Arc::new(SystemClock), Arc::new(SystemRandom));
    let entries = keys.iter().filter_map(|key| Some((key, databases.config().entry(key)?)));
    let looks = join_all(entries.map(|(key, entry)| database::examine(&databases, key, entry, &commands)));
    let (found, server) = join(looks, server::examine(named, &*env, &commands)).await;
    groups.extend(found);
    groups.push(server);
    Ok(Report::new(groups))
}

/// The databases to look at: one, or all.
fn chosen(options: &DoctorOptions, config: &Config) -> Result<Vec<DatabaseKey>, CliError> {
    let Some(key) = options.database.as_deref() else {
        return Ok(config.databases().keys().cloned().collect());
    };
    let inputs = Inputs { argument: Some(key), focus: None, config };
    Ok(vec![resolver::resolve(&inputs).map_err(|error| CliError::from_error(&error))?.key])
}

//! `health`: whether databases answer, for scripts and for those who watch containers. A server that comes up is waited for.

use std::{process::ExitCode, sync::Arc};

use futures::future::join_all;
use serde_json::{Value, json};

use super::{arguments::HealthOptions, error::CliError, output, setup};
use crate::{
    arango,
    clock::{SystemClock, SystemRandom},
    config::{Config, DatabaseEntry, DatabaseKey, Env, Patience, Source},
    tenancy::{Databases, Inputs, resolver},
};

pub(crate) async fn run(options: HealthOptions) -> Result<ExitCode, CliError> {
    let env: Arc<dyn Env> = setup::environment(&options.environment)?.into();
    let patience = Patience::from_env(&*env).map_err(|error| CliError::from_error(&error))?;
    let (config, chosen) = chosen(&options, &*env)?;
    let databases = Databases::new(Arc::new(config), env, Arc::new(SystemClock), Arc::new(SystemRandom));
    let asked = chosen.iter().filter_map(|key| Some((key, databases.config().entry(key)?)));
    let reports = join_all(asked.map(|(key, entry)| report(&databases, key, entry, patience))).await;
    let healthy = reports.iter().all(|report| report.get("ok") == Some(&Value::Bool(true)));
    let shown = match <[Value; 1]>::try_from(reports) {
        Ok([only]) if !options.all => only,
        Ok(only) => Value::from(only.to_vec()),
        Err(all) => Value::from(all),
    };
    let text = serde_json::to_string_pretty(&shown).map_err(|error| CliError::from_error(&error))?;
    if healthy {
        output::print_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::note(&format!("{text}\n"));
    Ok(ExitCode::FAILURE)
}

/// The database of the environment, unless others are asked for.
fn chosen(options: &HealthOptions, env: &dyn Env) -> Result<(Config, Vec<DatabaseKey>), CliError> {
    if options.all {
        let config = setup::load(&options.file, env)?;
        let keys = config.databases().keys().cloned().collect();
        return Ok((config, keys));
    }
    if let Some(key) = options.database.as_deref() {
        let config = setup::load(&options.file, env)?;
        let inputs = Inputs { argument: Some(key), focus: None, config: &config };
        let key = resolver::resolve(&inputs).map_err(|error| CliError::from_error(&error))?.key;
        return Ok((config, vec![key]));
    }
    let entry = DatabaseEntry::from_env(env).map_err(|error| CliError::from_error(&error))?;
    let key = DatabaseKey::parse(Config::ENVIRONMENT_KEY).map_err(CliError::new)?;
    Ok((Config::empty(Source::Environment).with_database(key.clone(), entry, true), vec![key]))
}

/// Tries until it answers, patience ends, or trying again is no use.
async fn report(databases: &Databases, key: &DatabaseKey, entry: &DatabaseEntry, patience: Patience) -> Value {
    let Patience { tries, delay } = patience;
    let mut attempt = 1;
    let outcome = loop {
        output::note(&format!("{key}: asking {} (try {attempt} of {tries})\n", entry.address));
        match ask(databases, key).await {
            Err(Unwell { again: true, error }) if attempt < tries => {
                output::note(&format!("{key}: {error}; trying again in {} seconds\n", delay.as_secs_f64()));
                tokio::time::sleep(delay).await;
                attempt += 1;
            }
            outcome => break outcome,
        }
    };
    let (url, name, user) = (entry.address.to_string(), &entry.database, &entry.username);
    let (ok, status, (word, told)) = match outcome {
        Ok(version) => (true, "healthy", ("info", json!({ "version": version }))),
        Err(Unwell { error, .. }) => (false, "unhealthy", ("error", error.into())),
    };
    json!({ "ok": ok, "status": status, "url": url, "database": name, "username": user, word: told })
}

struct Unwell {
    error: String,
    /// Whether another try may help.
    again: bool,
}

async fn ask(databases: &Databases, key: &DatabaseKey) -> Result<String, Unwell> {
    let database = databases.get(key).await.map_err(|error| Unwell { error: error.to_string(), again: false })?;
    let asked = database.version().await;
    asked.map(|version| version.version).map_err(|error: arango::Error| {
        let again = !matches!(error.status(), Some(401 | 403));
        Unwell { error: error.to_string(), again }
    })
}

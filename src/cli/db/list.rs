//! `db list`: what is configured, without asking any server.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::{
    cli::{arguments::db::ListOptions, error::CliError, output, table},
    config::{Config, DatabaseEntry, DatabaseKey, Env as _, Origin, PasswordSource, Source, SystemEnv},
};

pub(super) fn run(options: &ListOptions) -> Result<ExitCode, CliError> {
    let config = super::load(&options.file, &SystemEnv)?;
    if options.json {
        let entries: Vec<_> = config.databases().iter().map(|(key, entry)| as_json(&config, key, entry)).collect();
        let text = serde_json::to_string_pretty(&entries).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
    } else {
        output::print(&as_text(&config))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(config: &Config) -> String {
    let rows: Vec<_> = config
        .databases()
        .iter()
        .map(|(key, entry)| {
            let is_default = config.default_database() == Some(key);
            [
                format!("{}{key}", if is_default { "* " } else { "  " }),
                entry.address.to_string(),
                entry.database.to_string(),
                entry.username.clone(),
                password(&entry.password),
                about(entry),
            ]
        })
        .collect();
    let entries = table::render(["  KEY", "URL", "DATABASE", "USER", "PASSWORD", "DESCRIPTION"], &rows);
    format!("{}\n\n{entries}", source(config))
}

/// Where the configuration comes from, in a sentence.
pub(super) fn source(config: &Config) -> String {
    match config.source() {
        Source::File(path) => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            format!("Configuration file: {}", path.display())
        }
        Source::Environment => "No configuration file: the ARANGO_* variables describe the database.".to_owned(),
        Source::CommandLine | Source::BuiltIn => {
            "No configuration file and no ARANGO_* variables: the built-in default. `db add` adds a database."
                .to_owned()
        }
    }
}

fn password(source: &PasswordSource) -> String {
    match source {
        PasswordSource::None => "none".to_owned(),
        PasswordSource::Env(name) if SystemEnv.get(name).is_some() => format!("${name}"),
        PasswordSource::Env(name) => format!("${name} (not set)"),
        PasswordSource::File(path) => path.display().to_string(),
    }
}

fn about(entry: &DatabaseEntry) -> String {
    let read_only = entry.read_only.then_some("read-only");
    let from = match entry.origin {
        Origin::Environment => Some("from the environment"),
        Origin::File | Origin::CommandLine | Origin::BuiltIn => None,
    };
    [entry.description.as_deref(), read_only, from].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn as_json(config: &Config, key: &DatabaseKey, entry: &DatabaseEntry) -> Value {
    let (password_env, password_file) = match &entry.password {
        PasswordSource::None => (None, None),
        PasswordSource::Env(name) => (Some(name), None),
        PasswordSource::File(path) => (None, Some(path.display().to_string())),
    };
    json!({
        "key": key,
        "default": config.default_database() == Some(key),
        "url": entry.address.to_string(),
        "database": entry.database,
        "username": entry.username,
        "password_env": password_env,
        "password_file": password_file,
        "timeout": entry.timeout.as_secs_f64(),
        "description": entry.description,
        "read_only": entry.read_only,
        "tags": entry.tags,
        "from_environment": entry.origin == Origin::Environment,
    })
}

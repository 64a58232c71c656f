//! `db status`: where the configuration is, who can read it, how the database of a call is chosen, and which databases
//! answer.

use std::{path::Path, process::ExitCode};

use clap::builder::styling::Style;
use serde_json::{Value, json};

use super::{check::Check, list, test};
use crate::{
    cli::{arguments::db::StatusOptions, error::CliError, output},
    config::{Config, Source},
    tenancy::{Inputs, LevelReport, resolver},
};

pub(super) async fn run(options: StatusOptions) -> Result<ExitCode, CliError> {
    let env = super::environment(&options.environment)?;
    let config = super::load(&options.file, env.as_ref())?;
    let databases = test::databases(config, env);
    let config = databases.config();
    let checks = Check::all(&databases, config.databases().keys()).await;
    let inputs = Inputs { argument: None, focus: None, config };
    let levels = resolver::explain(&inputs);
    let chosen = resolver::resolve(&inputs).map_err(|error| error.to_string());
    let chosen = chosen.map(|resolution| resolution.key.to_string());
    if options.json {
        let value = as_json(config, &levels, chosen, &checks);
        let text = serde_json::to_string_pretty(&value).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
    } else {
        output::print_styled(&as_text(config, &levels, chosen, &checks))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn as_text(config: &Config, levels: &[LevelReport], chosen: Result<String, String>, checks: &[Check]) -> String {
    let mut text = format!("{}\n", list::source(config));
    if let Some((file, folder)) = modes(config) {
        text.push_str(&format!("Permissions: file {file}, folder {folder}\n"));
    }
    let default = config.default_database().map_or("none", |key| key.as_str());
    text.push_str(&format!("Default database: {default}\n"));
    for warning in config.warnings() {
        text.push_str(&format!("Warning: {warning}\n"));
    }
    text.push_str("\nWhich database a call uses: the first level that says something\n");
    for report in levels {
        let style = if report.decides { Style::new().bold() } else { Style::new() };
        let mark = if report.decides { '>' } else { ' ' };
        let value = report.value.as_deref().unwrap_or("-");
        let (number, level) = (report.level.number(), report.level.description());
        text.push_str(&format!("{style}{mark} {number}. {level}: {value}{style:#}\n"));
    }
    match chosen {
        Ok(key) => text.push_str(&format!("A call that names no database uses {key}.\n")),
        Err(problem) => text.push_str(&format!("A call that names no database fails: {problem}\n")),
    }
    text.push_str("\nDatabases\n");
    text.extend(checks.iter().map(Check::line));
    text
}

fn as_json(config: &Config, levels: &[LevelReport], chosen: Result<String, String>, checks: &[Check]) -> Value {
    let path = match config.source() {
        Source::File(path) => Some(path.display().to_string()),
        Source::Environment | Source::CommandLine | Source::BuiltIn => None,
    };
    let (file_mode, folder_mode) = modes(config).unzip();
    let levels: Vec<_> = levels
        .iter()
        .map(|report| {
            json!({
                "level": report.level.number(),
                "name": report.level.name(),
                "value": report.value,
                "decides": report.decides,
            })
        })
        .collect();
    json!({
        "config_file": path,
        "file_mode": file_mode,
        "folder_mode": folder_mode,
        "default_database": config.default_database(),
        "warnings": config.warnings(),
        "levels": levels,
        "resolved_database": chosen.as_ref().ok(),
        "problem": chosen.as_ref().err(),
        "databases": checks,
    })
}

/// The permissions of the file and of its folder, where systems have them.
fn modes(config: &Config) -> Option<(String, String)> {
    let Source::File(path) = config.source() else { return None };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some((mode(path)?, mode(folder)?))
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    Some(format!("{:03o}", std::fs::metadata(path).ok()?.permissions().mode() & 0o777))
}

#[cfg(not(unix))]
fn mode(_path: &Path) -> Option<String> {
    None
}

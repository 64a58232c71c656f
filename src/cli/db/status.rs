//! `db status`: where the configuration is, who can read it, how the database of a call is chosen, and which databases
//! answer.

use std::{
    fmt::{self, Display, Formatter},
    process::ExitCode,
};

use clap::builder::styling::Style;
use serde_json::{Value, json};

use super::{check::Check, list, test};
use crate::{
    cli::{arguments::db::StatusOptions, error::CliError, output, permissions, table},
    config::{Config, DatabaseKey, Source},
    tenancy::{Inputs, LevelReport, resolver},
};

pub(super) async fn run(options: StatusOptions) -> Result<ExitCode, CliError> {
    let env = super::environment(&options.environment)?;
    let config = super::load(&options.file, env.as_ref())?;
    let databases = test::databases(config, env);
    let config = databases.config();
    let checks = Check::all(&databases, config.databases().keys()).await;
    let inputs = Inputs { argument: None, focus: None, config };
    let chosen = resolver::resolve(&inputs).map(|resolution| resolution.key).map_err(|error| error.to_string());
    let status = Status { config, levels: resolver::explain(&inputs), chosen, checks };
    if options.json {
        let text = serde_json::to_string_pretty(&status.as_json()).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
    } else {
        output::print_styled(&status.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

struct Status<'a> {
    config: &'a Config,
    levels: [LevelReport; 6],
    /// The database of a call that names none, or why there is none.
    chosen: Result<DatabaseKey, String>,
    checks: Vec<Check>,
}

impl Display for Status<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", list::source(self.config))?;
        if let Some((file, folder)) = modes(self.config) {
            writeln!(f, "Permissions: file {file}, folder {folder}")?;
        }
        writeln!(f, "Default database: {}", self.config.default_database().map_or("none", DatabaseKey::as_str))?;
        for warning in self.config.warnings() {
            writeln!(f, "Warning: {warning}")?;
        }
        writeln!(f, "\nWhich database a call uses: the first level that says something")?;
        for LevelReport { level, value, decides, .. } in &self.levels {
            let (style, mark) = if *decides { (Style::new().bold(), '>') } else { (Style::new(), ' ') };
            let value = value.as_deref().map_or("-".to_owned(), table::visible);
            writeln!(f, "{style}{mark} {}. {}: {value}{style:#}", level.number(), level.description())?;
        }
        match &self.chosen {
            Ok(key) => writeln!(f, "A call that names no database uses {key}.")?,
            Err(problem) => writeln!(f, "A call that names no database fails: {problem}")?,
        }
        writeln!(f, "\nDatabases")?;
        self.checks.iter().try_for_each(|check| f.write_str(&check.line()))
    }
}

impl Status<'_> {
    fn as_json(&self) -> Value {
        let path = match self.config.source() {
            Source::File(path) => Some(path.display().to_string()),
            Source::Environment | Source::CommandLine | Source::BuiltIn => None,
        };
        let (file_mode, folder_mode) = modes(self.config).unzip();
        let level = |report: &LevelReport| {
            json!({
                "level": report.level.number(),
                "name": report.level.name(),
                "value": report.value,
                "decides": report.decides,
            })
        };
        json!({
            "config_file": path,
            "file_mode": file_mode,
            "folder_mode": folder_mode,
            "default_database": self.config.default_database(),
            "warnings": self.config.warnings(),
            "levels": self.levels.iter().map(level).collect::<Vec<_>>(),
            "resolved_database": self.chosen.as_ref().ok(),
            "problem": self.chosen.as_ref().err(),
            "databases": self.checks,
        })
    }
}

/// The permissions of the file and of its folder, where systems have them.
fn modes(config: &Config) -> Option<(String, String)> {
    let Source::File(path) = config.source() else { return None };
    let (file, folder) = permissions::of(path)?;
    Some((file.to_string(), folder.to_string()))
}

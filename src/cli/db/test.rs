//! `db test`: whether databases can be used, by using them.

use std::{process::ExitCode, sync::Arc};

use super::check::Check;
use crate::{
    cli::{arguments::db::TestOptions, error::CliError, output},
    clock::{SystemClock, SystemRandom},
    config::{Config, Env},
    tenancy::{Databases, Inputs, resolver},
};

pub(super) async fn run(options: TestOptions) -> Result<ExitCode, CliError> {
    let env = super::environment(&options.environment)?;
    let config = super::load(&options.file, env.as_ref())?;
    let chosen = if options.all {
        config.databases().keys().cloned().collect()
    } else {
        let inputs = Inputs { argument: options.name.as_deref(), focus: None, config: &config };
        vec![resolver::resolve(&inputs).map_err(|error| CliError::from_error(&error))?.key]
    };
    let checks = Check::all(&databases(config, env), &chosen).await;
    if options.json {
        let text = serde_json::to_string_pretty(&checks).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
    } else {
        for check in &checks {
            if check.ok {
                output::print_styled(&check.line())?;
            } else {
                output::note_styled(&check.line());
            }
        }
    }
    Ok(if checks.iter().all(|check| check.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The databases of a configuration, ready to be opened.
pub(super) fn databases(config: Config, env: Box<dyn Env>) -> Databases {
    Databases::new(Arc::new(config), Arc::from(env), Arc::new(SystemClock), Arc::new(SystemRandom))
}

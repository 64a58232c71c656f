//! `db default`: shows or chooses the database of calls that name none.

use std::process::ExitCode;

use super::edit::{self, Edit};
use crate::{
    cli::{arguments::db::DefaultOptions, confirm::Verb, error::CliError, output},
    config::{SystemEnv, edit::Change},
};

pub(super) async fn run(group: &str, options: DefaultOptions) -> Result<ExitCode, CliError> {
    let (key, action) = match options.name.as_deref() {
        Some(name) => (Some(edit::key(name)?), format!("default_database: {name}")),
        None if options.unset => (None, "default_database: none".to_owned()),
        None => {
            let config = super::load(&options.file, &SystemEnv)?;
            match config.default_database() {
                Some(key) => output::print_line(key.as_str())?,
                None => output::note("No default database is configured; `db default NAME` chooses one.\n"),
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    let actions = vec![(Verb::Update, action)];
    let call = Edit { command: format!("{group} default"), actions, change: Change::SetDefault(key), ask: false };
    Ok(call.run(&options.file, options.dry_run).await?.code())
}

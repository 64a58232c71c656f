//! `db remove`: an entry goes from the file. The database it describes is left alone.

use std::process::ExitCode;

use super::edit::{self, Edit};
use crate::{
    cli::{arguments::db::RemoveOptions, confirm::Verb, error::CliError},
    config::edit::Change,
};

pub(super) async fn run(group: &str, options: RemoveOptions) -> Result<ExitCode, CliError> {
    let key = edit::key(&options.key)?;
    let mut actions = vec![(Verb::Remove, format!("{key}, from the configuration (the database itself stays)"))];
    if edit::is_default(&options.file, &key)? {
        actions.push((Verb::Remove, format!("default_database: {key}")));
    }
    let change = Change::Remove { key };
    let call = Edit { command: format!("{group} remove"), actions, change, ask: !options.caution.yes };
    Ok(call.run(&options.file, options.caution.dry_run).await?.code())
}

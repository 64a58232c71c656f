//! `db add`: a new entry, after all others.

use std::process::ExitCode;

use super::{
    edit::{self, Edit},
    fields,
};
use crate::{
    cli::{arguments::db::AddOptions, confirm::Verb, error::CliError},
    config::edit::Change,
};

pub(super) async fn run(group: &str, options: AddOptions) -> Result<ExitCode, CliError> {
    let key = edit::key(options.key())?;
    let fields = fields::of(&options.entry)?;
    let actions = vec![(Verb::Add, fields::entry_line(&key, &fields))];
    let change = Change::Add { key, fields };
    let call = Edit { command: format!("{group} add"), actions, change, ask: !options.caution.yes };
    let done = call.run(&options.file, options.caution.dry_run).await?;
    if let Some(variable) = done.saved().and(options.entry.password_env.as_deref()) {
        edit::note_unset(variable);
    }
    Ok(done.code())
}

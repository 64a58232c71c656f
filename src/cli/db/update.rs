//! `db update`: an entry says something else, or is called something else, in its place.

use std::process::ExitCode;

use super::{
    edit::{self, Edit},
    fields,
};
use crate::{
    cli::{arguments::db::UpdateOptions, confirm::Verb, error::CliError},
    config::edit::Change,
};

pub(super) async fn run(group: &str, options: UpdateOptions) -> Result<ExitCode, CliError> {
    let key = edit::key(&options.old)?;
    let rename = options.key.as_deref().map(edit::key).transpose()?;
    let fields = fields::of(&options.entry)?;
    if fields.is_empty() && rename.is_none() {
        return Err(CliError::new(format!("nothing to change in {key}: give at least one option, e.g. --timeout 60")));
    }
    let mut actions: Vec<_> = fields::lines(&key, &fields).into_iter().map(|line| (Verb::Update, line)).collect();
    if let Some(new) = &rename {
        actions.push((Verb::Update, format!("{key}: is now called {new}")));
        if edit::is_default(&options.file, &key)? {
            actions.push((Verb::Update, format!("default_database: {new}")));
        }
    }
    let change = Change::Update { key, rename, fields };
    let call = Edit { command: format!("{group} update"), actions, change, ask: !options.caution.yes };
    let done = call.run(&options.file, options.caution.dry_run).await?;
    if let Some(variable) = done.saved().and(options.entry.password_env.as_deref()) {
        edit::note_unset(variable);
    }
    Ok(done.code())
}

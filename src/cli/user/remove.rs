//! `user remove`: a user goes, and what was granted to it.

use std::process::ExitCode;

use crate::cli::{
    admin::{
        change,
        server::{ROOT, Server},
    },
    arguments::user::RemoveOptions,
    confirm::{self, Verb},
    error::CliError,
};

const COMMAND: &str = "user remove";

pub(super) async fn run(options: RemoveOptions) -> Result<ExitCode, CliError> {
    let name = &options.name;
    super::check_name(name)?;
    if name == ROOT {
        return Err(CliError::new("root cannot be removed: nobody could administer the server any more"));
    }
    let mut actions = vec![(Verb::Remove, format!("user {name}"))];
    if options.caution.dry_run {
        actions.push((Verb::Remove, format!("the permissions of {name}")));
        return change::only_shown(COMMAND, &actions);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let what = format!("remove the user {name}");
    super::must_exist(&server, name, &what).await?;
    let granted = server.system.granted(name).await.map_err(|error| server.failed(&what, &error))?;
    let falling = granted.iter().map(|(database, access)| change::permission_line(name, database, *access));
    actions.extend(falling.map(|line| (Verb::Remove, line)));
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    server.system.remove_user(name).await.map_err(|error| server.failed(&what, &error))?;
    change::done(COMMAND, &actions)
}

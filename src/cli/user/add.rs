//! `user add`: a new user, who may do nothing yet.

use std::process::ExitCode;

use crate::cli::{
    admin::{change, server::Server},
    arguments::user::AddOptions,
    confirm::{self, Verb},
    error::CliError,
};

const COMMAND: &str = "user add";

pub(super) async fn run(options: AddOptions) -> Result<ExitCode, CliError> {
    let name = &options.name;
    super::check_name(name)?;
    let state = if options.active { "" } else { " (not active)" };
    let actions = vec![(Verb::Add, format!("user {name}{state}"))];
    if options.caution.dry_run {
        return change::only_shown(COMMAND, &actions);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let password =
        server.password(&options.password_env, &format!("password of the new user {name}"), "--password-env")?;
    let what = format!("add the user {name}");
    if server.system.user(name).await.map_err(|error| server.failed(&what, &error))?.is_some() {
        return Err(CliError::new(format!("there is a user {name} on {} already", server.url())));
    }
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    let made = server.system.create_user(name, &password, options.active).await;
    made.map_err(|error| server.failed(&what, &error))?;
    change::done(COMMAND, &actions)
}

//! `user password`: another password for oneself, on the chosen server and no other.

use std::process::ExitCode;

use crate::cli::{
    admin::{change, server::Server},
    arguments::user::PasswordOptions,
    confirm::{self, Verb},
    error::CliError,
};

const COMMAND: &str = "user password";

pub(super) async fn run(options: PasswordOptions) -> Result<ExitCode, CliError> {
    if options.caution.dry_run {
        let whose = if options.server.database.is_some() { "the user of that entry" } else { "$ARANGO_USERNAME" };
        return change::only_shown(COMMAND, &vec![(Verb::Update, format!("the password of {whose}"))]);
    }
    let server = Server::as_oneself(&options.server, &options.own).await?;
    let user = server.username();
    let what = format!("change the password of {user}");
    let new = server.password(&options.new_password_env, &format!("new password of {user}"), "--new-password-env")?;
    // Asked first, so that nobody agrees to what the server then refuses.
    server.system.user(user).await.map_err(|error| server.failed(&what, &error))?;
    let actions = vec![(Verb::Update, format!("the password of {user} on {}", server.url()))];
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    server.system.set_password(user, &new).await.map_err(|error| server.failed(&what, &error))?;
    change::done(COMMAND, &actions)
}

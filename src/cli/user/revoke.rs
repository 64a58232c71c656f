//! `user revoke`: a user has no permission of its own for a database any more; the default for all holds.

use std::process::ExitCode;

use crate::cli::{
    admin::{change, server::Server},
    arguments::user::RevokeOptions,
    confirm::{self, Verb},
    error::CliError,
};

const COMMAND: &str = "user revoke";

pub(super) async fn run(options: RevokeOptions) -> Result<ExitCode, CliError> {
    let (user, database) = (&options.user, &options.name);
    super::check_name(user)?;
    if options.caution.dry_run {
        return change::only_shown(COMMAND, &vec![(Verb::Revoke, format!("permission: {user} on {database}"))]);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let what = format!("revoke the permission of {user} on {database}");
    super::must_exist(&server, user, &what).await?;
    let granted = server.system.granted(user).await.map_err(|error| server.failed(&what, &error))?;
    let Some(former) = granted.get(database) else {
        let hint = "; the default for all databases holds already";
        return Err(CliError::new(format!("{user} has no permission of its own on {database}{hint}")));
    };
    let actions = vec![(Verb::Revoke, change::permission_line(user, database, *former))];
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    server.system.revoke(user, database).await.map_err(|error| server.failed(&what, &error))?;
    change::done(COMMAND, &actions)
}

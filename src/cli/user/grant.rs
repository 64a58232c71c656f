//! `user grant`: what a user may do with a database.

use std::process::ExitCode;

use crate::{
    arango::users::ANY_DATABASE,
    cli::{
        admin::{change, server::Server},
        arguments::user::GrantOptions,
        confirm::{self, Verb},
        error::CliError,
    },
};

const COMMAND: &str = "user grant";

pub(super) async fn run(options: GrantOptions) -> Result<ExitCode, CliError> {
    let (user, database) = (&options.user, &options.name);
    super::check_name(user)?;
    let access = change::access(options.permission);
    let line = change::permission_line(user, database, access);
    if options.caution.dry_run {
        return change::only_shown(COMMAND, &vec![(Verb::Grant, line)]);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let what = format!("grant {user} a permission on {database}");
    super::must_exist(&server, user, &what).await?;
    let known = server.system.databases().await.map_err(|error| server.failed(&what, &error))?;
    if database != ANY_DATABASE && !known.contains(database) {
        return Err(CliError::new(format!("there is no database {database} on {}", server.url())));
    }
    let granted = server.system.granted(user).await.map_err(|error| server.failed(&what, &error))?;
    let actions = match granted.get(database) {
        Some(former) if *former == access => return change::done(COMMAND, &vec![(Verb::Exists, line)]),
        Some(former) => vec![(Verb::Grant, format!("{line}, was {}", former.name()))],
        None => vec![(Verb::Grant, line)],
    };
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    server.system.grant(user, database, access).await.map_err(|error| server.failed(&what, &error))?;
    change::done(COMMAND, &actions)
}

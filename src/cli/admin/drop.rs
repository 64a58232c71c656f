//! `admin database drop`: a database goes from a server, and what was granted for it.

use std::process::ExitCode;

use super::{SYSTEM, change, server::Server};
use crate::{
    arango,
    cli::{
        arguments::admin::DropOptions,
        confirm::{self, Actions, Verb},
        error::CliError,
    },
};

const COMMAND: &str = "admin database drop";

pub(super) async fn run(options: DropOptions) -> Result<ExitCode, CliError> {
    let name = super::name(&options.name)?;
    if name.as_str() == SYSTEM {
        return Err(CliError::new(format!("{SYSTEM} cannot be dropped: the server keeps its users there")));
    }
    let mut actions = vec![(Verb::Remove, format!("database {name}, with everything in it"))];
    if options.caution.dry_run {
        actions.push((Verb::Remove, format!("the permissions for {name}")));
        return change::only_shown(COMMAND, &actions);
    }
    let server = Server::as_root(&options.server, &options.root).await?;
    let what = format!("drop the database {name}");
    let failed = |error: arango::Error| server.failed(&what, &error);
    let known = server.system.databases().await.map_err(failed)?;
    if !known.iter().any(|known| known == name.as_str()) {
        return Err(CliError::new(format!("there is no database {name} on {}", server.url())));
    }
    actions.extend(permissions(&server, name.as_str()).await.map_err(failed)?);
    if !change::agreed(&server, &actions, options.caution).await? {
        return Ok(confirm::cancelled());
    }
    server.system.drop_database(&name).await.map_err(failed)?;
    change::done(COMMAND, &actions)
}

/// What falls with the database.
async fn permissions(server: &Server, database: &str) -> Result<Actions, arango::Error> {
    let mut falling = Vec::new();
    let mut users = server.system.users().await?;
    users.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    for user in users {
        if let Some(access) = server.system.granted(&user.name).await?.get(database) {
            falling.push((Verb::Remove, change::permission_line(&user.name, database, *access)));
        }
    }
    Ok(falling)
}

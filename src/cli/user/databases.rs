//! `user databases`: what one may use oneself.

use std::{collections::BTreeMap, process::ExitCode};

use crate::cli::{admin::server::Server, arguments::user::DatabasesOptions, error::CliError, output, table};

pub(super) async fn run(options: DatabasesOptions) -> Result<ExitCode, CliError> {
    let server = Server::as_oneself(&options.server, &options.own).await?;
    let user = server.username();
    let accessible = server.system.accessible_to(user).await;
    let accessible = accessible.map_err(|error| server.failed(&format!("list the databases of {user}"), &error))?;
    if options.json {
        // The one word that scripts know.
        let names: BTreeMap<_, _> = accessible.keys().map(|name| (name, "accessible")).collect();
        let text = serde_json::to_string_pretty(&names).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = accessible.into_iter().map(|(name, access)| [name, access.name().to_owned()]).collect();
    let databases = table::render(["DATABASE", "PERMISSION"], &rows);
    output::print(&format!("Server: {}, as {user}\n\n{databases}", server.url()))?;
    Ok(ExitCode::SUCCESS)
}

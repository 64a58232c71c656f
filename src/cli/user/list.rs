//! `user list`: the users of a server.

use std::process::ExitCode;

use crate::cli::{admin::server::Server, arguments::user::ListOptions, error::CliError, output, table};

pub(super) async fn run(options: ListOptions) -> Result<ExitCode, CliError> {
    let server = Server::as_root(&options.server, &options.root).await?;
    let mut users = server.system.users().await.map_err(|error| server.failed("list the users", &error))?;
    users.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    if options.json {
        let text = serde_json::to_string_pretty(&users).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let active = |active: bool| if active { "yes" } else { "no" }.to_owned();
    let rows: Vec<_> = users.into_iter().map(|user| [user.name, active(user.active)]).collect();
    output::print(&format!("Server: {}\n\n{}", server.url(), table::render(["USER", "ACTIVE"], &rows)))?;
    Ok(ExitCode::SUCCESS)
}

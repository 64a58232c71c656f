//! `admin database list`: the databases of a server.

use std::process::ExitCode;

use super::{SYSTEM, server::Server};
use crate::cli::{arguments::admin::ListOptions, error::CliError, output, table};

pub(super) async fn run(options: ListOptions) -> Result<ExitCode, CliError> {
    let server = Server::as_root(&options.server, &options.root).await?;
    let mut names = server.system.databases().await.map_err(|error| server.failed("list the databases", &error))?;
    names.sort_unstable();
    if options.json {
        let text = serde_json::to_string_pretty(&names).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let about = |name: &str| if name == SYSTEM { "system" } else { "" }.to_owned();
    let rows: Vec<_> = names.into_iter().map(|name| [about(&name), name]).map(|[about, name]| [name, about]).collect();
    output::print(&format!("Server: {}\n\n{}", server.url(), table::render(["DATABASE", ""], &rows)))?;
    Ok(ExitCode::SUCCESS)
}

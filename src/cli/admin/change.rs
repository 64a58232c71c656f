//! The way every change on a server goes: shown, or asked about, done, reported.

use std::process::ExitCode;

use super::server::Server;
use crate::{
    arango::Access,
    cli::{
        arguments::common::{Caution, Permission},
        confirm::{self, Actions},
        error::CliError,
        output,
    },
};

/// Says what a command would do. No server has been asked: it would take credentials.
pub(crate) fn only_shown(command: &str, actions: &Actions) -> Result<ExitCode, CliError> {
    output::print_styled(&confirm::dry_run_report(command, actions))?;
    output::print_line("Dry run: no server was asked, and nothing was changed.")?;
    Ok(ExitCode::SUCCESS)
}

/// Whether somebody wants it.
pub(crate) async fn agreed(server: &Server, actions: &Actions, caution: Caution) -> Result<bool, CliError> {
    if caution.yes { Ok(true) } else { confirm::agreed(server.url(), actions).await }
}

/// Says what a command did.
pub(crate) fn done(command: &str, actions: &Actions) -> Result<ExitCode, CliError> {
    output::print_styled(&confirm::report(command, actions))?;
    Ok(ExitCode::SUCCESS)
}

/// A permission, as clients say it.
pub(crate) fn access(permission: Permission) -> Access {
    match permission {
        Permission::Rw => Access::Write,
        Permission::Ro => Access::Read,
        Permission::None => Access::None,
    }
}

/// A permission, as the lines of a question or a report say it.
pub(crate) fn permission_line(user: &str, database: &str, access: Access) -> String {
    let of =
        if database == crate::arango::users::ANY_DATABASE { " (all databases without one of their own)" } else { "" };
    format!("permission {}: {user} on {database}{of}", access.name())
}

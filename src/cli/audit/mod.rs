//! `audit`: whether an audit log is as it was written.

mod verify;

use std::process::ExitCode;

use super::{
    arguments::operate::{AuditCommand, AuditOptions},
    error::CliError,
};

pub(crate) fn run(options: &AuditOptions) -> Result<ExitCode, CliError> {
    match &options.command {
        AuditCommand::Verify(options) => verify::run(options),
    }
}

//! `token revoke`: a token that is good no longer. It does not ask: whoever revokes one may be in a hurry, and a new one is made in a
//! moment.

use std::process::ExitCode;

use super::{blocking, name, path};
use crate::{
    cli::{arguments::token::RevokeOptions, error::CliError, output},
    config::tokens,
};

pub(super) async fn run(options: RevokeOptions) -> Result<ExitCode, CliError> {
    let (name, path) = (name(&options.name)?, path(&options.file)?);
    let revoked = name.clone();
    let path = blocking(move || tokens::revoke(&path, &revoked)).await?;
    output::print_line(&format!("Revoked token {:?} in {}", name.as_str(), path.display()))?;
    Ok(ExitCode::SUCCESS)
}

//! `version`: two lines, the program's version and what it was built for.

use std::{
    env::consts::{ARCH, OS},
    process::ExitCode,
};

use super::{error::CliError, output};
use crate::mcp::{SERVER_NAME, VERSION};

/// The oldest Rust this version builds with.
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

pub(crate) fn run() -> Result<ExitCode, CliError> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    output::print(&format!("{SERVER_NAME} {VERSION}\nRust {RUST} ({profile}, {OS} {ARCH})\n"))?;
    Ok(ExitCode::SUCCESS)
}

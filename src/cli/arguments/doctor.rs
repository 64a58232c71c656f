//! The words of `doctor`, which looks for what is wrong.

use clap::Args;

use super::common::{ConfigFile, EnvironmentFile};

#[derive(Debug, Args)]
pub(crate) struct DoctorOptions {
    /// Look at this database only, by the key of its entry.
    #[arg(long, value_name = "KEY")]
    pub(crate) database: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
}

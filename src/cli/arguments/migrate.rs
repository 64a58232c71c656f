//! The words of `migrate`, which takes over what the Python version was configured with.

use std::path::PathBuf;

use clap::Args;

use super::common::{Caution, EnvironmentFile};

#[derive(Debug, Args)]
pub(crate) struct MigrateOptions {
    /// The file of the Python version [default: `$ARANGO_DATABASES_CONFIG_FILE`, then config/databases.yaml].
    pub(crate) source: Option<PathBuf>,
    /// Take over the database of the `ARANGO_*` variables instead of a file.
    #[arg(long, conflicts_with = "source")]
    pub(crate) from_env: bool,
    /// The file to write [default: ~/.mcp-arangodb-async/config.yaml].
    #[arg(long, short = 'C', value_name = "FILE", aliases = ["config-path", "cfgf", "cfgp"])]
    pub(crate) config_file: Option<PathBuf>,
    /// Add to a file that is there, and replace nothing in it.
    #[arg(long)]
    pub(crate) merge: bool,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
    #[command(flatten)]
    pub(crate) caution: Caution,
}

//! Options that many commands share, so that they are spelt the same everywhere.

use std::path::PathBuf;

use clap::Args;

/// Which configuration file is meant.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConfigFile {
    /// The configuration file [default: `$ARANGO_DATABASES_CONFIG_FILE`, then ~/.mcp-arangodb-async/config.yaml].
    #[arg(long, short = 'C', value_name = "FILE", aliases = ["config-path", "cfgf", "cfgp"])]
    pub(crate) config_file: Option<PathBuf>,
}

/// Variables beside those of the environment.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct EnvironmentFile {
    /// A file of NAME=value lines, which count before the environment; single quotes keep a `$`.
    #[arg(long, short = 'E', value_name = "FILE", aliases = ["env-file", "envf"])]
    pub(crate) environment_file: Option<PathBuf>,
}

/// How careful a change is.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Caution {
    /// Show what would change, and change nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

//! Options that many commands share, so that they are spelt the same everywhere.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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

/// Which server is administered.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServerChoice {
    /// The server [default: `$ARANGO_URL`, then `http://localhost:8529`].
    #[arg(long, short, value_name = "URL", conflicts_with = "database")]
    pub(crate) url: Option<String>,
    /// The server of a configured database, by the key of its entry.
    #[arg(long, value_name = "KEY")]
    pub(crate) database: Option<String>,
    #[command(flatten)]
    pub(crate) file: ConfigFile,
    #[command(flatten)]
    pub(crate) environment: EnvironmentFile,
}

/// How root logs in.
#[derive(Debug, Clone, Args)]
pub(crate) struct RootPassword {
    /// The name of the environment variable that holds the password of root; never the password.
    #[arg(long, short = 'R', value_name = "VARIABLE", default_value = "ARANGO_ROOT_PASSWORD",
        aliases = ["arango-root-password-env", "root-pw-env"])]
    pub(crate) root_password_env: String,
}

/// What a user may do with a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Permission {
    /// Read and write.
    Rw,
    /// Read.
    Ro,
    /// Nothing.
    None,
}

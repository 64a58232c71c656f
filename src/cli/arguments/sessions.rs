//! The options about sessions of the older protocols and about the keys that seal what clients carry.

use std::path::PathBuf;

use clap::{
    Args,
    builder::{StringValueParser, TypedValueParser as _},
};

use crate::observability::Secret;

/// How sessions are kept.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SessionOptions {
    /// Sessions of the older protocols at most; the one silent longest makes room [default: `$MCP_MAX_SESSIONS`, then 5000].
    #[arg(long, value_name = "NUMBER")]
    pub(crate) max_sessions: Option<String>,
    /// How long an unused session is kept, e.g. 30m [default: `$MCP_SESSION_IDLE`, then 8h].
    #[arg(long, value_name = "TIME")]
    pub(crate) session_idle: Option<String>,
    /// The Redis that replicas share sessions in, as `redis://host:6379/0`, `rediss://…` or `redis+unix:///socket`. Its password is
    /// better in `$MCP_SESSION_STORE_PASSWORD` [default: `$MCP_SESSION_STORE`, then memory].
    #[arg(long, value_name = "URL", value_parser = StringValueParser::new().map(Secret::new))]
    pub(crate) session_store: Option<Secret>,
    /// A file with the keys that seal focus handles, newest first, a line each [default: `$MCP_FOCUS_KEY_FILE`].
    #[arg(long, value_name = "FILE")]
    pub(crate) focus_key_file: Option<PathBuf>,
}

//! Options of operating a server.

use std::{net::SocketAddr, num::NonZeroU64, path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    config::{
        AuditTarget,
        operating::{parse_bytes, parse_listen, parse_seconds},
    },
    observability::{logging::Format, operation::Wanted},
};

/// How lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormatChoice {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

impl From<LogFormatChoice> for Format {
    fn from(choice: LogFormatChoice) -> Self {
        match choice {
            LogFormatChoice::Text => Self::Text,
            LogFormatChoice::Json => Self::Json,
        }
    }
}

/// What audit lines say about arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditArgumentsChoice {
    /// A keyed digest.
    Digest,
    /// Their text without literals and values.
    Redacted,
}

impl From<AuditArgumentsChoice> for Wanted {
    fn from(choice: AuditArgumentsChoice) -> Self {
        match choice {
            AuditArgumentsChoice::Digest => Self::Digest,
            AuditArgumentsChoice::Redacted => Self::Redacted,
        }
    }
}

/// How a server is watched, and how it ends.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Operating")]
pub(crate) struct OperateOptions {
    /// How lines of the log look [default: `$MCP_LOG_FORMAT`, then text].
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) log_format: Option<LogFormatChoice>,
    /// Serve metrics to Prometheus at this address and port, e.g. 127.0.0.1:9464 [default: `$MCP_METRICS_LISTEN`].
    #[arg(long, value_name = "ADDRESS", value_parser = parse_listen)]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Keep a line for every call in this file, or on `stderr` [default: `$MCP_AUDIT_LOG`].
    #[arg(long, value_name = "FILE", value_parser = parse_target)]
    pub(crate) audit_log: Option<AuditTarget>,
    /// What an audit line says about arguments [default: `$MCP_AUDIT_ARGUMENTS`, then digest].
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) audit_arguments: Option<AuditArgumentsChoice>,
    /// Go on in a new file from this size, e.g. 64MB [default: `$MCP_AUDIT_MAX_BYTES`].
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) audit_max_bytes: Option<NonZeroU64>,
    /// Refuse calls that cannot be recorded in the audit log [default: `$MCP_AUDIT_REQUIRED`, then false].
    #[arg(long)]
    pub(crate) audit_required: bool,
    /// How long running calls may go on when the server is asked to stop [default: `$MCP_DRAIN_TIMEOUT`, then 5].
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(crate) drain_timeout: Option<Duration>,
    /// How long connections are still accepted then, while /readyz says no [default: `$MCP_DRAIN_DELAY`, then 0].
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(crate) drain_delay: Option<Duration>,
}

#[expect(clippy::unnecessary_wraps, reason = "the shape clap asks for")]
fn parse_target(text: &str) -> Result<AuditTarget, String> {
    Ok(AuditTarget::parse(text))
}

/// `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether the lines of an audit log are those that were written: none changed, taken out or put in.
    #[command(after_help = "Examples:
  mcp-arangodb-async audit verify audit.jsonl
  mcp-arangodb-async audit verify audit.jsonl*

Give all files of a log that went on in new ones; their order does not matter. A log that was written with $MCP_AUDIT_KEY
is verified with it. Exit code 0: intact; 1: not intact, or unreadable.")]
    Verify(VerifyOptions),
}

/// `audit verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print what was found as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

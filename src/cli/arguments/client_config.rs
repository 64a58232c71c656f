//! The words of `client-config`, which tells MCP clients about this server.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DatabaseOptions, common::Caution};

/// A program that speaks MCP to servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClientName {
    /// Claude Desktop.
    ClaudeDesktop,
    /// Claude Code.
    ClaudeCode,
    /// Cursor.
    Cursor,
    /// Visual Studio Code.
    #[value(name = "vscode")]
    VsCode,
    /// Windsurf.
    Windsurf,
    /// Zed.
    Zed,
    /// Gemini CLI.
    GeminiCli,
    /// Any other that reads `mcpServers`.
    Generic,
}

#[derive(Debug, Args)]
pub(crate) struct ClientConfigOptions {
    /// The client.
    #[arg(value_enum)]
    pub(crate) client: ClientName,
    /// Merge it into the client's file instead of printing it; the rest of the file stays as it is, and a backup is kept.
    #[arg(long)]
    pub(crate) write: bool,
    /// With --write: the file of the project in this directory, not that of the user.
    #[arg(long, conflicts_with = "file")]
    pub(crate) project: bool,
    /// With --write: another file.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// What the client calls this server.
    #[arg(long, default_value = "arangodb")]
    pub(crate) name: String,
    /// Have the client reach a running server, e.g. `http://127.0.0.1:8000/mcp`, instead of starting one.
    #[arg(long, value_name = "URL", conflicts_with_all = ["command", "config_file", "embedded", "sample", "backup_dir", "read_only", "confirm"])]
    pub(crate) url: Option<String>,
    /// With --url: the variable that holds the token to log in with; never the token.
    #[arg(long, value_name = "VARIABLE", requires = "url")]
    pub(crate) token_env: Option<String>,
    /// The program the client starts [default: this one].
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) command: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) caution: Caution,
    #[command(flatten)]
    pub(crate) databases: DatabaseOptions,
}

//! The words of `token`, which says who may call over HTTP.

use std::path::PathBuf;

use clap::{Args, Subcommand, builder::PossibleValuesParser};

use crate::config::grant::TOOLSETS;

#[derive(Debug, Args)]
pub(crate) struct TokenOptions {
    #[command(subcommand)]
    pub(crate) command: Option<TokenCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it, once: the file keeps only a hash of it.
    #[command(after_help = "Examples:
  mcp-arangodb-async token add alice
  mcp-arangodb-async token add reports --database sales --toolset data_analysis --read-only --expires 90d
  mcp-arangodb-async token add tenant-7 --pin tenant_7
  mcp-arangodb-async server --transport http --token-file ~/.mcp-arangodb-async/tokens.yaml

Without limits a token is good for everything. A running server takes it within a second.")]
    Add(AddOptions),
    /// List the tokens: their names and what they are good for.
    #[command(
        visible_alias = "ls",
        after_help = "Examples:\n  mcp-arangodb-async token list\n  mcp-arangodb-async token list --json"
    )]
    List(ListOptions),
    /// Revoke a token; a running server refuses it within a second.
    #[command(after_help = "Examples:\n  mcp-arangodb-async token revoke alice")]
    Revoke(RevokeOptions),
}

/// Which file holds the tokens.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TokenFile {
    /// The file of tokens [default: `$MCP_TOKEN_FILE`, then ~/.mcp-arangodb-async/tokens.yaml].
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AddOptions {
    /// A name for it: letters, digits and . _ - @. It stands in logs as `token:NAME`.
    pub(crate) name: String,
    /// Let it use this database only, by its key. May be repeated.
    #[arg(long = "database", value_name = "KEY")]
    pub(crate) databases: Vec<String>,
    /// Let it use this tool only. May be repeated.
    #[arg(long = "tool", value_name = "TOOL")]
    pub(crate) tools: Vec<String>,
    /// Let it use the tools of this workflow only, beside those for finding one's way. May be repeated.
    #[arg(long = "toolset", value_name = "WORKFLOW", value_parser = PossibleValuesParser::new(TOOLSETS))]
    pub(crate) toolsets: Vec<String>,
    /// Let it read only.
    #[arg(long)]
    pub(crate) read_only: bool,
    /// Let it use this one database only, which is then also the one that calls mean without saying.
    #[arg(long, value_name = "KEY", conflicts_with = "databases")]
    pub(crate) pin: Option<String>,
    /// Refuse it after this time: a number with m, h, d or w.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
    #[command(flatten)]
    pub(crate) file: TokenFile,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) file: TokenFile,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeOptions {
    /// The name of the token.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) file: TokenFile,
}

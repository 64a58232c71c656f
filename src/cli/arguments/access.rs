//! The words that say who may call the server over HTTP.

use std::path::PathBuf;

use clap::Args;

/// Who may call.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Who may call over HTTP")]
pub(crate) struct AccessOptions {
    /// Ask callers for one of the tokens in this file, which `token add` writes [default: `$MCP_TOKEN_FILE`].
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Take OAuth tokens of this authorization server. May be repeated [default: `$MCP_OAUTH_ISSUER`, then `access.oauth` of
    /// the configuration].
    #[arg(long = "oauth-issuer", value_name = "URL")]
    pub(crate) oauth_issuers: Vec<String>,
    /// What OAuth tokens have to be made for. May be repeated [default: `$MCP_OAUTH_AUDIENCE`, then the configuration, then
    /// the resource].
    #[arg(long = "oauth-audience", value_name = "AUDIENCE")]
    pub(crate) oauth_audiences: Vec<String>,
    /// The public URL of the endpoint, for clients that look for the authorization server [default: `$MCP_OAUTH_RESOURCE`,
    /// then the configuration, then the one that --public-url tells, then the audience].
    #[arg(long, value_name = "URL")]
    pub(crate) oauth_resource: Option<String>,
}

impl AccessOptions {
    /// The option that was given and means nothing on standard input and output, if one was.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            ("--token-file", self.token_file.is_some()),
            ("--oauth-issuer", !self.oauth_issuers.is_empty()),
            ("--oauth-audience", !self.oauth_audiences.is_empty()),
            ("--oauth-resource", self.oauth_resource.is_some()),
        ];
        options.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }
}

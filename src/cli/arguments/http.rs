//! The options of serving HTTP beyond where to listen: names, certificates, limits. Each has a variable of its own.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
};

use clap::Args;

use crate::config::{
    HttpSettings, PublicUrl,
    http::{Seconds, Size},
};

/// What may be said about `--transport http`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct HttpFlags {
    /// Where clients reach the server, e.g. `https://mcp.example.com`: its host may be asked for, its pages may call
    /// [default: `$MCP_PUBLIC_URL`].
    #[arg(long, value_name = "URL", help_heading = "Who may reach it over HTTP")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Another host name clients may use, e.g. that of a reverse proxy. May be repeated
    /// [default: `$MCP_HTTP_ALLOWED_HOSTS`].
    #[arg(long = "allowed-host", value_name = "NAME", help_heading = "Who may reach it over HTTP")]
    pub(crate) allowed_hosts: Vec<String>,
    /// A web page that may call, as `scheme://host:port`; it gets CORS headers. May be repeated
    /// [default: `$MCP_HTTP_CORS_ORIGINS`].
    #[arg(long = "allowed-origin", value_name = "ORIGIN", help_heading = "Who may reach it over HTTP")]
    pub(crate) allowed_origins: Vec<String>,
    /// Serve HTTPS with the certificate in this PEM file; it is read again when it changes [default: `$MCP_TLS_CERT`].
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// The PEM file with the key of the certificate [default: `$MCP_TLS_KEY`].
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Let only clients in that have a certificate of an authority in this PEM file [default: `$MCP_TLS_CLIENT_CA`].
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(crate) tls_client_ca: Option<PathBuf>,
    /// The largest request body [default: `$MCP_HTTP_MAX_BODY`, then 4MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits of HTTP")]
    pub(crate) max_body: Option<Size>,
    /// The most connections at once; an idle one makes room [default: `$MCP_HTTP_MAX_CONNECTIONS`, then 2048].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits of HTTP")]
    pub(crate) max_connections: Option<NonZeroUsize>,
    /// How many seconds the head of a request may take [default: `$MCP_HTTP_HEADER_TIMEOUT`, then 10].
    #[arg(long, value_name = "SECONDS", help_heading = "Limits of HTTP")]
    pub(crate) header_timeout: Option<Seconds>,
    /// How many seconds the body of a request may take [default: `$MCP_HTTP_BODY_TIMEOUT`, then 30].
    #[arg(long, value_name = "SECONDS", help_heading = "Limits of HTTP")]
    pub(crate) body_timeout: Option<Seconds>,
    /// How many seconds a connection is kept for another request [default: `$MCP_HTTP_IDLE_TIMEOUT`, then 90].
    #[arg(long, value_name = "SECONDS", help_heading = "Limits of HTTP")]
    pub(crate) idle_timeout: Option<Seconds>,
    /// The most requests a second of one principal, or of one address, in bursts of twice as many
    /// [default: `$MCP_HTTP_RATE_LIMIT`, then no limit].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits of HTTP")]
    pub(crate) rate_limit: Option<NonZeroU32>,
    /// The most requests of one principal, or of one address, at once [default: `$MCP_HTTP_MAX_CONCURRENT`, then 256].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits of HTTP")]
    pub(crate) max_concurrent: Option<NonZeroUsize>,
}

impl HttpFlags {
    /// These before the environment.
    pub(crate) fn over(self, environment: HttpSettings) -> HttpSettings {
        HttpSettings {
            tls_cert: self.tls_cert.or(environment.tls_cert),
            tls_key: self.tls_key.or(environment.tls_key),
            tls_client_ca: self.tls_client_ca.or(environment.tls_client_ca),
            public_url: self.public_url.or(environment.public_url),
            allowed_hosts: some_or(self.allowed_hosts, environment.allowed_hosts),
            allowed_origins: some_or(self.allowed_origins, environment.allowed_origins),
            max_body: self.max_body.or(environment.max_body),
            max_connections: self.max_connections.or(environment.max_connections),
            header_timeout: self.header_timeout.or(environment.header_timeout),
            body_timeout: self.body_timeout.or(environment.body_timeout),
            idle_timeout: self.idle_timeout.or(environment.idle_timeout),
            rate_limit: self.rate_limit.or(environment.rate_limit),
            max_concurrent: self.max_concurrent.or(environment.max_concurrent),
        }
    }
}

fn some_or(said: Vec<String>, otherwise: Vec<String>) -> Vec<String> {
    if said.is_empty() { otherwise } else { said }
}

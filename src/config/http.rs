//! What the environment says about serving HTTP: names, certificates and limits. The command line has the same settings
//! and the same parsers.

use std::{
    fmt,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use url::Url;

use super::{
    ConfigError, Env,
    env::non_empty,
    values::{Refusal, parse_size},
};

/// Where clients reach the server, as a reverse proxy or a name server tells it: `https://mcp.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Host and, if it is not the usual one, port.
    pub fn authority(&self) -> &str {
        self.0.authority()
    }

    /// Scheme, host and port as a browser sends them as `Origin`.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The URL of the MCP endpoint.
    pub fn endpoint(&self) -> String {
        format!("{}/mcp", self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "use a URL like https://mcp.example.com, without user, query and fragment";
        let url = Url::parse(text).map_err(|_| EXPECTED)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        let usable = matches!(url.scheme(), "http" | "https") && url.fragment().is_none() && bare;
        if usable { Ok(Self(url)) } else { Err(EXPECTED) }
    }
}

/// A size in bytes: a number alone or with a unit, `512KB`, `4MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub usize);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = parse_size(text).map_err(Refusal::into_text)?;
        usize::try_from(bytes.get()).map(Self).map_err(|_| format!("{text:?} is more than this machine can address"))
    }
}

/// A time in seconds, above zero and at most an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds(pub Duration);

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().parse::<f64>() {
            Ok(seconds) if seconds > 0.0 && seconds <= 3600.0 => Ok(Self(Duration::from_secs_f64(seconds))),
            _ => Err(format!("{text:?} is not a time; use seconds above 0 and at most 3600")),
        }
    }
}

/// The files of TLS, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate and those between it and its authority.
    pub cert: PathBuf,
    /// The key of the certificate.
    pub key: PathBuf,
    /// The authorities of clients. Where given, every client needs a certificate.
    pub client_ca: Option<PathBuf>,
}

/// Bounds of what clients may send and keep busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Bytes of one request's body.
    pub max_body: usize,
    /// Connections at once.
    pub max_connections: NonZeroUsize,
    /// How long a client may take to connect and to send the head of a request.
    pub header_timeout: Duration,
    /// How long a client may take to send the body of a request.
    pub body_timeout: Duration,
    /// How long a connection is kept for another request.
    pub idle_timeout: Duration,
    /// Requests a second of one principal, with bursts of twice as many.
    pub rate_limit: Option<NonZeroU32>,
    /// Requests of one principal that may be under way at once.
    pub max_concurrent: NonZeroUsize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            max_body: 4 << 20,
            max_connections: NonZeroUsize::MIN.saturating_add(2047),
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(90),
            rate_limit: None,
            max_concurrent: NonZeroUsize::MIN.saturating_add(255),
        }
    }
}

/// What the environment says about HTTP. Nothing given is nothing said.
#[derive(Debug, Clone, Default)]
pub struct HttpSettings {
    /// The certificate.
    pub tls_cert: Option<PathBuf>,
    /// Its key.
    pub tls_key: Option<PathBuf>,
    /// The authorities of clients.
    pub tls_client_ca: Option<PathBuf>,
    /// Where clients reach the server.
    pub public_url: Option<PublicUrl>,
    /// `Host` names besides the loopback ones.
    pub allowed_hosts: Vec<String>,
    /// Origins browsers may call from.
    pub allowed_origins: Vec<String>,
    /// Bytes of a body.
    pub max_body: Option<Size>,
    /// Connections at once.
    pub max_connections: Option<NonZeroUsize>,
    /// Time for the head of a request.
    pub header_timeout: Option<Seconds>,
    /// Time for the body of a request.
    pub body_timeout: Option<Seconds>,
    /// Time a connection may wait for another request.
    pub idle_timeout: Option<Seconds>,
    /// Requests a second.
    pub rate_limit: Option<NonZeroU32>,
    /// Requests at once.
    pub max_concurrent: Option<NonZeroUsize>,
}

impl HttpSettings {
    /// Reads them.
    ///
    /// # Errors
    /// The first variable whose value cannot be used.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        let path = |name| non_empty(env, name).map(PathBuf::from);
        Ok(Self {
            tls_cert: path("MCP_TLS_CERT"),
            tls_key: path("MCP_TLS_KEY"),
            tls_client_ca: path("MCP_TLS_CLIENT_CA"),
            public_url: parsed(env, "MCP_PUBLIC_URL")?,
            allowed_hosts: super::settings::list(env, "MCP_HTTP_ALLOWED_HOSTS"),
            allowed_origins: super::settings::list(env, "MCP_HTTP_CORS_ORIGINS"),
            max_body: parsed(env, "MCP_HTTP_MAX_BODY")?,
            max_connections: count(env, "MCP_HTTP_MAX_CONNECTIONS")?,
            header_timeout: parsed(env, "MCP_HTTP_HEADER_TIMEOUT")?,
            body_timeout: parsed(env, "MCP_HTTP_BODY_TIMEOUT")?,
            idle_timeout: parsed(env, "MCP_HTTP_IDLE_TIMEOUT")?,
            rate_limit: count(env, "MCP_HTTP_RATE_LIMIT")?,
            max_concurrent: count(env, "MCP_HTTP_MAX_CONCURRENT")?,
        })
    }

    /// The files of TLS, if there are any.
    ///
    /// # Errors
    /// When some of them are missing.
    pub fn tls(&self) -> Result<Option<TlsFiles>, ConfigError> {
        match (&self.tls_cert, &self.tls_key, &self.tls_client_ca) {
            (None, None, None) => Ok(None),
            (Some(cert), Some(key), client_ca) => {
                Ok(Some(TlsFiles { cert: cert.clone(), key: key.clone(), client_ca: client_ca.clone() }))
            }
            _ => Err(ConfigError::new("--tls-cert", "the files of TLS are not complete")
                .advise("give --tls-cert and --tls-key (MCP_TLS_CERT, MCP_TLS_KEY); --tls-client-ca needs both")),
        }
    }

    /// The limits, with the defaults where nothing is said.
    pub fn limits(&self) -> HttpLimits {
        let or = HttpLimits::default();
        HttpLimits {
            max_body: self.max_body.map_or(or.max_body, |size| size.0),
            max_connections: self.max_connections.unwrap_or(or.max_connections),
            header_timeout: self.header_timeout.map_or(or.header_timeout, |time| time.0),
            body_timeout: self.body_timeout.map_or(or.body_timeout, |time| time.0),
            idle_timeout: self.idle_timeout.map_or(or.idle_timeout, |time| time.0),
            rate_limit: self.rate_limit.or(or.rate_limit),
            max_concurrent: self.max_concurrent.unwrap_or(or.max_concurrent),
        }
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(env: &dyn Env, name: &str) -> Result<Option<T>, ConfigError> {
    let parse = |text: String| text.trim().parse().map_err(|error: T::Err| ConfigError::new(name, error.to_string()));
    non_empty(env, name).map(parse).transpose()
}

fn count<T: FromStr>(env: &dyn Env, name: &str) -> Result<Option<T>, ConfigError> {
    let refuse = |text: &str| ConfigError::new(name, format!("{text:?} is not a count"));
    let parse = |text: String| text.trim().parse().map_err(|_| refuse(&text).advise("use a whole number above 0"));
    non_empty(env, name).map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::MapEnv;

    fn refusal(name: &str, value: &str) -> String {
        HttpSettings::from_env(&MapEnv::from([(name, value)])).unwrap_err().to_string()
    }

    #[test]
    fn a_public_url_gives_host_origin_and_endpoint() {
        let parts = |text: &str| {
            let url: PublicUrl = text.parse().unwrap();
            [url.authority().to_owned(), url.origin(), url.endpoint()]
        };
        assert_eq!(
            parts("https://MCP.example.com"),
            ["mcp.example.com", "https://mcp.example.com", "https://mcp.example.com/mcp"]
        );
        assert_eq!(
            parts("http://h.example:8080/arango/"),
            ["h.example:8080", "http://h.example:8080", "http://h.example:8080/arango/mcp"]
        );
        for bad in ["mcp.example.com", "ftp://h", "https://u:p@h", "https://h?q", "https://h#f", ""] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_said_has_the_documented_limit() {
        let limits = HttpSettings::from_env(&MapEnv::default()).unwrap().limits();
        assert_eq!(limits, HttpLimits::default());
        assert_eq!(
            (limits.max_body, limits.max_connections.get(), limits.max_concurrent.get()),
            (4_194_304, 2048, 256)
        );
        let env = MapEnv::from([
            ("MCP_HTTP_MAX_BODY", "1MB"),
            ("MCP_HTTP_RATE_LIMIT", "5"),
            ("MCP_HTTP_BODY_TIMEOUT", "0.5"),
        ]);
        let said = HttpSettings::from_env(&env).unwrap().limits();
        assert_eq!((said.max_body, said.rate_limit.unwrap().get()), (1 << 20, 5));
        assert_eq!(said.body_timeout, Duration::from_millis(500));
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_the_name_of_the_variable() {
        insta::assert_snapshot!(refusal("MCP_PUBLIC_URL", "example"), @"MCP_PUBLIC_URL: use a URL like https://mcp.example.com, without user, query and fragment");
        insta::assert_snapshot!(refusal("MCP_HTTP_MAX_BODY", "much"), @r#"MCP_HTTP_MAX_BODY: "much" is not a size; use bytes above 0, or a unit: 512KB, 256MB, 1GB"#);
        insta::assert_snapshot!(refusal("MCP_HTTP_RATE_LIMIT", "0"), @r#"MCP_HTTP_RATE_LIMIT: "0" is not a count; use a whole number above 0"#);
        insta::assert_snapshot!(refusal("MCP_HTTP_IDLE_TIMEOUT", "-1"), @r#"MCP_HTTP_IDLE_TIMEOUT: "-1" is not a time; use seconds above 0 and at most 3600"#);
        let alone = HttpSettings { tls_client_ca: Some("ca.pem".into()), ..HttpSettings::default() };
        assert!(alone.tls().unwrap_err().to_string().contains("--tls-key"));
    }
}

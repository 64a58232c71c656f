//! Which names and which web pages are let in. A page somebody visits can make their browser call servers on their own
//! machine or network; its `Origin`, or the name it had pointed here (`Host`), tells it apart. Guards every route.
//! What proxies add (`X-Forwarded-Host` and the like) is not believed: anybody can send it.

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, uri::Authority},
    response::Response,
};

use super::{HttpError, HttpOptions, connection::Peer, refusal::refusal};

/// The names that always mean this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What is let in.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    hosts: Vec<AllowedHost>,
    /// Pages of this very server.
    own: Vec<AllowedOrigin>,
    /// Pages of other servers that were allowed by name.
    pages: Vec<AllowedOrigin>,
}

/// A host, on any port unless one was given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedHost {
    name: String,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedOrigin {
    origin: Origin,
    any_port: bool,
}

/// What a browser says a page comes from; a usual port is left out or not.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Guard {
    /// The names and pages of these options, for a server on this port.
    pub(super) fn new(options: &HttpOptions, port: u16) -> Result<Self, HttpError> {
        let faulty = |flag: &'static str, value: &str, expected: &'static str| HttpError::Option {
            flag,
            value: value.to_owned(),
            expected,
        };
        let host = |flag: &'static str, text: &str| {
            AllowedHost::parse(text)
                .ok_or_else(|| faulty(flag, text, "a host name like mcp.example.com, with or without :port"))
        };
        let origin = |flag: &'static str, text: &str| {
            AllowedOrigin::parse(text)
                .ok_or_else(|| faulty(flag, text, "an origin like https://app.example.com:8443, or :* for any port"))
        };
        let mut hosts: Vec<_> = LOOPBACK.map(|name| AllowedHost { name: name.to_owned(), port: None }).into();
        // A page this very server might have served is no stranger; one on another port of the same machine is.
        let scheme = options.scheme();
        let own = LOOPBACK.map(|name| Origin { scheme: scheme.to_owned(), host: name.to_owned(), port: Some(port) });
        let mut own: Vec<_> = own.map(|origin| AllowedOrigin { origin, any_port: false }).into();
        for name in &options.allowed_hosts {
            hosts.push(host("--allowed-host", name)?);
        }
        if let Some(url) = &options.public_url {
            hosts.push(host("--public-url", url.authority())?);
            own.push(origin("--public-url", &url.origin())?);
        }
        let pages = options.allowed_origins.iter().map(|text| origin("--allowed-origin", text));
        Ok(Self { hosts, own, pages: pages.collect::<Result<_, _>>()? })
    }

    /// Whether pages of other servers were allowed at all.
    pub(super) fn has_pages(&self) -> bool {
        !self.pages.is_empty()
    }

    /// Whether this is the origin of a page of another server that was allowed by name.
    pub(super) fn is_page(&self, origin: &HeaderValue) -> bool {
        let origin = origin.to_str().ok().and_then(Origin::parse);
        origin.is_some_and(|origin| self.pages.iter().any(|allowed| allowed.matches(&origin)))
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap, peer: Option<&Peer>) -> Result<(), (StatusCode, String)> {
        let malformed = |what: &str| (StatusCode::BAD_REQUEST, format!("the {what} header is missing or malformed"));
        let mut named = headers.get_all(header::HOST).iter();
        let (host, more) = (named.next(), named.next());
        let host = host.and_then(|value| Authority::try_from(value.as_bytes()).ok());
        // The target of a request may name the host as well.
        let Some(host) = host.filter(|host| more.is_none() && uri.authority().is_none_or(|named| named == host)) else {
            return Err(malformed("Host"));
        };
        if !self.is_host(&host, peer) {
            let name = host.host();
            return Err((
                StatusCode::FORBIDDEN,
                format!(
                    "the Host {name:?} is not one of this server's names; if clients shall use it, start the server with \
                     --public-url https://{name} or --allowed-host {name}"
                ),
            ));
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(()) };
        if origins.next().is_some() {
            return Err(malformed("Origin"));
        }
        let known = origin.to_str().ok().and_then(Origin::parse);
        if known.is_some_and(|origin| self.own.iter().chain(&self.pages).any(|allowed| allowed.matches(&origin))) {
            return Ok(());
        }
        let origin = String::from_utf8_lossy(origin.as_bytes());
        Err((
            StatusCode::FORBIDDEN,
            format!(
                "web pages of {origin:?} may not call this server; one that shall is allowed with --allowed-origin"
            ),
        ))
    }

    fn is_host(&self, host: &Authority, peer: Option<&Peer>) -> bool {
        let (name, port) = (host.host(), host.port_u16());
        let listed = |allowed: &AllowedHost| {
            allowed.name.eq_ignore_ascii_case(name) && allowed.port.is_none_or(|wanted| Some(wanted) == port)
        };
        // An address is no name that could have been pointed here, if it is the one the connection came in on: so that
        // those who watch a container can ask for its health.
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let came_in_on = peer.map(|peer| peer.local.ip().to_canonical());
        self.hosts.iter().any(listed) || (address.is_some() && address.map(|ip| ip.to_canonical()) == came_in_on)
    }
}

impl AllowedHost {
    fn parse(text: &str) -> Option<Self> {
        let bare = text.parse::<std::net::Ipv6Addr>().is_ok().then(|| format!("[{text}]"));
        let authority: Authority = bare.as_deref().unwrap_or(text).parse().ok()?;
        let named = !authority.host().is_empty() && !text.contains(['@', '*', '/']);
        named.then(|| Self { name: authority.host().to_owned(), port: authority.port_u16() })
    }
}

impl AllowedOrigin {
    fn parse(text: &str) -> Option<Self> {
        let (base, any_port) = text.strip_suffix(":*").map_or((text, false), |base| (base, true));
        let origin = Origin::parse(base.trim_end_matches('/'))?;
        (!any_port || origin.port.is_none()).then_some(Self { origin, any_port })
    }

    fn matches(&self, origin: &Origin) -> bool {
        let allowed = &self.origin;
        allowed.scheme == origin.scheme
            && allowed.host == origin.host
            && (self.any_port || allowed.effective_port() == origin.effective_port())
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let authority: Authority = rest.parse().ok()?;
        let plain = !authority.host().is_empty() && !rest.contains(['@', '*']) && !scheme.is_empty();
        plain.then(|| Self {
            scheme: scheme.to_ascii_lowercase(),
            host: authority.host().to_ascii_lowercase(),
            port: authority.port_u16(),
        })
    }

    fn effective_port(&self) -> Option<u16> {
        self.port.or(match self.scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })
    }
}

/// A step in front of everything.
pub(super) async fn guard<F: Future<Output = Response>>(
    guard: &Guard,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    match guard.check(request.uri(), request.headers(), request.extensions().get()) {
        Ok(()) => next(request).await,
        Err((status, message)) => {
            tracing::warn!(%status, message, "a request was refused");
            refusal(status, &message)
        }
    }
}

#[cfg(test)]
mod tests;

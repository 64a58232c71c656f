//! Where to listen, and whether that may be: an address others can reach needs callers who say who they are.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use super::TlsError;

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The host is not an address of this machine.
    #[error("cannot resolve the host {host:?}: {source}")]
    Host {
        /// The host as given.
        host: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Everybody in reach could use the databases.
    #[error(
        "refusing to listen on {host}: it is reachable from other machines and there is no authentication; let in only \
         clients with a certificate (--tls-cert, --tls-key and --tls-client-ca) or with a bearer token, or use \
         --host 127.0.0.1 and put an authenticating reverse proxy in front"
    )]
    WideBind {
        /// The host as given.
        host: String,
    },
    /// An option has a value that makes no sense.
    #[error("{flag}: {value:?} is not {expected}")]
    Option {
        /// The option.
        flag: &'static str,
        /// Its value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The files of TLS cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server failed while it started.
    #[error("the HTTP server failed: {0}")]
    Serve(#[source] std::io::Error),
}

/// The address to bind; one that other machines can reach only where callers say who they are.
pub(super) fn address(host: &str, port: u16, asks_who_calls: bool) -> Result<SocketAddr, HttpError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let unresolved = |source| HttpError::Host { host: host.to_owned(), source };
    let addresses: Vec<SocketAddr> = if let Ok(ip) = bare.parse::<IpAddr>() {
        vec![SocketAddr::new(ip, port)]
    } else {
        (bare, port).to_socket_addrs().map_err(unresolved)?.collect()
    };
    let is_wide = addresses.iter().any(|address| !address.ip().is_loopback());
    let first = addresses.iter().find(|address| address.is_ipv4()).or_else(|| addresses.first());
    let refuse = || HttpError::WideBind { host: host.to_owned() };
    if is_wide && !asks_who_calls { Err(refuse()) } else { first.copied().ok_or_else(refuse) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_can_reach_is_listened_on_only_where_callers_say_who_they_are() {
        for host in ["127.0.0.1", "::1", "[::1]", "localhost", "127.1.2.3"] {
            assert!(address(host, 1, false).is_ok(), "{host}");
        }
        for host in ["0.0.0.0", "::", "192.168.0.1", "[::]"] {
            assert!(matches!(address(host, 1, false), Err(HttpError::WideBind { .. })), "{host}");
            assert!(address(host, 1, true).is_ok(), "{host}");
        }
    }
}

//! The way to a server, before anything is said over it: is its name known, does somebody listen there? Each coordinator of a
//! cluster is tried, as one that is down would not show while another stands in for it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures::future::join_all;
use tokio::net::{TcpStream, lookup_host};
use url::Host;

use super::report::{Group, Status};
use crate::observability::SafeUrl;

/// As long as the client gives an address to accept a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why a server cannot be reached.
enum Unreachable {
    /// Its name stands for no address.
    Name(String),
    /// Nobody accepts a connection there.
    Connection(String),
}

/// Tries all servers of a database at once. Says whether any can be reached.
pub(super) async fn examine(group: &mut Group, urls: &[SafeUrl], timeout: Duration) -> bool {
    let tried = join_all(urls.iter().map(|url| reach(url, timeout.min(PATIENCE)))).await;
    let any = tried.iter().any(Result::is_ok);
    // With another coordinator calls go through.
    let status = if any { Status::Warning } else { Status::Failure };
    for (url, tried) in urls.iter().zip(tried) {
        match tried {
            Ok(address) => group.ok("tcp", format!("{url} accepts connections ({address})")),
            Err(Unreachable::Name(problem)) => {
                let advice = "check the name in `url`, and that this machine can look it up";
                group.note("dns", status, format!("{url}: its name cannot be resolved: {problem}"), advice);
            }
            Err(Unreachable::Connection(problem)) => {
                let advice = "check host and port in `url`, that the server runs, and that no firewall is between";
                group.note("tcp", status, format!("{url} accepts no connection: {problem}"), advice);
            }
        }
    }
    any
}

async fn reach(url: &SafeUrl, patience: Duration) -> Result<SocketAddr, Unreachable> {
    let port = url.expose().port_or_known_default().unwrap_or_default();
    let addresses = match url.expose().host() {
        Some(Host::Ipv4(address)) => vec![SocketAddr::new(IpAddr::V4(address), port)],
        Some(Host::Ipv6(address)) => vec![SocketAddr::new(IpAddr::V6(address), port)],
        Some(Host::Domain(name)) => {
            let found = in_time(patience, lookup_host((name, port))).await.map_err(Unreachable::Name)?;
            found.collect()
        }
        None => return Err(Unreachable::Name("the URL has no host".to_owned())),
    };
    let stream = in_time(patience, TcpStream::connect(&*addresses)).await.map_err(Unreachable::Connection)?;
    stream.peer_addr().map_err(|error| Unreachable::Connection(error.to_string()))
}

async fn in_time<T>(patience: Duration, work: impl Future<Output = io::Result<T>>) -> Result<T, String> {
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", patience.as_secs_f64())),
    }
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_local(url: &SafeUrl) -> bool {
    match url.expose().host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_and_names_are_local() {
        for (url, local) in [
            ("http://127.0.0.1:8529", true),
            ("http://[::1]:8529", true),
            ("http://localhost", true),
            ("http://db.localhost", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(is_local(&SafeUrl::parse(url).unwrap()), local, "{url}");
        }
    }
}

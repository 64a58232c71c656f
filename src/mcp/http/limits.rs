//! How much one caller may ask for at once and in a second. The caller is who authentication says, else the address of
//! the connection: what a proxy writes about addresses is not believed.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    num::NonZeroUsize,
    sync::Arc,
};

use axum::{
    extract::Request,
    http::{Method, StatusCode},
    response::Response,
};

use super::{super::session_id::Authenticated, body::Held, connection::Peer, refusal::not_now};
use crate::{
    clock::Clock,
    config::HttpLimits,
    tenancy::{Allowance, Exceeded, Principal, Quotas, Slot},
};

/// How many callers are remembered. More than there are connections, so that nobody who is being served is forgotten.
const REMEMBERED: usize = 8_192;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Principal(Principal),
    Address(IpAddr),
}

/// What is counted apart: calls end soon, streams stay open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Calls,
    Streams,
}

/// What is allowed, and what is used of it.
#[derive(Debug)]
pub(super) struct CallLimits {
    quotas: Arc<Quotas<(Who, Lane)>>,
    calls: Allowance,
    streams: Allowance,
}

impl CallLimits {
    pub(super) fn new(limits: &HttpLimits, clock: Arc<dyn Clock>) -> Arc<Self> {
        let connections = limits.max_connections;
        // One caller's streams leave half of the connections to the others.
        let half = NonZeroUsize::new(connections.get() / 2).unwrap_or(connections);
        Arc::new(Self {
            quotas: Quotas::new(clock, REMEMBERED.max(connections.get().saturating_mul(2))),
            calls: Allowance { per_second: limits.rate_limit, at_once: Some(limits.max_concurrent) },
            streams: Allowance { per_second: limits.rate_limit, at_once: Some(half) },
        })
    }

    fn enter(&self, request: &Request) -> Result<Slot<(Who, Lane)>, Exceeded> {
        let lane = lane(request);
        let allowed = match lane {
            Lane::Calls => self.calls,
            Lane::Streams => self.streams,
        };
        self.quotas.enter(&(who(request), lane), allowed)
    }
}

fn who(request: &Request) -> Who {
    let extensions = request.extensions();
    match (extensions.get::<Authenticated>(), extensions.get::<Peer>()) {
        (Some(Authenticated { principal, .. }), _) => Who::Principal(principal.clone()),
        (None, Some(peer)) => Who::Address(network(peer.address.ip())),
        // Only without a socket. All of those together count as one.
        (None, None) => Who::Address(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    }
}

/// The part of an address that is given out as one: of version 6, everybody has 2^64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

fn lane(request: &Request) -> Lane {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // In the protocol that has these headers, the endpoint refuses a request whose header tells another method.
    let listens = header("mcp-protocol-version") >= "2026-07-28" && header("mcp-method") == "subscriptions/listen";
    if request.method() == Method::GET || listens { Lane::Streams } else { Lane::Calls }
}

/// A step in front of the MCP endpoint. A call is under way until its answer has been sent.
pub(super) async fn limit<F: Future<Output = Response>>(
    limits: &CallLimits,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    match limits.enter(&request) {
        Ok(slot) => next(request).await.map(|body| axum::body::Body::new(Held::new(body, slot))),
        Err(exceeded) => {
            let after = exceeded.retry_after();
            let message =
                format!("too many requests of this caller: {exceeded}; try again in {} ms", after.as_millis());
            not_now(StatusCode::TOO_MANY_REQUESTS, &message, after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_version_6_count_as_one_and_mapped_addresses_as_version_4() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), of("2001:db8:1:2:bbbb::2"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), "10.0.0.1");
    }

    #[test]
    fn only_the_newest_protocol_can_say_by_a_header_that_it_listens() {
        let lane_of = |version: &str| {
            let request = Request::post("/mcp").header("mcp-method", "subscriptions/listen");
            lane(&request.header("mcp-protocol-version", version).body(axum::body::Body::empty()).unwrap())
        };
        assert_eq!((lane_of("2026-07-28"), lane_of("2025-11-25")), (Lane::Streams, Lane::Calls));
    }
}

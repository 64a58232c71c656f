//! MCP over Streamable HTTP: one endpoint for all protocol versions, secure before it is convenient. Loopback unless
//! told otherwise, foreign `Origin` and `Host` refused, and no wide bind while nobody has to say who they are.

use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs as _},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
    serve::ListenerExt as _,
};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{
    Server,
    drain::drained,
    operate::{self, Visitors},
    polish::polish,
    sessions::BoundedSessions,
};
use crate::tools::Services;

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// A host name or address.
    pub host: String,
    /// A port; 0 takes any free one.
    pub port: u16,
    /// No sessions in the older protocols either.
    pub stateless: bool,
    /// `Host` names besides the loopback ones.
    pub allowed_hosts: Vec<String>,
    /// Web pages that may call, as `scheme://host:port`.
    pub allowed_origins: Vec<String>,
}

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
        "refusing to listen on {host}: it is reachable from other machines and there is no authentication; \
         use --host 127.0.0.1 and put an authenticating reverse proxy in front"
    )]
    WideBind {
        /// The host as given.
        host: String,
    },
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The listener failed while serving.
    #[error("the HTTP server failed: {0}")]
    Serve(#[source] std::io::Error),
}

/// Serves until `stop` is cancelled; `listening` is told the address that was bound.
///
/// # Errors
/// When the address may not or cannot be listened on.
pub async fn serve_http(
    server: Server,
    options: HttpOptions,
    stop: CancellationToken,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), HttpError> {
    let address = loopback(&options.host, options.port)?;
    let listener = TcpListener::bind(address).await.map_err(|source| HttpError::Bind { address, source })?;
    let bound = listener.local_addr().map_err(|source| HttpError::Bind { address, source })?;
    let end_streams = CancellationToken::new();
    let services = Arc::clone(server.services());
    let draining = Arc::clone(&services);
    let app = router(server, &options, bound.port(), end_streams.clone());
    listening(bound);
    // Without NODELAY every small answer waits some 40 ms for an acknowledgement.
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let shutdown = async move {
        stop.cancelled().await;
        // First no new connections while calls in flight finish, then the end of all streams, which never finish.
        tokio::spawn(async move {
            drained(&draining).await;
            end_streams.cancel();
        });
    };
    let served = axum::serve(listener, app).with_graceful_shutdown(shutdown).await.map_err(HttpError::Serve);
    // The end of the streams has cancelled what was still running; that may have something to put right.
    drained(&services).await;
    served
}

fn router(server: Server, options: &HttpOptions, port: u16, end_streams: CancellationToken) -> Router {
    let services = Arc::clone(server.services());
    // Only loopback is listened on, and nobody has to say who they are.
    let visitors = Visitors { everybody: true, hosts: options.allowed_hosts.clone() };
    let defaults = StreamableHttpServerConfig::default();
    let hosts: Vec<String> = defaults.allowed_hosts.iter().chain(&options.allowed_hosts).cloned().collect();
    // A page this very server might have served is no stranger; one on another port of the same machine is.
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:{port}"));
    let origins = own.into_iter().chain(options.allowed_origins.iter().cloned());
    let config = defaults
        .with_cancellation_token(end_streams)
        .with_json_response(true)
        .with_legacy_session_mode(!options.stateless)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
        .enforce_origin_validation();
    let sessions = Arc::new(BoundedSessions::new(Arc::clone(&services)));
    let endpoint = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    Router::new()
        .route_service("/mcp", endpoint.clone())
        .route_service("/mcp/", endpoint)
        .layer(from_fn(polish))
        .route("/health/live", get(|| async { json_response(StatusCode::OK, &json!({ "status": "alive" })) }))
        .route("/health/ready", get(health))
        .route("/health", get(health))
        .with_state(Arc::clone(&services))
        .merge(operate::routes(&services, visitors))
        .layer(from_fn_with_state(services, operate::count))
}

/// The health of the default database, in the words of the Python original.
async fn health(State(services): State<Arc<Services>>) -> Response {
    match services.probe_default().await {
        Ok((database, version)) => json_response(
            StatusCode::OK,
            &json!({
                "status": "healthy",
                "database_connected": true,
                "database_info": { "version": version, "name": database },
            }),
        ),
        Err(error) => json_response(
            StatusCode::SERVICE_UNAVAILABLE,
            &json!({ "status": "unhealthy", "database_connected": false, "error": error.to_string() }),
        ),
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// The address to bind, if only this machine can reach it.
fn loopback(host: &str, port: u16) -> Result<SocketAddr, HttpError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let refuse = || HttpError::WideBind { host: host.to_owned() };
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return if ip.is_loopback() { Ok(SocketAddr::new(ip, port)) } else { Err(refuse()) };
    }
    let unresolved = |source| HttpError::Host { host: host.to_owned(), source };
    let addresses: Vec<SocketAddr> = (bare, port).to_socket_addrs().map_err(unresolved)?.collect();
    if addresses.iter().any(|address| !address.ip().is_loopback()) {
        return Err(refuse());
    }
    let first = addresses.iter().find(|address| address.is_ipv4()).or_else(|| addresses.first());
    first.copied().ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        for host in ["127.0.0.1", "::1", "[::1]", "localhost", "127.1.2.3"] {
            assert!(loopback(host, 1).is_ok(), "{host}");
        }
        for host in ["0.0.0.0", "::", "192.168.0.1", "[::]"] {
            assert!(matches!(loopback(host, 1), Err(HttpError::WideBind { .. })), "{host}");
        }
    }
}

//! What an HTTP server says about itself: to orchestrators whether it lives and is ready, to people how it is doing, to
//! Prometheus its numbers.

mod health;
mod metrics;
mod probes;
mod status;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
    routing::get,
};
use serde_json::Value;

use super::session_id::Authenticated;
use crate::{config::Rights, tools::Services};

pub use metrics::{MetricsError, serve_metrics};
use probes::Probes;

/// Who may look.
#[derive(Debug, Clone)]
pub(super) struct Visitors {
    /// Whether that is everybody in reach: nobody has to say who they are, and only this machine is in reach.
    pub(super) everybody: bool,
    /// Names of the server besides the loopback ones. A page in a browser can turn a name of its own to this machine.
    pub(super) hosts: Vec<String>,
}

#[derive(Debug)]
struct About {
    services: Arc<Services>,
    probes: Probes,
    visitors: Visitors,
}

/// The pages about the server.
pub(super) fn routes(services: &Arc<Services>, visitors: Visitors) -> Router {
    let about = About { services: Arc::clone(services), probes: Probes::new(Arc::clone(services)), visitors };
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/", get(status::page))
        .route("/status.json", get(status::data))
        .with_state(Arc::new(about))
}

impl About {
    /// What a visitor may see; nothing for those who may not look.
    fn rights(&self, request: &Request) -> Option<Arc<Rights>> {
        if let Some(authenticated) = request.extensions().get::<Authenticated>() {
            return Some(Arc::clone(&authenticated.rights));
        }
        (self.visitors.everybody && self.is_ours(request.headers())).then(Arc::default)
    }

    /// Whether a request is meant for this server by its own name.
    fn is_ours(&self, headers: &HeaderMap) -> bool {
        const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
        let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
        let without_port = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => name,
            _ => host,
        };
        let known = LOOPBACK.into_iter().chain(self.visitors.hosts.iter().map(String::as_str));
        known.into_iter().any(|known| known.eq_ignore_ascii_case(without_port) || known.eq_ignore_ascii_case(host))
    }
}

/// Counts requests by words of ours, whatever a client sends.
pub(super) async fn count(State(services): State<Arc<Services>>, request: Request, next: Next) -> Response {
    let method = match *request.method() {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let path = match request.uri().path() {
        "/" | "/status.json" => "status",
        "/livez" | "/readyz" => "health",
        path if path == "/health" || path.starts_with("/health/") => "health",
        path if path == "/mcp" || path.starts_with("/mcp/") => "mcp",
        _ => "other",
    };
    let response = next.run(request).await;
    if let Some(metrics) = services.operation().metrics() {
        metrics.request(method, path, response.status().as_u16());
    }
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    text_response(status, "application/json", body.to_string())
}

fn text_response(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::test_services;

    #[test]
    fn a_name_that_is_not_ours_is_refused_with_and_without_a_port() {
        let services = test_services();
        let visitors = Visitors { everybody: true, hosts: vec!["mcp.example.org".to_owned()] };
        let about = About { probes: Probes::new(Arc::clone(&services)), services, visitors };
        let of = |host: &str| {
            let request = Request::builder().header("host", host).body(Body::empty()).unwrap();
            about.rights(&request).is_some()
        };
        for ours in ["localhost", "127.0.0.1:8000", "[::1]", "[::1]:8000", "MCP.example.org", "mcp.example.org:443"] {
            assert!(of(ours), "{ours}");
        }
        for foreign in ["example.org", "evil.example:8000", "", "127.0.0.1.evil.example"] {
            assert!(!of(foreign), "{foreign}");
        }
        assert!(about.rights(&Request::new(Body::empty())).is_none());
    }
}

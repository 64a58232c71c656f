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
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
    routing::get,
};
use serde_json::Value;

use super::session_id::Authenticated;
use crate::{config::Rights, tools::Services};

pub use metrics::{MetricsError, numbers, serve_metrics};
use probes::Probes;

/// What the server says about itself.
#[derive(Debug)]
pub(super) struct About {
    services: Arc<Services>,
    probes: Probes,
    /// Whether everybody on this machine may look, as nobody has to say who they are.
    everybody: bool,
}

/// What orchestrators ask. They cannot say who they are.
pub(super) fn probes(about: &Arc<About>) -> Router {
    Router::new().route("/livez", get(health::live)).route("/readyz", get(health::ready)).with_state(Arc::clone(about))
}

/// What people look at: to be put behind what finds out who they are.
pub(super) fn pages(about: &Arc<About>) -> Router {
    Router::new().route("/", get(status::page)).route("/status.json", get(status::data)).with_state(Arc::clone(about))
}

impl About {
    /// About a server that everybody in its reach may look at, or only those who have said who they are.
    pub(super) fn new(services: &Arc<Services>, everybody: bool) -> Arc<Self> {
        Arc::new(Self { services: Arc::clone(services), probes: Probes::new(Arc::clone(services)), everybody })
    }

    /// What a visitor may see; nothing for those who may not look.
    fn rights(&self, request: &Request) -> Option<Arc<Rights>> {
        if let Some(authenticated) = request.extensions().get::<Authenticated>() {
            return Some(Arc::clone(&authenticated.rights));
        }
        (self.everybody && is_local(request.headers())).then(Arc::default)
    }
}

/// Whether a request is for this machine by a name that only this machine has. One that a proxy passes on for others, under a
/// public name, is not.
fn is_local(headers: &HeaderMap) -> bool {
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    let without_port = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    LOOPBACK.iter().any(|known| known.eq_ignore_ascii_case(without_port))
}

/// Counts requests by words of ours, whatever a client sends.
pub(super) async fn count<F: Future<Output = Response>>(
    services: &Services,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
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
    let response = next(request).await;
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
    fn who_has_not_said_who_they_are_may_look_by_a_name_of_this_machine_only() {
        let about = About::new(&test_services(), true);
        let of = |host: &str| {
            let request = Request::builder().header("host", host).body(Body::empty()).unwrap();
            about.rights(&request).is_some()
        };
        for ours in ["localhost", "127.0.0.1:8000", "[::1]", "[::1]:8000", "LOCALHOST:1"] {
            assert!(of(ours), "{ours}");
        }
        for foreign in ["mcp.example.org", "mcp.example.org:443", "evil.example:8000", "", "127.0.0.1.evil.example"] {
            assert!(!of(foreign), "{foreign}");
        }
        assert!(about.rights(&Request::new(Body::empty())).is_none());
    }
}

//! Cross-origin requests of web pages: nothing at all until a page has been allowed by name.

use std::{sync::Arc, time::Duration};

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::guard::Guard;

/// How long a browser may remember that it may call.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The headers MCP clients send.
const SENT: [HeaderName; 8] = [
    header::ACCEPT,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("mcp-protocol-version"),
    HeaderName::from_static("mcp-method"),
    HeaderName::from_static("mcp-name"),
];

/// Answers preflights and marks answers for the allowed pages, if there are any.
pub(super) fn layer(guard: &Arc<Guard>) -> Option<CorsLayer> {
    let allowed = Arc::clone(guard);
    let origins = AllowOrigin::predicate(move |origin, _| allowed.is_page(origin));
    guard.has_pages().then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::DELETE])
            .allow_headers(SENT)
            .expose_headers([HeaderName::from_static("mcp-session-id"), header::WWW_AUTHENTICATE, header::RETRY_AFTER])
            .max_age(MAX_AGE)
    })
}

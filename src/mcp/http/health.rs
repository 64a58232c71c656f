//! Whether the process is alive, and whether the default database answers.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use serde_json::json;

use super::refusal::json_response;
use crate::tools::Services;

/// The routes for those that watch the server. They are guarded like all, and not counted.
pub(super) fn routes(services: Arc<Services>) -> Router {
    Router::new()
        .route("/health/live", get(alive))
        .route("/health/ready", get(health))
        .route("/health", get(health))
        .with_state(services)
}

async fn alive() -> Response {
    json_response(StatusCode::OK, json!({ "status": "alive" }).to_string())
}

/// The health of the default database, in the words of the Python original.
async fn health(State(services): State<Arc<Services>>) -> Response {
    let (status, body) = match services.probe_default().await {
        Ok((database, version)) => (
            StatusCode::OK,
            json!({
                "status": "healthy",
                "database_connected": true,
                "database_info": { "version": version, "name": database },
            }),
        ),
        Err(error) => (
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "unhealthy", "database_connected": false, "error": error.to_string() }),
        ),
    };
    json_response(status, body.to_string())
}

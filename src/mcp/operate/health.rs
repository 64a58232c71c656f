//! Whether the server lives, and whether calls should be sent to it.
//!
//! A database that is down makes no server unready: it would be down for every replica, none would be left, and a call gets
//! an error that says more than a refused connection. What is not ready is a server that has been asked to stop.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Map, Value, json};

use super::{About, json_response, probes::Said};

/// The process answers; nothing else is looked at.
pub(super) async fn live() -> Response {
    json_response(StatusCode::OK, &json!({ "status": "alive" }))
}

/// Whether calls should be sent here, and how the databases are. Who may not look learns how many, not which.
pub(super) async fn ready(State(about): State<Arc<About>>, request: Request) -> Response {
    let rights = about.rights(&request);
    let said = about.probes.said().await;
    let up = said.iter().filter(|(_, said)| said.is_ok()).count();
    let (status, word) = if about.services.operation().is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    };
    let mut body = json!({ "status": word, "databases_up": up, "databases_down": said.len() - up });
    if let (Some(rights), Some(body)) = (rights, body.as_object_mut()) {
        let seen = said.iter().filter(|(key, _)| rights.reach(key));
        let states: Map<String, Value> = seen.map(|(key, said)| (key.to_string(), state(said))).collect();
        body.insert("databases".to_owned(), states.into());
    }
    json_response(status, &body)
}

/// The state of a database, as readiness and the status page show it.
pub(super) fn state(said: &Said) -> Value {
    match said {
        Ok(version) => json!({ "state": "up", "version": version }),
        Err(problem) => json!({ "state": "down", "problem": problem }),
    }
}

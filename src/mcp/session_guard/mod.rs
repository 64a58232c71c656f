//! The door to the sessions of the older protocols: a session is for whoever opened it, for as long as the store of sessions
//! knows it. Somebody else's is answered exactly as one that does not exist. Where no sessions are meant, a session id on a
//! request is taken off, so that nothing behind the door can believe it.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use parking_lot::Mutex;
use serde_json::json;

use super::{
    session_id::Authenticated,
    sessions::{ARRIVAL, Arrival, BoundedSessions},
};
use crate::{
    tenancy::session::{Principal, SessionError, SessionId},
    tools::Services,
};

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";
/// The first version without sessions. Versions are dates, so that later ones compare as greater.
const WITHOUT_SESSIONS: &str = "2026-07-28";
/// What rmcp says of a session that it does not know.
const UNKNOWN: &str = "Not Found: Session not found";
/// JSON-RPC's "internal error".
const INTERNAL_ERROR: i32 = -32603;

/// What the guard knows.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    services: Arc<Services>,
    /// None where older protocols have no sessions either.
    sessions: Option<Arc<BoundedSessions>>,
    turns: Arc<Turns>,
}

impl Door {
    pub(crate) fn new(services: Arc<Services>, sessions: Option<Arc<BoundedSessions>>) -> Self {
        Self { services, sessions, turns: Arc::default() }
    }

    /// How the session began, if this principal may go on with it.
    async fn admit(
        &self,
        sessions: &BoundedSessions,
        id: &str,
        principal: &Principal,
    ) -> Result<Option<Arc<str>>, Refused> {
        let owner = sessions.owner(id);
        if owner.as_ref().is_some_and(|owner| owner != principal) {
            return Err(Refused::Unknown);
        }
        match self.services.sessions.get(&SessionId::new(id), principal).await {
            Ok(Some(state)) => Ok(state.opening),
            Ok(None) => {
                let Some(state) = sessions.unsaved(id) else {
                    // It has ended elsewhere, or was not used for too long.
                    sessions.end(id).await;
                    return Err(Refused::Unknown);
                };
                sessions.store(id, principal, &state).await.map_err(|_| Refused::NoStore)?;
                sessions.saved(id);
                Ok(None)
            }
            Err(SessionError::OtherPrincipal) => Err(Refused::Unknown),
            // Calls that name their database do without the state.
            Err(SessionError::Unavailable(_) | SessionError::Crowded) if owner.is_some() => Ok(None),
            Err(SessionError::Unavailable(_) | SessionError::Crowded) => Err(Refused::NoStore),
        }
    }
}

/// Why a request may not use the session it names.
enum Refused {
    /// It does not exist, as far as this principal may know.
    Unknown,
    /// Nobody can tell.
    NoStore,
}

/// A step in front of the MCP endpoint. The authenticating one has to be in front of it.
pub(crate) async fn session_guard<F: Future<Output = Response>>(
    door: &Door,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let authenticated = request.extensions().get::<Authenticated>();
    let principal = authenticated.map_or_else(Principal::anonymous, |authenticated| authenticated.principal.clone());
    let id = match &door.sessions {
        Some(_) if is_older(request.headers()) => text(request.headers(), SESSION).map(str::to_owned),
        _ => {
            request.headers_mut().remove(SESSION);
            None
        }
    };
    let (Some(sessions), Some(id)) = (&door.sessions, id) else {
        return ARRIVAL.scope(Arrival { principal, opening: None }, next(request)).await;
    };
    let opening = match door.admit(sessions, &id, &principal).await {
        Ok(opening) => opening,
        Err(Refused::Unknown) => return not_found(),
        Err(Refused::NoStore) => return no_store(),
    };
    // One request after the other makes a session known here that began elsewhere; rmcp may answer 500 otherwise.
    let turn = sessions.owner(&id).is_none().then(|| door.turns.of(&id));
    let first = match &turn {
        Some(turn) => Some(turn.lock().await),
        None => None,
    };
    let ends = request.method() == Method::DELETE;
    let response = ARRIVAL.scope(Arrival { principal, opening }, next(request)).await;
    drop(first);
    if ends && response.status().is_success() && door.services.forget(&SessionId::new(&id)).await.is_err() {
        return no_store();
    }
    response
}

fn is_older(headers: &HeaderMap) -> bool {
    text(headers, VERSION).is_none_or(|version| version < WITHOUT_SESSIONS)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// As rmcp answers for a session it does not know: the same status, the same text, no content type.
fn not_found() -> Response {
    let mut response = Response::new(Body::from(UNKNOWN));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn no_store() -> Response {
    let error = json!({ "code": INTERNAL_ERROR, "message": "the session store does not answer; try again" });
    let body = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// A lock for each session that somebody waits for.
#[derive(Debug, Default)]
struct Turns(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    fn of(&self, id: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock();
        if let Some(turn) = turns.get(id).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(id.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests;

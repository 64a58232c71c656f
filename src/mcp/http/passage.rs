//! The steps a request takes before it is answered. Each is a function that is given what comes next. As axum's layers
//! each would be a box that holds all that follow, and all of them would be copied for every request at every step.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{
    body,
    guard::{self, Guard},
    limits::{self, CallLimits},
    tls,
};
use crate::{
    config::HttpLimits,
    mcp::{
        authenticate::{Door, authenticate},
        operate,
        polish::polish,
        session_guard::{self, session_guard},
    },
    tools::Services,
};

/// What stands in front of everything.
#[derive(Debug)]
pub(super) struct Outer {
    pub(super) guard: Arc<Guard>,
    pub(super) services: Arc<Services>,
}

/// What stands in front of the MCP endpoint.
pub(super) struct Inner {
    pub(super) gate: Arc<Door>,
    pub(super) limits: Arc<CallLimits>,
    /// Of the bodies of requests.
    pub(super) bounds: HttpLimits,
    pub(super) door: session_guard::Door,
}

/// The middleware of all routes.
pub(super) async fn to_anything(State(outer): State<Arc<Outer>>, request: Request, next: Next) -> Response {
    let answer = |request| next.run(request);
    let guarded = |request| guard::guard(&outer.guard, request, answer);
    operate::count(&outer.services, request, guarded).await
}

/// The middleware of the endpoint.
pub(super) async fn to_endpoint(State(inner): State<Arc<Inner>>, request: Request, next: Next) -> Response {
    let Inner { gate, limits, bounds, door } = &*inner;
    let answer = |request| next.run(request);
    let in_session = |request| session_guard(door, request, answer);
    let polished = |request| polish(request, in_session);
    let whole = |request| body::whole(bounds, request, polished);
    let limited = |request| limits::limit(limits, request, whole);
    known(gate, request, limited).await
}

/// The middleware of the pages for people.
pub(super) async fn to_pages(State(gate): State<Arc<Door>>, request: Request, next: Next) -> Response {
    known(&gate, request, |request| next.run(request)).await
}

/// Finds out who calls.
async fn known<F: Future<Output = Response>>(
    gate: &Door,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    tls::identify(request, |request| authenticate(gate, request, next)).await
}

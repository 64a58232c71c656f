//! The short way for calls of tools over HTTP. rmcp moves every message of a session through two tasks and four channels,
//! which costs more than most calls. A request that is perfectly regular is answered here, on the task of its connection;
//! everything else goes to rmcp as it came. Both ways end in [`Server::run`], so that they cannot differ in what they answer.

mod calls;
mod regular;
mod waiting;

use std::sync::Arc;

use axum::{
    body::Body,
    routing::{MethodRouter, any},
};
use bytes::Bytes;
use futures::{FutureExt as _, future::ready, stream};
use http::{Method, Request, Response, request::Parts};
use http_body_util::BodyExt as _;
use rmcp::{
    ErrorData,
    model::{RequestId, ServerJsonRpcMessage, ServerResult},
    transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService},
};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

pub(crate) use calls::Calls;

use super::{Server, origin::origin, session_id::caller_in, sessions::BoundedSessions};
use crate::{
    tenancy::session,
    tools::{CallContext, Effect},
};
use regular::Era;

/// The header that names a session of the older protocols.
const SESSION: &str = "mcp-session-id";

type Endpoint = StreamableHttpService<Server, BoundedSessions>;

/// The MCP endpoint: the short way in front of rmcp's.
#[derive(Clone)]
pub(crate) struct Direct(Arc<Ways>);

struct Ways {
    server: Server,
    sessions: Arc<BoundedSessions>,
    endpoint: Endpoint,
}

/// A call that is about to be made.
struct Call {
    id: RequestId,
    tool: &'static str,
    arguments: Map<String, Value>,
    context: CallContext,
    cancelled: CancellationToken,
}

impl Direct {
    /// Both ways to one server. What the configuration allows (hosts, sizes) holds for both.
    pub(crate) fn new(server: Server, sessions: Arc<BoundedSessions>, config: StreamableHttpServerConfig) -> Self {
        let fresh = server.clone();
        let endpoint = StreamableHttpService::new(move || Ok(fresh.clone()), Arc::clone(&sessions), config);
        Self(Arc::new(Ways { server, sessions, endpoint }))
    }

    /// Answers the requests of a route, whatever their method.
    pub(crate) fn into_route<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        any(move |request: Request<Body>| async move { self.0.answer(request).await })
    }
}

impl Call {
    /// The message that answers it.
    async fn run(self, server: &Server, era: Era) -> Bytes {
        let Self { id, tool, arguments, context, cancelled } = self;
        let modern = era == Era::Stateless;
        let outcome = match server.find(tool) {
            Some(entry) => server.run(entry, &context, arguments, &cancelled, modern).await,
            None => Err(ErrorData::internal_error("the tool is gone", None)),
        };
        let message = match outcome {
            Ok(result) => {
                let mut result = ServerResult::CallToolResult(result);
                if !modern {
                    result.strip_result_type_for_legacy_peer();
                }
                ServerJsonRpcMessage::response(result, id)
            }
            Err(error) => ServerJsonRpcMessage::error(error, Some(id)),
        };
        serde_json::to_vec(&message).unwrap_or_default().into()
    }
}

impl Ways {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if request.method() == Method::GET
            && let Some(response) = self.resumed(&request)
        {
            return response;
        }
        let config = &self.endpoint.config;
        let era = regular::era(request.headers(), &config.allowed_hosts, config.max_request_body_bytes);
        let Some(era) = era.filter(|_| request.method() == Method::POST) else { return self.rmcp(request).await };
        let (parts, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                let broken = Body::from_stream(stream::once(ready(Err::<Bytes, _>(error))));
                return self.rmcp(Request::from_parts(parts, broken)).await;
            }
        };
        match era {
            Era::Stateless => {
                if let Some(call) = self.call(era, &parts, &body, None) {
                    // Dropped when the client goes, which cancels it.
                    return waiting::json(call.run(&self.server, era).await);
                }
            }
            Era::Sessions => {
                if let Some(response) = self.in_session(&parts, &body).await {
                    return response;
                }
            }
        }
        self.rmcp(Request::from_parts(parts, Body::from(body))).await
    }

    /// The rest of an answer from here, of which a client has lost the beginning.
    fn resumed(&self, request: &Request<Body>) -> Option<Response<Body>> {
        let event = request.headers().get("last-event-id")?.to_str().ok()?;
        regular::is_for_us(request.headers(), &self.endpoint.config.allowed_hosts).then_some(())?;
        let session = self.sessions.active(request.headers().get(SESSION)?.to_str().ok()?)?;
        Some(waiting::resume(self.sessions.calls().kept(session, event)?, waiting::USUAL))
    }

    /// The answer to a request in a session, where it is one that is answered here.
    async fn in_session(&self, parts: &Parts, body: &Bytes) -> Option<Response<Body>> {
        let id = parts.headers.get(SESSION)?.to_str().ok()?;
        let session = self.sessions.active(id)?;
        let Some(call) = self.call(Era::Sessions, parts, body, Some(session::SessionId::new(id))) else {
            if let Some(request) = regular::taken_back(body) {
                self.sessions.calls().cancel(id, &request);
            }
            return None;
        };
        let calls = self.sessions.calls();
        let under_way = calls.begin(Arc::clone(&session), call.id.clone(), call.cancelled.clone());
        let server = self.server.clone();
        let work = async move {
            let cancelled = call.cancelled.clone();
            let message = call.run(&server, Era::Sessions).await;
            drop(under_way);
            (!cancelled.is_cancelled()).then_some(message)
        };
        Some(waiting::respond(work.boxed(), waiting::USUAL, |slow| calls.keep(session, slow)).await)
    }

    /// The call in a body, if it is one that neither asks anybody nor tells anything on its way.
    fn call(&self, era: Era, parts: &Parts, body: &[u8], session: Option<session::SessionId>) -> Option<Call> {
        let message = regular::message(era, &parts.headers, body)?;
        let entry = self.server.find(&message.params.name)?;
        let caller = caller_in(session, era == Era::Sessions, Some(&parts.extensions));
        let services = self.server.services();
        let origin = origin(services, regular::METHOD, message.params.meta.as_deref(), Some(&parts.headers));
        let context = CallContext::new(Arc::clone(services), caller).as_part_of(origin);
        if entry.effect == Effect::Session || entry.may_ask(&context) {
            return None;
        }
        Some(Call {
            id: message.id,
            tool: entry.name,
            arguments: message.params.arguments.unwrap_or_default(),
            context,
            cancelled: self.endpoint.config.cancellation_token.child_token(),
        })
    }

    async fn rmcp(&self, request: Request<Body>) -> Response<Body> {
        self.endpoint.handle(request).await.map(Body::new)
    }
}

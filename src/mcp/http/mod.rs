//! MCP over Streamable HTTP: one endpoint for all protocol versions, secure before it is convenient. Loopback unless
//! told otherwise, foreign `Origin` and `Host` refused, no wide bind while nobody has to say who they are, and nothing a
//! client can keep busy without a bound.

mod accept;
mod bind;
mod body;
mod connection;
mod cors;
mod descriptors;
mod guard;
mod health;
mod limits;
mod passage;
mod refusal;
mod timed;
mod tls;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::from_fn_with_state,
    response::Response,
    routing::{MethodRouter, get},
};
use rmcp::transport::streamable_http_server::StreamableHttpServerConfig;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use bind::HttpError;
pub use tls::TlsError;

use super::{
    Server,
    authenticate::{Door, metadata},
    direct::Direct,
    drain::{drained, quiet},
    operate::{self, About},
    session_guard,
    sessions::{BoundedSessions, Openings},
};
use crate::{
    access::Gate,
    config::{HttpLimits, PublicUrl, TlsFiles},
};
use accept::Acceptor;
use connection::Connections;
use guard::Guard;
use limits::CallLimits;
use passage::{Inner, Outer};
use tls::Tls;

/// How long connections may take to end after everything has been answered.
const LAST_BYTES: Duration = Duration::from_secs(2);

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// A host name or address.
    pub host: String,
    /// A port; 0 takes any free one.
    pub port: u16,
    /// No sessions in the older protocols either.
    pub stateless: bool,
    /// Where clients reach the server, where that is not the address it listens on.
    pub public_url: Option<PublicUrl>,
    /// `Host` names besides the loopback ones.
    pub allowed_hosts: Vec<String>,
    /// Web pages that may call, as `scheme://host:port`.
    pub allowed_origins: Vec<String>,
    /// The files of HTTPS; plain HTTP without.
    pub tls: Option<TlsFiles>,
    /// Who may call, apart from what certificates of clients say.
    pub gate: Arc<Gate>,
    /// What clients may send and keep busy.
    pub limits: HttpLimits,
    /// Sessions of the older protocols at most.
    pub max_sessions: usize,
    /// How long such a session may be silent.
    pub session_idle: Duration,
}

impl HttpOptions {
    /// Plain HTTP on this machine, with every option at its default.
    #[cfg(test)]
    pub(crate) fn on_loopback(port: u16) -> Self {
        use crate::{access::Toolbox, config::SessionSettings, tools::Registry};

        Self {
            host: "127.0.0.1".to_owned(),
            port,
            stateless: false,
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            tls: None,
            gate: Arc::new(Gate::open(Toolbox::of(&Registry::baseline()))),
            limits: HttpLimits::default(),
            max_sessions: SessionSettings::DEFAULT_MAX,
            session_idle: SessionSettings::DEFAULT_IDLE,
        }
    }

    /// `https` or `http`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Whether nobody gets in without saying who they are.
    fn asks_who_calls(&self) -> bool {
        self.gate.asks() || self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some())
    }
}

/// Serves until `stop` is cancelled; `listening` is told the address that was bound.
///
/// # Errors
/// When the address may not or cannot be listened on, or the options make no sense.
pub async fn serve_http(
    server: Server,
    options: HttpOptions,
    stop: CancellationToken,
    listening: impl FnOnce(SocketAddr),
) -> Result<(), HttpError> {
    let address = bind::address(&options.host, options.port, options.asks_who_calls())?;
    let tls = certificates(&options).await?;
    let listener = TcpListener::bind(address).await.map_err(|source| HttpError::Bind { address, source })?;
    let bound = listener.local_addr().map_err(|source| HttpError::Bind { address, source })?;
    let guard = Arc::new(Guard::new(&options, bound.port())?);
    let services = Arc::clone(server.services());
    let changes = Arc::clone(server.changes());
    let (end_streams, cut) = (CancellationToken::new(), CancellationToken::new());
    let connections = Connections::new(descriptors::afford(options.limits.max_connections));
    let acceptor = Acceptor {
        app: router(server, &options, &guard, end_streams.clone()),
        tls: tls.clone(),
        limits: options.limits,
        connections: Arc::clone(&connections),
        stop,
        cut: cut.clone(),
    };
    listening(bound);
    let fresh = tls.map(|tls| tokio::spawn(tls.keep_fresh()).abort_handle());
    let ending = acceptor.run(listener).await;
    if let Some(fresh) = fresh {
        fresh.abort();
    }
    // No new connections any more. First calls in flight finish and subscriptions are told their end, then streams end,
    // which never finish by themselves.
    changes.end().await;
    quiet(services.operation().drain(), || services.calls_in_flight() == 0 && connections.unanswered() == 0).await;
    end_streams.cancel();
    if tokio::time::timeout(LAST_BYTES, ending.wait()).await.is_err() {
        tracing::warn!("connections that did not end by themselves were cut");
        cut.cancel();
        ending.wait().await;
    }
    // The end of the streams has cancelled what was still running; that may have something to put right.
    drained(&services).await;
    Ok(())
}

/// Reads the files of TLS, if there are any.
async fn certificates(options: &HttpOptions) -> Result<Option<Arc<Tls>>, HttpError> {
    let Some(files) = options.tls.clone() else { return Ok(None) };
    let read = tokio::task::spawn_blocking(move || Tls::load(&files)).await;
    let tls = read.map_err(|stopped| HttpError::Serve(stopped.into()))??;
    Ok(Some(Arc::new(tls)))
}

/// Everything there is. A request passes, from the outside to the inside: the guard, CORS, and then for MCP whatever
/// finds out who calls, the limits of the caller, the reading of the body, the sessions' door, and the endpoint.
fn router(server: Server, options: &HttpOptions, guard: &Arc<Guard>, end_streams: CancellationToken) -> Router {
    let services = Arc::clone(server.services());
    let limits = CallLimits::new(&options.limits, Arc::clone(services.databases().clock()));
    let sessions = BoundedSessions::new(Arc::clone(&services), options.max_sessions, options.session_idle);
    let sessions = Arc::new(sessions);
    let door = session_guard::Door::new(Arc::clone(&services), (!options.stateless).then(|| Arc::clone(&sessions)));
    let endpoint = endpoint(server, sessions, options, end_streams);
    let gate = Arc::new(Door { gate: Arc::clone(&options.gate), services: Arc::clone(&services) });
    let metadata = get(metadata).with_state(Arc::clone(&gate));
    let inner = Inner { gate: Arc::clone(&gate), limits, bounds: options.limits, door };
    let about = About::new(&services, !options.asks_who_calls());
    let mcp = Router::new()
        .route("/mcp", endpoint.clone())
        .route("/mcp/", endpoint.clone())
        .route("/mcp/db/{*key}", endpoint)
        .layer(from_fn_with_state(Arc::new(inner), passage::to_endpoint))
        .merge(operate::pages(&about).layer(from_fn_with_state(gate, passage::to_pages)))
        .route_service("/.well-known/oauth-protected-resource", metadata.clone())
        .route_service("/.well-known/oauth-protected-resource/{*path}", metadata);
    let outer = Outer { guard: Arc::clone(guard), services: Arc::clone(&services) };
    let app = mcp
        .merge(health::routes(services))
        .merge(operate::probes(&about))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_like_this);
    let app = match cors::layer(guard) {
        Some(cors) => app.layer(cors),
        None => app,
    };
    app.layer(from_fn_with_state(Arc::new(outer), passage::to_anything))
}

/// The endpoint. The SDK's own checks of names are off, as the guard stands in front of every route.
fn endpoint(
    server: Server,
    sessions: Arc<BoundedSessions>,
    options: &HttpOptions,
    end_streams: CancellationToken,
) -> MethodRouter {
    let mut config = StreamableHttpServerConfig::default()
        .with_cancellation_token(end_streams)
        .with_json_response(true)
        .with_legacy_session_mode(!options.stateless)
        .with_max_request_body_bytes(options.limits.max_body)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    config.session_store = Some(Arc::new(Openings(Arc::clone(&sessions))));
    Direct::new(server, sessions, config).into_route()
}

async fn nothing_here(request: Request) -> Response {
    let message =
        format!("there is nothing at {}; MCP is at /mcp, the state of the server at /health", request.uri().path());
    refusal::refusal(StatusCode::NOT_FOUND, &message)
}

async fn not_like_this(request: Request) -> Response {
    let message = format!("{} is not for the method {}; use GET", request.uri().path(), request.method());
    refusal::refusal(StatusCode::METHOD_NOT_ALLOWED, &message)
}

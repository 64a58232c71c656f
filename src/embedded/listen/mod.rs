//! The engine behind a socket: HTTP/1.1 connections in, requests to [`Engine::handle`] on blocking threads, answers out.
//! The only part of the engine that knows tokio.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::wire::ErrorNum;

use super::{
    api::Failure,
    engine::{Abandoned, Caller, Engine},
};

/// The largest request body taken. Larger imports are sent in several requests.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// How long a client may take for the headers of a request, which is also how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_mins(5);

/// How long a client may take for the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_mins(2);

/// How long requests under way may take to end after the stop signal.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Whether clients have to say who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// Everybody who can reach the socket may do everything. Requests that a browser sends for a page of another site
    /// are refused, so that a page someone visits cannot reach their database.
    Off,
    /// `Basic` or a token is asked for, and grants are kept.
    On,
}

/// Who is let in.
#[derive(Debug, Clone, Copy)]
struct Gate {
    auth: AuthMode,
    /// Whether only this machine can reach the socket.
    local_only: bool,
}

/// Serves the engine until the stop signal; requests under way then have some seconds to end.
pub async fn serve(engine: Arc<Engine>, listener: TcpListener, auth: AuthMode, shutdown: CancellationToken) {
    let local_only = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let gate = Gate { auth, local_only };
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: trying again at once would only burn a core.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let engine = Arc::clone(&engine);
        let service = service_fn(move |request| respond(Arc::clone(&engine), gate, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended with an error");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests still under way were cut off at shutdown");
    }
}

async fn respond(
    engine: Arc<Engine>,
    gate: Gate,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let auth = gate.auth;
    let response = match prepare(gate, request).await {
        Ok(mut request) => {
            let _guard = watched(&mut request);
            tokio::task::spawn_blocking(move || answer(&engine, auth, request)).await.unwrap_or_else(|error| {
                tracing::error!(%error, "a request handler panicked");
                refusal(500, "internal error")
            })
        }
        Err(refusal) => *refusal,
    };
    Ok(response.map(Full::new))
}

/// Makes the query of a request end when the client goes away, which drops the guard while the query runs. A client that
/// asked to be told at once that its request was taken may go.
fn watched(request: &mut Request<Bytes>) -> Option<AbandonGuard> {
    if request.headers().contains_key("x-arango-async") {
        return None;
    }
    let abandoned = Abandoned::default();
    request.extensions_mut().insert(abandoned.clone());
    Some(AbandonGuard(abandoned))
}

/// Tells when it is dropped. A request that has been answered by then does not mind.
struct AbandonGuard(Abandoned);

impl Drop for AbandonGuard {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

fn answer(engine: &Engine, auth: AuthMode, request: Request<Bytes>) -> Response<Bytes> {
    match auth {
        AuthMode::Off => engine.handle(request, &Caller::Trusted),
        AuthMode::On => match engine.authenticate(request.headers()) {
            Ok(caller) => engine.handle(request, &caller),
            // Whoever asks for a new token may still send the old one along.
            Err(_) if request.uri().path().ends_with("/_open/auth") => engine.handle(request, &Caller::Anonymous),
            Err(refusal) => refusal,
        },
    }
}

fn refusal(status: u16, message: &'static str) -> Response<Bytes> {
    Failure::new(ErrorNum(status), message).with_status(status).into_reply().into_response(false)
}

/// Reads the whole request.
async fn prepare(gate: Gate, request: Request<Incoming>) -> Result<Request<Bytes>, Box<Response<Bytes>>> {
    let (parts, body) = request.into_parts();
    if gate.auth == AuthMode::Off && from_another_site(&parts.headers, gate.local_only) {
        return Err(Box::new(refusal(403, "requests from other sites are refused while authentication is off")));
    }
    let body = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY_BYTES).collect()).await;
    match body {
        Ok(Ok(body)) => Ok(Request::from_parts(parts, body.to_bytes())),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let mut refusal = refusal(413, "the request body is larger than 64 MiB");
            refusal.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
            Err(Box::new(refusal))
        }
        Ok(Err(_)) => Err(Box::new(refusal(400, "the request body could not be read"))),
        Err(_) => Err(Box::new(refusal(StatusCode::REQUEST_TIMEOUT.as_u16(), "the request body took too long"))),
    }
}

/// Whether a browser sends this for a page that does not come from this server.
fn from_another_site(headers: &HeaderMap, local_only: bool) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    // A site whose name has been pointed at this machine looks like this server itself, but for the name.
    if local_only && host.is_some_and(|host| !is_local(host)) {
        return true;
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_none() || origin != host
}

/// Whether a `Host` header names this machine by an address or as `localhost`.
fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    name.eq_ignore_ascii_case("localhost")
        || name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests;

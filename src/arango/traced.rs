//! Requests as part of a trace: a span for each, whose context the server is told.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};

use super::{
    error::{Error, TransportErrorKind},
    transport::Transport,
};
use crate::{
    observability::{
        SafeUrl,
        otlp::{
            CallTrace, RequestTrace, TraceContext,
            context::{TRACEPARENT, TRACESTATE},
        },
    },
    wire::DatabaseName,
};

/// Begins the span of a request and tells the server of it.
pub(super) fn begin(
    call: &Arc<CallTrace>,
    request: &mut Request<Bytes>,
    database: Option<&DatabaseName>,
) -> RequestTrace {
    let path = kind_of(request.uri().path());
    let trace = call.request(request.method().as_str(), path.as_deref(), database.map(DatabaseName::as_str));
    tell(trace.context(), request.headers_mut());
    trace
}

fn tell(context: &TraceContext, headers: &mut HeaderMap) {
    let pairs = [(TRACEPARENT, Some(context.parent())), (TRACESTATE, context.state.as_deref().map(str::to_owned))];
    for (name, value) in pairs {
        // Both are checked when they are read, so all of their characters can be sent.
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// Ends the span.
pub(super) fn end(mut trace: RequestTrace, transport: &dyn Transport, outcome: &Result<Response<Bytes>, Error>) {
    if let Some(url) = transport.address().map(SafeUrl::expose) {
        trace.sent_to(url.host_str().unwrap_or_default(), url.port_or_known_default());
    }
    match outcome {
        Ok(response) => trace.answered(response.status().as_u16()),
        Err(error) => trace.failed(kind_of_error(error)),
    }
}

/// The beginning of a path, which says what kind of request it is: `/_api/document` of `/_db/shop/_api/document/users/1`.
/// Nothing of what follows, as that is names and keys.
fn kind_of(path: &str) -> Option<String> {
    let mut parts = path.split('/').skip(1).peekable();
    if parts.next_if_eq(&"_db").is_some() {
        parts.next();
    }
    let (area, family) = (parts.next()?, parts.next()?);
    matches!(area, "_api" | "_admin" | "_open").then(|| format!("/{area}/{family}"))
}

const fn kind_of_error(error: &Error) -> &'static str {
    let Error::Transport(error) = error else { return "broken" };
    match error.kind {
        TransportErrorKind::Connect => "connect",
        TransportErrorKind::Timeout => "timeout",
        TransportErrorKind::Tls => "tls",
        TransportErrorKind::Broken => "broken",
        TransportErrorKind::TooLarge => "too_large",
        TransportErrorKind::Closed => "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_only_its_kind_is_told() {
        let told = |path| kind_of(path).unwrap_or_default();
        assert_eq!(told("/_db/shop/_api/document/users/ann%40example.com"), "/_api/document");
        assert_eq!(told("/_api/version"), "/_api/version");
        for path in ["", "/", "/_db", "/_db/_api/secret", "/my/service", "//"] {
            assert_eq!(told(path), "", "{path}");
        }
    }
}

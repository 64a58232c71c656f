//! Answers before they are bytes: a status, headers and a value, written as JSON once at the end.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::{
    super::value::{Object, Value, json},
    error::Failure,
};

/// What a handler gives.
pub(crate) type Answer = Result<Reply, Failure>;

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Empty,
    Json(Value),
    Text(String),
}

impl Reply {
    /// A body with `error: false` and `code` added, as most endpoints answer.
    pub(crate) fn ok(status: u16, mut body: Object) -> Self {
        body.insert("error".into(), Value::Bool(false));
        body.insert("code".into(), Value::Int(status.into()));
        Self::bare(status, body)
    }

    /// A body as it is, as the document endpoints answer.
    pub(crate) fn bare(status: u16, body: impl Into<Value>) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body.into()) }
    }

    /// `{error: false, code, result}`
    pub(crate) fn result(status: u16, result: impl Into<Value>) -> Self {
        Self::ok(status, fields([("result", result.into())]))
    }

    /// No body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    /// Plain text.
    pub(crate) fn text(status: u16, text: String) -> Self {
        Self { status, headers: Vec::new(), body: Body::Text(text) }
    }

    /// The same with a header.
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes the answer. An answer to HEAD has the headers of the answer to GET and no body.
    pub(crate) fn into_response(self, head: bool) -> Response<Bytes> {
        let (kind, body) = match self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(value) => (Some("application/json; charset=utf-8"), Bytes::from(json::to_vec(&value))),
            Body::Text(text) => (Some("text/plain; charset=utf-8"), Bytes::from(text)),
        };
        let length = body.len();
        let mut response = Response::new(if head { Bytes::new() } else { body });
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::SERVER, HeaderValue::from_static("ArangoDB"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if head {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        for (name, value) in self.headers {
            // A name that cannot stand in a header (a line break in a graph's name) is left out, not sent.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

/// An object from its attributes.
pub(super) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Object {
    fields.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

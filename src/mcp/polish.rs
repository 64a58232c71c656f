//! The last touch to HTTP answers: rmcp sends some errors as bare text without a content type, and ends a session with
//! 202 where clients want 204. Clients get JSON-RPC error bodies and the status they expect.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde_json::json;

/// Bodies of errors are short; anything longer is cut off.
const ERROR_BODY_LIMIT: usize = 16 * 1024;

/// JSON-RPC's "parse error".
const PARSE_ERROR: i32 = -32700;
/// JSON-RPC's "invalid request".
const INVALID_REQUEST: i32 = -32600;

/// A step in front of the MCP endpoint.
pub(crate) async fn polish<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let deletes = request.method() == Method::DELETE;
    let mut response = next(request).await;
    if deletes && response.status() == StatusCode::ACCEPTED {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    let untyped = !response.headers().contains_key(header::CONTENT_TYPE);
    if response.status().is_client_error() && untyped { as_json_rpc(response).await } else { response }
}

async fn as_json_rpc(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, ERROR_BODY_LIMIT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let unreadable = text.starts_with("fail to deserialize request body");
    let (code, message) = if unreadable {
        parts.status = StatusCode::BAD_REQUEST;
        (PARSE_ERROR, "the request body is not a JSON-RPC message".to_owned())
    } else if text.is_empty() {
        (INVALID_REQUEST, parts.status.canonical_reason().unwrap_or("bad request").to_owned())
    } else {
        (INVALID_REQUEST, text)
    };
    let body = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } }).to_string();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

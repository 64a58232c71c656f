//! What a client gets that is refused before MCP begins: always a JSON-RPC error that says what was wrong and what would
//! be right, also where no request has been read.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};

/// JSON-RPC's "invalid request".
const INVALID_REQUEST: i32 = -32600;
/// "Server error", for requests that are right and come at the wrong moment.
const NOT_NOW: i32 = -32000;

fn body(status: StatusCode, message: &str, data: Option<Value>) -> String {
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => NOT_NOW,
        _ => INVALID_REQUEST,
    };
    let error = match data {
        Some(data) => json!({ "code": code, "message": message, "data": data }),
        None => json!({ "code": code, "message": message }),
    };
    json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string()
}

/// Any JSON as a response.
pub(super) fn json_response(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A refusal.
pub(super) fn refusal(status: StatusCode, message: &str) -> Response {
    json_response(status, body(status, message, None))
}

/// A refusal that need not be one a little later.
pub(super) fn not_now(status: StatusCode, message: &str, retry_after: Duration) -> Response {
    let millis = u64::try_from(retry_after.as_millis()).unwrap_or(u64::MAX);
    let data = json!({ "retry_after_ms": millis });
    let mut response = json_response(status, body(status, message, Some(data)));
    // The header counts whole seconds.
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(millis.div_ceil(1000)));
    response
}

/// A whole response for a connection on which no request could be read. The connection ends with it.
pub(super) fn on_the_wire(status: StatusCode, message: &str) -> String {
    let body = body(status, message, None);
    let retry = if status == StatusCode::SERVICE_UNAVAILABLE { "retry-after: 1\r\n" } else { "" };
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{retry}connection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_refusal_is_a_whole_response() {
        let text = on_the_wire(StatusCode::SERVICE_UNAVAILABLE, "no");
        insta::assert_snapshot!(text.replace('\r', ""), @r#"
        HTTP/1.1 503 Service Unavailable
        content-type: application/json
        content-length: 66
        retry-after: 1
        connection: close

        {"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"no"}}
        "#);
    }

    #[test]
    fn the_header_rounds_up_to_whole_seconds() {
        let response = not_now(StatusCode::TOO_MANY_REQUESTS, "no", Duration::from_millis(1001));
        assert_eq!(response.headers()["retry-after"], "2");
    }
}

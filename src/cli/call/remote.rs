//! A minimal MCP client for `call --server`: one stateless request of protocol 2026-07-28 over HTTP.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::error::CliError;
use crate::{
    mcp::{SERVER_NAME, VERSION},
    observability::Secret,
    tools::Reply,
};

const PROTOCOL: &str = "2026-07-28";

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_mins(10);

/// Calls a tool of a running server.
pub(super) async fn call(
    url: &str,
    token: Option<&Secret>,
    tool: &str,
    arguments: Map<String, Value>,
) -> Result<Reply, CliError> {
    let request = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {
            "name": tool,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": PROTOCOL,
                "io.modelcontextprotocol/clientInfo": { "name": SERVER_NAME, "version": VERSION },
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let failed = |error: reqwest::Error| CliError::while_doing(&format!("cannot call {url}"), error.without_url());
    let mut post = http_client(url)?.post(url);
    if let Some(token) = token {
        post = post.bearer_auth(token.expose());
    }
    let response = post
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", PROTOCOL)
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool)
        .body(request.to_string())
        .send()
        .await
        .map_err(failed)?;
    let status = response.status();
    let body = response.text().await.map_err(failed)?;
    let Some(answer) = answer(&body) else {
        return Err(CliError::new(format!(
            "{url} answered {status} without an MCP reply; is this the MCP endpoint (…/mcp)?"
        )));
    };
    if let Some(message) = answer.pointer("/error/message").and_then(Value::as_str) {
        return Err(CliError::new(message));
    }
    let result = answer.get("result").cloned().unwrap_or_default();
    serde_json::from_value(result).map_err(|error| CliError::while_doing("the server's reply is malformed", error))
}

/// A client for calls to the server at this URL.
fn http_client(url: &str) -> Result<reqwest::Client, CliError> {
    // Chooses ring for TLS, once; a second call finds it chosen.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .tcp_nodelay(true)
        .no_proxy();
    if !url.starts_with("https:") {
        // Loading the system's authorities takes time, and nothing here is encrypted.
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(|error| CliError::from_error(&error))
}

/// The JSON-RPC answer in a body that is JSON, or a stream of events.
fn answer(body: &str) -> Option<Value> {
    let is_answer = |message: &Value| message.get("result").is_some() || message.get("error").is_some();
    if let Ok(message) = serde_json::from_str::<Value>(body) {
        return Some(message).filter(is_answer);
    }
    let events = body.lines().filter_map(|line| line.strip_prefix("data:"));
    events.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok()).find(is_answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_in_json_and_in_an_event_stream() {
        assert!(answer(r#"{"id":1,"result":{}}"#).is_some());
        assert!(answer("event: message\ndata: {\"method\":\"x\"}\n\ndata: {\"id\":1,\"error\":{}}\n\n").is_some());
        assert!(answer("<html>").is_none());
        assert!(answer("{}").is_none());
    }
}

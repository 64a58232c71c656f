//! A minimal MCP client for `call --server`: one stateless request of protocol 2026-07-28 over HTTP.

use std::time::Duration;

use http::HeaderValue;
use serde_json::{Map, Value, json};

use super::super::error::CliError;
use crate::{
    mcp::{SERVER_NAME, VERSION},
    observability::Secret,
    progress::Progress,
    tools::Reply,
};

const PROTOCOL: &str = "2026-07-28";

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_mins(10);

/// By which the server's notifications of progress are known; it is the only call here.
const TOKEN: &str = "call";

/// Calls a tool of a running server, which is asked to tell how far it is if anybody looks.
pub(super) async fn call(
    url: &str,
    token: Option<&Secret>,
    tool: &str,
    arguments: &Map<String, Value>,
    progress: &Progress,
) -> Result<Reply, CliError> {
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
        .body(request(tool, arguments, progress.is_watched()).to_string())
        .send()
        .await
        .map_err(failed)?;
    let status = response.status();
    let Some(answer) = answer(response, progress).await.map_err(failed)? else {
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

/// The JSON-RPC answer in a body that is JSON, or a stream of events with the progress before the answer.
async fn answer(mut response: reqwest::Response, progress: &Progress) -> Result<Option<Value>, reqwest::Error> {
    let is_answer = |message: &Value| message.get("result").is_some() || message.get("error").is_some();
    let kind = response.headers().get("content-type").map(HeaderValue::as_bytes).unwrap_or_default();
    if !kind.starts_with(b"text/event-stream") {
        return Ok(serde_json::from_slice(&response.bytes().await?).ok().filter(is_answer));
    }
    let (mut events, mut told) = (Events::default(), 0);
    while let Some(chunk) = response.chunk().await? {
        for message in events.take(&chunk) {
            if is_answer(&message) {
                return Ok(Some(message));
            }
            tell(&message, progress, &mut told);
        }
    }
    Ok(None)
}

fn request(tool: &str, arguments: &Map<String, Value>, watched: bool) -> Value {
    let mut meta = json!({
        "io.modelcontextprotocol/protocolVersion": PROTOCOL,
        "io.modelcontextprotocol/clientInfo": { "name": SERVER_NAME, "version": VERSION },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    if let (true, Some(meta)) = (watched, meta.as_object_mut()) {
        meta.insert("progressToken".to_owned(), TOKEN.into());
    }
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

/// Hands on a notification of progress. Other messages say nothing of it.
fn tell(message: &Value, progress: &Progress, told: &mut u64) {
    let Some(params) = message.get("params").filter(|params| params.get("progressToken") == Some(&TOKEN.into())) else {
        return;
    };
    let count = |name: &str| params.get(name).and_then(Value::as_f64).map(whole);
    if let Some(total) = count("total") {
        progress.expect(total);
    }
    let done = count("progress").unwrap_or_default().max(*told);
    progress.advance(done.saturating_sub(*told), params.get("message").and_then(Value::as_str).unwrap_or_default());
    *told = done;
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the protocol counts in floating point")]
fn whole(count: f64) -> u64 {
    count as u64
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

/// A stream of events, which arrives in pieces that end anywhere.
#[derive(Debug, Default)]
struct Events {
    /// The line that has begun.
    begun: Vec<u8>,
}

impl Events {
    /// Takes a piece; gives the messages in the lines it completes.
    fn take(&mut self, piece: &[u8]) -> Vec<Value> {
        let Some(end) = memchr::memrchr(b'\n', piece) else {
            self.begun.extend_from_slice(piece);
            return Vec::new();
        };
        let (whole, begun) = piece.split_at(end);
        self.begun.extend_from_slice(whole);
        let lines = std::mem::replace(&mut self.begun, begun.to_vec());
        let events = lines.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"data:"));
        events.filter_map(|data| serde_json::from_slice(data).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_wherever_the_pieces_of_a_stream_end() {
        let stream = b"id: 0\n\nevent: message\ndata: {\"method\":\"x\"}\r\n\ndata:{\"id\":1,\"result\":{}}\n\n";
        let expected = vec![json!({"method": "x"}), json!({"id": 1, "result": {}})];
        for size in 1..=stream.len() {
            let mut events = Events::default();
            let found: Vec<Value> = stream.chunks(size).flat_map(|piece| events.take(piece)).collect();
            assert_eq!(found, expected, "{size}");
        }
        assert_eq!(Events::default().take(b"<html>\n"), Vec::<Value>::new());
    }

    #[test]
    fn progress_that_is_told_is_handed_on_and_never_goes_back() {
        let (progress, reports) = Progress::channel();
        let mut told = 0;
        let notice = |token: &str, done: f64| json!({"params": {"progressToken": token, "progress": done, "total": 9}});
        for (token, done) in [(TOKEN, 2.0), ("another", 8.0), (TOKEN, 5.0), (TOKEN, 4.0)] {
            tell(&notice(token, done), &progress, &mut told);
        }
        assert_eq!((reports.borrow().done, reports.borrow().total), (5, Some(9)));
        assert_eq!(request("t", &Map::new(), false).pointer("/params/_meta/progressToken"), None);
        assert_eq!(request("t", &Map::new(), true).pointer("/params/_meta/progressToken"), Some(&TOKEN.into()));
    }
}

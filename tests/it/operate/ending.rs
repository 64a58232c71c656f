//! The end of a server: told to those who send calls, waited for, and at once when somebody insists.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{end_of, signal, until};
use crate::support::{http::Server, modern_with, success};

async fn ready(server: &Server) -> (StatusCode, Value) {
    let response = server.get("/readyz").await;
    (response.status(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

#[tokio::test]
async fn a_server_that_is_to_stop_says_that_it_is_not_ready_and_still_serves_for_a_while() {
    let mut server = Server::start_with(&["--embedded", "--drain-delay", "600"]);
    let (status, body) = ready(&server).await;
    assert_eq!((status, &body["status"]), (StatusCode::OK, &json!("ready")), "{body}");
    signal(&server, "-TERM");
    until("not ready", async || ready(&server).await.0 == StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(ready(&server).await.1["status"], "draining");
    assert_eq!(server.get("/livez").await.status(), StatusCode::OK);
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
    // Who asks a second time means it.
    signal(&server, "-TERM");
    assert_eq!(end_of(&mut server).await, Some(143));
}

#[tokio::test]
async fn a_call_gets_no_more_time_than_it_was_given() {
    let log = tempfile::tempdir().unwrap();
    let file = log.path().join("audit.jsonl");
    let mut server =
        Server::start_with(&["--embedded", "--drain-timeout", "0.1", "--audit-log", file.to_str().unwrap()]);
    let params = json!({"name": "arango_query", "arguments": {"query": "RETURN SLEEP(300)"}});
    let params = modern_with(params, &json!({}));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = server.bare(Method::POST).header("mcp-protocol-version", "2026-07-28");
    let request = request.header("mcp-method", "tools/call").header("mcp-name", "arango_query");
    let call = tokio::spawn(request.body(body.to_string()).send());
    until("the call", async || {
        let body = server.get("/status.json").await.text().await.unwrap();
        serde_json::from_str::<Value>(&body).unwrap()["calls_in_flight"] == 1
    })
    .await;
    signal(&server, "-TERM");
    assert_eq!(end_of(&mut server).await, Some(0));
    let lines = std::fs::read_to_string(&file).unwrap();
    assert!(lines.contains("\"outcome\":\"cancelled\""), "{lines}");
    // The answer is the end of the connection, or an error; that it was waited for no longer is what counts.
    drop(call.await);
}

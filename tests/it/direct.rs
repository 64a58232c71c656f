//! Calls of tools take a short way through the server where they are regular. A client cannot tell which way its call
//! took: the same request is made twice here, the second time with an `Accept` header that is valid and unusual, which the
//! short way leaves alone.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode, header::HeaderMap};
use serde_json::{Value, json};

use crate::support::{
    database::Database,
    failure,
    http::{Server, Session, messages},
    modern_with, success,
};

/// What clients send.
const USUAL: &str = "application/json, text/event-stream";
/// The same in meaning.
const UNUSUAL: &str = "application/json;q=1, text/event-stream";

/// Calls that succeed, fail and are refused.
fn calls() -> Vec<Value> {
    vec![
        json!({"name": "arango_query", "arguments": {"query": "RETURN @x", "bind_vars": {"x": ["ä\n\u{1F600}", 1.5, null]}}}),
        json!({"name": "arango_query", "arguments": {"query": "FOR i IN 1..3 RETURN {i}"}, "_meta": {"x/y": 1}}),
        json!({"name": "arango_query", "arguments": {"query": "RETURN 1", "database": "sample"}}),
        json!({"name": "arango_query", "arguments": {"query": "RETURN", "databse": "x"}}),
        json!({"name": "arango_query", "arguments": {"query": "RETURN nothing.at.all("}}),
        json!({"name": "arango_query", "arguments": {}}),
        json!({"name": "arango_query", "arguments": null}),
        json!({"name": "arango_query"}),
        json!({"name": "arango_list_collections", "arguments": {}}),
        json!({"name": "arango_describe_collection", "arguments": {"collection": "characters"}}),
        json!({"name": "set_focused_database", "arguments": {"database": "nowhere"}}),
        json!({"name": "no_such_tool", "arguments": {}}),
        json!({"name": 5, "arguments": {}}),
        json!({"name": "arango_query", "arguments": []}),
        json!({"arguments": {}}),
        json!(null),
    ]
}

/// Everything about a response that a client can see, but the date.
async fn seen(response: Response) -> (StatusCode, HeaderMap, String) {
    let (status, mut headers) = (response.status(), response.headers().clone());
    headers.remove("date");
    (status, headers, response.text().await.unwrap())
}

#[tokio::test]
async fn a_stateless_call_is_answered_the_same_on_both_ways() {
    let server = Server::start();
    let capabilities = json!({});
    for (at, params) in calls().into_iter().enumerate() {
        let name = params["name"].as_str().unwrap_or("x").to_owned();
        let params = if params.is_null() { params } else { modern_with(params, &capabilities) };
        let body = json!({"jsonrpc": "2.0", "id": format!("n{at}"), "method": "tools/call", "params": params});
        let send = async |accept: &str, name: &str| {
            let request = server.bare(Method::POST).header("mcp-protocol-version", "2026-07-28");
            let request = request.header("mcp-method", "tools/call").header("mcp-name", name);
            let request = request.headers(HeaderMap::from_iter([("accept".parse().unwrap(), accept.parse().unwrap())]));
            seen(request.body(body.to_string()).send().await.unwrap()).await
        };
        let direct = send(USUAL, &name).await;
        assert_eq!(direct, send(UNUSUAL, &name).await, "{body}");
        // Headers that do not say what the body says, and a name in the other form.
        assert_eq!(send(USUAL, "wrong").await, send(UNUSUAL, "wrong").await, "{body}");
        let encoded = send(USUAL, "=?base64?YXJhbmdvX3F1ZXJ5?=").await;
        assert_eq!(encoded, send(UNUSUAL, "=?base64?YXJhbmdvX3F1ZXJ5?=").await, "{body}");
        if name == "arango_query" && direct.0 == StatusCode::OK {
            assert_eq!(encoded.2, direct.2, "{body}");
        }
    }
}

async fn in_session(server: &Server, session: &Session<'_>, accept: &str, body: &Value) -> (StatusCode, Vec<Value>) {
    let request = server.bare(Method::POST).header("mcp-session-id", &session.id);
    let request = request.header("mcp-protocol-version", "2025-06-18");
    let request = request.headers(HeaderMap::from_iter([("accept".parse().unwrap(), accept.parse().unwrap())]));
    let response = request.body(body.to_string()).send().await.unwrap();
    (response.status(), messages(response).await)
}

#[tokio::test]
async fn a_call_in_a_session_is_answered_the_same_on_both_ways() {
    let server = Server::start();
    let session = server.session().await;
    for (at, params) in calls().into_iter().enumerate() {
        let body = json!({"jsonrpc": "2.0", "id": at, "method": "tools/call", "params": params});
        let direct = in_session(&server, &session, USUAL, &body).await;
        assert_eq!(direct, in_session(&server, &session, UNUSUAL, &body).await, "{body}");
    }
    success(&session.call("set_focused_database", json!({"database": "sample"})).await);
    let name = json!({"name": "arango_query", "arguments": {"query": "RETURN CURRENT_DATABASE()"}});
    let body = json!({"jsonrpc": "2.0", "id": "x", "method": "tools/call", "params": name});
    let direct = in_session(&server, &session, USUAL, &body).await;
    assert_eq!(direct, in_session(&server, &session, UNUSUAL, &body).await);
    assert_eq!(success(&direct.1[0]), json!(["sample"]));
}

/// A server over a database that can be asked what it is doing.
async fn watched() -> (Database, tempfile::TempDir, Server) {
    let database = Database::start().await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    std::fs::write(&file, format!("databases:\n  d:\n    url: {}\n    database: _system\n", database.url)).unwrap();
    let server = Server::start_with(&["--config-file", file.to_str().unwrap()]);
    (database, home, server)
}

fn slow(id: u64) -> Value {
    let params = json!({"name": "arango_query", "arguments": {"query": "RETURN SLEEP(30)"}});
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
}

#[tokio::test]
async fn a_call_in_a_session_is_cancelled_by_the_notification_only() {
    let (database, _home, server) = watched().await;
    let session = server.session().await;
    let message = slow(77);
    {
        let call = session.post(&message);
        tokio::select! {
            _ = call => panic!("answered"),
            () = database.until_running(1) => {}
        }
    }
    // The client has gone, and the call goes on; another session has nothing to say about it.
    let other = server.session().await;
    let cancelled = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 77}});
    assert_eq!(other.post(&cancelled).await.status(), StatusCode::ACCEPTED);
    success(&session.call("arango_query", json!({"query": "RETURN 1"})).await);
    database.until_running(1).await;
    assert_eq!(session.post(&cancelled).await.status(), StatusCode::ACCEPTED);
    database.until_running(0).await;
}

#[tokio::test]
async fn the_end_of_a_session_ends_its_calls() {
    let (database, _home, server) = watched().await;
    let session = server.session().await;
    let message = slow(1);
    let (response, ()) = tokio::join!(session.post(&message), async {
        database.until_running(1).await;
        assert_eq!(session.delete().await.status(), StatusCode::NO_CONTENT);
    });
    assert_eq!(messages(response).await, Vec::<Value>::new(), "nobody is answered");
    database.until_running(0).await;
}

#[tokio::test]
async fn a_stateless_call_ends_when_its_client_goes() {
    let (database, _home, server) = watched().await;
    {
        let call = server.modern_call("arango_query", json!({"query": "RETURN SLEEP(30)"}));
        tokio::select! {
            _ = call => panic!("answered"),
            () = database.until_running(1) => {}
        }
    }
    database.until_running(0).await;
}

#[tokio::test]
async fn a_slow_answer_comes_as_an_event() {
    let server = Server::start();
    let session = server.session().await;
    let params = json!({"name": "arango_query", "arguments": {"query": "RETURN SLEEP(1.3)"}});
    let response = tokio::time::timeout(Duration::from_secs(15), session.response("tools/call", params)).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let answer = messages(response).await;
    assert_eq!(success(&answer[0]), json!([null]));
    let refused = session.call("arango_query", json!({"query": "RETURN FAIL('x')"})).await;
    assert!(failure(&refused).is_object());
}

#[tokio::test]
async fn a_client_that_lost_the_stream_of_a_slow_call_comes_back_for_the_answer() {
    let server = Server::start();
    let (session, other) = (server.session().await, server.session().await);
    let params = json!({"name": "arango_query", "arguments": {"query": "RETURN SLEEP(2)"}});
    let mut lost = session.response("tools/call", params).await;
    let mut begun = String::new();
    let event = loop {
        begun.push_str(std::str::from_utf8(&lost.chunk().await.unwrap().unwrap()).unwrap());
        let id = begun.lines().find_map(|line| line.strip_prefix("id: "));
        if let Some(id) = id.filter(|_| begun.contains("\n\n")) {
            break id.to_owned();
        }
    };
    drop(lost);
    let resume = async |session: &Session<'_>| {
        let request = server.bare(Method::GET).header("mcp-session-id", &session.id).header("last-event-id", &event);
        messages(request.send().await.unwrap()).await
    };
    assert_eq!(resume(&other).await, Vec::<Value>::new(), "it is not theirs");
    assert_eq!(success(&resume(&session).await[0]), json!([null]));
    assert_eq!(resume(&session).await, Vec::<Value>::new(), "it has been sent");
}

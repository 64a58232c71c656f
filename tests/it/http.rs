//! MCP over HTTP: both eras on one endpoint, what is refused, sessions and their end, a graceful stop.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use mcp_arangodb_async::{
    clock::{SystemClock, SystemRandom},
    embedded::{
        Engine,
        listen::{self, AuthMode},
    },
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{failure, http::Server, run, success};

#[tokio::test]
async fn both_eras_are_served_on_one_endpoint() {
    let server = Server::start();
    let session = server.session().await;
    assert_eq!(success(&session.call("arango_query", json!({"query": "RETURN 1"})).await), json!([1]));
    let answer = server.modern_call("arango_query", json!({"query": "RETURN 2"})).await;
    assert_eq!(success(&answer), json!([2]));
    assert_eq!(answer["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "mcp-arangodb-async");
    let about = server.modern("server/discover", json!({})).await;
    assert!(about["result"]["instructions"].as_str().unwrap().contains("AQL"));
}

#[tokio::test]
async fn a_stateless_focus_is_a_handle_and_nothing_is_remembered() {
    let server = Server::start();
    let focused = success(&server.modern_call("set_focused_database", json!({"database": "sample"})).await);
    assert_eq!((&focused["remembered"], &focused["session_id"]), (&json!(false), &Value::Null));
    let query = json!({"query": "RETURN CURRENT_DATABASE()"});
    assert_eq!(success(&server.modern_call("arango_query", query).await), json!(["_system"]));
    let with = json!({"query": "RETURN CURRENT_DATABASE()", "focus": focused["focus"]});
    let answer = server.modern_call("arango_query", with).await;
    assert_eq!(success(&answer), json!(["sample"]));
    assert_eq!(answer["result"]["_meta"]["level"], "focus");
    let forged = server.modern_call("arango_query", json!({"query": "RETURN 1", "focus": "focus_AAAA"})).await;
    assert_eq!(failure(&forged)["type"], "FocusError");
}

#[tokio::test]
async fn a_stateless_request_cannot_borrow_a_session() {
    let server = Server::start();
    let session = server.session().await;
    success(&session.call("set_focused_database", json!({"database": "sample"})).await);
    let params = json!({"name": "get_focused_database", "arguments": {}});
    let answer = server.modern_as("tools/call", params, Some(&session.id)).await;
    assert_eq!(success(&answer)["is_set"], false);
}

#[tokio::test]
async fn a_session_ends_with_delete_and_its_focus_with_it() {
    let server = Server::start();
    let session = server.session().await;
    success(&session.call("set_focused_database", json!({"database": "sample"})).await);
    assert_eq!(session.delete().await.status(), StatusCode::NO_CONTENT);
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(session.post(&message).await.status(), StatusCode::NOT_FOUND);
    let fresh = server.session().await;
    assert_eq!(success(&fresh.call("get_focused_database", json!({})).await)["is_set"], false);
}

#[tokio::test]
async fn foreign_pages_and_foreign_names_are_refused() {
    let server = Server::start();
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let strangers = [
        (header::ORIGIN, "https://evil.example"),
        (header::ORIGIN, "http://localhost:1"),
        (header::ORIGIN, "null"),
        (header::HOST, "evil.example"),
    ];
    for (name, value) in strangers {
        let response = server.bare(Method::POST).header(name.clone(), value).body(body.clone()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{name}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let error: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert!(error["error"]["message"].as_str().unwrap().contains("--allowed-"), "{error}");
    }
    let own = server.at("");
    let response = server.bare(Method::POST).header(header::ORIGIN, own).body(body.clone()).send().await.unwrap();
    assert_ne!(response.status(), StatusCode::FORBIDDEN);
    let open = Server::start_with(&[
        "--embedded",
        "--allowed-host",
        "db.example",
        "--allowed-origin",
        "https://app.example:443",
    ]);
    let request =
        open.bare(Method::POST).header(header::HOST, "db.example").header(header::ORIGIN, "https://app.example");
    assert_ne!(request.body(body).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn errors_of_the_transport_have_json_bodies() {
    let server = Server::start();
    let response = server.bare(Method::POST).body("this is not JSON").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let error: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(error["error"]["code"], -32700);
    let both = server.bare(Method::POST).header("x", "y").body("{}").send().await.unwrap();
    assert!(both.status().is_client_error());
}

#[tokio::test]
async fn the_endpoint_answers_with_and_without_a_slash_and_health_tells_the_version() {
    let server = Server::start();
    for path in ["/mcp", "/mcp/"] {
        let response = server.get(path).await;
        assert!(!response.status().is_redirection() && response.status() != StatusCode::NOT_FOUND, "{path}");
    }
    let health = server.get("/health").await;
    assert_eq!(health.status(), StatusCode::OK);
    let body: Value = serde_json::from_str(&health.text().await.unwrap()).unwrap();
    assert_eq!((&body["status"], &body["database_connected"]), (&json!("healthy"), &json!(true)));
    assert!(body["database_info"]["version"].as_str().unwrap().starts_with("3.12"));
    assert_eq!(server.get("/health/live").await.status(), StatusCode::OK);
    assert_eq!(server.get("/other").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn without_sessions_older_clients_get_handles_too() {
    let server = Server::start_with(&["--embedded", "--sample", "--stateless"]);
    let call = |tool: &str, arguments: Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        server.bare(Method::POST).header("mcp-protocol-version", "2025-11-25").body(body.to_string()).send()
    };
    let response = call("set_focused_database", json!({"database": "sample"})).await.unwrap();
    let focused = success(&crate::support::http::answer(response).await);
    assert_eq!(focused["remembered"], false);
    assert!(focused["focus"].is_string());
}

#[test]
fn a_bind_that_others_can_reach_is_refused() {
    for host in ["0.0.0.0", "::"] {
        let output = run(&["server", "--transport", "http", "--host", host, "--port", "0", "--embedded"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("no authentication"), "{host}");
        assert!(output.stdout.is_empty());
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_lets_calls_finish_and_then_the_server_goes() {
    // A database of its own, which can be asked whether the query has begun.
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(listen::serve(engine, listener, AuthMode::Off, CancellationToken::new()));
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    std::fs::write(&file, format!("databases:\n  slow:\n    url: {url}\n    database: _system\n")).unwrap();
    let mut server = Server::start_with(&["--config-file", file.to_str().unwrap()]);
    let pid = server.child.id().to_string();
    let call = server.modern_call("arango_query", json!({"query": "RETURN SLEEP(0.6)"}));
    let kill = async {
        while !reqwest::get(format!("{url}/_api/query/current")).await.unwrap().text().await.unwrap().contains("SLEEP")
        {
            tokio::task::yield_now().await;
        }
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    };
    let (answer, ()) = tokio::join!(call, kill);
    success(&answer);
    let begun = Instant::now();
    while server.child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(4), "still running");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

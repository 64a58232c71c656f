//! How many sessions there are and for how long, as the command line says it.

use reqwest::StatusCode;
use serde_json::json;

use super::redis::Redis;
use crate::support::{http::Server, run, stdio, success};

#[tokio::test]
async fn the_session_silent_longest_makes_room_for_one_too_many() {
    let server = Server::start_with(&["--embedded", "--max-sessions", "2", "--session-idle", "30m"]);
    let (first, second) = (server.session().await, server.session().await);
    success(&first.call("set_focused_database", json!({ "database": "embedded" })).await);
    let third = server.session().await;
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    assert_eq!(second.post(&message).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(third.post(&message).await.status(), StatusCode::OK);
    assert_eq!(success(&first.call("get_focused_database", json!({})).await)["is_set"], true);
}

#[test]
fn a_bad_option_is_refused_with_what_would_be_right_and_no_password() {
    for (flag, value, right) in [
        ("--max-sessions", "none", "use 1 to 1000000"),
        ("--session-idle", "1s", "use 60s to 30d"),
        ("--session-store", "http://:hunter2@cache", "use redis://"),
        ("--session-store", "redis://:hunter2@cache/many", "use redis://"),
        ("--focus-key-file", "/there/is/none", "cannot be read"),
    ] {
        let output = run(&["server", "--transport", "http", "--port", "0", "--embedded", flag, value]);
        assert_eq!(output.status.code(), Some(1), "{flag}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(right), "{flag}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn processes_on_pipes_share_nothing_whatever_store_is_named() {
    let Some(redis) = Redis::start() else { return };
    let start = || {
        let arguments = ["--embedded", "--sample", "--session-store", &redis.url];
        stdio::Client::legacy_with(&arguments, json!({}))
    };
    let (mut one, mut other) = (start(), start());
    success(&one.call("set_focused_database", json!({ "database": "sample" })));
    assert_eq!(success(&one.call("get_focused_database", json!({})))["is_set"], true);
    assert_eq!(success(&other.call("get_focused_database", json!({})))["is_set"], false);
}

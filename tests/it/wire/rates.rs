//! Limits of callers and of databases.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::error_of;
use crate::support::{database::Database, failure, http::Server, success};

/// So few requests a second that a test sees no second one come free.
const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

/// A query that runs far longer than any test waits, and can be killed at any moment.
const SLOW: &str = "FOR i IN 1..1000000 FILTER SLEEP(0.02) RETURN i";

#[tokio::test]
async fn requests_beyond_the_rate_are_refused_with_a_time_to_try_again_and_health_is_not_counted() {
    let server = Server::start_with(&["--embedded", "--rate-limit", "1"]);
    let ask = |address: &str| server.bare(Method::POST).header("x-forwarded-for", address).body(PING).send();
    let refused = loop {
        // Whoever says to be somebody else is counted as before.
        let response = ask(&uuid::Uuid::new_v4().to_string()).await.unwrap();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break response;
        }
    };
    assert_eq!(refused.headers()["retry-after"], "1");
    let body = refused.text().await.unwrap();
    assert!(error_of(&body).contains("the limit is 1 a second"), "{body}");
    let millis = serde_json::from_str::<Value>(&body).unwrap()["error"]["data"]["retry_after_ms"].as_u64().unwrap();
    assert!((1..=1000).contains(&millis), "{millis}");
    for _ in 0..10 {
        assert_eq!(server.get("/health/live").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn calls_beyond_those_at_once_are_refused_until_one_has_ended() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let server = Server::start_with(&["--config-file", &path, "--max-concurrent", "1"]);
    let slow = server.modern_call("arango_query", json!({"query": SLOW}));
    let meanwhile = async {
        database.until_running(1).await;
        let refused = server.bare(Method::POST).body(PING).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(error_of(&refused.text().await.unwrap()).contains("the limit is 1 at once"));
    };
    tokio::select! {
        answer = slow => panic!("{answer}"),
        () = meanwhile => {}
    }
    database.until_running(0).await;
    // The client of the slow call has gone, and the place is free again.
    loop {
        let response = server.bare(Method::POST).body(PING).send().await.unwrap();
        if response.status() != StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn streams_that_stay_open_are_no_calls() {
    let server = Server::start_with(&["--embedded", "--max-concurrent", "1"]);
    let session = server.session().await;
    let _stream = session.listen().await;
    success(&session.call("arango_query", json!({"query": "RETURN 1"})).await);
}

fn configured(database: &Database, limits: &str) -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    let entry =
        |key: &str, limits: &str| format!("  {key}:\n    url: {}\n    database: _system\n{limits}", database.url);
    let text = format!("default_database: own\ndatabases:\n{}{}", entry("own", limits), entry("free", ""));
    std::fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap().to_owned();
    (home, path)
}

#[tokio::test]
async fn a_database_takes_only_so_many_calls_at_once_and_another_is_not_concerned() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "    max_calls: 1\n");
    let server = Server::start_with(&["--config-file", &path]);
    let slow = server.modern_call("arango_query", json!({"query": SLOW}));
    let meanwhile = async {
        database.until_running(1).await;
        let refused = failure(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
        assert_eq!((&refused["type"], &refused["database"]), (&json!("RateLimited"), &json!("own")));
        assert!(refused["retry_after_ms"].as_u64().unwrap() > 0, "{refused}");
        assert!(refused["error"].as_str().unwrap().contains("the limit is 1 at once"), "{refused}");
        success(&server.modern_call("arango_query", json!({"query": "RETURN 1", "database": "free"})).await);
    };
    tokio::select! {
        answer = slow => panic!("{answer}"),
        () = meanwhile => {}
    }
    database.until_running(0).await;
}

#[tokio::test]
async fn a_database_takes_only_so_many_calls_a_second() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "    rate_limit: 1\n");
    let server = Server::start_with(&["--config-file", &path]);
    loop {
        let answer = server.modern_call("arango_query", json!({"query": "RETURN 1"})).await;
        if answer["result"]["isError"] == true {
            let refused = failure(&answer);
            assert_eq!(refused["type"], "RateLimited");
            assert!((1..=1000).contains(&refused["retry_after_ms"].as_u64().unwrap()), "{refused}");
            assert!(refused["hint"].as_str().unwrap().contains("try again in"), "{refused}");
            break;
        }
    }
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1", "database": "free"})).await);
}

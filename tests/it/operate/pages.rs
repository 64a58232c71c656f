//! Health and the status page.

use reqwest::{StatusCode, header::HOST};
use serde_json::{Value, json};

use crate::support::{
    failure,
    http::{Server, plain_client},
    success,
};

async fn status(server: &Server) -> Value {
    let response = server.get("/status.json").await;
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_database_that_is_down_makes_the_server_neither_dead_nor_unready() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    let config = "databases:\n  up:\n    url: \"embedded:\"\n  down:\n    url: http://127.0.0.1:9\n    database: x\n";
    std::fs::write(&file, config).unwrap();
    let server = Server::start_with(&["--config-file", file.to_str().unwrap()]);
    for path in ["/livez", "/health/live"] {
        assert_eq!(server.get(path).await.text().await.unwrap(), r#"{"status":"alive"}"#);
    }
    let response = server.get("/readyz").await;
    assert_eq!(response.status(), StatusCode::OK);
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((&body["databases_up"], &body["databases_down"]), (&json!(1), &json!(1)), "{body}");
    assert_eq!(
        (&body["databases"]["up"]["state"], &body["databases"]["down"]["state"]),
        (&json!("up"), &json!("down"))
    );
}

#[tokio::test]
async fn the_status_says_how_calls_went_and_nothing_of_what_was_in_them() {
    let server = Server::start();
    success(&server.modern_call("arango_query", json!({"query": "RETURN 'hunter2'", "database": "sample"})).await);
    failure(&server.modern_call("arango_query", json!({"query": "RETURN hunter2"})).await);
    let status = status(&server).await;
    assert!(!status.to_string().contains("hunter2"), "{status}");
    assert_eq!((&status["calls"]["count"], &status["calls"]["failed"]), (&json!(2), &json!(1)));
    assert_eq!(status["slowest"].as_array().unwrap().len(), 2);
    let failed = &status["failed"][0];
    assert_eq!((&failed["tool"], &failed["database"]), (&json!("arango_query"), &json!("embedded")));
    let databases = status["databases"].as_array().unwrap();
    assert_eq!((&databases[0]["key"], &databases[0]["default"]), (&json!("embedded"), &json!(true)));
    assert_eq!((&databases[1]["calls"]["count"], &databases[1]["state"]), (&json!(1), &json!("up")));
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere_and_nobody_may_frame_it() {
    let server = Server::start();
    let response = server.get("/").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let page = response.text().await.unwrap();
    for banned in ["http://", "https://", "innerHTML", "src=", "/*STYLE*/", "/*SCRIPT*/"] {
        assert!(!page.contains(banned), "{banned}");
    }
}

#[tokio::test]
async fn a_page_of_somebody_else_cannot_read_the_status_through_a_name_of_its_own() {
    let server = Server::start_with(&["--embedded", "--allowed-host", "mcp.example.org"]);
    for path in ["/", "/status.json"] {
        let as_host = async |host: &str| plain_client().get(server.at(path)).header(HOST, host).send().await.unwrap();
        let refused = as_host("evil.example").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(!refused.text().await.unwrap().contains("embedded"));
        // Whoever calls by a public name may be anybody behind a proxy.
        let refused = as_host("mcp.example.org").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert!(!refused.text().await.unwrap().contains("embedded"));
        assert_eq!(as_host("localhost").await.status(), StatusCode::OK);
    }
}

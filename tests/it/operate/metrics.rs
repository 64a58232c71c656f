//! Metrics: what Prometheus reads, and that all of it is in the table.

use std::collections::BTreeSet;

use mcp_arangodb_async::observability::metrics::FAMILIES;
use serde_json::json;

use super::configure;
use crate::support::{
    failure,
    http::{Server, plain_client},
    success,
};

async fn scrape(server: &Server) -> String {
    let url = server.said.lines().find_map(|line| line.strip_prefix("Serving metrics at ")).unwrap();
    let response = plain_client().get(url).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    response.text().await.unwrap()
}

#[tokio::test]
async fn calls_sessions_databases_and_requests_are_counted() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    configure(&file, &["shop"]);
    let config = std::fs::read_to_string(&file).unwrap();
    let more = "    max_connections: 3\n  down:\n    url: http://127.0.0.1:9\n    database: x\n";
    std::fs::write(&file, config + more).unwrap();
    let audit = home.path().join("audit.jsonl");
    let server = Server::start_with(&[
        "--config-file",
        file.to_str().unwrap(),
        "--metrics-listen",
        "127.0.0.1:0",
        "--audit-log",
        audit.to_str().unwrap(),
    ]);
    let on_shop = |query: &str| json!({"query": query, "database": "shop"});
    success(&server.modern_call("arango_query", on_shop("FOR i IN 1..3 RETURN i")).await);
    failure(&server.modern_call("arango_query", on_shop("RETURN")).await);
    let unknown = server.modern_call("made_up_by_a_client", json!({})).await;
    assert!(unknown["error"].is_object());
    let _session = server.session().await;
    let text = scrape(&server).await;
    for expected in [
        r#"mcp_arangodb_calls_total{tool="arango_query",database="shop",outcome="ok"} 1"#,
        r#"mcp_arangodb_calls_total{tool="arango_query",database="shop",outcome="error"} 1"#,
        r#"mcp_arangodb_calls_total{tool="unknown",database="",outcome="error"} 1"#,
        r#"mcp_arangodb_call_duration_seconds_count{tool="arango_query",database="shop"} 2"#,
        r#"mcp_arangodb_rows_returned_total{tool="arango_query",database="shop"} 3"#,
        r#"mcp_arangodb_resolutions_total{level="tool_argument"} 2"#,
        r#"mcp_arangodb_database_up{database="shop"} 1"#,
        r#"mcp_arangodb_database_up{database="down"} 0"#,
        r#"mcp_arangodb_connections_limit{database="shop"} 3"#,
        r#"mcp_arangodb_http_requests_total{method="POST",path="mcp",status="200"}"#,
        "mcp_arangodb_sessions 1",
        "mcp_arangodb_engine_databases 2",
        "mcp_arangodb_audit_lines_total 2",
        "mcp_arangodb_config_last_reload_successful 1",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!(!text.contains("made_up_by_a_client"));
    let exposed: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let system = |name: &str| name.starts_with("process_") && !cfg!(target_os = "linux");
    let absent: Vec<_> =
        FAMILIES.iter().map(|family| family.name).filter(|name| !exposed.contains(name) && !system(name)).collect();
    assert!(absent.is_empty(), "{absent:?} are in the table and not exposed:\n{text}");
}

#[tokio::test]
async fn nothing_listens_unless_it_is_asked_for() {
    let server = Server::start();
    assert!(!server.said.contains("metrics"), "{}", server.said);
    assert_eq!(server.get("/metrics").await.status(), 404);
}

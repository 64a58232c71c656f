//! `/mcp/db/{key}`: one tenant, and no way round it.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use serde_json::json;

use super::{Home, Server};
use crate::support::{PATIENCE, failure, success};

#[tokio::test]
async fn a_path_pins_its_database_for_everybody() {
    let home = Home::new();
    let server = home.serve(&[]);
    let hr = server.anyone().at("/mcp/db/hr");
    for answered in hr.call_in_both("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await {
        assert_eq!(success(&answered), json!(["hr_db"]));
    }
    for refused in hr.call_in_both("arango_query", json!({"query": "RETURN 1", "database": "sales"})).await {
        assert_eq!(failure(&refused)["available_databases"], json!(["hr"]));
    }
    for told in hr.call_in_both("list_available_databases", json!({})).await {
        assert!(!success(&told).to_string().contains("sales"), "{told}");
    }
}

#[tokio::test]
async fn a_session_is_on_each_path_what_the_path_allows() {
    let home = Home::new();
    let server = home.serve(&[]);
    let (wide, narrow) = (server.anyone(), server.anyone().at("/mcp/db/stock"));
    let session = wide.session().await;
    success(&wide.call_in(&session, "set_focused_database", json!({"database": "hr"})).await);
    let query = json!({"query": "RETURN CURRENT_DATABASE()"});
    let refused = narrow.call_in(&session, "arango_query", query.clone()).await;
    assert_eq!(failure(&refused)["available_databases"], json!(["stock"]));
    let handle = success(&wide.call("set_focused_database", json!({"database": "hr"})).await)["focus"].clone();
    let refused = narrow.call("arango_query", json!({"query": "RETURN 1", "focus": handle})).await;
    assert_eq!(failure(&refused)["type"], "DatabaseNotConfigured");
    assert_eq!(success(&wide.call_in(&session, "arango_query", query).await), json!(["hr_db"]));
}

#[tokio::test]
async fn a_path_widens_no_token() {
    let home = Home::new();
    let token = home.token(&["team", "--database", "sales", "--database", "stock", "--read-only"]);
    let server = home.asking();
    let caller = server.caller(&token);
    let pinned = caller.at("/mcp/db/sales");
    assert_eq!(
        success(&pinned.call("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"})).await),
        json!(["sales_db"])
    );
    let refused = pinned.call("arango_query", json!({"query": "INSERT {} INTO c"})).await;
    assert_eq!(failure(&refused)["type"], "ReadOnlyError");
    assert_eq!(
        pinned.call("arango_query", json!({"query": "RETURN 1", "database": "stock"})).await["result"]["isError"],
        true
    );
    // Out of reach and not there look the same, and neither shows to who has no token.
    for path in ["/mcp/db/hr", "/mcp/db/nowhere"] {
        assert_eq!(caller.at(path).status().await, 404);
        assert_eq!(server.anyone().at(path).status().await, 401);
    }
}

/// The status of a request whose path no client library has touched.
fn status_of(server: &Server, path: &str) -> u16 {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

#[test]
fn tricks_with_paths_lead_nowhere() {
    let home = Home::new();
    let server = home.serve(&[]);
    assert_ne!(status_of(&server, "/mcp/db/hr"), 404);
    let long = format!("/mcp/db/{}", "x".repeat(4_000));
    for path in [
        "/mcp/db",
        "/mcp/db/",
        "/mcp/db//hr",
        "/mcp//db/hr",
        "//mcp/db/hr",
        "/mcp/db/hr/",
        "/mcp/db/hr/..",
        "/mcp/db/hr/../sales",
        "/mcp/db/..",
        "/mcp/db/../",
        "/mcp/db/%2e%2e",
        "/mcp/db/%2e%2e%2f",
        "/mcp/db/..%2f",
        "/mcp/db/..;",
        "/mcp/db/..;/",
        "/mcp/db/hr;x=1",
        "/mcp/db/h%72",
        "/mcp/db/%68r",
        "/mcp/db/hr%00",
        "/mcp/db/hr%2f",
        "/mcp/db/hr%20",
        "/mcp/db/HR",
        "/mcp/db/hr_db",
        "/mcp/db/nowhere",
        "/mcp/db/%ff",
        "/mcp/db/%",
        "/mcp/%64b/hr",
        "/mcp/db\\hr",
        &long,
    ] {
        let status = status_of(&server, path);
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

//! Clients that keep things busy: with heads, bodies, connections, and what no reader of HTTP understands.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::{Raw, error_of, message};
use crate::support::{http::Server, success};

const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

fn start(more: &[&str]) -> Server {
    Server::start_with(&[&["--embedded"], more].concat())
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_given_up() {
    let server = start(&["--header-timeout", "0.3"]);
    let mut silent = Raw::connect(&server).await;
    let mut slow = Raw::connect(&server).await;
    slow.send("POST /mcp HTTP/1.1\r\nHost: loc").await;
    assert_eq!(silent.rest().await, "", "nothing was asked, so nothing is said");
    let refused = slow.rest().await;
    assert!(refused.starts_with("HTTP/1.1 408 "), "{refused}");
    assert!(message(&refused).contains("--header-timeout"), "{refused}");
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    let server = start(&["--body-timeout", "0.3"]);
    let mut slow = Raw::connect(&server).await;
    slow.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{").await;
    let refused = slow.rest().await;
    assert!(refused.starts_with("HTTP/1.1 408 "), "{refused}");
    assert!(message(&refused).contains("--body-timeout"), "{refused}");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_however_its_size_is_told() {
    let server = start(&["--max-body", "2KB"]);
    let (mut told, mut chunked) = (Raw::connect(&server).await, Raw::connect(&server).await);
    told.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2049\r\n\r\n").await;
    chunked.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n801\r\n").await;
    chunked.send([b' '; 2049]).await;
    for client in [&mut told, &mut chunked] {
        let refused = client.rest().await;
        assert!(refused.starts_with("HTTP/1.1 413 "), "{refused}");
        assert!(message(&refused).contains("larger than 2048 bytes") && message(&refused).contains("--max-body"));
    }
    let within = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "pad": " ".repeat(1500)}).to_string();
    let response = server.bare(Method::POST).body(within).send().await.unwrap();
    assert_ne!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_client_that_is_still_sending_reads_why_its_body_was_refused() {
    let server = start(&["--max-body", "2KB"]);
    let response = server.bare(Method::POST).body(vec![b' '; 300_000]).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(error_of(&response.text().await.unwrap()).contains("--max-body"));
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_a_reason() {
    let server = start(&[]);
    let long = format!("GET /health HTTP/1.1\r\nHost: localhost\r\nx: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "x: y\r\n".repeat(101));
    for (sent, status, reason) in [
        (long.as_str(), "431", "larger than 131072 bytes"),
        (&many, "431", "more than 100 headers"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505", "HTTP/1.1 only"),
        ("\u{16}\u{3}\u{1}\r\n\r\n", "400", "not an HTTP request"),
        ("GET /health HTTP/1.1\r\n\r\n", "400", "Host"),
    ] {
        let mut client = Raw::connect(&server).await;
        client.send(sent).await;
        let refused = client.answer().await;
        assert!(refused.starts_with(&format!("HTTP/1.1 {status} ")), "{refused}");
        assert!(message(&refused).contains(reason), "{refused}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_text_is_refused() {
    let server = start(&[]);
    let bytes = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\xfe\"}".to_vec();
    let response = server.bare(Method::POST).body(bytes).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(error_of(&response.text().await.unwrap()).contains("not a JSON-RPC message"));
}

#[tokio::test]
async fn a_connection_nobody_uses_any_more_is_closed() {
    let server = start(&["--idle-timeout", "0.3"]);
    for requests in [LIVE.to_owned(), LIVE.repeat(2)] {
        let mut client = Raw::connect(&server).await;
        client.send(&requests).await;
        let answers = client.rest().await;
        assert_eq!(answers.matches("HTTP/1.1 200").count(), requests.matches("GET").count(), "{answers}");
        assert!(answers.ends_with("{\"status\":\"alive\"}"), "{answers}");
    }
}

#[tokio::test]
async fn idle_connections_shut_nobody_out_and_make_room_when_all_are_taken() {
    let server = start(&["--max-connections", "1000"]);
    let mut idle = Vec::new();
    for _ in 0..1000 {
        idle.push(Raw::connect(&server).await);
    }
    let answer = server.modern_call("arango_query", json!({"query": "RETURN 1"})).await;
    assert_eq!(success(&answer), json!([1]));
    // The one that has waited longest gave way, and no other.
    assert_eq!(idle[0].rest().await, "");
    for client in [1, 999] {
        idle[client].send(LIVE).await;
        assert!(idle[client].answer().await.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_connection_beyond_the_limit_is_told_so_while_all_are_busy() {
    let server = start(&["--max-connections", "2"]);
    let mut busy = Vec::new();
    for _ in 0..2 {
        let mut client = Raw::connect(&server).await;
        client
            .send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
            .await;
        // The server asks for the body, so the request has begun.
        let mut asked = [0; 12];
        tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut asked).await.unwrap();
        assert_eq!(&asked, b"HTTP/1.1 100");
        busy.push(client);
    }
    let refused = Raw::connect(&server).await.rest().await;
    assert!(refused.starts_with("HTTP/1.1 503 ") && refused.contains("retry-after: 1"), "{refused}");
    assert!(message(&refused).contains("--max-connections"), "{refused}");
    drop(busy);
    // The place of a connection that has ended is free.
    loop {
        let mut client = Raw::connect(&server).await;
        client.send(LIVE).await;
        if client.answer().await.starts_with("HTTP/1.1 200") {
            break;
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_streams_and_connections_that_wait() {
    let mut server = start(&[]);
    let (mut silent, mut half) = (Raw::connect(&server).await, Raw::connect(&server).await);
    let mut kept = Raw::connect(&server).await;
    half.send("GET /hea").await;
    kept.send(LIVE).await;
    assert!(kept.answer().await.starts_with("HTTP/1.1 200"));
    let pid = server.child.id().to_string();
    let session = server.session().await;
    let mut stream = session.listen().await;
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    for client in [&mut silent, &mut half, &mut kept] {
        assert_eq!(client.rest().await, "");
    }
    while stream.chunk().await.is_ok_and(|chunk| chunk.is_some()) {}
    let status = tokio::task::spawn_blocking(move || server.child.wait().unwrap().success());
    assert!(tokio::time::timeout(crate::support::PATIENCE, status).await.unwrap().unwrap());
}

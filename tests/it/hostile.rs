//! Clients that mean harm or know no better: each is refused or bounded, and others are served meanwhile.

use std::collections::VecDeque;

use bytes::Bytes;
use futures::{StreamExt as _, future::join_all, stream};
use http_body_util::StreamBody;
use hyper::body::Frame;
use reqwest::{Body, Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{
    http::{Server, answer},
    modern_with, success,
};

const MIB: usize = 1 << 20;

async fn refused(response: Response) -> (StatusCode, i64) {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/json", "{status}");
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["error"]["code"].as_i64().unwrap_or_else(|| panic!("{body}")))
}

async fn is_served(server: &Server) {
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
}

#[tokio::test]
async fn bodies_that_are_no_messages_are_refused_in_both_eras() {
    let server = Server::start();
    let session = server.session().await;
    let call = |query: &str| {
        let params = json!({"name": "arango_query", "arguments": {"query": query}});
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
    };
    let invalid_utf8 = [call("RETURN '").into_bytes(), vec![0xff, 0xfe]].concat();
    let deep = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{}", "[".repeat(100_000));
    let nested =
        call("x").replace("\"x\"", &format!("{}{}", "{\"a\":".repeat(5_000), "1".to_owned() + &"}".repeat(5_000)));
    let batch = format!("[{},{}]", call("RETURN 1"), call("RETURN 2"));
    for body in [Vec::new(), invalid_utf8, deep.into_bytes(), nested.into_bytes(), batch.into_bytes()] {
        for version in ["2025-11-25", "2026-07-28"] {
            let request = server.bare(Method::POST).header("mcp-session-id", &session.id);
            let request = request.header("mcp-protocol-version", version).header("mcp-method", "tools/call");
            let response = request.header("mcp-name", "arango_query").body(body.clone()).send().await.unwrap();
            assert_eq!(refused(response).await, (StatusCode::BAD_REQUEST, -32700), "{version}");
        }
    }
    is_served(&server).await;
}

#[tokio::test]
async fn a_body_is_read_up_to_its_limit_whether_its_length_is_announced_or_not() {
    let server = Server::start();
    let session = server.session().await;
    let body = |size: usize| {
        let params =
            json!({"name": "arango_query", "arguments": {"query": format!("RETURN 1 /* {} */", "x".repeat(size))}});
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
    };
    let send = async |body: Body| {
        let request = server.bare(Method::POST).header("mcp-session-id", &session.id);
        request.header("mcp-protocol-version", "2025-11-25").body(body).send().await
    };
    let chunked = |text: String| {
        let pieces: Vec<_> = text.as_bytes().chunks(MIB).map(Bytes::copy_from_slice).collect();
        let frames = pieces.into_iter().map(|piece| Ok::<_, std::io::Error>(Frame::data(piece)));
        Body::wrap(StreamBody::new(stream::iter(frames)))
    };
    for large in [Body::from(body(5 * MIB)), chunked(body(5 * MIB))] {
        match send(large).await {
            Ok(response) => assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE),
            // The connection ends with the refusal, which a client that is still sending may not get to see.
            Err(error) => assert!(error.is_request(), "{error}"),
        }
    }
    for fitting in [Body::from(body(1000)), chunked(body(1000))] {
        assert_eq!(success(&answer(send(fitting).await.unwrap()).await), json!([1]));
    }
}

#[tokio::test]
async fn headers_that_contradict_the_body_are_refused() {
    let server = Server::start();
    let params = modern_with(json!({"name": "arango_query", "arguments": {"query": "RETURN 1"}}), &json!({}));
    let mut future = params.clone();
    future["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    let mut unable = params.clone();
    unable["_meta"].as_object_mut().unwrap().remove("io.modelcontextprotocol/clientCapabilities");
    let (version, method, name) = ("2026-07-28", "tools/call", "arango_query");
    let cases = [
        (version, "tools/list", name, &params, -32020),
        (version, method, "arango_insert", &params, -32020),
        (version, method, "=?base64?!!?=", &params, -32020),
        ("2025-11-25", method, name, &params, -32020),
        ("2099-01-01", method, name, &future, -32022),
        (version, method, name, &unable, -32602),
    ];
    for (version, method, name, params, code) in cases {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let request = server.bare(Method::POST).header("mcp-protocol-version", version).header("mcp-method", method);
        let response = request.header("mcp-name", name).body(body.to_string()).send().await.unwrap();
        assert_eq!(refused(response).await, (StatusCode::BAD_REQUEST, code), "{version} {method} {name}");
    }
    is_served(&server).await;
}

#[tokio::test]
async fn requests_with_the_same_id_are_each_answered() {
    let server = Server::start();
    let session = server.session().await;
    let call = async |number: u64| {
        let query = format!("RETURN SLEEP(0.05) || {number}");
        let params = json!({"name": "arango_query", "arguments": {"query": query}});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        success(&answer(session.post(&body).await).await)
    };
    let answers = join_all((0..20).map(call)).await;
    assert_eq!(answers, (0..20).map(|number| json!([number])).collect::<Vec<_>>());
}

#[tokio::test]
async fn clients_that_do_not_read_their_streams_hold_up_nobody() {
    let server = Server::start();
    let session = server.session().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        let address = server.url.trim_start_matches("http://").trim_end_matches("/mcp").to_owned();
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "GET /mcp HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nmcp-session-id: {}\r\n\r\n",
            session.id
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut first = [0];
        stream.read_exact(&mut first).await.unwrap();
        silent.push(stream);
    }
    // Each of these is announced to the client that does not listen.
    for _ in 0..50 {
        for workflow in ["data_analysis", "baseline"] {
            let switched = session.call("arango_switch_workflow", json!({"context": workflow})).await;
            assert!(switched["result"].is_object(), "{switched}");
        }
    }
    is_served(&server).await;
    success(&session.call("arango_query", json!({"query": "RETURN 1"})).await);
}

#[tokio::test]
async fn ten_thousand_sessions_are_no_more_than_the_limit_and_the_last_ones_live() {
    const SESSIONS: usize = 10_000;
    const AT_ONCE: usize = 50;
    let server = Server::start_with(&["--embedded", "--max-sessions", "100"]);
    let first = server.session().await;
    let opening = stream::iter(0..SESSIONS).map(|_| server.session()).buffered(AT_ONCE);
    let last: Vec<_> = opening
        .fold(VecDeque::new(), |mut last, session| async move {
            last.push_back(session);
            if last.len() > AT_ONCE {
                last.pop_front();
            }
            last
        })
        .await
        .into();
    let status: Value = server.get("/status.json").await.json().await.unwrap();
    assert_eq!(status["sessions"], 100);
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(first.post(&list).await.status(), StatusCode::NOT_FOUND);
    for session in &last {
        success(&session.call("arango_query", json!({"query": "RETURN 1"})).await);
    }
    is_served(&server).await;
}

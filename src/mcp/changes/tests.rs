//! Clients on pipes, of both eras, while the configuration is replaced.

use rmcp::{ServiceExt as _, transport::async_rw::AsyncRwTransport};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf, split};

use crate::{
    mcp::{Channel, Server},
    tools::{Registry, Services, test_services},
};
use std::sync::Arc;

/// A client on a pipe.
struct Client {
    services: Arc<Services>,
    server: Server,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
}

impl Client {
    fn start() -> Self {
        let services = test_services();
        let server = Server::new(Registry::standard(), Arc::clone(&services), Channel::Stdio);
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (reader, writer) = split(theirs);
        let transport = AsyncRwTransport::new_server(reader, writer);
        let serving = server.clone();
        tokio::spawn(async move { serving.serve(transport).await.unwrap().waiting().await });
        let (reader, writer) = split(ours);
        Self { services, server, lines: BufReader::new(reader).lines(), writer }
    }

    async fn send(&mut self, message: Value) {
        self.writer.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap()
    }

    fn reload(&self) {
        self.services.reconfigure(self.services.config());
    }

    async fn subscribe(&mut self, wanted: Value) {
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let params = json!({"notifications": wanted, "_meta": meta});
        self.send(json!({"jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen", "params": params})).await;
    }
}

const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

#[tokio::test]
async fn a_session_is_told_that_lists_may_be_different() {
    let mut client = Client::start();
    let about =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    client.send(json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about})).await;
    let hello = client.next().await;
    assert_eq!(hello["result"]["capabilities"]["resources"]["listChanged"], true, "{hello}");
    client.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    // Requests are taken in order: when this is answered the session has begun.
    client.send(json!({"jsonrpc": "2.0", "id": 2, "method": "ping"})).await;
    client.next().await;
    while client.server.changes().sessions.lock().peers.is_empty() {
        tokio::task::yield_now().await;
    }
    client.reload();
    assert_eq!(client.next().await["method"], "notifications/tools/list_changed");
    assert_eq!(client.next().await["method"], "notifications/resources/list_changed");
}

#[tokio::test]
async fn a_subscription_is_acknowledged_then_told_what_it_asked_for_then_ended() {
    let mut client = Client::start();
    client.subscribe(json!({"toolsListChanged": true, "promptsListChanged": true})).await;
    let first = client.next().await;
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    assert_eq!(first["params"]["notifications"], json!({"toolsListChanged": true}), "prompts never change");
    while client.server.changes().subscriptions.is_empty() {
        tokio::task::yield_now().await;
    }
    client.reload();
    let told = client.next().await;
    assert_eq!(told["method"], "notifications/tools/list_changed");
    assert_eq!(told["params"]["_meta"][SUBSCRIPTION], first["params"]["_meta"][SUBSCRIPTION]);
    client.reload();
    assert_eq!(client.next().await["method"], "notifications/tools/list_changed", "and of nothing else");
    client.server.changes().end().await;
    let end = client.next().await;
    assert_eq!((&end["id"], &end["result"]["resultType"]), (&json!(7), &json!("complete")), "{end}");
}

#[tokio::test]
async fn a_subscription_that_is_taken_back_leaves_nothing_behind() {
    let mut client = Client::start();
    client.subscribe(json!({"toolsListChanged": true})).await;
    client.next().await;
    client.send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}})).await;
    while !client.server.changes().subscriptions.is_empty() {
        tokio::task::yield_now().await;
    }
}

//! A client that repeats what a dying server or a busy store did not answer, and takes an ended session for a failure.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use reqwest::{Client as Http, StatusCode};
use serde_json::{Value, json};

use crate::support::{
    PATIENCE,
    http::{answers, plain_client},
    initialize,
};

/// A session of an older protocol.
pub(crate) struct Client {
    http: Http,
    url: String,
    id: String,
    next: AtomicU64,
}

impl Client {
    pub(crate) async fn open(url: &str) -> Self {
        let mut client = Self { http: plain_client(), url: url.to_owned(), id: String::new(), next: AtomicU64::new(1) };
        let message = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": initialize("2025-11-25") });
        let response = client.post(&message).await.unwrap();
        client.id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(client.post(&told).await.unwrap().status(), StatusCode::ACCEPTED);
        client
    }

    async fn post(&self, message: &Value) -> Result<reqwest::Response, reqwest::Error> {
        let mut request = self.http.post(&self.url).header("content-type", "application/json");
        request = request.header("accept", "application/json, text/event-stream");
        if !self.id.is_empty() {
            request = request.header("mcp-session-id", &self.id).header("mcp-protocol-version", "2025-11-25");
        }
        request.body(message.to_string()).send().await
    }

    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let id = self.next.fetch_add(1, Ordering::SeqCst);
            let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            let Ok(response) = self.post(&message).await else { continue };
            if matches!(response.status(), StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE) {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
            assert_eq!(response.status(), StatusCode::OK, "the session is lost");
            let answer = answers(response).await.into_iter().find(|message| message["id"] == id);
            match answer {
                Some(answer) if !answer.to_string().contains("the session store does not answer") => return answer,
                Some(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                None => {}
            }
        }
        panic!("{tool} was not answered");
    }
}

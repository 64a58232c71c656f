//! A server over HTTP and clients of both eras, no SDK.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use parking_lot::Mutex;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATIENCE, initialize_with, modern_with, program};

/// A running server.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) url: String,
    /// What it said before it was ready.
    pub(crate) said: String,
    log: Arc<Mutex<String>>,
    pub(crate) client: Client,
    next: AtomicU64,
    _home: TempDir,
}

impl Server {
    /// A server over an embedded database with the sample.
    pub(crate) fn start() -> Self {
        Self::start_with(&["--embedded", "--sample"])
    }

    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        Self::start_for(plain_client(), arguments)
    }

    /// A server that is called with this client.
    pub(crate) fn start_for(client: Client, arguments: &[&str]) -> Self {
        Self::start_under(client, arguments, &[])
    }

    /// The same, with these variables in its environment.
    pub(crate) fn start_under(client: Client, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.args(["server", "--transport", "http", "--port", "0"]).args(arguments).envs(variables.iter().copied());
        command.stdout(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            assert!(errors.read_line(&mut line).unwrap() > 0, "the server ended: {said}");
            said.push_str(&line);
            if let Some((_, rest)) = line.split_once("Serving MCP at ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        let log = Arc::new(Mutex::new(said.clone()));
        let kept = Arc::clone(&log);
        // Keeps the pipe from filling up.
        thread::spawn(move || errors.lines().map_while(Result::ok).for_each(|line| kept.lock().push_str(&line)));
        Self { child, url, said, log, client, next: AtomicU64::new(1), _home: home }
    }

    /// Waits until the server has said something on standard error.
    pub(crate) async fn until_said(&self, what: &str) {
        let said = async {
            while !self.log.lock().contains(what) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let timely = tokio::time::timeout(PATIENCE, said).await;
        assert!(timely.is_ok(), "{what:?} was not said, but: {}", self.log.lock());
    }

    /// What it has said so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().clone()
    }

    fn id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The URL of another path.
    pub(crate) fn at(&self, path: &str) -> String {
        self.url.replace("/mcp", path)
    }

    /// A bare request to the endpoint.
    pub(crate) fn bare(&self, method: Method) -> RequestBuilder {
        self.client
            .request(method, &self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.at(path)).send().await.unwrap()
    }

    /// A stateless request.
    pub(crate) async fn modern(&self, method: &str, params: Value) -> Value {
        self.modern_as(method, params, None).await
    }

    /// A stateless request of a client with these capabilities.
    pub(crate) async fn modern_with(&self, method: &str, params: Value, capabilities: Value) -> Value {
        answer(self.send_modern(method, modern_with(params, &capabilities), None).await).await
    }

    /// A stateless request that carries somebody's session id all the same.
    pub(crate) async fn modern_as(&self, method: &str, params: Value, session: Option<&str>) -> Value {
        answer(self.modern_response(method, params, session).await).await
    }

    /// The same, before it is read.
    pub(crate) async fn modern_response(&self, method: &str, params: Value, session: Option<&str>) -> Response {
        self.send_modern(method, modern_with(params, &json!({})), session).await
    }

    async fn send_modern(&self, method: &str, params: Value, session: Option<&str>) -> Response {
        let name = params["name"].as_str().or(params["uri"].as_str()).map(str::to_owned);
        let body = json!({ "jsonrpc": "2.0", "id": self.id(), "method": method, "params": params });
        let mut request =
            self.bare(Method::POST).header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        if let Some(name) = name {
            request = request.header("mcp-name", name);
        }
        if let Some(session) = session {
            request = request.header("mcp-session-id", session);
        }
        request.body(body.to_string()).send().await.unwrap()
    }

    pub(crate) async fn modern_call(&self, tool: &str, arguments: Value) -> Value {
        self.modern("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// Opens a session of an older protocol.
    pub(crate) async fn session(&self) -> Session<'_> {
        self.session_with(json!({})).await
    }

    /// A session that another server opened.
    pub(crate) fn resume(&self, id: &str) -> Session<'_> {
        Session { server: self, id: id.to_owned() }
    }

    /// Opens a session of an older protocol for a client with these capabilities.
    pub(crate) async fn session_with(&self, capabilities: Value) -> Session<'_> {
        let params = initialize_with("2025-11-25", &capabilities);
        let body = json!({ "jsonrpc": "2.0", "id": self.id(), "method": "initialize", "params": params });
        let response = self.bare(Method::POST).body(body.to_string()).send().await.unwrap();
        let id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        assert_eq!(answer(response).await["result"]["protocolVersion"], "2025-11-25");
        let session = Session { server: self, id };
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(session.post(&told).await.status(), StatusCode::ACCEPTED);
        session
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The server may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A session of an older protocol.
pub(crate) struct Session<'a> {
    server: &'a Server,
    pub(crate) id: String,
}

impl Session<'_> {
    pub(crate) async fn post(&self, message: &Value) -> Response {
        let request = self.server.bare(Method::POST).header("mcp-session-id", &self.id);
        request.header("mcp-protocol-version", "2025-11-25").body(message.to_string()).send().await.unwrap()
    }

    pub(crate) async fn request(&self, method: &str, params: Value) -> Value {
        answer(self.response(method, params).await).await
    }

    /// The answer to a request, before it is read.
    pub(crate) async fn response(&self, method: &str, params: Value) -> Response {
        let message = json!({ "jsonrpc": "2.0", "id": self.server.id(), "method": method, "params": params });
        self.post(&message).await
    }

    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// Begins a call and hands its messages on as they come.
    pub(crate) async fn begin(&self, tool: &str, arguments: Value) -> Events {
        let params = json!({ "name": tool, "arguments": arguments });
        Events { response: self.response("tools/call", params).await, text: String::new() }
    }

    /// Opens the stream on which the server tells what nobody asked for.
    pub(crate) async fn listen(&self) -> Response {
        let request = self.server.bare(Method::GET).header("mcp-session-id", &self.id);
        let response = request.header("mcp-protocol-version", "2025-11-25").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response
    }

    pub(crate) async fn delete(&self) -> Response {
        self.server.bare(Method::DELETE).header("mcp-session-id", &self.id).send().await.unwrap()
    }
}

/// The messages on the stream of a call.
pub(crate) struct Events {
    response: Response,
    text: String,
}

impl Events {
    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            while let Some(end) = self.text.find('\n') {
                let line: String = self.text.drain(..=end).collect();
                let message = line.strip_prefix("data:").and_then(|data| serde_json::from_str(data.trim()).ok());
                if let Some(message) = message {
                    return message;
                }
            }
            let chunk = self.response.chunk().await.unwrap().unwrap_or_else(|| panic!("the stream ended"));
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// A client that follows no proxy and needs no certificates.
pub(crate) fn plain_client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().no_proxy().tls_certs_only([]).timeout(PATIENCE).build().unwrap()
}

/// The JSON-RPC answer in a response, plain or as a stream of events.
pub(crate) async fn answer(response: Response) -> Value {
    let mut messages = messages(response).await;
    let at = messages.iter().position(|message| message.get("id").is_some());
    messages.swap_remove(at.unwrap_or_else(|| panic!("no answer in {messages:?}")))
}

/// The messages in a response that may break off.
pub(crate) async fn answers(response: Response) -> Vec<Value> {
    messages_in(&response.text().await.unwrap_or_default())
}

/// All messages in a response.
pub(crate) async fn messages(response: Response) -> Vec<Value> {
    messages_in(&response.text().await.unwrap())
}

fn messages_in(body: &str) -> Vec<Value> {
    serde_json::from_str(body).map_or_else(|_| events(body), |message| vec![message])
}

/// Waits for a message on a stream that does not end.
pub(crate) async fn next_message(stream: &mut Response, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut seen = String::new();
    loop {
        let chunk = stream.chunk().await.unwrap().unwrap_or_else(|| panic!("the stream ended: {seen}"));
        seen.push_str(&String::from_utf8_lossy(&chunk));
        if let Some(found) = events(&seen).into_iter().find(&wanted) {
            return found;
        }
    }
}

fn events(body: &str) -> Vec<Value> {
    let data = body.lines().filter_map(|line| line.strip_prefix("data:"));
    data.filter_map(|data| serde_json::from_str(data.trim()).ok()).collect()
}

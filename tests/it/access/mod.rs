//! Who may call over HTTP, and what for: real servers, real tokens, issuers made in the test.

mod command;
mod issuer;
mod oauth;
mod paths;
mod rights;
mod tokens;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Output, Stdio},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use parking_lot::Mutex;
use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    PATIENCE,
    http::{answer, plain_client},
    initialize_with, modern_with, program,
};

/// A configuration with three databases.
const CONFIG: &str = r#"# Three tenants.
default_database: stock
databases:
  sales: {url: "embedded:", database: sales_db}
  stock: {url: "embedded:", database: stock_db}
  hr: {url: "embedded:", database: hr_db, description: salaries}
"#;

/// A home with a configuration and tokens.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self::with("")
    }

    /// The same with more in the configuration.
    fn with(more: &str) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        fs::write(home.path("config.yaml"), format!("{CONFIG}{more}")).unwrap();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &[&str]) -> Output {
        program(self.0.path()).args(words).env("MCP_TOKEN_FILE", self.path("tokens.yaml")).output().unwrap()
    }

    /// Makes a token.
    fn token(&self, words: &[&str]) -> String {
        let output = self.run(&[&["token", "add"], words].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// A server that asks for tokens of the file.
    fn asking(&self) -> Server {
        self.serve(&["--token-file", self.path("tokens.yaml").to_str().unwrap()])
    }

    fn serve(&self, words: &[&str]) -> Server {
        let mut command = program(self.0.path());
        command.args(["server", "--transport", "http", "--port", "0", "-C", "config.yaml"]).args(words);
        let mut child = command.env("LOG_LEVEL", "debug").stdout(Stdio::null()).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let url = loop {
            let line = errors.next().unwrap_or_else(|| panic!("the server ended: {}", log.lock())).unwrap();
            log.lock().push_str(&line);
            if let Some((_, rest)) = line.split_once("Serving MCP at ") {
                break rest.split("/mcp").next().unwrap().replace("0.0.0.0", "127.0.0.1");
            }
        };
        let kept = Arc::clone(&log);
        let reader = thread::spawn(move || errors.map_while(Result::ok).for_each(|line| kept.lock().push_str(&line)));
        Server { child, url, log, reader: Some(reader), client: plain_client() }
    }
}

/// A running server.
struct Server {
    child: Child,
    /// Without a path.
    url: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    client: Client,
}

impl Server {
    fn caller(&self, token: &str) -> Caller<'_> {
        Caller { server: self, path: "/mcp".to_owned(), authorization: Some(format!("Bearer {token}")) }
    }

    fn anyone(&self) -> Caller<'_> {
        Caller { server: self, path: "/mcp".to_owned(), authorization: None }
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    /// Ends the server: everything it has logged.
    fn end(mut self) -> String {
        self.stop();
        self.reader.take().unwrap().join().unwrap();
        self.log.lock().clone()
    }

    fn stop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Somebody who calls.
#[derive(Clone)]
struct Caller<'a> {
    server: &'a Server,
    path: String,
    authorization: Option<String>,
}

impl Caller<'_> {
    fn at(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }

    fn request(&self, method: Method) -> RequestBuilder {
        let request = self.server.client.request(method, format!("{}{}", self.server.url, self.path));
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream");
        match &self.authorization {
            Some(value) => request.header(header::AUTHORIZATION, value),
            None => request,
        }
    }

    /// A stateless request, before its answer is read.
    async fn send(&self, method: &str, params: Value) -> Response {
        let name = params["name"].as_str().or(params["uri"].as_str()).map(str::to_owned);
        let params = modern_with(params, &json!({}));
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut request =
            self.request(Method::POST).header("mcp-protocol-version", "2026-07-28").header("mcp-method", method);
        if let Some(name) = name {
            request = request.header("mcp-name", name);
        }
        request.body(body.to_string()).send().await.unwrap()
    }

    async fn modern(&self, method: &str, params: Value) -> Value {
        answer(self.send(method, params).await).await
    }

    /// The status of a harmless request.
    async fn status(&self) -> u16 {
        self.send("tools/list", json!({})).await.status().as_u16()
    }

    /// Waits until a harmless request has this status.
    async fn until(&self, status: u16) {
        let begun = Instant::now();
        loop {
            let now = self.status().await;
            if now == status {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "it is {now}, not {status}");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Opens a session of an older protocol.
    async fn session(&self) -> String {
        let params = initialize_with("2025-11-25", &json!({}));
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let response = self.request(Method::POST).body(body.to_string()).send().await.unwrap();
        let id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        answer(response).await;
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        assert_eq!(self.post_in(&id, &told).await.status(), 202);
        id
    }

    async fn post_in(&self, session: &str, message: &Value) -> Response {
        let request = self.request(Method::POST).header("mcp-session-id", session);
        request.header("mcp-protocol-version", "2025-11-25").body(message.to_string()).send().await.unwrap()
    }

    async fn in_session(&self, session: &str, method: &str, params: Value) -> Value {
        let message = json!({ "jsonrpc": "2.0", "id": 2, "method": method, "params": params });
        answer(self.post_in(session, &message).await).await
    }

    async fn call_in(&self, session: &str, tool: &str, arguments: Value) -> Value {
        self.in_session(session, "tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.modern("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// The same request in both eras.
    async fn in_both(&self, method: &str, params: Value) -> [Value; 2] {
        let session = self.session().await;
        [self.modern(method, params.clone()).await, self.in_session(&session, method, params).await]
    }

    async fn call_in_both(&self, tool: &str, arguments: Value) -> [Value; 2] {
        self.in_both("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }
}

fn challenge(response: &Response) -> &str {
    response.headers()[header::WWW_AUTHENTICATE].to_str().unwrap()
}

/// The message in the body of a refusal.
async fn problem(response: Response) -> String {
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    body["error"]["message"].as_str().unwrap().to_owned()
}

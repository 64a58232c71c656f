//! A database of its own for each test, over ArangoDB's HTTP API: of the embedded engine, or of the server that
//! `ARANGO_TEST_URL` names. It goes when the test ends, however it ends.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
    thread,
};

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{PATIENCE, http::plain_client, program};

/// A server to make databases on.
struct Server {
    url: String,
    username: String,
    password: String,
    /// The embedded engine, if it is that.
    process: Option<(Child, TempDir)>,
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "tells the tests where to run; no setting of the program")]
    fn find() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match variable("ARANGO_TEST_URL") {
            None => Self::embedded(),
            Some(url) => Self {
                url: url.trim_end_matches('/').to_owned(),
                username: variable("ARANGO_TEST_USERNAME").unwrap_or_else(|| "root".to_owned()),
                password: variable("ARANGO_TEST_PASSWORD").unwrap_or_default(),
                process: None,
            },
        }
    }

    fn embedded() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.args(["embedded", "--port", "0", "--root-password-env", "ROOT"]).env("ROOT", "a secret");
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        errors.read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("the engine did not start: {line}")).to_owned();
        // Keeps the pipe from filling up.
        thread::spawn(move || errors.read_to_end(&mut Vec::new()));
        Self { url, username: "root".to_owned(), password: "a secret".to_owned(), process: Some((child, home)) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.process {
            // It may have ended already.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A database that nobody else uses.
pub(crate) struct Database {
    server: Server,
    client: Client,
    name: String,
}

impl Database {
    pub(crate) async fn create() -> Self {
        let name = format!("mcp_test_{}", uuid::Uuid::new_v4().simple());
        let database = Self { server: Server::find(), client: plain_client(), name };
        database.on("_system", Method::POST, "/_api/database", Some(&json!({ "name": database.name }))).await;
        database
    }

    /// Takes it away again.
    pub(crate) async fn remove(self) {
        self.on("_system", Method::DELETE, &format!("/_api/database/{}", self.name), None).await;
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn url(&self) -> &str {
        &self.server.url
    }

    pub(crate) fn username(&self) -> &str {
        &self.server.username
    }

    pub(crate) fn password(&self) -> &str {
        &self.server.password
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.on(&self.name, Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        self.on(&self.name, Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) {
        self.on(&self.name, Method::DELETE, path, None).await;
    }

    /// All rows of a query.
    pub(crate) async fn rows(&self, query: &str, bind_vars: Value) -> Vec<Value> {
        let answer = self.post("/_api/cursor", json!({ "query": query, "bindVars": bind_vars })).await;
        assert_eq!(answer["hasMore"], false, "the fixture is small");
        answer["result"].as_array().unwrap().clone()
    }

    /// The names of its collections, without those of the server.
    pub(crate) async fn collections(&self) -> Vec<String> {
        let all = self.get("/_api/collection?excludeSystem=true").await;
        let mut names: Vec<String> =
            all["result"].as_array().unwrap().iter().map(|each| each["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// Begins a query and does not wait for its result, but until it runs.
    pub(crate) async fn begin(&self, query: &str) {
        let body = json!({ "query": query }).to_string();
        // Nobody wants to know how it ends.
        drop(tokio::spawn(self.request(&self.name, Method::POST, "/_api/cursor").body(body).send()));
        self.until(|running| !running.is_empty()).await;
    }

    /// Ends all queries.
    pub(crate) async fn quiet(&self) {
        for (id, _) in self.running().await {
            let path = format!("/_api/query/{id}");
            // It may have ended by itself.
            drop(self.request(&self.name, Method::DELETE, &path).send().await.unwrap());
        }
        self.until(<[_]>::is_empty).await;
    }

    /// Waits until those queries run that should.
    pub(crate) async fn until(&self, there: impl Fn(&[(String, String)]) -> bool) {
        let wait = async {
            while !there(&self.running().await) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap();
    }

    /// The queries that run, by id and text.
    pub(crate) async fn running(&self) -> Vec<(String, String)> {
        let queries = self.get("/_api/query/current").await;
        let text = |query: &Value, name: &str| query[name].as_str().unwrap().to_owned();
        queries.as_array().unwrap().iter().map(|query| (text(query, "id"), text(query, "query"))).collect()
    }

    fn request(&self, database: &str, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/_db/{database}{path}", self.server.url);
        self.client.request(method, url).basic_auth(self.username(), Some(self.password()))
    }

    async fn on(&self, database: &str, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.request(database, method, path);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: not JSON: {text}"))
    }
}

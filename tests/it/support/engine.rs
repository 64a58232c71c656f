//! The embedded engine behind a port, as a server for the program to talk to.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::Child,
};

use serde_json::Value;

use super::{http::plain_client, program};

/// The password of root, in the variable `PW`.
pub(crate) const PASSWORD: &str = "secret-word";

/// The engine behind a port; ended when dropped.
pub(crate) struct Engine {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Engine {
    pub(crate) fn start(home: &Path, arguments: &[&str]) -> Self {
        let mut command = program(home);
        command.args(["embedded", "--port", "0"]).args(arguments).env("PW", PASSWORD);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap_or_else(|| panic!("{line}"));
        Self { child, url: url.to_owned() }
    }

    /// Asks for something as root.
    pub(crate) fn post(&self, path: &str, body: Value) {
        self.ask(reqwest::Method::POST, path, body);
    }

    pub(crate) fn put(&self, path: &str, body: Value) {
        self.ask(reqwest::Method::PUT, path, body);
    }

    fn ask(&self, method: reqwest::Method, path: &str, body: Value) {
        let request = plain_client().request(method, format!("{}{path}", self.url));
        let request = request.basic_auth("root", Some(PASSWORD)).body(body.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let response = runtime.block_on(async { request.send().await }).unwrap();
        assert!(response.status().is_success(), "{path}: {response:?}");
    }
}

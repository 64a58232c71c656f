//! The same request over every way there is: pipes and HTTP, with sessions and stateless.

use serde_json::Value;

use super::{http, stdio};

/// A server for each way.
pub(crate) struct Everywhere {
    legacy: stdio::Client,
    modern: stdio::Client,
    server: http::Server,
}

/// An answer and how it came.
pub(crate) struct Answer {
    pub(crate) way: &'static str,
    pub(crate) modern: bool,
    pub(crate) message: Value,
}

impl Answer {
    /// The result; there must be one, and in the stateless protocol it says whose it is.
    pub(crate) fn result(&self) -> &Value {
        assert!(self.message["error"].is_null(), "{}: {}", self.way, self.message);
        let result = &self.message["result"];
        let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
        assert_eq!(server == "mcp-arangodb-async", self.modern, "{}: {result}", self.way);
        result
    }

    /// The error; there must be one.
    pub(crate) fn error(&self) -> &Value {
        assert!(self.message["error"].is_object(), "{}: {}", self.way, self.message);
        &self.message["error"]
    }
}

impl Everywhere {
    /// Servers over an embedded database with the sample.
    pub(crate) fn start() -> Self {
        Self { legacy: stdio::Client::legacy(), modern: stdio::Client::modern(), server: http::Server::start() }
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> [Answer; 4] {
        let session = self.server.session().await;
        [
            ("stdio, 2025-06-18", false, self.legacy.request(method, params.clone())),
            ("stdio, 2026-07-28", true, self.modern.request(method, params.clone())),
            ("HTTP, 2025-11-25", false, session.request(method, params.clone()).await),
            ("HTTP, 2026-07-28", true, self.server.modern(method, params).await),
        ]
        .map(|(way, modern, message)| Answer { way, modern, message })
    }
}

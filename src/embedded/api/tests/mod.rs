//! The API as a client sees it, without a socket: a helper that sends requests, and a file of tests per family.

mod access;
mod admin;
mod collections;
mod cursors;
mod documents;
mod graphs;
mod imports;
mod views;

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value as Json;

use super::super::engine::{Caller, Engine};
use crate::clock::{ManualClock, SequenceRandom};

/// An engine with a clock to move.
struct Server {
    engine: Engine,
    clock: Arc<ManualClock>,
    caller: Caller,
}

/// An answer, its body read as JSON.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: Json,
}

impl Answer {
    fn error_num(&self) -> u64 {
        self.body["errorNum"].as_u64().unwrap_or(0)
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    #[track_caller]
    fn fails(self, status: u16, error_num: u64) -> Self {
        assert_eq!((self.status, self.error_num()), (status, error_num), "{}", self.body);
        assert_eq!(self.body["error"], true);
        assert_eq!(self.body["code"], status);
        self
    }
}

impl Server {
    fn new() -> Self {
        let clock = ManualClock::at(1_700_000_000_000);
        let engine = Engine::in_memory(clock.clone(), SequenceRandom::from_seed(1));
        Self { engine, clock, caller: Caller::Trusted }
    }

    /// With a document collection `things` and an edge collection `links`.
    fn with_collections() -> Self {
        let server = Self::new();
        server.post("/_api/collection", r#"{"name":"things"}"#).is(200);
        server.post("/_api/collection", r#"{"name":"links","type":3}"#).is(200);
        server
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        let response: Response<Bytes> = self.engine.handle(request, &self.caller);
        let (parts, body) = response.into_parts();
        let body = serde_json::from_slice(&body).unwrap_or(Json::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[], body)
    }

    fn put(&self, path: &str, body: &str) -> Answer {
        self.send("PUT", path, &[], body)
    }

    fn patch(&self, path: &str, body: &str) -> Answer {
        self.send("PATCH", path, &[], body)
    }

    fn delete(&self, path: &str, body: &str) -> Answer {
        self.send("DELETE", path, &[], body)
    }
}

//! A database of its own behind a socket, which remembers what it was asked.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{Method, Request, Response},
};
use mcp_arangodb_async::{
    clock::{SystemClock, SystemRandom},
    embedded::{Caller, Engine},
};
use parking_lot::Mutex;
use serde_json::Value;

use super::PATIENCE;

#[derive(Clone)]
struct Recorder {
    engine: Arc<Engine>,
    asked: Arc<Mutex<Vec<(Method, String, Bytes)>>>,
}

/// A running database.
pub(crate) struct Database {
    pub(crate) url: String,
    recorder: Recorder,
}

impl Database {
    pub(crate) async fn start() -> Self {
        let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
        let recorder = Recorder { engine, asked: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(recorder.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, recorder }
    }

    /// The bodies of the requests to a path so far.
    pub(crate) fn asked(&self, path: &str) -> Vec<Value> {
        let asked = self.recorder.asked.lock();
        let asked = asked.iter().filter(|(_, of, _)| of.ends_with(path));
        asked.map(|(_, _, body)| serde_json::from_slice(body).unwrap_or(Value::Null)).collect()
    }

    /// How many deletions there were below a path.
    pub(crate) fn deleted(&self, path: &str) -> usize {
        let asked = self.recorder.asked.lock();
        asked.iter().filter(|(method, of, _)| method == Method::DELETE && of.contains(path)).count()
    }

    /// Waits until so many queries run.
    pub(crate) async fn until_running(&self, count: usize) {
        let begun = Instant::now();
        while self.running() != count {
            assert!(begun.elapsed() < PATIENCE, "{} queries run, not {count}", self.running());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn running(&self) -> usize {
        let request = Request::get("/_api/query/current").body(Bytes::new()).unwrap();
        let response = self.recorder.engine.handle(request, &Caller::Trusted);
        serde_json::from_slice::<Vec<Value>>(response.body()).unwrap().len()
    }
}

async fn answer(State(recorder): State<Recorder>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    recorder.asked.lock().push((parts.method.clone(), parts.uri.path().to_owned(), body.clone()));
    let work = move || recorder.engine.handle(Request::from_parts(parts, body), &Caller::Trusted);
    tokio::task::spawn_blocking(work).await.unwrap().map(Body::from)
}

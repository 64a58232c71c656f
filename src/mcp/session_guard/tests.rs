//! The door in front of real endpoints, with principals that a header names, and with a store that several endpoints share.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    middleware::{Next, from_fn, from_fn_with_state},
    routing::any,
};
use futures::future::{BoxFuture, join_all, ready};
use reqwest::{Client, RequestBuilder};
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;

use super::*;
use crate::{
    clock::SystemClock,
    mcp::{Channel, Server, polish::polish, sessions::Openings},
    tenancy::{
        Changed, MemorySessions, SessionState, Sessions,
        session::{Change, Token},
    },
    tools::{Registry, test_services, test_services_with},
};

/// A store outside of the process, as far as its users can tell, which can fall silent.
#[derive(Debug)]
struct Outside {
    sessions: MemorySessions,
    silent: AtomicBool,
}

impl Outside {
    fn new() -> Arc<Self> {
        Arc::new(Self { sessions: MemorySessions::new(Arc::new(SystemClock)), silent: AtomicBool::new(false) })
    }

    fn unless_silent<'a, T: Send + 'a>(
        &self,
        answer: impl FnOnce() -> BoxFuture<'a, Result<T, SessionError>>,
    ) -> BoxFuture<'a, Result<T, SessionError>> {
        let silence = || SessionError::Unavailable("silent".to_owned());
        if self.silent.load(Ordering::SeqCst) { Box::pin(ready(Err(silence()))) } else { answer() }
    }
}

impl Sessions for Outside {
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>> {
        self.unless_silent(|| self.sessions.get(id, principal))
    }

    fn update<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        change: Change<'a>,
    ) -> BoxFuture<'a, Result<Changed, SessionError>> {
        self.unless_silent(|| self.sessions.update(id, principal, change))
    }

    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>> {
        self.unless_silent(|| self.sessions.remove(id))
    }

    fn spend<'a>(&'a self, token: &'a Token, lifetime: Duration) -> BoxFuture<'a, Result<bool, SessionError>> {
        self.unless_silent(|| self.sessions.spend(token, lifetime))
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// An endpoint that takes whoever a header names for authenticated.
struct Endpoint {
    url: String,
    client: Client,
    sessions: Arc<BoundedSessions>,
    next: AtomicU64,
}

impl Endpoint {
    async fn start(services: Arc<Services>, limit: usize) -> Self {
        let sessions = Arc::new(BoundedSessions::new(Arc::clone(&services), limit, Duration::from_hours(1)));
        let mut config = StreamableHttpServerConfig::default();
        config.session_store = Some(Arc::new(Openings(Arc::clone(&sessions))));
        let server = Server::new(Registry::standard(), Arc::clone(&services), Channel::Http);
        let endpoint = StreamableHttpService::new(move || Ok(server.clone()), Arc::clone(&sessions), config);
        let app = Router::new().route_service("/mcp", endpoint);
        let url = serve(app, Door::new(services, Some(Arc::clone(&sessions)))).await;
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().no_proxy().tls_certs_only([]).timeout(Duration::from_secs(20));
        Self { url, client: client.build().unwrap(), sessions, next: AtomicU64::new(2) }
    }

    fn request(&self, method: Method, principal: &str) -> RequestBuilder {
        let request = self.client.request(method, &self.url).header("x-principal", principal);
        request.header("content-type", "application/json").header("accept", "application/json, text/event-stream")
    }

    async fn open(&self, principal: &str) -> String {
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let response = self.request(Method::POST, principal).body(body.to_string()).send().await.unwrap();
        let id = response.headers()[SESSION].to_str().unwrap().to_owned();
        assert!(response.text().await.unwrap().contains("serverInfo"));
        let told = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        let told = self.request(Method::POST, principal).header(SESSION, &id).body(told.to_string()).send().await;
        assert_eq!(told.unwrap().status(), StatusCode::ACCEPTED);
        id
    }

    fn calling(&self, principal: &str, id: &str, tool: &str, arguments: &Value) -> RequestBuilder {
        let params = json!({ "name": tool, "arguments": arguments });
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        let body = json!({ "jsonrpc": "2.0", "id": number, "method": "tools/call", "params": params });
        self.request(Method::POST, principal).header(SESSION, id).body(body.to_string())
    }

    /// Status and body of a call.
    async fn call(&self, principal: &str, id: &str, tool: &str, arguments: Value) -> (StatusCode, String) {
        let response = self.calling(principal, id, tool, &arguments).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// What a session is focused on: what the tool says of it.
    async fn focus(&self, id: &str) -> (StatusCode, String) {
        self.call("me", id, "get_focused_database", json!({})).await
    }

    async fn delete(&self, principal: &str, id: &str) -> StatusCode {
        self.request(Method::DELETE, principal).header(SESSION, id).send().await.unwrap().status()
    }
}

async fn serve(app: Router, door: Door) -> String {
    let app = app.layer(from_fn_with_state(door, guarded)).layer(from_fn(believe));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn guarded(State(door): State<Door>, request: Request, next: Next) -> Response {
    polish(request, |request| session_guard(&door, request, |request| next.run(request))).await
}

async fn believe(mut request: Request, next: Next) -> Response {
    let named = text(request.headers(), "x-principal").map(Principal::new);
    if let Some(principal) = named {
        request.extensions_mut().insert(Authenticated { principal, rights: Arc::default() });
    }
    next.run(request).await
}

/// Two endpoints over one store.
async fn replicas() -> (Arc<Outside>, Endpoint, Endpoint) {
    let store = Outside::new();
    let one = Endpoint::start(test_services_with(store.clone()), 100).await;
    let other = Endpoint::start(test_services_with(store.clone()), 100).await;
    (store, one, other)
}

fn focused() -> Value {
    json!({ "database": "_system" })
}

#[tokio::test]
async fn somebody_elses_session_is_answered_exactly_as_one_that_does_not_exist() {
    let endpoint = Endpoint::start(test_services(), 100).await;
    let id = endpoint.open("me").await;
    let seen = async |method: Method, id: &str| {
        let list = json!({ "jsonrpc": "2.0", "id": 9, "method": "tools/list" });
        let request = endpoint.request(method, "you").header(SESSION, id).body(list.to_string());
        let response = request.send().await.unwrap();
        let mut headers = response.headers().clone();
        headers.remove("date");
        (response.status(), headers, response.text().await.unwrap())
    };
    for method in [Method::POST, Method::GET, Method::DELETE] {
        let foreign = seen(method.clone(), &id).await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{method}");
        assert!(foreign.2.contains(UNKNOWN), "{method}: {}", foreign.2);
        assert_eq!(foreign, seen(method, "00000000-0000-4000-8000-000000000000").await);
    }
    assert_eq!(endpoint.focus(&id).await.0, StatusCode::OK);
    assert_eq!(endpoint.delete("me", &id).await, StatusCode::NO_CONTENT);
    assert_eq!(endpoint.delete("me", &id).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_goes_on_where_it_did_not_begin_with_its_focus() {
    let (_store, one, other) = replicas().await;
    let id = one.open("me").await;
    assert_eq!(one.call("me", &id, "set_focused_database", focused()).await.0, StatusCode::OK);
    assert_eq!(other.call("you", &id, "get_focused_database", json!({})).await.0, StatusCode::NOT_FOUND);
    let (status, said) = other.focus(&id).await;
    assert!(status == StatusCode::OK && said.contains("_system"), "{said}");
    assert_eq!(other.call("me", &id, "set_focused_database", json!({ "database": null })).await.0, StatusCode::OK);
    assert!(one.focus(&id).await.1.contains(r#"\"is_set\":false"#));
    assert_eq!(other.sessions.owner(&id), Some(Principal::new("me")));
}

#[tokio::test]
async fn many_requests_at_once_make_a_session_known_elsewhere_once() {
    let (_store, one, other) = replicas().await;
    let id = one.open("me").await;
    let answers = join_all((0..50).map(|_| other.focus(&id))).await;
    for (status, said) in answers {
        assert!(status == StatusCode::OK && said.contains("is_set"), "{status} {said}");
    }
    assert_eq!(other.sessions.len(), 1);
}

#[tokio::test]
async fn a_session_that_was_ended_has_ended_everywhere() {
    let (_store, one, other) = replicas().await;
    let id = one.open("me").await;
    assert_eq!(other.focus(&id).await.0, StatusCode::OK);
    assert_eq!(other.delete("you", &id).await, StatusCode::NOT_FOUND);
    assert_eq!(other.delete("me", &id).await, StatusCode::NO_CONTENT);
    for endpoint in [&one, &other] {
        assert_eq!(endpoint.focus(&id).await.0, StatusCode::NOT_FOUND);
        assert_eq!(endpoint.sessions.len(), 0);
    }
}

#[tokio::test]
async fn a_process_without_room_leaves_the_state_in_the_store() {
    let store = Outside::new();
    let small = Endpoint::start(test_services_with(store.clone()), 1).await;
    let (first, second) = (small.open("me").await, small.open("me").await);
    assert_eq!(small.sessions.len(), 1);
    assert_eq!(small.call("me", &second, "set_focused_database", focused()).await.0, StatusCode::OK);
    assert!(small.focus(&first).await.1.contains(r#"\"is_set\":false"#));
    assert!(small.focus(&second).await.1.contains("_system"));
    assert_eq!((small.sessions.len(), store.sessions.len()), (1, 2));
}

#[tokio::test]
async fn while_the_store_is_silent_known_sessions_call_with_a_database_and_nothing_is_ended() {
    let (store, one, other) = replicas().await;
    let id = one.open("me").await;
    store.silent.store(true, Ordering::SeqCst);
    let named = json!({ "database": "_system" });
    let (status, said) = one.call("me", &id, "arango_database_resolution_status", named).await;
    assert_eq!(status, StatusCode::OK, "{said}");
    let (status, said) = one.focus(&id).await;
    assert!(status == StatusCode::OK && said.contains("does not answer"), "{said}");
    assert_eq!(one.call("you", &id, "get_focused_database", json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(other.focus(&id).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(one.delete("me", &id).await, StatusCode::SERVICE_UNAVAILABLE);
    // A session that begins now is made known to the others when that is possible again.
    let late = one.open("me").await;
    store.silent.store(false, Ordering::SeqCst);
    assert_eq!(one.focus(&late).await.0, StatusCode::OK);
    assert_eq!(other.focus(&late).await.0, StatusCode::OK);
    assert_eq!(other.focus(&id).await.0, StatusCode::OK);
}

#[tokio::test]
async fn where_no_session_is_meant_its_id_is_taken_off() {
    let services = test_services();
    let sessions = Arc::new(BoundedSessions::new(Arc::clone(&services), 1, Duration::from_hours(1)));
    let echo = || any(async |headers: HeaderMap| headers.contains_key(SESSION).to_string());
    let stateless = serve(Router::new().route("/mcp", echo()), Door::new(Arc::clone(&services), None)).await;
    let usual = serve(Router::new().route("/mcp", echo()), Door::new(services, Some(sessions))).await;
    let client = Endpoint::start(test_services(), 1).await.client;
    let ask = async |url: &str, version: &str| {
        let response = client.get(url).header(SESSION, "x").header(VERSION, version).send().await.unwrap();
        response.text().await.unwrap()
    };
    assert_eq!(ask(&stateless, "2025-11-25").await, "false");
    assert_eq!(ask(&usual, "2026-07-28").await, "false");
    assert_eq!(ask(&usual, "2027-01-01").await, "false");
    assert!(ask(&usual, "2025-11-25").await.contains(UNKNOWN));
}

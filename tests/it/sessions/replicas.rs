//! Two replicas, real processes, with one Redis and one database server behind a proxy that alternates: a session is the
//! same on both, and the end of either loses nothing.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures::future::join_all;
use parking_lot::Mutex;
use reqwest::{Method, StatusCode};
use rmcp::{
    ClientServiceExt as _, RoleClient,
    model::CallToolRequestParams,
    service::{ClientLifecycleMode, RunningService},
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::{client::Client, proxy::Proxy, redis::Redis};
use crate::support::{
    engine::Engine,
    failure,
    http::{Server, plain_client},
    success,
};

/// Servers over one engine with these many databases, `db0` and so on, and one Redis.
struct Site {
    redis: Redis,
    configuration: PathBuf,
    _engine: Engine,
    _home: TempDir,
}

impl Site {
    async fn start(databases: usize) -> Option<Self> {
        let redis = Redis::start()?;
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::start(home.path(), &["--no-auth"]);
        let client = plain_client();
        let mut entries = Vec::new();
        for at in 0..databases {
            let body = json!({ "name": format!("db{at}") }).to_string();
            let made = client.post(format!("{}/_api/database", engine.url)).body(body).send().await.unwrap();
            assert_eq!(made.status(), StatusCode::CREATED);
            entries.push(format!("  db{at}:\n    url: {}\n    database: db{at}\n", engine.url));
        }
        let configuration = home.path().join("config.yaml");
        std::fs::write(&configuration, format!("databases:\n{}", entries.concat())).unwrap();
        Some(Self { redis, configuration, _engine: engine, _home: home })
    }

    fn replica(&self, further: &[&str]) -> Server {
        let configuration = self.configuration.to_str().unwrap();
        let mut arguments = vec!["--config-file", configuration, "--session-store", &self.redis.url];
        arguments.extend(further);
        Server::start_with(&arguments)
    }
}

fn which() -> Value {
    json!({ "query": "RETURN CURRENT_DATABASE()" })
}

/// The official SDK's client. What a dying server did not answer is asked again.
struct Sdk(RunningService<RoleClient, ()>);

impl Sdk {
    async fn connect(url: &str) -> Self {
        let config = StreamableHttpClientTransportConfig::with_uri(url);
        let transport = StreamableHttpClientTransport::with_client(plain_client(), config);
        Self(().serve_with_lifecycle(transport, ClientLifecycleMode::Initialize).await.unwrap())
    }

    async fn call(&self, tool: &'static str, arguments: &Value) -> Value {
        for _ in 0..20 {
            let arguments = arguments.as_object().unwrap().clone();
            if let Ok(result) = self.0.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await {
                return success(&json!({ "result": result }));
            }
        }
        panic!("{tool} was not answered");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_keeps_its_focus_on_alternating_replicas_and_when_one_dies() {
    let Some(site) = Site::start(2).await else { return };
    let (mut one, other) = (site.replica(&[]), site.replica(&[]));
    let proxy = Proxy::start(&[&one.url, &other.url]).await;
    let client = Sdk::connect(&proxy.url).await;
    client.call("set_focused_database", &json!({ "database": "db1" })).await;
    for _ in 0..50 {
        assert_eq!(client.call("arango_query", &which()).await, json!(["db1"]));
    }
    let served = proxy.served();
    assert!(served.iter().all(|count| *count >= 20), "{served:?}");
    one.child.kill().unwrap();
    for _ in 0..50 {
        assert_eq!(client.call("arango_query", &which()).await, json!(["db1"]));
    }
    let about = client.call("get_focused_database", &json!({})).await;
    assert_eq!((&about["is_set"], &about["focused_database"]), (&json!(true), &json!("db1")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sessions_keep_their_databases_while_a_replica_dies() {
    const SESSIONS: usize = 200;
    const ROUNDS: usize = 6;
    let Some(site) = Site::start(SESSIONS).await else { return };
    let (one, other) = (site.replica(&[]), site.replica(&[]));
    let proxy = Proxy::start(&[&one.url, &other.url]).await;
    let (asked, half_way) = (AtomicUsize::new(0), Notify::new());
    let wrong = Mutex::new(Vec::new());
    let session = async |at: usize| {
        let client = Client::open(&proxy.url).await;
        let name = format!("db{at}");
        success(&client.call("set_focused_database", json!({ "database": name })).await);
        for _ in 0..ROUNDS {
            let seen = success(&client.call("arango_query", which()).await);
            if seen != json!([name]) {
                wrong.lock().push((name.clone(), seen));
            }
            if asked.fetch_add(1, Ordering::SeqCst) == SESSIONS * ROUNDS / 2 {
                half_way.notify_one();
            }
        }
        let about = success(&client.call("get_focused_database", json!({})).await);
        assert_eq!(about["focused_database"], json!(name), "the focus is lost");
    };
    let death = async {
        half_way.notified().await;
        let mut dying = one;
        dying.child.kill().unwrap();
    };
    futures::future::join(join_all((0..SESSIONS).map(session)), death).await;
    assert_eq!(asked.into_inner(), SESSIONS * ROUNDS);
    assert!(wrong.lock().is_empty(), "{:?}", wrong.lock());
    let served = proxy.served();
    assert!(served.iter().all(|count| *count > SESSIONS), "{served:?}");
}

#[tokio::test]
async fn a_session_that_ends_on_one_replica_has_ended_on_the_other() {
    let Some(site) = Site::start(1).await else { return };
    let (one, other) = (site.replica(&[]), site.replica(&[]));
    let session = one.session().await;
    let there = other.resume(&session.id);
    success(&there.call("set_focused_database", json!({ "database": "db0" })).await);
    assert_eq!(session.delete().await.status(), StatusCode::NO_CONTENT);
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    for session in [&session, &there] {
        assert_eq!(session.post(&message).await.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(site.redis.ask::<Vec<String>>(&["KEYS", "*"]).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_list_of_tools_and_the_capabilities_of_a_client_go_with_its_session() {
    let Some(site) = Site::start(1).await else { return };
    let (one, other) = (site.replica(&["--confirm", "destructive"]), site.replica(&["--confirm", "destructive"]));
    let session = one.session_with(json!({ "elicitation": {} })).await;
    let tools = async |server: &Server| {
        server.resume(&session.id).request("tools/list", json!({})).await["result"]["tools"].as_array().unwrap().len()
    };
    let all = tools(&other).await;
    success(&session.call("arango_switch_workflow", json!({ "context": "data_analysis" })).await);
    assert!(tools(&other).await < all);
    assert_eq!(tools(&one).await, tools(&other).await);
    // Only a client that said it can be asked is asked.
    success(&session.call("arango_switch_workflow", json!({ "context": "full" })).await);
    let there = other.resume(&session.id);
    let mut messages = there.begin("arango_remove", json!({ "collection": "_users", "key": "x" })).await;
    assert_eq!(messages.next().await["method"], "elicitation/create");
}

#[tokio::test]
async fn while_redis_is_away_calls_that_name_their_database_work() {
    let Some(mut site) = Site::start(2).await else { return };
    let server = site.replica(&[]);
    let session = server.session().await;
    success(&session.call("set_focused_database", json!({ "database": "db1" })).await);
    site.redis.kill();
    let named = json!({ "query": "RETURN CURRENT_DATABASE()", "database": "db0" });
    assert_eq!(success(&session.call("arango_query", named.clone()).await), json!(["db0"]));
    // Never the default instead of the focus.
    let refused = failure(&session.call("arango_query", which()).await);
    assert_eq!(refused["type"], "FocusError");
    assert!(refused["error"].as_str().unwrap().contains("does not answer"), "{refused}");
    let late = server.session().await;
    assert_eq!(success(&late.call("arango_query", named).await), json!(["db0"]));
    let stranger = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    assert_eq!(server.resume("unknown").post(&stranger).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    site.redis.start_again();
    assert_eq!(success(&session.call("arango_query", which()).await), json!(["db1"]));
    success(&late.call("set_focused_database", json!({ "database": "db1" })).await);
    let other = site.replica(&[]);
    assert_eq!(success(&other.resume(&late.id).call("arango_query", which()).await), json!(["db1"]));
}

#[tokio::test]
async fn a_confirmation_is_good_once_on_all_replicas() {
    let Some(site) = Site::start(1).await else { return };
    let keys = super::keys::file(site.configuration.parent().unwrap(), "keys", &[7]);
    let further = ["--confirm", "destructive", "--focus-key-file", keys.to_str().unwrap()];
    let (one, other) = (site.replica(&further), site.replica(&further));
    for (tool, arguments) in [
        ("arango_create_collection", json!({ "name": "c" })),
        ("arango_insert", json!({ "collection": "c", "document": { "_key": "a" } })),
    ] {
        success(&one.modern_call(tool, arguments).await);
    }
    let remove = |token: Option<&Value>| {
        let mut arguments = json!({ "collection": "c", "key": "a" });
        if let Some(token) = token {
            arguments["confirm"] = token.clone();
        }
        arguments
    };
    let asked = failure(&one.modern_call("arango_remove", remove(None)).await);
    let token = Some(&asked["confirmation"]);
    success(&other.modern_call("arango_remove", remove(token)).await);
    for server in [&one, &other] {
        let refused = failure(&server.modern_call("arango_remove", remove(token)).await);
        assert!(refused["error"].as_str().unwrap().contains("used already"), "{refused}");
    }
}

#[tokio::test]
async fn a_foreign_page_learns_nothing_from_a_session_it_names() {
    let Some(site) = Site::start(1).await else { return };
    let server = site.replica(&[]);
    let session = server.session().await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    let request =
        server.bare(Method::POST).header("origin", "https://evil.example").header("mcp-session-id", &session.id);
    assert_eq!(request.body(list).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

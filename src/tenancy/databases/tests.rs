//! Tests of the connections.

use serde_json::json;

use super::*;
use crate::{
    arango::{Query, WriteOptions},
    clock::{SystemClock, SystemRandom},
    config::MapEnv,
    embedded::listen::{AuthMode, serve},
    wire::CollectionName,
};

fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).unwrap()
}

fn databases(yaml: &str, env: MapEnv) -> Databases {
    let config = crate::config::file::parse(yaml, std::path::Path::new("/etc/config.yaml")).unwrap();
    Databases::new(Arc::new(config), Arc::new(env), Arc::new(SystemClock), Arc::new(SystemRandom))
}

const YAML: &str = "
databases:
  one:
    url: http://127.0.0.1:1
    database: a
    username: u1
    password_env: ONE
  two:
    url: http://127.0.0.1:1
    database: b
    username: u2
    password_file: /nowhere/password
  memory:
    url: 'embedded:'
    database: first
  more:
    url: 'embedded:'
    database: second
  durable:
    url: embedded:/var/lib/x
";

#[tokio::test]
async fn a_password_variable_that_is_not_set_is_an_error_that_names_it() {
    let databases = databases(YAML, MapEnv::default());
    let refused = databases.get(&key("one")).await.unwrap_err().to_string();
    assert!(refused.contains("`one`") && refused.contains("the environment variable ONE is not set"), "{refused}");
    let refused = databases.get(&key("two")).await.unwrap_err().to_string();
    assert!(refused.contains("/nowhere/password"), "{refused}");
}

#[tokio::test]
async fn entries_of_one_server_share_its_connections_and_not_their_credentials() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pw"), "s2\n").unwrap();
    let yaml = YAML.replace("/nowhere/password", folder.path().join("pw").to_str().unwrap());
    let databases = databases(&yaml, MapEnv::from([("ONE", "s1")]));
    let one = databases.get(&key("one")).await.unwrap();
    let two = databases.get(&key("two")).await.unwrap();
    assert_eq!(databases.shared.servers.lock().len(), 1);
    assert_eq!((one.name().as_str(), two.name().as_str()), ("a", "b"));
    assert_eq!(databases.get(&key("one")).await.unwrap().name(), one.name());
}

#[tokio::test]
async fn embedded_entries_share_one_engine_and_get_their_databases_made() {
    let databases = databases(YAML, MapEnv::default());
    let first = databases.get(&key("memory")).await.unwrap();
    let second = databases.get(&key("more")).await.unwrap();
    let users = CollectionName::parse("users").unwrap();
    let made = first.create_collection(&users, crate::arango::CollectionType::Document, &serde_json::Map::new()).await;
    assert_eq!(made.unwrap().name, "users");
    first.insert(&users, &json!({"_key": "1", "a": 1}), &WriteOptions::default()).await.unwrap();
    assert_eq!(first.count(&users).await.unwrap(), 1);
    assert!(second.count(&users).await.unwrap_err().is(ErrorNum::DATA_SOURCE_NOT_FOUND));
    let system = first.sibling(DatabaseName::parse("_system").unwrap());
    assert_eq!(system.accessible_databases().await.unwrap(), ["_system", "first", "second"]);
}

#[tokio::test]
async fn an_embedded_directory_is_refused_clearly() {
    let databases = databases(YAML, MapEnv::default());
    assert!(matches!(databases.get(&key("durable")).await, Err(ConnectError::Unsupported(_))));
}

#[tokio::test]
async fn a_probe_says_the_version_or_what_is_wrong_for_every_database() {
    let databases = databases(YAML, MapEnv::from([("ONE", "s1")]));
    let probes = databases.probe_all().await;
    let ok: Vec<_> = probes.iter().map(|probe| (probe.key.as_str(), probe.version.is_ok())).collect();
    assert_eq!(ok, [("one", false), ("two", false), ("memory", true), ("more", true), ("durable", false)]);
    let refused = probes[0].version.as_ref().unwrap_err();
    assert!(refused.starts_with("http://127.0.0.1:1: ") && !refused.contains("s1"), "{refused}");
}

#[tokio::test]
async fn after_closing_nothing_is_handed_out() {
    let databases = databases(YAML, MapEnv::default());
    databases.get(&key("memory")).await.unwrap();
    databases.close();
    assert_eq!(databases.get(&key("memory")).await.unwrap_err(), ConnectError::Closed);
}

#[tokio::test]
async fn an_unknown_key_is_an_error() {
    let databases = databases(YAML, MapEnv::default());
    assert_eq!(databases.get(&key("x")).await.unwrap_err(), ConnectError::Unknown("x".into()));
}

#[tokio::test]
async fn both_kinds_of_credentials_are_taken_by_an_engine_behind_a_socket() {
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    engine.ensure_root("hunter2").unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = tokio_util::sync::CancellationToken::new();
    let task = tokio::spawn(serve(engine, listener, AuthMode::On, stop.clone()));
    let yaml = format!(
        "databases:\n  basic: {{ url: '{url}', database: _system, password_env: RIGHT }}\n  \
         jwt: {{ url: '{url}', database: _system, auth: jwt, password_env: RIGHT }}\n  \
         wrong: {{ url: '{url}', database: _system, auth: jwt, password_env: WRONG }}\n"
    );
    let databases = databases(&yaml, MapEnv::from([("RIGHT", "hunter2"), ("WRONG", "x")]));
    for key in ["basic", "jwt"].map(key) {
        assert_eq!(databases.probe(&key).await.version.unwrap(), "3.12.5");
    }
    let wrong = databases.get(&key("wrong")).await.unwrap();
    assert_eq!(wrong.version().await.unwrap_err().status(), Some(401));
    stop.cancel();
    task.await.unwrap();
}

#[tokio::test]
async fn a_query_nobody_waits_for_is_killed_in_the_engine() {
    let databases = databases(YAML, MapEnv::default());
    let database = databases.get(&key("memory")).await.unwrap();
    let slow = Query::new("FOR i IN 1..1000000 FILTER SLEEP(0.02) RETURN i");
    let running = || async {
        let listed: Vec<serde_json::Value> =
            database.call(crate::arango::Call::get(&["_api", "query", "current"])).await.unwrap();
        listed.len()
    };
    let cancelled = tokio::time::timeout(Duration::from_millis(100), database.query(&slow)).await;
    assert!(cancelled.is_err());
    let start = std::time::Instant::now();
    while running().await > 0 && start.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn another_configuration_keeps_what_is_the_same_and_reads_password_files_again() {
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("pw");
    std::fs::write(&password, "old\n").unwrap();
    let yaml = YAML.replace("/nowhere/password", password.to_str().unwrap());
    let before = databases(&yaml, MapEnv::from([("ONE", "s1")]));
    before.get(&key("one")).await.unwrap();
    before.get(&key("two")).await.unwrap();
    let changed = yaml.replace("database: first", "database: third").replace("  more:", "  extra:");
    let config = Arc::new(crate::config::file::parse(&changed, std::path::Path::new("/c.yaml")).unwrap());
    let after = before.reconfigured(config);
    let is_open = |name: &str| after.open.get(&key(name)).unwrap().initialized();
    assert_eq!((is_open("one"), is_open("two"), is_open("memory"), is_open("extra")), (true, false, false, false));
    assert!(matches!(after.get(&key("more")).await, Err(ConnectError::Unknown(_))));
    assert!(before.get(&key("more")).await.is_ok(), "calls that are running end as they began");
    before.close();
    assert!(matches!(after.get(&key("one")).await, Err(ConnectError::Closed)));
}

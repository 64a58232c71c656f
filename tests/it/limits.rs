//! Nothing runs away: every query carries its limits, results come in pages, and what nobody waits for any more is killed.

use serde_json::{Value, json};

use crate::support::{database::Database, failure, http::Server, stdio::Client, success};

/// A query that runs far longer than any test waits, and can be killed at any moment.
const SLOW: &str = "FOR i IN 1..1000000 FILTER SLEEP(0.02) RETURN i";

/// A configuration with one database and these limits.
fn configured(database: &Database, limits: &str) -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    let text = format!("databases:\n  own:\n    url: {}\n    database: _system\n{limits}", database.url);
    std::fs::write(&file, text).unwrap();
    let path = file.to_str().unwrap().to_owned();
    (home, path)
}

fn served(path: &str) -> Server {
    Server::start_with(&["--config-file", path])
}

/// Something for graph tools to walk on.
async fn graph(server: &Server) {
    let edges = json!([{"edge_collection": "knows", "from_collections": ["people"], "to_collections": ["people"]}]);
    for (tool, arguments) in [
        ("arango_create_graph", json!({"name": "social", "edge_definitions": edges, "create_collections": true})),
        ("arango_query", json!({"query": "FOR k IN ['a', 'b'] INSERT {_key: k, age: 1} INTO people"})),
        ("arango_query", json!({"query": "INSERT {_from: 'people/a', _to: 'people/b'} INTO knows"})),
    ] {
        success(&server.modern_call(tool, arguments).await);
    }
}

#[tokio::test]
async fn whatever_a_tool_asks_the_limits_are_with_it() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "    max_runtime: 7.5\n    memory_limit: 64MB\n");
    let server = served(&path);
    graph(&server).await;
    for (tool, arguments) in [
        ("arango_query_builder", json!({"collection": "people", "filters": [{"field": "age", "op": ">", "value": 0}]})),
        ("arango_traverse", json!({"start_vertex": "people/a", "graph": "social"})),
        ("arango_traverse", json!({"start_vertex": "people/a", "edge_collections": ["knows"]})),
        ("arango_graph_traversal", json!({"start_vertex": "people/a", "graph": "social"})),
        ("arango_shortest_path", json!({"start_vertex": "people/a", "end_vertex": "people/b", "graph": "social"})),
        ("arango_query_profile", json!({"query": "RETURN 1", "execute": true})),
        ("arango_explain_query", json!({"query": "RETURN 1"})),
        ("arango_insert_with_validation", json!({"collection": "people", "document": {}, "reference_fields": []})),
        ("arango_validate_references", json!({"collection": "knows", "reference_fields": ["_from", "_to"]})),
        ("arango_validate_graph_integrity", json!({"graph_name": "social"})),
        ("arango_graph_statistics", json!({"graph_name": "social"})),
        ("arango_describe_collection", json!({"collection": "people"})),
    ] {
        success(&server.modern_call(tool, arguments).await);
    }
    let queries = database.asked("/_api/cursor");
    assert!(queries.len() > 12, "{} queries", queries.len());
    for query in queries {
        assert_eq!(query["options"]["maxRuntime"], 7.5, "{query}");
        assert_eq!(query["memoryLimit"], 64 << 20, "{query}");
    }
    let explained = database.asked("/_api/explain");
    assert!(explained.len() >= 2);
    for query in explained {
        assert_eq!(
            (&query["options"]["maxRuntime"], &query["options"]["memoryLimit"]),
            (&json!(7.5), &json!(64 << 20))
        );
    }
    success(&server.modern_call("arango_backup", json!({"outputDir": "all"})).await);
    for query in database.asked("/_api/cursor") {
        let limits = [&query["options"]["maxRuntime"], &query["memoryLimit"]];
        assert!(limits.iter().all(|limit| limit.as_f64().is_some_and(|limit| limit > 0.0)), "{query}");
    }
}

#[tokio::test]
async fn a_call_lowers_its_limits_and_never_raises_them() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "    max_runtime: 7\n    memory_limit: 64MB\n");
    let server = served(&path);
    let sent = async |max_runtime: Value, memory_limit: u64| {
        let arguments = json!({"query": "RETURN 1", "max_runtime": max_runtime, "memory_limit": memory_limit});
        success(&server.modern_call("arango_query", arguments).await);
        let query = database.asked("/_api/cursor").pop().unwrap();
        (query["options"]["maxRuntime"].as_f64().unwrap(), query["memoryLimit"].as_u64().unwrap())
    };
    assert_eq!(sent(json!(0.5), 1 << 20).await, (0.5, 1 << 20));
    assert_eq!(sent(json!("600"), 1 << 40).await, (7.0, 64 << 20));
    for bad in [json!(0), json!(-1), json!("soon"), json!(1e9)] {
        let error = server.modern_call("arango_query", json!({"query": "RETURN 1", "max_runtime": bad})).await;
        assert_eq!(failure(&error)["type"], "ValidationError", "{bad}");
    }
}

#[tokio::test]
async fn a_query_that_hits_a_limit_says_which_and_what_to_do() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let server = served(&path);
    let late = failure(&server.modern_call("arango_query", json!({"query": SLOW, "max_runtime": 0.2})).await);
    assert_eq!((&late["code"], &late["max_runtime"]), (&json!(1500), &json!(0.2)));
    assert!(late["hint"].as_str().unwrap().contains("0.2 seconds"), "{late}");
    let query = json!({"query": "FOR i IN 1..100000 SORT i DESC RETURN CONCAT('x', i)", "memory_limit": 100_000});
    let large = failure(&server.modern_call("arango_query", query).await);
    assert_eq!((&large["code"], &large["memory_limit"]), (&json!(32), &json!(100_000)));
    assert!(large["hint"].as_str().unwrap().contains("LIMIT"), "{large}");
    database.until_running(0).await;
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_query_behind() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let server = served(&path);
    {
        let call = server.modern_call("arango_query", json!({"query": SLOW}));
        tokio::select! {
            answer = call => panic!("{answer}"),
            () = database.until_running(1) => {}
        }
    }
    database.until_running(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_closes_the_pipe_leaves_no_query_and_no_cursor_behind() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let mut client = Client::start(&["-C", &path], &[]);
    client.request("initialize", crate::support::initialize("2025-06-18"));
    client.notify("notifications/initialized");
    let cut = client.call("arango_query", json!({"query": "FOR i IN 1..9 RETURN i", "max_rows": 1}));
    assert!(cut["result"]["_meta"]["next"].is_string());
    client.send_call("arango_query", json!({"query": SLOW}));
    database.until_running(1).await;
    client.hang_up();
    database.until_running(0).await;
    client.child.wait().unwrap();
    assert_eq!(database.deleted("/_api/cursor/"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_call_leaves_no_query_behind() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let mut client = Client::start(&["-C", &path], &[]);
    client.request("initialize", crate::support::initialize("2025-06-18"));
    client.notify("notifications/initialized");
    let call = client.send_call("arango_query", json!({"query": SLOW}));
    database.until_running(1).await;
    let params = json!({"requestId": call, "reason": "not needed any more"});
    client.write(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}).to_string());
    database.until_running(0).await;
    assert_eq!(success(&client.call("arango_query", json!({"query": "RETURN 1"}))), json!([1]));
}

#[tokio::test]
async fn a_query_is_seen_and_killed_from_another_session() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "");
    let server = served(&path);
    let (one, other) = (server.session().await, server.session().await);
    let kill = async {
        database.until_running(1).await;
        let listed = success(&other.call("arango_list_queries", json!({})).await);
        assert_eq!((&listed[0]["query"], listed.as_array().unwrap().len()), (&json!(SLOW), 1));
        assert!(listed[0]["runtime"].is_number() && listed[0]["state"].is_string(), "{listed}");
        let id = listed[0]["id"].clone();
        assert_eq!(success(&other.call("arango_kill_query", json!({"id": id})).await), json!({"killed": id}));
    };
    let (answer, ()) = tokio::join!(one.call("arango_query", json!({"query": SLOW})), kill);
    assert_eq!(failure(&answer)["code"], 1500);
    assert_eq!(success(&other.call("arango_list_queries", json!({})).await), json!([]));
    let unknown = failure(&other.call("arango_kill_query", json!({"id": "1"})).await);
    assert_eq!(unknown["code"], 1591);
    assert!(unknown["hint"].as_str().unwrap().contains("arango_list_queries"), "{unknown}");
    let wrong = failure(&other.call("arango_kill_query", json!({"id": "../cursor"})).await);
    assert_eq!(wrong["type"], "ValidationError");
}

#[tokio::test]
async fn the_rest_of_a_result_can_be_fetched_in_any_protocol() {
    let database = Database::start().await;
    let (_home, path) = configured(&database, "    max_rows: 4\n");
    let server = served(&path);
    let session = server.session().await;
    let first = session.call("arango_query", json!({"query": "FOR i IN 1..10 RETURN i", "max_rows": 9})).await;
    assert_eq!(success(&first), json!([1, 2, 3, 4]));
    assert!(first["result"]["content"][1]["text"].as_str().unwrap().contains("this database"), "{first}");
    let more = json!({"handle": first["result"]["_meta"]["next"]});
    let second = server.modern_call("arango_fetch_more", more).await;
    assert_eq!(success(&second), json!([5, 6, 7, 8]));
    let more = json!({"handle": second["result"]["structuredContent"]["next"]});
    let third = session.call("arango_fetch_more", more).await;
    assert_eq!(success(&third), json!([9, 10]));
    assert!(third["result"]["_meta"].get("next").is_none());
    assert_eq!(database.asked("/_api/cursor").len(), 1, "the query ran once");
}

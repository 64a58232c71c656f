//! Walks over the people of the bench.

use serde_json::{Value, json};

use crate::tools::testing::Bench;

const TOOL: &str = "arango_traverse";

/// The keys of the vertices of a reply, sorted.
fn keys(rows: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["vertex"]["_key"].as_str().unwrap()).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_walk_gives_vertices_with_the_edges_that_led_to_them() {
    let bench = Bench::social().await;
    let rows = bench.result(TOOL, json!({"start_vertex": "people/bob", "graph": "social"})).await;
    assert_eq!(keys(&rows), ["cy"]);
    assert_eq!(rows[0]["edge"]["_id"], "knows/bob-cy");
    let back = json!({"start_vertex": "people/cy", "direction": "INBOUND", "maxDepth": "2", "graph": "social"});
    assert_eq!(keys(&bench.result(TOOL, back.clone()).await), ["ada", "ada", "bob"]);
    let alias = bench.result("arango_graph_traversal", back).await;
    assert_eq!(alias.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn paths_hold_all_their_vertices_and_edges() {
    let bench = Bench::social().await;
    let arguments = json!({"start_vertex": "people/bob", "min_depth": 2, "graph": "social", "return_paths": true});
    let rows = bench.result(TOOL, arguments).await;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["vertices"].as_array().unwrap().len(), 3);
    assert_eq!(rows[0]["edges"][1]["_key"], "cy-dan");
}

#[tokio::test]
async fn a_vertex_can_be_asked_for_once_only() {
    let bench = Bench::social().await;
    let mut arguments = json!({"start_vertex": "people/ada", "max_depth": 3, "graph": "social"});
    assert_eq!(keys(&bench.result(TOOL, arguments.clone()).await), ["bob", "cy", "cy", "dan", "dan"]);
    arguments["unique_vertices"] = json!("global");
    assert_eq!(keys(&bench.result(TOOL, arguments.clone()).await), ["bob", "cy", "dan"]);
    arguments["unique_vertices"] = json!("path");
    arguments["direction"] = json!("ANY");
    bench.result(TOOL, arguments).await;
}

#[tokio::test]
async fn edge_collections_do_without_a_graph_and_without_naming_vertex_collections() {
    let bench = Bench::social().await;
    let arguments = json!({"start_vertex": "people/ada", "edge_collections": ["knows", "knows"]});
    assert_eq!(keys(&bench.result(TOOL, arguments).await), ["bob", "cy"]);
    bench.result("arango_create_collection", json!({"name": "likes", "type": "edge"})).await;
    bench.query("INSERT {_from: 'people/ada', _to: 'gone/x'} INTO likes").await;
    bench.query("INSERT {_from: 'people/ada', _to: 'people/eve'} INTO likes").await;
    let mut arguments = json!({"start_vertex": "people/ada", "edge_collections": "[\"likes\"]"});
    let rows = bench.result(TOOL, arguments.clone()).await;
    assert_eq!(rows.as_array().unwrap().len(), 2, "an end that is gone is null");
    arguments["vertex_collections"] = json!(["people"]);
    assert_eq!(bench.result(TOOL, arguments).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_graph_wins_over_edge_collections_and_one_of_both_is_needed() {
    let bench = Bench::social().await;
    let both = json!({"start_vertex": "people/ada", "graph": "social", "edge_collections": ["missing"]});
    assert_eq!(keys(&bench.result(TOOL, both).await), ["bob", "cy"]);
    let neither = bench.error(TOOL, json!({"start_vertex": "people/ada", "edge_collections": []})).await;
    assert!(neither["hint"].as_str().unwrap().contains("arango_list_graphs"));
}

#[tokio::test]
async fn text_in_names_is_never_taken_for_aql() {
    let bench = Bench::social().await;
    for name in ["knows RETURN 1 //", "knows`; FOR x IN people REMOVE x IN people //"] {
        let refused = bench.error(TOOL, json!({"start_vertex": "people/ada", "edge_collections": [name]})).await;
        assert!(refused["type"] == "ValidationError" || refused["type"] == "CollectionNotFound", "{refused}");
        let refused = bench.error(TOOL, json!({"start_vertex": "people/ada", "graph": name})).await;
        assert!(refused["type"] == "ValidationError" || refused["code"] == 1924, "{refused}");
    }
    let depth =
        json!({"start_vertex": "people/ada", "graph": "social", "max_depth": "1 OUTBOUND 'x' knows RETURN 1 //"});
    assert_eq!(bench.error(TOOL, depth).await["type"], "ValidationError");
    assert_eq!(bench.query("RETURN LENGTH(people)").await, json!([5]));
}

#[tokio::test]
async fn depths_are_bounded_and_in_order() {
    let bench = Bench::social().await;
    let deep = bench.error(TOOL, json!({"start_vertex": "people/ada", "graph": "social", "max_depth": 101})).await;
    assert!(deep["error"].as_str().unwrap().contains("at most 100"));
    let crossed = json!({"start_vertex": "people/ada", "graph": "social", "min_depth": 3, "max_depth": 2});
    assert!(bench.error(TOOL, crossed).await["error"].as_str().unwrap().contains("`max_depth` 2"));
    let start = json!({"start_vertex": "people/ada", "graph": "social", "min_depth": 0, "max_depth": 0});
    assert_eq!(keys(&bench.result(TOOL, start).await), ["ada"]);
}

#[tokio::test]
async fn a_walk_that_is_cut_says_so() {
    let bench = Bench::social().await;
    let mut arguments = json!({"start_vertex": "people/ada", "graph": "social", "max_depth": 3, "limit": 2});
    let reply = bench.reply(TOOL, arguments.clone()).await;
    assert_eq!(reply["structuredContent"]["truncated"], true);
    assert!(reply["content"][1]["text"].as_str().unwrap().contains("raise limit"), "{reply}");
    for whole in [0, 5] {
        arguments["limit"] = json!(whole);
        let reply = bench.reply(TOOL, arguments.clone()).await;
        assert_eq!(reply["structuredContent"]["rows"].as_array().unwrap().len(), 5);
        assert_eq!(reply["structuredContent"]["truncated"], false);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let bench = Bench::social().await;
    let graph = bench.error(TOOL, json!({"start_vertex": "people/ada", "graph": "nothing"})).await;
    assert_eq!(graph["code"], 1924);
    assert!(graph["hint"].as_str().unwrap().contains("arango_list_graphs"));
    let edges = bench.error(TOOL, json!({"start_vertex": "people/ada", "edge_collections": ["missing"]})).await;
    assert_eq!(edges["type"], "CollectionNotFound");
    let documents = bench.error(TOOL, json!({"start_vertex": "people/ada", "edge_collections": ["people"]})).await;
    assert_eq!(documents["code"], 1218);
    let reply = bench.reply(TOOL, json!({"start_vertex": "people/nobody", "graph": "social"})).await;
    assert_eq!(reply["structuredContent"]["rows"], json!([]));
    assert!(reply.to_string().contains("people/nobody does not exist"), "{reply}");
    let alone = bench.reply(TOOL, json!({"start_vertex": "people/eve", "graph": "social"})).await;
    assert!(alone["structuredContent"].get("warnings").is_none());
}

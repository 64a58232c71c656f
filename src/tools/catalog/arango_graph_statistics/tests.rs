//! Statistics of the people of the bench.

use serde_json::{Value, json};

use crate::tools::testing::Bench;

const TOOL: &str = "arango_graph_statistics";

/// The bench, with a second edge collection to a second vertex collection.
async fn with_cities() -> Bench {
    let bench = Bench::social().await;
    let definition = json!({
        "graph": "social", "edge_collection": "lives_in", "from_collections": ["people"], "to_collections": ["cities"]
    });
    bench.result("arango_add_edge_definition", definition).await;
    bench.result("arango_insert", json!({"collection": "cities", "document": {"_key": "rome"}})).await;
    bench.query("FOR k IN ['ada', 'eve'] INSERT {_from: CONCAT('people/', k), _to: 'cities/rome'} INTO lives_in").await;
    bench
}

async fn statistics(bench: &Bench, arguments: Value) -> Value {
    bench.result(TOOL, arguments).await["statistics"][0].clone()
}

#[tokio::test]
async fn a_graph_is_counted_and_measured() {
    let bench = Bench::social().await;
    let report = bench.result(TOOL, json!({"graphName": "social"})).await;
    assert_eq!(report["graphs_analyzed"], 1);
    assert!(report["analysis_timestamp"].as_str().unwrap().ends_with('Z'));
    let found = &report["statistics"][0];
    assert_eq!((&found["total_vertices"], &found["total_edges"]), (&json!(5), &json!(4)));
    assert_eq!(found["density"], 0.2);
    assert_eq!(found["out_degree_distribution"], json!([{"degree": 1, "frequency": 2}, {"degree": 2, "frequency": 1}]));
    assert_eq!(found["degree_analysis_method"], "sampled_from_knows");
    assert_eq!((&found["max_out_degree"], &found["avg_out_degree"]), (&json!(2), &json!(0.8)));
    // ada reaches 3, bob 2, cy 1, dan and eve nobody.
    assert_eq!((&found["avg_reachable_vertices"], &found["max_reachable_vertices"]), (&json!(1.2), &json!(3)));
    assert_eq!(found["connectivity_analysis_method"], "sampled_from_people");
    assert!(found.get("connectivity_analysis_warning").is_none() && found.get("degree_analysis_warning").is_none());
}

#[tokio::test]
async fn the_first_collection_is_the_first_by_name_and_the_answer_says_so() {
    let bench = with_cities().await;
    let found = statistics(&bench, json!({})).await;
    assert_eq!(found["degree_analysis_method"], "sampled_from_knows");
    assert_eq!(found["connectivity_analysis_method"], "sampled_from_cities");
    assert!(found["degree_analysis_warning"].is_string() && found["connectivity_analysis_warning"].is_string());
    assert_eq!(found, statistics(&bench, json!({})).await);
}

#[tokio::test]
async fn collections_can_be_taken_together() {
    let bench = with_cities().await;
    let found = statistics(&bench, json!({"aggregateCollections": true})).await;
    assert_eq!(found["degree_analysis_method"], "aggregated_all_collections");
    assert_eq!(found["out_degree_distribution"], json!([{"degree": 1, "frequency": 3}, {"degree": 3, "frequency": 1}]));
    assert_eq!(found["connectivity_analysis_method"], "aggregated_proportional_sampling");
    assert_eq!((&found["connectivity_sample_size"], &found["min_reachable_vertices"]), (&json!(6), &json!(0)));
    // ada reaches 4 (rome among them), bob 2, cy 1, eve 1.
    assert!((found["avg_reachable_vertices"].as_f64().unwrap() - 8.0 / 6.0).abs() < 1e-9);
    assert_eq!(found["connectivity_collection_breakdown"]["people"]["avg_reachable"], 1.6);
}

#[tokio::test]
async fn collections_can_be_taken_one_by_one() {
    let bench = with_cities().await;
    let found = statistics(&bench, json!({"per_collection_stats": true})).await;
    assert_eq!(found["degree_analysis_method"], "per_collection");
    let cities = json!({"sample_size": 1, "avg_reachable": 0.0, "max_reachable": 0, "min_reachable": 0});
    assert_eq!(found["per_collection_connectivity"]["cities"], cities);
    let lives_in = &found["per_collection_degree_distribution"]["lives_in"];
    assert_eq!(lives_in, &json!([{"degree": 1, "frequency": 2}]));
}

#[tokio::test]
async fn each_part_can_be_left_out() {
    let bench = Bench::social().await;
    let arguments = json!({"includeDegreeDistribution": false, "includeConnectivity": "false"});
    let found = statistics(&bench, arguments).await;
    assert_eq!(found.as_object().unwrap().len(), 6, "{found}");
}

#[tokio::test]
async fn many_paths_to_few_vertices_cost_no_more_than_the_vertices() {
    let bench = Bench::social().await;
    // Ten layers of eight, each connected with all of the next: 8^10 paths, 80 vertices.
    bench.query("FOR l IN 0..10 FOR i IN 1..8 INSERT {_key: CONCAT(l, '-', i)} INTO people").await;
    bench
        .query(
            "FOR l IN 0..9 FOR i IN 1..8 FOR j IN 1..8 INSERT {_from: CONCAT('people/', l, '-', i), \
             _to: CONCAT('people/', l + 1, '-', j)} INTO knows",
        )
        .await;
    let found = statistics(&bench, json!({})).await;
    assert_eq!(found["max_reachable_vertices"], 80);
}

#[tokio::test]
async fn an_unknown_graph_is_not_taken_for_a_database_without_graphs() {
    let bench = Bench::social().await;
    let unknown = bench.error(TOOL, json!({"graphName": "nothing"})).await;
    assert_eq!(unknown["code"], 1924);
    let none = Bench::new().error(TOOL, json!({})).await;
    assert_eq!((&none["error"], &none["type"]), (&json!("No graphs found to analyze"), &json!("NoGraphsFound")));
    let few = bench.error(TOOL, json!({"sampleSize": 99})).await;
    assert!(few["error"].as_str().unwrap().contains("at least 100"));
}

#[tokio::test]
async fn a_graph_without_edge_collections_has_sizes_only() {
    let bench = Bench::new();
    bench.result("arango_create_graph", json!({"name": "bare", "edge_definitions": []})).await;
    bench.result("arango_add_vertex_collection", json!({"graph": "bare", "collection": "things"})).await;
    let found = statistics(&bench, json!({})).await;
    assert_eq!((&found["total_vertices"], &found["density"]), (&json!(0), &json!(0.0)));
    assert!(found.get("connectivity_analysis_error").is_none());
}

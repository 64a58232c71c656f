//! `arango_validate_graph_integrity`: edges that lead nowhere, and edges and collections that do not fit the definition.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    effect::Effect,
    error::ToolError,
    graphs::{
        self,
        orphans::{self, COUNTED, OrphanedEdge},
    },
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::Graph,
    wire::{CollectionName, GraphName},
};

/// Findings of each kind shown per graph.
const SHOWN: usize = 100;

#[derive(Debug)]
pub(crate) struct ValidateGraphIntegrity;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Args {
    /// Default: all.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    graph_name: Option<GraphName>,
    /// Default true.
    #[serde(default)]
    check_orphaned_edges: Option<bool>,
    /// Default true.
    #[serde(default)]
    check_constraints: Option<bool>,
    /// List up to 100 of each.
    #[serde(default)]
    return_details: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    valid: bool,
    graphs_checked: usize,
    total_orphaned_edges: u64,
    total_constraint_violations: usize,
    results: Vec<Finding>,
    summary: String,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Finding {
    graph_name: String,
    valid: bool,
    orphaned_edges_count: u64,
    constraint_violations_count: usize,
    orphaned_edges: Vec<OrphanedEdge>,
    constraint_violations: Vec<Violation>,
    /// True when counting stopped at 100,000 orphaned edges of a collection.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    orphaned_edges_capped: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Violation {
    #[serde(rename = "type")]
    kind: &'static str,
    collection: String,
    error: String,
}

impl DatabaseTool for ValidateGraphIntegrity {
    const NAME: &'static str = "arango_validate_graph_integrity";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Validate graph integrity";
    const DESCRIPTION: &'static str =
        "Count edges whose ends are missing and collections or edges that break the graph's definition.";
    const CATEGORY: Category = Category::GraphAdvanced;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Report>, ToolError> {
        let graphs = graphs::chosen(target, args.graph_name.as_ref()).await?;
        let existing = graphs::existing(target).await?;
        let definitions: usize = graphs.iter().map(|graph| graph.edge_definitions.len()).sum();
        target.context.progress.expect(definitions as u64);
        let mut results = Vec::with_capacity(graphs.len());
        for graph in &graphs {
            results.push(check(target, graph, &existing, &args).await?);
        }
        let total_orphaned_edges = results.iter().map(|each| each.orphaned_edges_count).sum();
        let total_constraint_violations = results.iter().map(|each| each.constraint_violations_count).sum();
        let valid = results.iter().all(|each| each.valid);
        let summary = format!(
            "{} graphs checked: {total_orphaned_edges} orphaned edges, {total_constraint_violations} constraint violations",
            graphs.len(),
        );
        Ok(Fixed(Report {
            valid,
            graphs_checked: graphs.len(),
            total_orphaned_edges,
            total_constraint_violations,
            results,
            summary,
        }))
    }
}

async fn check(
    target: &Target<'_>,
    graph: &Graph,
    existing: &BTreeSet<String>,
    args: &Args,
) -> Result<Finding, ToolError> {
    let constraints = args.check_constraints.unwrap_or(true);
    let shown = if args.return_details.unwrap_or(false) { SHOWN } else { 0 };
    let mut finding = Finding { graph_name: graph.name.as_str().to_owned(), ..Finding::default() };
    let mut violations = if constraints { missing_collections(graph, existing) } else { Vec::new() };
    for definition in graph.edge_definitions.iter().filter(|each| existing.contains(each.collection.as_str())) {
        let edges = &definition.collection;
        let pairs = orphans::pairs(target, edges).await?;
        if constraints {
            let wrong = pairs.iter().filter_map(|pair| pair.violates(definition));
            violations.extend(wrong.map(|error| violation("edge_definition", edges, error)));
        }
        if args.check_orphaned_edges.unwrap_or(true) {
            let room = shown - finding.orphaned_edges.len().min(shown);
            let (count, found) = orphans::orphaned(target, edges, &pairs, existing, room).await?;
            finding.orphaned_edges_count += count;
            finding.orphaned_edges_capped |= count >= COUNTED;
            finding.orphaned_edges.extend(found);
        }
        target.context.progress.advance(1, edges.as_str());
    }
    finding.constraint_violations_count = violations.len();
    finding.valid = violations.is_empty() && finding.orphaned_edges_count == 0;
    violations.truncate(shown);
    finding.constraint_violations = violations;
    Ok(finding)
}

fn violation(kind: &'static str, collection: &CollectionName, error: String) -> Violation {
    Violation { kind, collection: collection.as_str().to_owned(), error }
}

fn missing_collections(graph: &Graph, existing: &BTreeSet<String>) -> Vec<Violation> {
    let all = graph.vertex_collections().into_iter().chain(graph.edge_collections());
    let missing = all.filter(|name| !existing.contains(name.as_str()));
    missing.map(|name| violation("missing_collection", &name, format!("`{name}` does not exist"))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;

    const TOOL: &str = "arango_validate_graph_integrity";

    #[tokio::test]
    async fn a_sound_graph_is_valid() {
        let bench = Bench::social().await;
        let report = bench.result(TOOL, json!({})).await;
        assert_eq!((&report["valid"], &report["graphs_checked"]), (&json!(true), &json!(1)));
        assert_eq!(report["results"][0]["graph_name"], "social");
    }

    #[tokio::test]
    async fn an_unknown_graph_is_not_called_valid() {
        let bench = Bench::social().await;
        let unknown = bench.error(TOOL, json!({"graphName": "nothing"})).await;
        assert_eq!(unknown["code"], 1924);
        let none = Bench::new().result(TOOL, json!({})).await;
        assert_eq!(none["graphs_checked"], 0);
    }

    #[tokio::test]
    async fn edges_whose_ends_are_missing_are_counted_and_shown_when_asked_for() {
        let bench = Bench::social().await;
        bench.edge("lost", "people/nobody", "people/ada", 1).await;
        bench.query("REMOVE 'dan' IN people").await;
        let report = bench.result(TOOL, json!({"graph_name": "social"})).await;
        assert_eq!((&report["valid"], &report["total_orphaned_edges"]), (&json!(false), &json!(2)));
        assert_eq!(report["results"][0]["orphaned_edges"], json!([]));
        let report = bench.result(TOOL, json!({"graphName": "social", "returnDetails": true})).await;
        let orphans = report["results"][0]["orphaned_edges"].as_array().unwrap();
        let lost = json!({
            "_id": "knows/lost", "_from": "people/nobody", "_to": "people/ada", "from_exists": false, "to_exists": true
        });
        assert!(orphans.contains(&lost), "{report}");
        let unchecked = bench.result(TOOL, json!({"checkOrphanedEdges": false})).await;
        assert_eq!(unchecked["valid"], true);
    }

    #[tokio::test]
    async fn edges_between_collections_the_definition_does_not_allow_are_violations() {
        let bench = Bench::social().await;
        bench.result("arango_create_collection", json!({"name": "pets"})).await;
        bench.result("arango_insert", json!({"collection": "pets", "document": {"_key": "rex"}})).await;
        bench.edge("a", "people/ada", "pets/rex", 1).await;
        bench.edge("b", "people/bob", "pets/rex", 1).await;
        let report = bench.result(TOOL, json!({"returnDetails": true})).await;
        assert_eq!(report["total_orphaned_edges"], 0, "{report}");
        let violation = &report["results"][0]["constraint_violations"][0];
        assert_eq!((&violation["type"], &violation["collection"]), (&json!("edge_definition"), &json!("knows")));
        assert!(violation["error"].as_str().unwrap().contains("2 edges lead from `people` to `pets`"));
        let unchecked = bench.result(TOOL, json!({"checkConstraints": false})).await;
        assert_eq!(unchecked["valid"], true);
    }

    #[tokio::test]
    async fn details_are_capped_and_counts_are_not() {
        let bench = Bench::social().await;
        bench.query("FOR i IN 1..150 INSERT {_from: 'gone/x', _to: 'people/ada'} INTO knows").await;
        let report = bench.result(TOOL, json!({"returnDetails": true})).await;
        assert_eq!(report["total_orphaned_edges"], 150);
        assert_eq!(report["results"][0]["orphaned_edges"].as_array().unwrap().len(), 100);
    }
}

//! `arango_create_graph`: makes sure that a named graph exists, and says what it really is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{
    effect::Effect,
    error::{Kind, ToolError},
    graphs::{self, Definition},
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{EdgeDefinition, Graph},
    wire::{ErrorNum, GraphName},
};

#[derive(Debug)]
pub(crate) struct CreateGraph;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    name: GraphName,
    edge_definitions: Vec<Definition>,
    /// Default true.
    #[serde(default)]
    create_collections: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    name: String,
    /// False when the graph existed already.
    created: bool,
    edge_definitions: Vec<Definition>,
    vertex_collections: Vec<String>,
}

impl DatabaseTool for CreateGraph {
    const NAME: &'static str = "arango_create_graph";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Create a graph";
    const DESCRIPTION: &'static str =
        "Make sure a named graph exists; returns its definition. One that exists with another definition is an error.";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Ensure;
    type Args = Args;
    type Output = Fixed<Outcome>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Outcome>, ToolError> {
        let wanted: Vec<EdgeDefinition> = args.edge_definitions.into_iter().map(EdgeDefinition::from).collect();
        if args.create_collections == Some(false) {
            refuse_missing(target, &wanted).await?;
        }
        let (graph, created) = match target.database.create_graph(&args.name, &wanted, &[]).await {
            Err(error) if error.is(ErrorNum::GRAPH_DUPLICATE) => (existing(target, &args.name, &wanted).await?, false),
            other => (other?, true),
        };
        Ok(Fixed(Outcome {
            name: graph.name.as_str().to_owned(),
            created,
            edge_definitions: graphs::definitions(&graph),
            vertex_collections: graphs::texts(&graph.vertex_collections()),
        }))
    }
}

/// The server creates what is missing whether asked to or not, so that has to be found out before.
async fn refuse_missing(target: &Target<'_>, wanted: &[EdgeDefinition]) -> Result<(), ToolError> {
    let existing = graphs::existing(target).await?;
    let named = wanted.iter().flat_map(|each| each.from.iter().chain(&each.to).chain([&each.collection]));
    let mut missing = graphs::texts(named.filter(|name| !existing.contains(name.as_str())));
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let problem = format!("Collections do not exist: {}", missing.join(", "));
    Err(ToolError::new(Kind::CollectionNotFound, problem)
        .numbered(ErrorNum::DATA_SOURCE_NOT_FOUND, 404)
        .hint("create them with arango_create_collection, or leave out create_collections")
        .with("missing_collections", missing))
}

/// The graph that has the name already, if it is the one asked for.
async fn existing(target: &Target<'_>, name: &GraphName, wanted: &[EdgeDefinition]) -> Result<Graph, ToolError> {
    let graph = target.database.graph(name).await?;
    let there = |definition: &EdgeDefinition| {
        graph.definition(&definition.collection).is_some_and(|found| found.agrees_with(definition))
    };
    if wanted.len() == graph.edge_definitions.len() && wanted.iter().all(there) {
        return Ok(graph);
    }
    let problem = format!("Graph '{name}' exists already with other edge definitions");
    Err(ToolError::new(Kind::Conflict, problem)
        .numbered(ErrorNum::GRAPH_DUPLICATE, 409)
        .hint("use it as it is, extend it with arango_add_edge_definition, or choose another name")
        .with("edge_definitions", json!(graphs::definitions(&graph))))
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing::Bench, *};

    fn graph(edges: &str, to: &str) -> serde_json::Value {
        let definition = json!({"edge_collection": edges, "from_collections": ["a"], "to_collections": [to]});
        json!({"name": "g", "edge_definitions": [definition]})
    }

    #[tokio::test]
    async fn a_graph_is_made_once_and_reported_as_it_is() {
        let bench = Bench::new();
        let made = bench.result("arango_create_graph", graph("e", "b")).await;
        assert_eq!(made["created"], true);
        assert_eq!(made["vertex_collections"], json!(["a", "b"]));
        assert_eq!(made["edge_definitions"], graph("e", "b")["edge_definitions"]);
        let again = bench.result("arango_create_graph", graph("e", "b")).await;
        assert_eq!((&again["created"], &again["name"]), (&json!(false), &json!("g")));
    }

    #[tokio::test]
    async fn a_graph_that_exists_otherwise_is_a_conflict_and_never_reported_as_asked_for() {
        let bench = Bench::new();
        bench.result("arango_create_graph", graph("e", "b")).await;
        for other in [graph("e", "c"), graph("f", "b"), json!({"name": "g", "edge_definitions": []})] {
            let refused = bench.error("arango_create_graph", other).await;
            assert_eq!((&refused["type"], &refused["code"]), (&json!("ConflictError"), &json!(1925)));
            assert_eq!(refused["edge_definitions"], graph("e", "b")["edge_definitions"]);
        }
    }

    #[tokio::test]
    async fn missing_collections_are_refused_when_none_may_be_created() {
        let bench = Bench::new();
        let mut wanted = graph("e", "b");
        wanted["create_collections"] = json!(false);
        let refused = bench.error("arango_create_graph", wanted.clone()).await;
        assert_eq!(refused["missing_collections"], json!(["a", "b", "e"]));
        assert_eq!(bench.result("arango_list_collections", json!({})).await, json!([]));
        bench.result("arango_create_collection", json!({"name": "e", "type": "edge"})).await;
        for name in ["a", "b"] {
            bench.result("arango_create_collection", json!({ "name": name })).await;
        }
        bench.result("arango_create_graph", wanted).await;
    }

    #[tokio::test]
    async fn a_document_collection_cannot_hold_the_edges() {
        let bench = Bench::new();
        bench.result("arango_create_collection", json!({"name": "e"})).await;
        let refused = bench.error("arango_create_graph", graph("e", "b")).await;
        assert_eq!(refused["code"], 1944);
        assert!(refused["hint"].as_str().unwrap().contains("edge collection"));
    }
}

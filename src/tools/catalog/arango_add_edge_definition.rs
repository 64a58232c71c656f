//! `arango_add_edge_definition`: makes sure that a graph has an edge collection with these ends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::{
    effect::Effect,
    error::{Kind, ToolError},
    graphs::Definition,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::EdgeDefinition,
    wire::{CollectionName, ErrorNum, GraphName},
};

#[derive(Debug)]
pub(crate) struct AddEdgeDefinition;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    graph: GraphName,
    #[schemars(with = "String")]
    edge_collection: CollectionName,
    #[schemars(with = "Vec<String>")]
    from_collections: Vec<CollectionName>,
    #[schemars(with = "Vec<String>")]
    to_collections: Vec<CollectionName>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Added {
    graph: String,
    edge_definition: Definition,
    /// True when the graph had it already.
    existed: bool,
}

impl DatabaseTool for AddEdgeDefinition {
    const NAME: &'static str = "arango_add_edge_definition";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Add an edge collection to a graph";
    const DESCRIPTION: &'static str =
        "Make sure a named graph has an edge collection with these ends. Missing collections are created.";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Ensure;
    type Args = Args;
    type Output = Fixed<Added>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Added>, ToolError> {
        let Args { graph, edge_collection, from_collections, to_collections } = args;
        let wanted = EdgeDefinition { collection: edge_collection, from: from_collections, to: to_collections };
        let existed = match target.database.add_edge_definition(&graph, &wanted).await {
            Ok(_) => false,
            Err(error) if error.is(ErrorNum::GRAPH_COLLECTION_MULTI_USE) => {
                refuse_others(target, &graph, &wanted).await?;
                true
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Fixed(Added { graph: graph.into(), edge_definition: Definition::from(&wanted), existed }))
    }
}

/// The graph has the edge collection: that is well if it has these ends.
async fn refuse_others(target: &Target<'_>, graph: &GraphName, wanted: &EdgeDefinition) -> Result<(), ToolError> {
    let found = target.database.graph(graph).await?;
    let found = found.definition(&wanted.collection);
    if found.is_some_and(|found| found.agrees_with(wanted)) {
        return Ok(());
    }
    let problem = format!("Graph '{graph}' has the edge collection '{}' with other ends", wanted.collection);
    Err(ToolError::new(Kind::Conflict, problem)
        .numbered(ErrorNum::GRAPH_COLLECTION_MULTI_USE, 400)
        .hint("use it as it is, or take another edge collection")
        .with("edge_definition", json!(found.map(Definition::from))))
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing::Bench, *};

    const TOOL: &str = "arango_add_edge_definition";

    fn arguments(graph: &str, edges: &str, to: &str) -> serde_json::Value {
        json!({"graph": graph, "edge_collection": edges, "from_collections": ["people"], "to_collections": [to]})
    }

    #[tokio::test]
    async fn an_edge_collection_is_added_once() {
        let bench = Bench::social().await;
        let added = bench.result(TOOL, arguments("social", "lives_in", "cities")).await;
        let definition =
            json!({"edge_collection": "lives_in", "from_collections": ["people"], "to_collections": ["cities"]});
        assert_eq!(added, json!({"graph": "social", "edge_definition": definition, "existed": false}));
        assert_eq!(bench.result(TOOL, arguments("social", "lives_in", "cities")).await["existed"], true);
        let names = bench.result("arango_list_collections", json!({})).await;
        assert_eq!(names, json!(["cities", "knows", "lives_in", "people"]));
    }

    #[tokio::test]
    async fn other_ends_are_a_conflict_that_shows_the_real_ones() {
        let bench = Bench::social().await;
        let refused = bench.error(TOOL, arguments("social", "knows", "cities")).await;
        assert_eq!((&refused["type"], &refused["code"]), (&json!("ConflictError"), &json!(1920)));
        assert_eq!(refused["edge_definition"]["to_collections"], json!(["people"]));
        bench.result("arango_create_graph", json!({"name": "other", "edge_definitions": []})).await;
        let refused = bench.error(TOOL, arguments("other", "knows", "cities")).await;
        assert_eq!(refused["code"], 1921);
        assert!(refused["hint"].as_str().unwrap().contains("another graph"));
    }

    #[tokio::test]
    async fn an_unknown_graph_and_a_document_collection_are_refused() {
        let bench = Bench::social().await;
        assert_eq!(bench.error(TOOL, arguments("nothing", "e", "cities")).await["code"], 1924);
        assert_eq!(bench.error(TOOL, arguments("social", "people", "cities")).await["code"], 1944);
        let mut nowhere = arguments("social", "e", "cities");
        nowhere["to_collections"] = json!([]);
        assert_eq!(bench.error(TOOL, nowhere).await["code"], 1923);
    }
}

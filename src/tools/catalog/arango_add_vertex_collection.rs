//! `arango_add_vertex_collection`: makes sure that a collection is part of a graph.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::{CollectionName, ErrorNum, GraphName};

#[derive(Debug)]
pub(crate) struct AddVertexCollection;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    graph: GraphName,
    /// Created if missing.
    #[schemars(with = "String")]
    collection: CollectionName,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Outcome {
    graph: String,
    collection_added: String,
    /// True when it was part of the graph already.
    existed: bool,
}

impl DatabaseTool for AddVertexCollection {
    const NAME: &'static str = "arango_add_vertex_collection";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Add a vertex collection to a graph";
    const DESCRIPTION: &'static str = "Make sure a vertex collection is part of a named graph, without edges so far.";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Ensure;
    type Args = Args;
    type Output = Fixed<Outcome>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Outcome>, ToolError> {
        let existed = match target.database.add_vertex_collection(&args.graph, &args.collection).await {
            Ok(_) => false,
            Err(error)
                if error.is(ErrorNum::GRAPH_COLLECTION_USED_IN_ORPHANS)
                    || error.is(ErrorNum::GRAPH_COLLECTION_USED_IN_EDGE_DEF) =>
            {
                true
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Fixed(Outcome { graph: args.graph.into(), collection_added: args.collection.into(), existed }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;

    const TOOL: &str = "arango_add_vertex_collection";

    #[tokio::test]
    async fn a_collection_is_added_once() {
        let bench = Bench::social().await;
        let added = bench.result(TOOL, json!({"graph": "social", "collection": "cities"})).await;
        assert_eq!(added, json!({"graph": "social", "collection_added": "cities", "existed": false}));
        for there in ["cities", "people"] {
            assert_eq!(bench.result(TOOL, json!({"graph": "social", "collection": there})).await["existed"], true);
        }
        let graphs = bench.result("arango_list_graphs", json!({})).await;
        assert_eq!(graphs[0]["_raw"]["orphan_collections"], json!(["cities"]));
    }

    #[tokio::test]
    async fn an_unknown_graph_and_an_impossible_name_are_refused() {
        let bench = Bench::social().await;
        let unknown = bench.error(TOOL, json!({"graph": "nothing", "collection": "cities"})).await;
        assert_eq!((&unknown["code"], &unknown["http"]), (&json!(1924), &json!(404)));
        let name = bench.error(TOOL, json!({"graph": "social", "collection": "a/b"})).await;
        assert_eq!(name["type"], "ValidationError");
    }
}

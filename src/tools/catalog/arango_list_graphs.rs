//! `arango_list_graphs`: the named graphs and what they are made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    effect::Effect,
    error::ToolError,
    graphs,
    on_database::Target,
    tool::{Category, DatabaseTool, Items},
};
use crate::arango::Graph;

#[derive(Debug)]
pub(crate) struct ListGraphs;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    name: String,
    /// Properties in `snake_case`.
    _raw: Map<String, Value>,
}

impl DatabaseTool for ListGraphs {
    const NAME: &'static str = "arango_list_graphs";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List graphs";
    const DESCRIPTION: &'static str = "List the named graphs with their edge definitions: [{name, _raw}].";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Items<Listed>;

    async fn call(target: &Target<'_>, _args: Args) -> Result<Items<Listed>, ToolError> {
        let graphs = graphs::chosen(target, None).await?;
        let listed =
            graphs.iter().map(|graph| Listed { name: graph.name.as_str().to_owned(), _raw: properties(graph) });
        Ok(Items(listed.collect()))
    }
}

/// Names that are not those of the server in `snake_case`, but those of the Python driver.
const NAMES: &[(&str, &str)] = &[
    ("_id", "id"),
    ("_rev", "revision"),
    ("isSmart", "smart"),
    ("isDisjoint", "disjoint"),
    ("smartGraphAttribute", "smart_field"),
    ("numberOfShards", "shard_count"),
];

fn properties(graph: &Graph) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("name".to_owned(), graph.name.as_str().into());
    for (name, value) in &graph.more {
        let known = NAMES.iter().find(|(theirs, _)| theirs == name);
        let ours = known.map_or_else(|| snake_case(name), |(_, ours)| (*ours).to_owned());
        if !ours.starts_with('_') {
            shown.insert(ours, value.clone());
        }
    }
    // The Python original always showed these two; a single server has none.
    for name in ["shard_count", "replication_factor"] {
        shown.entry(name).or_insert(Value::Null);
    }
    shown.insert("orphan_collections".to_owned(), json!(graph.orphan_collections));
    let definitions = graph.edge_definitions.iter().map(|definition| {
        json!({
            "edge_collection": definition.collection,
            "from_vertex_collections": definition.from,
            "to_vertex_collections": definition.to,
        })
    });
    shown.insert("edge_definitions".to_owned(), definitions.collect());
    shown
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing::Bench, *};

    #[tokio::test]
    async fn graphs_are_listed_by_name_with_properties_in_snake_case() {
        let bench = Bench::social().await;
        bench.result("arango_create_graph", json!({"name": "a", "edge_definitions": []})).await;
        let listed = bench.result("arango_list_graphs", json!({})).await;
        assert_eq!((&listed[0]["name"], &listed[1]["name"]), (&json!("a"), &json!("social")));
        let raw = &listed[1]["_raw"];
        assert_eq!((&raw["id"], &raw["name"]), (&json!("_graphs/social"), &json!("social")));
        assert!(raw["revision"].is_string());
        assert_eq!(raw["orphan_collections"], json!([]));
        let definition = json!({
            "edge_collection": "knows", "from_vertex_collections": ["people"], "to_vertex_collections": ["people"]
        });
        assert_eq!(raw["edge_definitions"], json!([definition]));
    }

    #[test]
    fn properties_of_clusters_keep_the_names_of_the_driver() {
        let graph = json!({"name": "g", "_key": "g", "numberOfShards": 3, "replicationFactor": 2, "isSmart": true});
        let shown = properties(&serde_json::from_value(graph).unwrap());
        assert_eq!((&shown["shard_count"], &shown["replication_factor"]), (&json!(3), &json!(2)));
        assert_eq!(shown["smart"], true);
        assert!(!shown.contains_key("_key"));
    }

    #[tokio::test]
    async fn a_failure_to_list_is_an_error_and_not_an_empty_list() {
        let bench = Bench::new();
        assert_eq!(bench.result("arango_list_graphs", json!({})).await, json!([]));
        let nowhere = bench.error("arango_list_graphs", json!({"database": "nowhere"})).await;
        assert_eq!(nowhere["type"], "DatabaseNotConfigured");
    }
}

//! `arango_shortest_path`: one shortest path between two vertices, by edges or by weight.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{
    effect::Effect,
    error::ToolError,
    graphs::{
        self,
        edges::{Choice, Direction, Edges},
    },
    on_database::Target,
    query_error,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::{CollectionName, DocumentId, GraphName};

#[derive(Debug)]
pub(crate) struct ShortestPath;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// `_id`, e.g. `users/ann`.
    #[schemars(with = "String")]
    start_vertex: DocumentId,
    #[schemars(with = "String")]
    end_vertex: DocumentId,
    /// Default OUTBOUND.
    #[serde(default)]
    #[schemars(with = "Option<Direction>")]
    direction: Option<Direction>,
    /// Or `edge_collections`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    graph: Option<GraphName>,
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    edge_collections: Option<Vec<CollectionName>>,
    /// For WITH; rarely needed.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    vertex_collections: Option<Vec<CollectionName>>,
    /// Edge attribute to sum up (missing: 1).
    #[serde(default)]
    weight_attribute: Option<String>,
    /// Default true; false: length only.
    #[serde(default)]
    return_paths: Option<bool>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Path {
    found: bool,
    /// Edges on the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
    /// Sum of the weights, if a weight attribute was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<f64>,
    /// The vertices along the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    vertices: Option<Vec<Value>>,
    /// The edges along the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    edges: Option<Vec<Value>>,
    /// Those of the two vertices that do not exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Step {
    vertex: Value,
    edge: Value,
}

impl DatabaseTool for ShortestPath {
    const NAME: &'static str = "arango_shortest_path";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Find a shortest path";
    const DESCRIPTION: &'static str = "Find a shortest path between two vertices, in a graph or edge_collections. \
Returns {found, length, vertices, edges} or {found: false}.";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Path>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Path>, ToolError> {
        let choice = Choice {
            graph: args.graph,
            edges: args.edge_collections.unwrap_or_default(),
            vertices: args.vertex_collections.unwrap_or_default(),
        };
        let ends = [&args.start_vertex, &args.end_vertex];
        let edges = Edges::choose(target, choice, &ends).await?;
        let direction = args.direction.unwrap_or_default().keyword();
        let options = match args.weight_attribute {
            Some(_) => "OPTIONS {weightAttribute: @weight, defaultWeight: 1} ",
            None => "",
        };
        let head = format!("FOR v, e IN {direction} SHORTEST_PATH @start TO @end");
        let mut query = edges.query(&head, &format!("{options}RETURN {{vertex: v, edge: e}}"));
        query = query.bind("start", args.start_vertex.as_str()).bind("end", args.end_vertex.as_str());
        if let Some(attribute) = &args.weight_attribute {
            query = query.bind("weight", attribute.as_str());
        }
        let text = query.text.clone();
        let steps: Vec<Step> = graphs::rows(target, query).await.map_err(|error| query_error::explain(&text, error))?;
        if steps.is_empty() {
            return Ok(Fixed(Path { missing: graphs::missing(target, &ends).await?, ..Path::default() }));
        }
        Ok(Fixed(along(steps, args.weight_attribute.as_deref(), args.return_paths.unwrap_or(true))))
    }
}

fn along(steps: Vec<Step>, weight: Option<&str>, whole: bool) -> Path {
    let (vertices, edges): (Vec<Value>, Vec<Value>) = steps.into_iter().map(|step| (step.vertex, step.edge)).unzip();
    // The first vertex is reached without an edge.
    let edges: Vec<Value> = edges.into_iter().filter(|edge| !edge.is_null()).collect();
    let of = |edge: &Value, name: &str| edge.get(name).and_then(Value::as_f64).unwrap_or(1.0);
    Path {
        found: true,
        length: Some(edges.len()),
        weight: weight.map(|name| edges.iter().map(|edge| of(edge, name)).sum()),
        vertices: whole.then_some(vertices),
        edges: whole.then_some(edges),
        missing: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::super::testing::Bench, *};

    const TOOL: &str = "arango_shortest_path";

    fn between(from: &str, to: &str) -> Value {
        json!({"start_vertex": format!("people/{from}"), "end_vertex": format!("people/{to}"), "graph": "social"})
    }

    fn keys(of: &Value) -> Vec<&str> {
        of.as_array().unwrap().iter().map(|each| each["_key"].as_str().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_path_has_all_its_vertices_and_edges_in_order() {
        let bench = Bench::social().await;
        let path = bench.result(TOOL, between("ada", "dan")).await;
        assert_eq!((&path["found"], &path["length"]), (&json!(true), &json!(2)));
        assert_eq!(keys(&path["vertices"]), ["ada", "cy", "dan"]);
        assert_eq!(keys(&path["edges"]), ["ada-cy", "cy-dan"]);
        let mut collections = between("ada", "dan");
        collections["graph"] = Value::Null;
        collections["edgeCollections"] = json!(["knows"]);
        assert_eq!(bench.result(TOOL, collections).await, path);
    }

    #[tokio::test]
    async fn the_lightest_path_may_have_more_edges() {
        let bench = Bench::social().await;
        let mut arguments = between("ada", "dan");
        arguments["weight_attribute"] = json!("far");
        let path = bench.result(TOOL, arguments.clone()).await;
        assert_eq!(keys(&path["vertices"]), ["ada", "bob", "cy", "dan"]);
        assert_eq!(path["weight"], 3.0);
        arguments["return_paths"] = json!(false);
        let short = bench.result(TOOL, arguments.clone()).await;
        assert_eq!(short, json!({"found": true, "length": 3, "weight": 3.0}));
        bench.query("UPDATE 'ada-bob' WITH {far: -1} IN knows").await;
        assert_eq!(bench.error(TOOL, arguments).await["code"], 1948);
    }

    #[tokio::test]
    async fn a_vertex_is_a_path_to_itself() {
        let bench = Bench::social().await;
        let path = bench.result(TOOL, between("eve", "eve")).await;
        assert_eq!((&path["length"], &path["edges"]), (&json!(0), &json!([])));
    }

    #[tokio::test]
    async fn no_path_is_an_answer_and_a_missing_vertex_is_named() {
        let bench = Bench::social().await;
        assert_eq!(bench.result(TOOL, between("dan", "ada")).await, json!({"found": false}));
        let mut any = between("dan", "ada");
        any["direction"] = json!("ANY");
        assert_eq!(bench.result(TOOL, any).await["found"], true);
        let missing = bench.result(TOOL, between("ada", "nobody")).await;
        assert_eq!(missing, json!({"found": false, "missing": ["people/nobody"]}));
    }

    #[tokio::test]
    async fn a_search_needs_a_graph_that_exists() {
        let bench = Bench::social().await;
        let mut arguments = between("ada", "bob");
        arguments["graph"] = json!("nothing");
        assert_eq!(bench.error(TOOL, arguments.clone()).await["code"], 1924);
        arguments["graph"] = Value::Null;
        assert_eq!(bench.error(TOOL, arguments).await["type"], "ValidationError");
    }
}

//! `arango_traverse`: walks along edges from a vertex, within a depth and up to a number of rows.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::super::{
    arguments::Seconds,
    effect::Effect,
    error::ToolError,
    graphs::{
        self,
        edges::{Choice, Direction, Edges},
    },
    on_database::Target,
    reply::Payload,
    rows::{self, Bound, MOST_ROWS, Room},
    tool::{Category, DatabaseTool},
};
use crate::{
    arango::AskedLimits,
    wire::{CollectionName, DocumentId, ErrorNum, GraphName},
};

#[derive(Debug)]
pub(crate) struct Traverse;

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum UniqueVertices {
    #[default]
    None,
    Path,
    Global,
}

impl UniqueVertices {
    const fn options(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Path => "OPTIONS {uniqueVertices: 'path'} ",
            Self::Global => "OPTIONS {uniqueVertices: 'global', order: 'bfs'} ",
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// `_id`, e.g. `users/ann`.
    #[schemars(with = "String")]
    start_vertex: DocumentId,
    /// Default OUTBOUND.
    #[serde(default)]
    #[schemars(with = "Option<Direction>")]
    direction: Option<Direction>,
    /// Default 1.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100))]
    min_depth: Option<u32>,
    /// Default 1.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100))]
    max_depth: Option<u32>,
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
    /// Visit once per path, or once at all.
    #[serde(default)]
    unique_vertices: Option<UniqueVertices>,
    #[serde(default)]
    return_paths: Option<bool>,
    /// Default 1000; 0: maximum.
    #[serde(default)]
    #[schemars(range(min = 0, max = 100_000))]
    limit: Option<u32>,
    /// Seconds.
    #[serde(default)]
    max_runtime: Option<Seconds>,
}

impl DatabaseTool for Traverse {
    const NAME: &'static str = "arango_traverse";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Traverse a graph";
    const DESCRIPTION: &'static str = "Walk along edges from a vertex, in a graph or edge_collections. Returns \
[{vertex, edge}], with return_paths [{vertices, edges}].";
    const CATEGORY: Category = Category::GraphBasic;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Payload;

    fn limits(args: &Args) -> AskedLimits {
        AskedLimits { runtime: args.max_runtime.map(Seconds::duration), memory: None }
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Payload, ToolError> {
        let min = args.min_depth.unwrap_or(1);
        let max = args.max_depth.unwrap_or(min.max(1));
        if min > max {
            let problem = format!("`min_depth` {min} is more than `max_depth` {max}");
            return Err(ToolError::argument("min_depth", "value_error", problem));
        }
        let choice = Choice {
            graph: args.graph,
            edges: args.edge_collections.unwrap_or_default(),
            vertices: args.vertex_collections.unwrap_or_default(),
        };
        let edges = Edges::choose(target, choice, &[&args.start_vertex]).await?;
        let direction = args.direction.unwrap_or_default().keyword();
        let (variables, result) =
            if args.return_paths.unwrap_or(false) { ("v, e, p", "p") } else { ("v, e", "{vertex: v, edge: e}") };
        let asked = args.limit.map(|limit| if limit == 0 { MOST_ROWS } else { limit });
        let room = Room::new(asked, target.entry);
        let horizon = Bound::horizon(room);
        let options = args.unique_vertices.unwrap_or_default().options();
        let head = format!("FOR {variables} IN @min..@max {direction} @start");
        // One row more than can be had shows whether there are more.
        let mut query = edges.query(&head, &format!("{options}LIMIT @limit RETURN {result}"));
        query = query.bind("min", min).bind("max", max).bind("start", args.start_vertex.as_str());
        query = query.bind("limit", horizon.saturating_add(1));
        let advice = "lower max_depth, use unique_vertices";
        let bound = Bound { room, argument: "limit", advice, horizon: Some(horizon) };
        let payload = rows::run(target, query, &bound).await?;
        if payload.count() != Some(0) {
            return Ok(payload);
        }
        match graphs::missing(target, &[&args.start_vertex]).await?.first() {
            None => Ok(payload),
            Some(id) => {
                let message = format!("the start vertex {id} does not exist");
                Ok(payload.with("warnings", json!([{"code": ErrorNum::DOCUMENT_NOT_FOUND.0, "message": message}])))
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! `arango_graph_statistics`: how large and how dense graphs are, how many edges leave a vertex, how far one gets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    effect::Effect,
    error::{Kind, ToolError},
    graphs::{self, degrees, reach},
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{self, Graph, Query},
    wire::{CollectionName, GraphName},
};

/// What is looked at in each graph: counts, degrees, connectivity.
const PARTS: u64 = 3;

#[derive(Debug)]
pub(crate) struct GraphStatistics;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Args {
    /// Default: all.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    graph_name: Option<GraphName>,
    /// Default true.
    #[serde(default)]
    include_degree_distribution: Option<bool>,
    /// Default true.
    #[serde(default)]
    include_connectivity: Option<bool>,
    /// Default 100.
    #[serde(default)]
    #[schemars(range(min = 100, max = 10_000))]
    sample_size: Option<u32>,
    #[serde(default)]
    aggregate_collections: Option<bool>,
    #[serde(default)]
    per_collection_stats: Option<bool>,
}

impl Args {
    fn aggregates(&self) -> bool {
        self.aggregate_collections.unwrap_or(false)
    }

    fn divides(&self) -> bool {
        self.per_collection_stats.unwrap_or(false)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    graphs_analyzed: usize,
    statistics: Vec<Statistics>,
    analysis_timestamp: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Statistics {
    graph_name: String,
    vertex_collections: Vec<String>,
    edge_collections: Vec<String>,
    total_vertices: u64,
    total_edges: u64,
    density: f64,
    #[serde(flatten)]
    analysis: Map<String, Value>,
}

impl DatabaseTool for GraphStatistics {
    const NAME: &'static str = "arango_graph_statistics";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Graph statistics";
    const DESCRIPTION: &'static str =
        "Count vertices and edges of named graphs; density, out-degrees, vertices reachable within 10 steps.";
    const CATEGORY: Category = Category::GraphAdvanced;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Report>, ToolError> {
        let graphs = graphs::chosen(target, args.graph_name.as_ref()).await?;
        if graphs.is_empty() {
            return Err(ToolError::new(Kind::NoGraphs, "No graphs found to analyze")
                .hint("the database has no named graph; arango_create_graph makes one"));
        }
        target.context.progress.expect(graphs.len() as u64 * PARTS);
        let mut statistics = Vec::with_capacity(graphs.len());
        for graph in &graphs {
            statistics.push(analyse(target, graph, &args).await?);
        }
        let now: Vec<String> = graphs::rows(target, Query::new("RETURN DATE_ISO8601(DATE_NOW())")).await?;
        Ok(Fixed(Report {
            graphs_analyzed: statistics.len(),
            statistics,
            analysis_timestamp: now.into_iter().next().unwrap_or_default(),
        }))
    }
}

/// The collections with how many documents each holds.
async fn counted(
    target: &Target<'_>,
    names: impl IntoIterator<Item = CollectionName>,
) -> Result<BTreeMap<CollectionName, u64>, ToolError> {
    let mut counts = BTreeMap::new();
    for name in names {
        let count = target.database.count(&name).await?;
        counts.insert(name, count);
    }
    Ok(counts)
}

async fn analyse(target: &Target<'_>, graph: &Graph, args: &Args) -> Result<Statistics, ToolError> {
    let vertices = counted(target, graph.vertex_collections()).await?;
    let edges = counted(target, graph.edge_collections()).await?;
    let (total_vertices, total_edges) = (vertices.values().sum::<u64>(), edges.values().sum::<u64>());
    let step = |done: &str| target.context.progress.advance(1, &format!("{}: {done}", graph.name));
    step("counts");
    let mut analysis = Map::new();
    if edges.is_empty() {
        target.context.progress.advance(PARTS - 1, graph.name.as_str());
    } else {
        let names: Vec<CollectionName> = edges.keys().cloned().collect();
        analysis.extend(degrees_of(target, &names, vertices.values().sum(), args).await);
        step("degrees");
        analysis.extend(reach_in(target, &graph.name, &vertices, args).await);
        step("connectivity");
    }
    Ok(Statistics {
        graph_name: graph.name.as_str().to_owned(),
        vertex_collections: graphs::texts(vertices.keys()),
        edge_collections: graphs::texts(edges.keys()),
        total_vertices,
        total_edges,
        density: degrees::ratio(total_edges, total_vertices.saturating_mul(total_vertices.saturating_sub(1))),
        analysis,
    })
}

/// The part about degrees, which may fail without taking the rest with it.
async fn degrees_of(target: &Target<'_>, edges: &[CollectionName], vertices: u64, args: &Args) -> Map<String, Value> {
    if !args.include_degree_distribution.unwrap_or(true) {
        return Map::new();
    }
    let method = match (args.aggregates() && edges.len() > 1, args.divides()) {
        (true, _) => degrees::Method::Aggregated,
        (false, true) => degrees::Method::PerCollection,
        (false, false) => degrees::Method::First,
    };
    let found = degrees::analyse(target, edges, vertices, method).await;
    found.unwrap_or_else(|error| failed("degree_distribution_error", &error))
}

/// The part about connectivity, which may fail without taking the rest with it.
async fn reach_in(
    target: &Target<'_>,
    graph: &GraphName,
    vertices: &BTreeMap<CollectionName, u64>,
    args: &Args,
) -> Map<String, Value> {
    if !args.include_connectivity.unwrap_or(true) {
        return Map::new();
    }
    let method = match (args.divides() && vertices.len() > 1, args.aggregates()) {
        (true, _) => reach::Method::PerCollection,
        (false, true) => reach::Method::Aggregated,
        (false, false) => reach::Method::First,
    };
    let sampler = reach::Sampler { graph, vertices, size: u64::from(args.sample_size.unwrap_or(100)) };
    let found = sampler.analyse(target, method).await;
    found.unwrap_or_else(|error| failed("connectivity_analysis_error", &error))
}

fn failed(part: &str, error: &arango::Error) -> Map<String, Value> {
    Map::from_iter([(part.to_owned(), error.to_string().into())])
}

#[cfg(test)]
mod tests;

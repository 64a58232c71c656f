//! How far one gets from a vertex along the edges of a graph: a breadth-first search that visits each vertex once, from a
//! sample of vertices, with a budget. The first vertices by key are the sample, so that the same graph gives the same answer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{super::on_database::Target, rows};
use crate::{
    arango::{self, Query},
    wire::{CollectionName, GraphName},
};

/// Vertices all searches of a call together may reach.
const BUDGET: u64 = 1_000_000;

/// How the vertex collections are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// The first one only.
    First,
    /// A sample of all, each by its share.
    Aggregated,
    /// A sample of each.
    PerCollection,
}

/// What a sample showed.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Reach {
    sample: u64,
    mean: Option<f64>,
    most: Option<u64>,
    least: Option<u64>,
}

/// A graph to be sampled.
#[derive(Debug)]
pub(crate) struct Sampler<'a> {
    pub(crate) graph: &'a GraphName,
    /// Vertex collections in order, with how many vertices each has.
    pub(crate) vertices: &'a BTreeMap<CollectionName, u64>,
    /// How many vertices to start from.
    pub(crate) size: u64,
}

impl Sampler<'_> {
    /// The part of the statistics about connectivity.
    pub(crate) async fn analyse(
        &self,
        target: &Target<'_>,
        method: Method,
    ) -> Result<Map<String, Value>, arango::Error> {
        let limit = (BUDGET / self.size.max(1)).max(1);
        let mut samples = Vec::new();
        for (collection, size) in self.plan(method) {
            samples.push((collection, self.sample(target, collection, size, limit).await?));
        }
        let mut found = match method {
            Method::PerCollection => per_collection(&samples),
            Method::Aggregated => aggregated(&samples),
            Method::First => first(&samples, self.vertices.len()),
        };
        if samples.iter().any(|(_, reach)| reach.most.is_some_and(|most| most >= limit)) {
            found.insert("connectivity_reach_limit".to_owned(), limit.into());
        }
        Ok(found)
    }

    /// From which collections to start, and from how many vertices of each.
    fn plan(&self, method: Method) -> Vec<(&CollectionName, u64)> {
        let total: u64 = self.vertices.values().sum();
        let share = |count: u64| {
            let share = u128::from(self.size) * u128::from(count) / u128::from(total.max(1));
            u64::try_from(share).unwrap_or(self.size).max(1)
        };
        match method {
            Method::First => self.vertices.keys().take(1).map(|name| (name, self.size)).collect(),
            Method::PerCollection => self.vertices.keys().map(|name| (name, self.size)).collect(),
            Method::Aggregated => self.vertices.iter().map(|(name, count)| (name, share(*count))).collect(),
        }
    }

    async fn sample(
        &self,
        target: &Target<'_>,
        vertices: &CollectionName,
        size: u64,
        limit: u64,
    ) -> Result<Reach, arango::Error> {
        let query = Query::new(
            "FOR s IN @@vertices SORT s._key LIMIT @size \
             LET reached = LENGTH(FOR v IN 1..10 OUTBOUND s._id GRAPH @graph \
             OPTIONS {order: 'bfs', uniqueVertices: 'global'} LIMIT @limit RETURN 1) \
             COLLECT AGGREGATE sample = COUNT(reached), mean = AVG(reached), most = MAX(reached), least = MIN(reached) \
             RETURN {sample: sample, mean: mean, most: most, least: least}",
        );
        let query = query.bind("@vertices", vertices.as_str()).bind("graph", self.graph.as_str());
        let rows: Vec<Reach> = rows(target, query.bind("size", size).bind("limit", limit)).await?;
        Ok(rows.first().copied().unwrap_or(Reach { sample: 0, mean: None, most: None, least: None }))
    }
}

type Samples<'a> = [(&'a CollectionName, Reach)];

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn per_collection(samples: &Samples<'_>) -> Map<String, Value> {
    let each = samples.iter().map(|(name, reach)| {
        let shown = json!({
            "sample_size": reach.sample,
            "avg_reachable": reach.mean.unwrap_or(0.0),
            "max_reachable": reach.most.unwrap_or(0),
            "min_reachable": reach.least.unwrap_or(0),
        });
        (name.as_str().to_owned(), shown)
    });
    object(json!({
        "per_collection_connectivity": each.collect::<Map<_, _>>(),
        "connectivity_analysis_method": "per_collection",
    }))
}

fn aggregated(samples: &Samples<'_>) -> Map<String, Value> {
    let size: u64 = samples.iter().map(|(_, reach)| reach.sample).sum();
    // A mean times its sample is the sum again.
    let weighted = |reach: &Reach| reach.mean.unwrap_or(0.0) * super::degrees::ratio(reach.sample, size);
    let each = samples.iter().map(|(name, reach)| {
        let shown = json!({"sample_size": reach.sample, "avg_reachable": reach.mean.unwrap_or(0.0)});
        (name.as_str().to_owned(), shown)
    });
    object(json!({
        "connectivity_sample_size": size,
        "avg_reachable_vertices": samples.iter().map(|(_, reach)| weighted(reach)).sum::<f64>(),
        "max_reachable_vertices": samples.iter().filter_map(|(_, reach)| reach.most).max().unwrap_or(0),
        "min_reachable_vertices": samples.iter().filter_map(|(_, reach)| reach.least).min().unwrap_or(0),
        "connectivity_analysis_method": "aggregated_proportional_sampling",
        "connectivity_collection_breakdown": each.collect::<Map<_, _>>(),
    }))
}

fn first(samples: &Samples<'_>, collections: usize) -> Map<String, Value> {
    let Some((name, reach)) = samples.first() else { return Map::new() };
    let mut found = object(json!({
        "connectivity_sample_size": reach.sample,
        "avg_reachable_vertices": reach.mean.unwrap_or(0.0),
        "max_reachable_vertices": reach.most.unwrap_or(0),
        "connectivity_analysis_method": format!("sampled_from_{name}"),
    }));
    if collections > 1 {
        let warning = format!("searches started in `{name}` only, the first of {collections} vertex collections");
        found.insert("connectivity_analysis_warning".to_owned(), warning.into());
    }
    found
}

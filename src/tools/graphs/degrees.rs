//! How many edges leave a vertex, and how often each number occurs. Counted on the server.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{super::on_database::Target, rows};
use crate::{
    arango::{self, Query},
    wire::CollectionName,
};

/// Numbers listed at most; the highest ones are kept.
const LISTED: usize = 1000;

/// How many vertices have so many edges going out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Degree {
    degree: u64,
    frequency: u64,
}

/// How the edge collections are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// The first one only.
    First,
    /// All together: a vertex has as many edges as it has in all of them.
    Aggregated,
    /// Each by itself.
    PerCollection,
}

/// The part of the statistics about degrees. The average is over all vertices, also those no edge leaves.
pub(crate) async fn analyse(
    target: &Target<'_>,
    edges: &[CollectionName],
    vertices: u64,
    method: Method,
) -> Result<Map<String, Value>, arango::Error> {
    let mut found = Map::new();
    let mut put = |name: &str, value: Value| found.insert(name.to_owned(), value);
    if method == Method::PerCollection {
        let mut by_collection = Map::new();
        for collection in edges {
            let degrees = counted(target, std::slice::from_ref(collection)).await?;
            by_collection.insert(collection.as_str().to_owned(), json!(listed(&degrees)));
        }
        put("per_collection_degree_distribution", by_collection.into());
        put("degree_analysis_method", "per_collection".into());
        return Ok(found);
    }
    let counted_ones = if method == Method::First { edges.get(..1).unwrap_or(edges) } else { edges };
    let degrees = counted(target, counted_ones).await?;
    put("out_degree_distribution", json!(listed(&degrees)));
    match counted_ones {
        [only] => {
            put("degree_analysis_method", format!("sampled_from_{only}").into());
            if edges.len() > 1 {
                let warning = format!("only `{only}` was counted, the first of {} edge collections", edges.len());
                put("degree_analysis_warning", warning.into());
            }
        }
        _ => {
            put("degree_analysis_method", "aggregated_all_collections".into());
        }
    }
    let total: u64 = degrees.iter().map(|each| each.degree.saturating_mul(each.frequency)).sum();
    put("max_out_degree", degrees.last().map_or(0, |each| each.degree).into());
    put("avg_out_degree", ratio(total, vertices).into());
    Ok(found)
}

/// The one divided by the other; 0 for nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "statistics of more than 2^53 things may be a little off")]
    let (part, whole) = (part as f64, whole as f64);
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn listed(degrees: &[Degree]) -> &[Degree] {
    degrees.get(degrees.len().saturating_sub(LISTED)..).unwrap_or_default()
}

/// The degrees of the vertices that have edges going out, in ascending order.
async fn counted(target: &Target<'_>, edges: &[CollectionName]) -> Result<Vec<Degree>, arango::Error> {
    rows(target, query(edges)).await
}

fn query(edges: &[CollectionName]) -> Query {
    const FREQUENCY: &str =
        "COLLECT degree = d WITH COUNT INTO frequency SORT degree RETURN {degree: degree, frequency: frequency}";
    let mut query = Query::new("");
    let mut parts = Vec::with_capacity(edges.len());
    for (at, name) in edges.iter().enumerate() {
        query.bind_vars.insert(format!("@e{at}"), name.as_str().into());
        parts.push(format!("FOR e IN @@e{at} COLLECT v = e._from WITH COUNT INTO d"));
    }
    query.text = match parts.as_slice() {
        [only] => format!("{only} {FREQUENCY}"),
        several => {
            let several: Vec<String> = several.iter().map(|part| format!("({part} RETURN {{v: v, d: d}})")).collect();
            let union = several.join(", ");
            format!("FOR x IN UNION({union}) COLLECT v = x.v AGGREGATE d = SUM(x.d) {FREQUENCY}")
        }
    };
    query
}

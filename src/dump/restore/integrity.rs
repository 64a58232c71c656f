//! Whether what was restored is whole: digests were compared before, and now every edge must have both of its ends.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{answer, error::Error},
    Restore,
};
use crate::{
    arango::{self, Graph, Query},
    wire::CollectionName,
};

/// Dangling edges that are shown of each collection.
const SHOWN: u32 = 10;

/// What was checked and found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Integrity {
    /// Whether nothing is wrong.
    pub valid: bool,
    /// Whether the files were compared with a manifest; backups of the Python original have none.
    pub digests_checked: bool,
    /// Whether edges were looked at, which a dry run cannot do.
    pub edges_checked: bool,
    /// Edges of which an end is missing or outside of the graph.
    pub dangling_edges: u64,
    /// Some of them.
    pub examples: Vec<Dangling>,
}

/// An edge without an end.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct Dangling {
    /// The edge.
    #[serde(rename = "_id")]
    pub id: String,
    /// Where it begins.
    #[serde(rename = "_from")]
    pub from: String,
    /// Where it ends.
    #[serde(rename = "_to")]
    pub to: String,
}

#[derive(Deserialize)]
struct Found {
    count: u64,
    examples: Vec<Dangling>,
}

pub(super) async fn check(
    restore: &Restore<'_>,
    graph: &Graph,
    vertices: &[CollectionName],
    edges_checked: bool,
) -> Result<Integrity, Error> {
    let mut integrity = Integrity {
        valid: restore.problems.is_empty(),
        digests_checked: restore.survey.manifest,
        edges_checked,
        dangling_edges: 0,
        examples: Vec::new(),
    };
    for edges in graph.edge_collections().iter().filter(|_| edges_checked) {
        let mut cursor = match answer(restore.job, restore.database.query(&dangling(edges, vertices))).await {
            // A collection that could not be made is told of elsewhere.
            Err(Error::Database(arango::Error::Server { .. })) if !restore.problems.is_empty() => continue,
            other => other?,
        };
        while let Some(batch) = answer(restore.job, cursor.next_batch()).await? {
            for found in batch.decode::<Found>()? {
                integrity.dangling_edges += found.count;
                integrity.examples.extend(found.examples);
            }
        }
    }
    integrity.valid &= integrity.dangling_edges == 0;
    Ok(integrity)
}

/// Edges of which an end is missing. A name outside of the graph is never looked up.
const DANGLING: &str = "FOR e IN @@edges \
    FILTER PARSE_IDENTIFIER(e._from).collection NOT IN @vertices OR DOCUMENT(e._from) == null \
    OR PARSE_IDENTIFIER(e._to).collection NOT IN @vertices OR DOCUMENT(e._to) == null";

/// The vertex collections are declared, as a cluster wants it.
fn dangling(edges: &CollectionName, vertices: &[CollectionName]) -> Query {
    let declared: Vec<String> = (0..vertices.len()).map(|position| format!("@@vertices{position}")).collect();
    let with = if declared.is_empty() { String::new() } else { format!("WITH {} ", declared.join(", ")) };
    let text = format!(
        "{with}LET total = FIRST({DANGLING} COLLECT WITH COUNT INTO n RETURN n) \
         LET some = ({DANGLING} LIMIT @shown RETURN {{ _id: e._id, _from: e._from, _to: e._to }}) \
         RETURN {{ count: total, examples: some }}"
    );
    let names: Vec<&str> = vertices.iter().map(CollectionName::as_str).collect();
    let mut query = Query::new(text).bind("@edges", edges.as_str()).bind("vertices", names).bind("shown", SHOWN);
    query.max_runtime = Some(super::super::RUNTIME);
    query.memory_limit = Some(super::super::MEMORY);
    vertices
        .iter()
        .enumerate()
        .fold(query, |query, (position, name)| query.bind(format!("@vertices{position}"), name.as_str()))
}

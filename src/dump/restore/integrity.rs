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
    /// How many graphs were looked at: one, or none.
    pub graphs_checked: usize,
    /// Edges of which an end is missing or outside of the graph.
    pub total_orphaned_edges: u64,
    /// Those of them with an end in a collection outside of the graph.
    pub total_constraint_violations: u64,
    /// The same for the graph.
    pub results: Vec<Finding>,
    /// All of that in words.
    pub summary: String,
}

/// What was found in a graph.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The graph.
    pub graph_name: String,
    /// Whether nothing is wrong with it.
    pub valid: bool,
    /// How many edges have a missing end.
    pub orphaned_edges_count: u64,
    /// How many have an end outside of it.
    pub constraint_violations_count: u64,
    /// Some of the edges.
    pub orphaned_edges: Vec<Dangling>,
    /// The edge collections with such ends.
    pub constraint_violations: Vec<Violation>,
}

/// An edge collection that does not keep to the graph.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Violation {
    /// Always `edge_definition`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The edge collection.
    pub collection: String,
    /// What is wrong.
    pub error: String,
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
    outside: u64,
    examples: Vec<Dangling>,
}

pub(super) async fn check(
    restore: &Restore<'_>,
    graph: &Graph,
    vertices: &[CollectionName],
    edges_checked: bool,
) -> Result<Integrity, Error> {
    let mut finding = Finding {
        graph_name: graph.name.as_str().to_owned(),
        valid: true,
        orphaned_edges_count: 0,
        constraint_violations_count: 0,
        orphaned_edges: Vec::new(),
        constraint_violations: Vec::new(),
    };
    for edges in graph.edge_collections().iter().filter(|_| edges_checked) {
        let mut cursor = match answer(restore.job, restore.database.query(&dangling(edges, vertices))).await {
            // A collection that could not be made is told of elsewhere.
            Err(Error::Database(arango::Error::Server { .. })) if !restore.problems.is_empty() => continue,
            other => other?,
        };
        while let Some(batch) = answer(restore.job, cursor.next_batch()).await? {
            for found in batch.decode::<Found>()? {
                finding.orphaned_edges_count += found.count;
                finding.constraint_violations_count += found.outside;
                finding.orphaned_edges.extend(found.examples);
                if found.outside > 0 {
                    let error = format!("{} edges have an end outside of the graph", found.outside);
                    let collection = edges.as_str().to_owned();
                    finding.constraint_violations.push(Violation { kind: "edge_definition", collection, error });
                }
            }
        }
    }
    finding.valid = finding.orphaned_edges_count == 0;
    let (orphaned, outside) = (finding.orphaned_edges_count, finding.constraint_violations_count);
    let graphs_checked = usize::from(edges_checked);
    Ok(Integrity {
        valid: finding.valid && restore.problems.is_empty(),
        digests_checked: restore.survey.manifest,
        edges_checked,
        graphs_checked,
        total_orphaned_edges: orphaned,
        total_constraint_violations: outside,
        results: if edges_checked { vec![finding] } else { Vec::new() },
        summary: format!("{graphs_checked} graphs checked: {orphaned} orphaned edges, {outside} constraint violations"),
    })
}

/// Edges of which an end is missing. A name outside of the graph is never looked up.
const DANGLING: &str = "FOR e IN @@edges \
    FILTER PARSE_IDENTIFIER(e._from).collection NOT IN @vertices OR DOCUMENT(e._from) == null \
    OR PARSE_IDENTIFIER(e._to).collection NOT IN @vertices OR DOCUMENT(e._to) == null";

/// Edges of which an end is outside of the graph.
const OUTSIDE: &str = "FOR e IN @@edges \
    FILTER PARSE_IDENTIFIER(e._from).collection NOT IN @vertices \
    OR PARSE_IDENTIFIER(e._to).collection NOT IN @vertices";

/// The vertex collections are declared, as a cluster wants it.
fn dangling(edges: &CollectionName, vertices: &[CollectionName]) -> Query {
    let declared: Vec<String> = (0..vertices.len()).map(|position| format!("@@vertices{position}")).collect();
    let with = if declared.is_empty() { String::new() } else { format!("WITH {} ", declared.join(", ")) };
    let text = format!(
        "{with}LET total = FIRST({DANGLING} COLLECT WITH COUNT INTO n RETURN n) \
         LET outside = FIRST({OUTSIDE} COLLECT WITH COUNT INTO n RETURN n) \
         LET some = ({DANGLING} LIMIT @shown RETURN {{ _id: e._id, _from: e._from, _to: e._to }}) \
         RETURN {{ count: total, outside: outside, examples: some }}"
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

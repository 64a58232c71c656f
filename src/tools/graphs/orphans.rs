//! Edges whose ends are missing, and edges that a graph's definition does not allow: found on the server, counted up to a
//! cap, brought here in batches.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{super::on_database::Target, edges, rows};
use crate::{
    arango::{self, EdgeDefinition, Query},
    wire::CollectionName,
};

/// Orphaned edges counted at most, per edge collection.
pub(crate) const COUNTED: u64 = 100_000;

/// Pairs of collections looked at, per edge collection. More than a few are rare.
const PAIRS: u32 = 1000;

/// Edges that lead from one collection to another.
#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    from: String,
    to: String,
    edges: u64,
}

impl Pair {
    /// What is wrong with these edges, if the definition does not allow them.
    pub(crate) fn violates(&self, definition: &EdgeDefinition) -> Option<String> {
        let allowed = |names: &[CollectionName], name: &str| names.iter().any(|each| each.as_str() == name);
        if allowed(&definition.from, &self.from) && allowed(&definition.to, &self.to) {
            return None;
        }
        let Self { from, to, edges } = self;
        Some(format!("{edges} edges lead from `{from}` to `{to}`, which the edge definition does not allow"))
    }
}

/// Between which collections the edges lead.
pub(crate) async fn pairs(target: &Target<'_>, edges: &CollectionName) -> Result<Vec<Pair>, arango::Error> {
    let query = Query::new(
        "FOR e IN @@edges \
         COLLECT f = PARSE_IDENTIFIER(e._from).collection, t = PARSE_IDENTIFIER(e._to).collection WITH COUNT INTO n \
         SORT f, t LIMIT @most RETURN {from: f, to: t, edges: n}",
    );
    rows(target, query.bind("@edges", edges.as_str()).bind("most", PAIRS)).await
}

/// An edge at least one end of which is missing.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct OrphanedEdge {
    _id: String,
    _from: String,
    _to: String,
    from_exists: bool,
    to_exists: bool,
}

/// Counts the edges with a missing end, up to [`COUNTED`], and keeps the first `keep` of them.
pub(crate) async fn orphaned(
    target: &Target<'_>,
    edges: &CollectionName,
    pairs: &[Pair],
    existing: &BTreeSet<String>,
    keep: usize,
) -> Result<(u64, Vec<OrphanedEdge>), arango::Error> {
    let ends = pairs.iter().flat_map(|pair| [&pair.from, &pair.to]).filter(|name| existing.contains(*name));
    let ends: BTreeSet<CollectionName> = ends.filter_map(|name| CollectionName::parse(name.as_str()).ok()).collect();
    let mut query = Query::new("");
    let with = edges::with(&mut query, &ends);
    query.text = with
        + "FOR e IN @@edges \
           LET from_exists = DOCUMENT(e._from) != null LET to_exists = DOCUMENT(e._to) != null \
           FILTER !from_exists OR !to_exists LIMIT @most \
           RETURN {_id: e._id, _from: e._from, _to: e._to, from_exists: from_exists, to_exists: to_exists}";
    query = query.bind("@edges", edges.as_str()).bind("most", COUNTED);
    query.batch_size = Some(1000);
    query.stream = true;
    let mut cursor = target.database.query(&query).await?;
    let (mut count, mut kept) = (0, Vec::new());
    while let Some(batch) = cursor.next_batch().await? {
        count += batch.len() as u64;
        if kept.len() < keep {
            kept.extend(batch.decode::<OrphanedEdge>()?.into_iter().take(keep - kept.len()));
        }
    }
    Ok((count, kept))
}

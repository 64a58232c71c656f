//! Which edges a walk follows: those of a named graph, or those of some collections. Only fixed text goes into the query;
//! every name is bound. ArangoDB in a cluster wants the vertex collections of such collections declared with `WITH`;
//! where the caller does not name them, they are looked up.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{error::ToolError, on_database::Target},
    existing, rows,
};
use crate::{
    arango::{self, Graph, Query},
    wire::{CollectionName, DocumentId, GraphName},
};

/// How many edges of a collection that no named graph describes are looked at to learn where its edges lead.
const LOOKED_AT: u32 = 10_000;

/// Which way edges are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Direction {
    #[default]
    Outbound,
    Inbound,
    Any,
}

impl Direction {
    /// The keyword.
    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            Self::Outbound => "OUTBOUND",
            Self::Inbound => "INBOUND",
            Self::Any => "ANY",
        }
    }
}

/// What a call says about the edges to follow.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) graph: Option<GraphName>,
    pub(crate) edges: Vec<CollectionName>,
    pub(crate) vertices: Vec<CollectionName>,
}

/// The edges to follow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Edges {
    /// Those of a named graph, which knows its vertex collections.
    Graph(GraphName),
    /// Those of some collections, with the vertex collections they connect.
    Collections { edges: BTreeSet<CollectionName>, vertices: BTreeSet<CollectionName> },
}

impl Edges {
    /// Settles what to follow from these vertices. A graph wins over collections.
    pub(crate) async fn choose(target: &Target<'_>, choice: Choice, ends: &[&DocumentId]) -> Result<Self, ToolError> {
        if let Some(graph) = choice.graph {
            return Ok(Self::Graph(graph));
        }
        if choice.edges.is_empty() {
            return Err(ToolError::argument(
                "graph",
                "missing",
                "give `graph` or `edge_collections`: which edges to follow",
            )
            .hint("arango_list_graphs lists the named graphs with their edge collections"));
        }
        let edges: BTreeSet<CollectionName> = choice.edges.into_iter().collect();
        let mut vertices: BTreeSet<CollectionName> = choice.vertices.into_iter().collect();
        let mut found = if vertices.is_empty() { connected(target, &edges).await? } else { BTreeSet::new() };
        found.extend(ends.iter().filter_map(|id| CollectionName::parse(id.parts().0).ok()));
        // Edges may point to collections that are gone.
        let existing = existing(target).await?;
        found.retain(|name| existing.contains(name.as_str()));
        vertices.append(&mut found);
        Ok(Self::Collections { edges, vertices })
    }

    /// A query made of fixed text: `head`, the edges, `tail`.
    pub(crate) fn query(&self, head: &str, tail: &str) -> Query {
        match self {
            Self::Graph(graph) => Query::new(format!("{head} GRAPH @graph {tail}")).bind("graph", graph.as_str()),
            Self::Collections { edges, vertices } => {
                let mut query = Query::new("");
                let edges = bound(&mut query, "e", edges);
                let with = with(&mut query, vertices);
                query.text = format!("{with}{head} {edges} {tail}");
                query
            }
        }
    }
}

/// `WITH` for these collections, bound in the query; nothing if there are none.
pub(crate) fn with(query: &mut Query, vertices: &BTreeSet<CollectionName>) -> String {
    if vertices.is_empty() { String::new() } else { format!("WITH {} ", bound(query, "v", vertices)) }
}

/// Binds the names as `@letter0`, `@letter1`, … and gives the list that stands for them in the text.
fn bound(query: &mut Query, letter: &str, names: &BTreeSet<CollectionName>) -> String {
    let list = names.iter().enumerate().map(|(at, name)| {
        query.bind_vars.insert(format!("@{letter}{at}"), name.as_str().into());
        format!("@@{letter}{at}")
    });
    list.collect::<Vec<_>>().join(", ")
}

/// The collections these edges connect: as the named graphs say, else as the edges themselves show.
async fn connected(
    target: &Target<'_>,
    edges: &BTreeSet<CollectionName>,
) -> Result<BTreeSet<CollectionName>, arango::Error> {
    let graphs = target.database.graphs().await?;
    let mut found = BTreeSet::new();
    for edge in edges {
        let mut described = described(&graphs, edge);
        if !described.is_empty() {
            found.append(&mut described);
            continue;
        }
        let query = Query::new(
            "FOR e IN @@edges LIMIT @most FOR id IN [e._from, e._to] FILTER id != null \
             RETURN DISTINCT PARSE_IDENTIFIER(id).collection",
        );
        let query = query.bind("@edges", edge.as_str()).bind("most", LOOKED_AT);
        found.extend(rows::<CollectionName>(target, query).await?);
    }
    Ok(found)
}

/// What the named graphs say these edges connect; nothing if none has them.
fn described(graphs: &[Graph], edges: &CollectionName) -> BTreeSet<CollectionName> {
    let definitions = graphs.iter().filter_map(|graph| graph.definition(edges));
    definitions.flat_map(|definition| definition.from.iter().chain(&definition.to)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<CollectionName> {
        names.iter().map(|name| CollectionName::parse(*name).unwrap()).collect()
    }

    #[test]
    fn names_are_bound_and_never_part_of_the_text() {
        let hostile = "knows` RETURN 1 `";
        let hostile = hostile.trim();
        let edges = Edges::Collections { edges: names(&[hostile, "b"]), vertices: names(&["people"]) };
        let query = edges.query("FOR v IN 1..1 ANY @start", "RETURN v");
        assert_eq!(query.text, "WITH @@v0 FOR v IN 1..1 ANY @start @@e0, @@e1 RETURN v");
        assert_eq!(query.bind_vars["@e1"], hostile);
        let graph = Edges::Graph(GraphName::parse("g' RETURN 1").unwrap());
        assert_eq!(graph.query("FOR v IN ANY @s", "RETURN v").text, "FOR v IN ANY @s GRAPH @graph RETURN v");
    }
}

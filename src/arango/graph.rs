//! Named graphs (`/_api/gharial`): list, look at, create, extend.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{call::Call, database::Database, error::Error};
use crate::wire::{CollectionName, GraphName};

/// Which vertices the edges of a collection connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeDefinition {
    /// The edge collection.
    pub collection: CollectionName,
    /// Where edges may begin.
    pub from: Vec<CollectionName>,
    /// Where edges may end.
    pub to: Vec<CollectionName>,
}

impl EdgeDefinition {
    /// Whether both say the same, in whatever order.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let set = |names: &[CollectionName]| names.iter().cloned().collect::<BTreeSet<_>>();
        self.collection == other.collection && set(&self.from) == set(&other.from) && set(&self.to) == set(&other.to)
    }
}

/// A named graph as the server describes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Graph {
    /// Its name.
    pub name: GraphName,
    /// Its edge collections and what they connect.
    #[serde(default)]
    pub edge_definitions: Vec<EdgeDefinition>,
    /// Vertex collections without edges.
    #[serde(default)]
    pub orphan_collections: Vec<CollectionName>,
    /// Everything else, e.g. `_id`, `_rev`, `numberOfShards`.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Graph {
    /// The vertex collections, those without edges included.
    pub fn vertex_collections(&self) -> BTreeSet<CollectionName> {
        let ends = self.edge_definitions.iter().flat_map(|definition| definition.from.iter().chain(&definition.to));
        ends.chain(&self.orphan_collections).cloned().collect()
    }

    /// The edge collections.
    pub fn edge_collections(&self) -> BTreeSet<CollectionName> {
        self.edge_definitions.iter().map(|definition| definition.collection.clone()).collect()
    }

    /// Whether both connect the same collections, in whatever order they say so.
    pub fn connects_the_same(&self, other: &Self) -> bool {
        let sorted = |names: &[CollectionName]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        let edges = |graph: &Self| {
            let mut edges: Vec<_> = graph
                .edge_definitions
                .iter()
                .map(|edge| (edge.collection.clone(), sorted(&edge.from), sorted(&edge.to)))
                .collect();
            edges.sort();
            edges
        };
        edges(self) == edges(other) && sorted(&self.orphan_collections) == sorted(&other.orphan_collections)
    }

    /// The definition of an edge collection.
    pub fn definition(&self, collection: &CollectionName) -> Option<&EdgeDefinition> {
        self.edge_definitions.iter().find(|definition| definition.collection == *collection)
    }
}

#[derive(Deserialize)]
struct One {
    graph: Graph,
}

impl Database {
    /// All named graphs of the database.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn graphs(&self) -> Result<Vec<Graph>, Error> {
        #[derive(Deserialize)]
        struct Listed {
            graphs: Vec<Graph>,
        }
        let listed: Listed = self.call(Call::get(&["_api", "gharial"])).await?;
        Ok(listed.graphs)
    }

    /// A named graph.
    ///
    /// # Errors
    /// 1924 when there is none of this name, and what any call can meet.
    pub async fn graph(&self, name: &GraphName) -> Result<Graph, Error> {
        let one: One = self.call(Call::get(&["_api", "gharial", name.as_str()])).await?;
        Ok(one.graph)
    }

    /// Creates a named graph. The server creates those of its collections that are missing.
    ///
    /// # Errors
    /// 1925 when the name is taken, 1920 and 1921 when an edge collection is used otherwise, 1944 when one holds documents,
    /// and what any call can meet.
    pub async fn create_graph(
        &self,
        name: &GraphName,
        edge_definitions: &[EdgeDefinition],
        orphan_collections: &[CollectionName],
    ) -> Result<Graph, Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            name: &'a GraphName,
            edge_definitions: &'a [EdgeDefinition],
            orphan_collections: &'a [CollectionName],
        }
        let body = Body { name, edge_definitions, orphan_collections };
        let one: One = self.call(Call::post(&["_api", "gharial"]).json(&body)).await?;
        Ok(one.graph)
    }

    /// Adds a vertex collection without edges to a graph. The server creates it if it is missing.
    ///
    /// # Errors
    /// 1924 when there is no such graph, 1938 or 1929 when the collection is part of it already, and what any call can meet.
    pub async fn add_vertex_collection(&self, graph: &GraphName, collection: &CollectionName) -> Result<Graph, Error> {
        let call = Call::post(&["_api", "gharial", graph.as_str(), "vertex"]);
        let one: One =
            self.call(call.json(&Map::from_iter([("collection".to_owned(), collection.as_str().into())]))).await?;
        Ok(one.graph)
    }

    /// Adds an edge collection and its ends to a graph. The server creates those that are missing.
    ///
    /// # Errors
    /// 1924 when there is no such graph, 1920 when it has the edge collection already, 1921 when another graph gives it
    /// other ends, 1944 when it holds documents, and what any call can meet.
    pub async fn add_edge_definition(&self, graph: &GraphName, definition: &EdgeDefinition) -> Result<Graph, Error> {
        let call = Call::post(&["_api", "gharial", graph.as_str(), "edge"]);
        let one: One = self.call(call.json(definition)).await?;
        Ok(one.graph)
    }

    /// Forgets a named graph; its collections stay.
    ///
    /// # Errors
    /// 1924 when there is none of that name, and what any call can meet.
    pub async fn forget_graph(&self, name: &GraphName) -> Result<(), Error> {
        let call = Call::delete(&["_api", "gharial", name.as_str()]).query("dropCollections", false);
        self.send(call).await.map(drop)
    }
}

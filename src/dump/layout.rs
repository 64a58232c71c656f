//! What stands where in a backup. The JSON files are those of the Python original, so that either program reads the
//! other's; the manifest beside them is new, and optional when reading.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    arango::{EdgeDefinition, Graph},
    wire::{CollectionName, GraphName},
};

/// Counts and digests of all files. Without an ending, so that no collection's file can have the name.
pub(super) const MANIFEST: &str = "MANIFEST";
/// What the graph is.
pub(super) const METADATA: &str = "graph_metadata.json";
/// The tool's own result.
pub(super) const REPORT: &str = "backup_report.json";

/// What a collection holds, which is also the folder its file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Vertices.
    Vertex,
    /// Edges.
    Edge,
}

impl Part {
    pub(super) const fn folder(self) -> &'static str {
        match self {
            Self::Vertex => "vertices",
            Self::Edge => "edges",
        }
    }

    /// The file of a collection in a graph's backup.
    pub(super) fn file(self, collection: &CollectionName) -> String {
        format!("{}/{collection}.json", self.folder())
    }
}

/// A file as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    /// Where it is, from the directory of the backup.
    pub(super) path: String,
    /// How many documents it holds.
    pub(super) count: u64,
    /// How long it is.
    pub(super) bytes: u64,
    /// SHA-256 in hexadecimal.
    pub(super) sha256: String,
}

/// What the files should be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The version of this layout.
    pub(super) version: u32,
    /// When, RFC 3339.
    pub(super) created: String,
    /// The database's name.
    pub(super) database: String,
    /// All files but this one.
    pub(super) files: Vec<FileEntry>,
}

impl Manifest {
    pub(super) fn new(created: String, database: &str, files: Vec<FileEntry>) -> Self {
        Self { version: 1, created, database: database.to_owned(), files }
    }
}

/// `graph_metadata.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Metadata {
    pub(super) graph_name: GraphName,
    #[serde(default)]
    pub(super) graph_properties: Properties,
    #[serde(default)]
    pub(super) backup_timestamp: String,
    #[serde(default)]
    pub(super) vertex_collections: Vec<CollectionName>,
    #[serde(default)]
    pub(super) edge_collections: Vec<CollectionName>,
}

/// A graph's definition in the spelling of the Python driver.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Properties {
    pub(super) name: String,
    pub(super) edge_definitions: Vec<Definition>,
    pub(super) orphan_collections: Vec<CollectionName>,
    /// Everything else: id, revision, shards.
    #[serde(flatten)]
    pub(super) more: Map<String, Value>,
}

/// An edge definition in that spelling.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Definition {
    pub(super) edge_collection: CollectionName,
    pub(super) from_vertex_collections: Vec<CollectionName>,
    pub(super) to_vertex_collections: Vec<CollectionName>,
}

impl Properties {
    pub(super) fn of(graph: &Graph) -> Self {
        let renamed = |name: &str| match name {
            "_id" => Some("id".to_owned()),
            "_rev" => Some("revision".to_owned()),
            "numberOfShards" => Some("shard_count".to_owned()),
            _ if name.starts_with('_') => None,
            _ => Some(snake(name)),
        };
        let definition = |edge: &EdgeDefinition| Definition {
            edge_collection: edge.collection.clone(),
            from_vertex_collections: edge.from.clone(),
            to_vertex_collections: edge.to.clone(),
        };
        Self {
            name: graph.name.as_str().to_owned(),
            edge_definitions: graph.edge_definitions.iter().map(definition).collect(),
            orphan_collections: graph.orphan_collections.clone(),
            more: graph.more.iter().filter_map(|(name, value)| Some((renamed(name)?, value.clone()))).collect(),
        }
    }

    /// The definition as the server takes it, under whatever name.
    pub(super) fn as_definition(&self, name: &GraphName) -> Graph {
        let definition = |edge: &Definition| EdgeDefinition {
            collection: edge.edge_collection.clone(),
            from: edge.from_vertex_collections.clone(),
            to: edge.to_vertex_collections.clone(),
        };
        Graph {
            name: name.clone(),
            edge_definitions: self.edge_definitions.iter().map(definition).collect(),
            orphan_collections: self.orphan_collections.clone(),
            more: Map::new(),
        }
    }
}

/// `replicationFactor` as `replication_factor`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_survives_the_python_spelling() {
        let graph: Graph = serde_json::from_value(serde_json::json!({
            "_id": "_graphs/g", "_key": "g", "_rev": "1", "name": "g", "replicationFactor": 2, "numberOfShards": 3,
            "edgeDefinitions": [{"collection": "e", "from": ["a"], "to": ["b"]}], "orphanCollections": ["o"]
        }))
        .unwrap();
        let properties = serde_json::to_value(Properties::of(&graph)).unwrap();
        assert_eq!((&properties["id"], &properties["revision"]), (&"_graphs/g".into(), &"1".into()));
        assert_eq!((&properties["replication_factor"], &properties["shard_count"]), (&2.into(), &3.into()));
        let back: Properties = serde_json::from_value(properties).unwrap();
        assert!(back.as_definition(&graph.name).connects_the_same(&graph));
    }

    #[test]
    fn bytes_are_shown_in_hexadecimal() {
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}

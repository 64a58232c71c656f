//! Vertices and edges written through a named graph, which keeps the graph whole: edges connect vertices that exist, and
//! a vertex takes its edges with it.

use std::{collections::BTreeSet, time::Duration};

use super::definition::{self, Graph};
use crate::{
    embedded::{
        error::Error,
        store::{CollectionKind, Database, EdgeEnd, OverwriteMode, Snapshot, Transaction, WriteOptions, Written},
        value::{Str, Value},
    },
    wire::{CollectionName, DocumentId, ErrorNum},
};

/// How long a write waits for others.
const WAIT: Duration = Duration::from_secs(10);

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A vertex.
    Vertex,
    /// An edge.
    Edge,
}

/// How an element is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewrite {
    /// The patch is merged into it.
    Update,
    /// The document replaces it.
    Replace,
}

/// Checks that a collection exists and holds such a part of the graph.
///
/// # Errors
/// 1203 when there is no such collection, 1926 or 1939 when it is not part of the graph.
pub fn check_collection(snapshot: &Snapshot, graph: &Graph, part: Part, collection: &str) -> Result<(), Error> {
    if snapshot.collection(collection).is_none() {
        return Err(Error::not_found_collection(collection));
    }
    match part {
        Part::Vertex if !graph.has_vertex_collection(collection) => {
            Err(ErrorNum::GRAPH_VERTEX_COL_DOES_NOT_EXIST.into())
        }
        Part::Edge if graph.edge_definition(collection).is_none() => {
            Err(ErrorNum::GRAPH_EDGE_COL_DOES_NOT_EXIST.into())
        }
        Part::Vertex | Part::Edge => Ok(()),
    }
}

/// A vertex or an edge.
///
/// # Errors
/// 1924, those of [`check_collection`], 1202.
pub fn get(snapshot: &Snapshot, graph: &str, part: Part, collection: &str, key: &str) -> Result<Value, Error> {
    let graph = definition::get(snapshot, graph)?;
    check_collection(snapshot, &graph, part, collection)?;
    let document = snapshot.collection(collection).and_then(|collection| collection.get(key)).cloned();
    document.ok_or_else(|| ErrorNum::DOCUMENT_NOT_FOUND.into())
}

/// Inserts a vertex, or an edge between vertices that exist.
///
/// # Errors
/// 1924, those of [`check_collection`] and of [`Transaction::insert`]; for edges 1947 and 1906 when an end is in a
/// collection that does not belong there, 1202 when an end does not exist.
pub fn insert(
    database: &Database,
    graph: &str,
    part: Part,
    collection: &str,
    document: &Value,
    options: &WriteOptions,
) -> Result<Written, Error> {
    let (graph, mut transaction) = begin(database, graph, part, collection)?;
    if part == Part::Edge {
        let needed = options.overwrite_mode != OverwriteMode::Update;
        check_ends(&transaction, &graph, collection, document, needed)?;
    }
    let written = transaction.insert(collection, document, options)?;
    transaction.commit()?;
    Ok(written)
}

/// An element to be changed.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The graph's name.
    pub graph: &'a str,
    /// What it is.
    pub part: Part,
    /// Its collection.
    pub collection: &'a str,
    /// Its key.
    pub key: &'a str,
}

/// Updates or replaces a vertex or an edge.
///
/// # Errors
/// As [`insert`], and 1200 for another revision.
pub fn rewrite(
    database: &Database,
    target: Target<'_>,
    how: Rewrite,
    document: &Value,
    options: &WriteOptions,
) -> Result<Written, Error> {
    let Target { graph, part, collection, key } = target;
    let (graph, mut transaction) = begin(database, graph, part, collection)?;
    if part == Part::Edge {
        if transaction.current(collection).is_none_or(|edges| edges.get(key).is_none()) {
            return Err(ErrorNum::DOCUMENT_NOT_FOUND.into());
        }
        check_ends(&transaction, &graph, collection, document, how == Rewrite::Replace)?;
    }
    let written = match how {
        Rewrite::Update => transaction.update(collection, key, document, options)?,
        Rewrite::Replace => transaction.replace(collection, key, document, options)?,
    };
    transaction.commit()?;
    Ok(written)
}

/// Removes a vertex or an edge, and all edges of all graphs that end in it.
///
/// # Errors
/// 1924, those of [`check_collection`], 1202, 1200 for another revision.
pub fn remove(database: &Database, target: Target<'_>, options: &WriteOptions) -> Result<Written, Error> {
    let Target { graph, part, collection, key } = target;
    let snapshot = database.snapshot();
    check_collection(&snapshot, &definition::get(&snapshot, graph)?, part, collection)?;
    let graphs = definition::list(&snapshot);
    let with_ends_here = graphs.iter().flat_map(|graph| &graph.edges).filter(|definition| {
        let mut vertices = definition.vertices();
        vertices.any(|vertex| **vertex == *collection)
    });
    let edges: BTreeSet<Str> = with_ends_here.map(|definition| Str::clone(&definition.collection)).collect();
    let edges: Vec<Str> = edges.into_iter().filter(|edges| snapshot.collection(edges).is_some()).collect();
    let writes = edges.iter().map(|edges| &**edges).chain([collection]);
    let mut transaction = database.begin(&writes.map(name).collect::<Result<Vec<_>, _>>()?, WAIT)?;
    let written = transaction.remove(collection, key, options)?;
    for edges in &edges {
        let mut keys = BTreeSet::new();
        for end in [EdgeEnd::Out, EdgeEnd::In] {
            let found = transaction.current(edges).map(|edges| edges.edges(&written.id, end)).unwrap_or_default();
            keys.extend(found.iter().filter_map(|edge| edge.get("_key").as_str().map(Str::from)));
        }
        for key in keys {
            transaction.remove(edges, &key, &WriteOptions::default())?;
        }
    }
    transaction.commit()?;
    Ok(written)
}

fn name(text: &str) -> Result<CollectionName, Error> {
    CollectionName::parse(text).map_err(|_| Error::not_found_collection(text))
}

fn begin(database: &Database, graph: &str, part: Part, collection: &str) -> Result<(Graph, Transaction), Error> {
    let snapshot = database.snapshot();
    let graph = definition::get(&snapshot, graph)?;
    check_collection(&snapshot, &graph, part, collection)?;
    Ok((graph, database.begin(&[name(collection)?], WAIT)?))
}

/// Checks that the ends an edge document names exist and may be ends of such edges.
fn check_ends(
    transaction: &Transaction,
    graph: &Graph,
    collection: &str,
    document: &Value,
    both_needed: bool,
) -> Result<(), Error> {
    let object = document.as_object().ok_or(ErrorNum::DOCUMENT_TYPE_INVALID)?;
    let definition = graph.edge_definition(collection).ok_or(ErrorNum::GRAPH_EDGE_COL_DOES_NOT_EXIST)?;
    for (attribute, allowed) in [("_from", &definition.from), ("_to", &definition.to)] {
        let Some(value) = object.get(attribute) else {
            if both_needed {
                return Err(ErrorNum::INVALID_EDGE_ATTRIBUTE.into());
            }
            continue;
        };
        let id = value.as_str().and_then(|id| DocumentId::parse(id).ok()).ok_or(ErrorNum::INVALID_EDGE_ATTRIBUTE)?;
        let (vertices, key) = id.parts();
        if !graph.has_vertex_collection(vertices) && !is_edge_collection(transaction, graph, vertices) {
            let text = ErrorNum::GRAPH_REFERENCED_VERTEX_COLLECTION_NOT_PART_OF_THE_GRAPH.text();
            let what = format!("{text}: {vertices}");
            return Err(Error::new(ErrorNum::GRAPH_REFERENCED_VERTEX_COLLECTION_NOT_PART_OF_THE_GRAPH, what));
        }
        if !allowed.iter().any(|name| **name == *vertices) {
            let what = format!("invalid edge: {attribute} of {collection} may not be in {vertices}");
            return Err(Error::new(ErrorNum::GRAPH_INVALID_EDGE, what));
        }
        if transaction.current(vertices).is_none_or(|vertices| vertices.get(key).is_none()) {
            return Err(ErrorNum::DOCUMENT_NOT_FOUND.into());
        }
    }
    Ok(())
}

fn is_edge_collection(transaction: &Transaction, graph: &Graph, name: &str) -> bool {
    graph.edge_definition(name).is_some()
        && transaction.current(name).is_some_and(|collection| collection.kind() == CollectionKind::Edge)
}

//! Making, changing and dropping named graphs. Definitions change under the write lock of `_graphs`; collections that are
//! to go with them are dropped afterwards, when nothing is locked.

use std::{collections::BTreeSet, time::Duration};

use super::definition::{EdgeDefinition, GRAPHS, Graph, in_collection, multi_use};
use crate::{
    embedded::{
        error::Error,
        store::{Collection, CollectionKind, CollectionSpec, Database, Transaction, WriteOptions},
        value::{Object, Str},
    },
    wire::{CollectionName, ErrorNum},
};

/// How long a change waits for others that change graphs.
const WAIT: Duration = Duration::from_secs(10);

/// Makes a graph from the body of `POST /_api/gharial`, with those of its collections that are missing.
///
/// # Errors
/// 1925 when there is one of this name, 1921 when another graph has other ends for an edge collection, 1944 and 1927 when
/// a collection is of the wrong kind, and those of [`Graph::from_request`].
pub fn create(database: &Database, request: &Object) -> Result<Graph, Error> {
    let graph = Graph::from_request(request)?;
    let mut edit = Edit::begin(database)?;
    if edit.graphs.iter().any(|other| other.name == graph.name) {
        return Err(ErrorNum::GRAPH_DUPLICATE.into());
    }
    for definition in &graph.edges {
        edit.check_definition(definition)?;
        edit.make_collections(definition)?;
    }
    for orphan in &graph.orphans {
        edit.make_collection(orphan, CollectionKind::Document)?;
    }
    edit.put(&graph)?;
    edit.finish(&graph.name)
}

/// Drops a graph, and with `drop_collections` those of its collections that no other graph uses.
///
/// # Errors
/// 1924 when there is none.
pub fn drop_graph(database: &Database, name: &str, drop_collections: bool) -> Result<(), Error> {
    let mut edit = Edit::begin(database)?;
    let graph = edit.find(name)?;
    edit.transaction.remove(GRAPHS, name, &WriteOptions::default())?;
    edit.graphs.retain(|other| other.name != graph.name);
    let mut unused = graph.vertex_collections();
    unused.extend(graph.edge_collections().cloned());
    unused.retain(|collection| drop_collections && !edit.is_used(collection));
    edit.transaction.commit()?;
    drop_unused(database, unused)
}

/// Adds a vertex collection without edges, and makes it if need be and `make` says so.
///
/// # Errors
/// 1924; 1938 and 1929 when the graph has it already; 1926 when it is missing and not to be made; 1927 for an edge
/// collection.
pub fn add_vertex_collection(
    database: &Database,
    name: &str,
    collection: &CollectionName,
    make: bool,
) -> Result<Graph, Error> {
    let mut edit = Edit::begin(database)?;
    let mut graph = edit.find(name)?;
    let collection = Str::from(collection.as_str());
    if graph.orphans.contains(&collection) {
        return Err(ErrorNum::GRAPH_COLLECTION_USED_IN_ORPHANS.into());
    }
    if graph.is_at_an_end(&collection) {
        return Err(ErrorNum::GRAPH_COLLECTION_USED_IN_EDGE_DEF.into());
    }
    if !make && database.snapshot().collection(&collection).is_none() {
        return Err(Error::new(
            ErrorNum::GRAPH_VERTEX_COL_DOES_NOT_EXIST,
            format!("{}: {collection}", ErrorNum::GRAPH_VERTEX_COL_DOES_NOT_EXIST.text()),
        ));
    }
    edit.make_collection(&collection, CollectionKind::Document)?;
    graph.orphans.push(collection);
    edit.put(&graph)?;
    edit.finish(&graph.name)
}

/// Takes out a vertex collection without edges, and drops it if asked to and no other graph uses it.
///
/// # Errors
/// 1924; 1926 when it is not part of the graph, 1928 when edges use it.
pub fn remove_vertex_collection(database: &Database, name: &str, collection: &str, drop: bool) -> Result<Graph, Error> {
    let mut edit = Edit::begin(database)?;
    let mut graph = edit.find(name)?;
    if !graph.has_vertex_collection(collection) {
        return Err(ErrorNum::GRAPH_VERTEX_COL_DOES_NOT_EXIST.into());
    }
    if graph.is_at_an_end(collection) {
        return Err(ErrorNum::GRAPH_NOT_IN_ORPHAN_COLLECTION.into());
    }
    graph.orphans.retain(|orphan| **orphan != *collection);
    edit.put(&graph)?;
    let unused = drop && !edit.is_used(collection);
    let graph = edit.finish(name)?;
    drop_unused(database, unused.then(|| Str::from(collection)))?;
    Ok(graph)
}

/// Adds an edge collection with its ends, and makes the collections that are missing.
///
/// # Errors
/// 1924; 1920 when the graph has it already; 1921 when another graph has other ends for it; 1944 and 1927.
pub fn add_edge_definition(database: &Database, name: &str, definition: EdgeDefinition) -> Result<Graph, Error> {
    let mut edit = Edit::begin(database)?;
    let mut graph = edit.find(name)?;
    if graph.edge_definition(&definition.collection).is_some() {
        return Err(multi_use(&definition.collection));
    }
    edit.check_definition(&definition)?;
    edit.make_collections(&definition)?;
    graph.orphans.retain(|orphan| !definition.vertices().any(|vertex| vertex == orphan));
    graph.edges.push(definition);
    edit.put(&graph)?;
    edit.finish(name)
}

/// Gives an edge collection other ends, in every graph that uses it. Vertex collections without edges become orphans,
/// or are dropped if asked to and no graph uses them.
///
/// # Errors
/// 1924; 1930 when the graph has no such edge collection; 1944 and 1927.
pub fn replace_edge_definition(
    database: &Database,
    name: &str,
    collection: &str,
    definition: &EdgeDefinition,
    drop: bool,
) -> Result<Graph, Error> {
    let mut edit = Edit::begin(database)?;
    let graph = edit.find(name)?;
    if graph.edge_definition(collection).is_none() || *definition.collection != *collection {
        return Err(ErrorNum::GRAPH_EDGE_COLLECTION_NOT_USED.into());
    }
    edit.make_collections(definition)?;
    let mut freed = BTreeSet::new();
    for mut graph in edit.graphs.clone() {
        let Some(place) = graph.edges.iter_mut().find(|other| *other.collection == *collection) else { continue };
        let before = std::mem::replace(place, definition.clone());
        graph.orphans.retain(|orphan| !definition.vertices().any(|vertex| vertex == orphan));
        leave_orphans(&mut graph, &before, drop, &mut freed);
        edit.put(&graph)?;
    }
    freed.retain(|vertex| !edit.is_used(vertex));
    let graph = edit.finish(name)?;
    drop_unused(database, freed)?;
    Ok(graph)
}

/// Takes an edge collection out of a graph. Its vertex collections stay as orphans; the edge collection is dropped if
/// asked to and no other graph uses it.
///
/// # Errors
/// 1924; 1930 when the graph has no such edge collection.
pub fn remove_edge_definition(database: &Database, name: &str, collection: &str, drop: bool) -> Result<Graph, Error> {
    let mut edit = Edit::begin(database)?;
    let mut graph = edit.find(name)?;
    let place = graph.edges.iter().position(|definition| *definition.collection == *collection);
    let before = graph.edges.remove(place.ok_or(ErrorNum::GRAPH_EDGE_COLLECTION_NOT_USED)?);
    leave_orphans(&mut graph, &before, false, &mut BTreeSet::new());
    edit.put(&graph)?;
    let unused = drop && !edit.is_used(collection);
    let graph = edit.finish(name)?;
    drop_unused(database, unused.then(|| Str::from(collection)))?;
    Ok(graph)
}

/// Lets all graphs follow a collection that got another name.
///
/// # Errors
/// When it could not be written.
pub fn follow_rename(database: &Database, from: &str, to: &CollectionName) -> Result<(), Error> {
    let mut edit = Edit::begin(database)?;
    let to = Str::from(to.as_str());
    for mut graph in edit.graphs.clone() {
        if !graph.uses(from) {
            continue;
        }
        let ends = graph.edges.iter_mut().flat_map(|definition| {
            definition.from.iter_mut().chain(&mut definition.to).chain([&mut definition.collection])
        });
        for name in ends.chain(&mut graph.orphans).filter(|name| ***name == *from) {
            *name = Str::clone(&to);
        }
        for definition in &mut graph.edges {
            definition.from.sort();
            definition.to.sort();
        }
        edit.put(&graph)?;
    }
    edit.transaction.commit()
}

/// Keeps the vertices of a definition that is gone as orphans, or notes that they are free to be dropped.
fn leave_orphans(graph: &mut Graph, before: &EdgeDefinition, drop: bool, freed: &mut BTreeSet<Str>) {
    for vertex in before.vertices() {
        if graph.has_vertex_collection(vertex) {
            continue;
        }
        if drop {
            freed.insert(Str::clone(vertex));
        } else {
            graph.orphans.push(Str::clone(vertex));
        }
    }
}

fn drop_unused(database: &Database, collections: impl IntoIterator<Item = Str>) -> Result<(), Error> {
    for collection in collections {
        match database.drop_collection(&collection, false) {
            // Somebody else may have been faster.
            Err(error) if error.num == ErrorNum::DATA_SOURCE_NOT_FOUND => {}
            other => other?,
        }
    }
    Ok(())
}

/// A change to `_graphs` under way.
struct Edit<'a> {
    database: &'a Database,
    transaction: Transaction,
    graphs: Vec<Graph>,
}

impl<'a> Edit<'a> {
    fn begin(database: &'a Database) -> Result<Self, Error> {
        let name = CollectionName::parse(GRAPHS).map_err(|_| ErrorNum::INTERNAL)?;
        let transaction = database.begin(&[name], WAIT)?;
        let graphs = in_collection(transaction.current(GRAPHS));
        Ok(Self { database, transaction, graphs })
    }

    fn find(&self, name: &str) -> Result<Graph, Error> {
        let found = self.graphs.iter().find(|graph| *graph.name == *name);
        found.cloned().ok_or_else(|| Error::about(ErrorNum::GRAPH_NOT_FOUND, name))
    }

    fn is_used(&self, collection: &str) -> bool {
        self.graphs.iter().any(|graph| graph.uses(collection))
    }

    /// Another graph may use the same edge collection only with the same ends.
    fn check_definition(&self, definition: &EdgeDefinition) -> Result<(), Error> {
        let others =
            self.graphs.iter().filter_map(|graph| Some((graph, graph.edge_definition(&definition.collection)?)));
        match others.into_iter().find(|(_, other)| *other != definition) {
            None => Ok(()),
            Some((graph, _)) => {
                let text = ErrorNum::GRAPH_COLLECTION_USE_IN_MULTI_GRAPHS.text();
                let what = format!("{text}: {} in graph {}", definition.collection, graph.name);
                Err(Error::new(ErrorNum::GRAPH_COLLECTION_USE_IN_MULTI_GRAPHS, what))
            }
        }
    }

    fn make_collections(&self, definition: &EdgeDefinition) -> Result<(), Error> {
        self.make_collection(&definition.collection, CollectionKind::Edge)?;
        definition.vertices().try_for_each(|vertex| self.make_collection(vertex, CollectionKind::Document))
    }

    /// Makes a collection if it is missing. One that is there must be of the right kind: edges may also be vertices.
    fn make_collection(&self, name: &str, kind: CollectionKind) -> Result<(), Error> {
        let existing = |kind_there| match (kind, kind_there) {
            (CollectionKind::Edge, CollectionKind::Document) => Err(Error::new(
                ErrorNum::GRAPH_EDGE_DEFINITION_IS_DOCUMENT,
                format!("{}: {name}", ErrorNum::GRAPH_EDGE_DEFINITION_IS_DOCUMENT.text()),
            )),
            (CollectionKind::Edge | CollectionKind::Document, CollectionKind::Edge)
            | (CollectionKind::Document, CollectionKind::Document) => Ok(()),
        };
        if let Some(collection) = self.database.snapshot().collection(name) {
            return existing(collection.kind());
        }
        let parsed = CollectionName::parse(name).map_err(|_| ErrorNum::ILLEGAL_NAME)?;
        let spec = CollectionSpec { name: parsed, kind, properties: Object::default() };
        match self.database.create_collection(spec) {
            Ok(_) => Ok(()),
            Err(error) if error.num == ErrorNum::DUPLICATE_NAME => {
                let kind = self.database.snapshot().collection(name).map_or(kind, Collection::kind);
                existing(kind)
            }
            Err(error) => Err(error),
        }
    }

    fn put(&mut self, graph: &Graph) -> Result<(), Error> {
        let document = graph.to_document();
        let options = WriteOptions::default();
        if self.graphs.iter().any(|other| other.name == graph.name) {
            self.transaction.replace(GRAPHS, &graph.name, &document, &options)?;
        } else {
            self.transaction.insert(GRAPHS, &document, &options)?;
        }
        self.graphs = in_collection(self.transaction.current(GRAPHS));
        Ok(())
    }

    fn finish(self, name: &str) -> Result<Graph, Error> {
        let graph = self.find(name)?;
        self.transaction.commit()?;
        Ok(graph)
    }
}

//! A collection: its properties, and reading its documents.

use std::{fmt, sync::Arc};

use super::{
    index::{
        self, IndexInfo,
        range::{IndexRange, IndexScan},
    },
    meta::Meta,
    scan::Scan,
    state::State,
};
use crate::{
    embedded::value::{Object, Str, Value},
    wire::CollectionName,
};

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionKind {
    /// Documents (type 2).
    Document,
    /// Edges (type 3): documents with `_from` and `_to`.
    Edge,
}

impl CollectionKind {
    /// The number ArangoDB shows as `type`.
    pub fn number(self) -> i64 {
        match self {
            Self::Document => 2,
            Self::Edge => 3,
        }
    }
}

/// What a collection is made from.
#[derive(Debug, Clone)]
pub struct CollectionSpec {
    /// Its name.
    pub name: CollectionName,
    /// Documents or edges.
    pub kind: CollectionKind,
    /// Other properties as ArangoDB spells them (`keyOptions`, `waitForSync`, `schema`, `isSystem`, …).
    pub properties: Object,
}

/// Which end of an edge a vertex is looked for at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeEnd {
    /// The vertex is the edge's `_from`.
    Out,
    /// The vertex is the edge's `_to`.
    In,
}

/// The state of a collection at one moment. Cheap to clone, never changes.
#[derive(Clone)]
pub struct Collection {
    state: Arc<State>,
}

impl fmt::Debug for Collection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Documents can be many, and those of `_users` are nobody's business.
        f.debug_struct("Collection").field("name", self.name()).field("documents", &self.len()).finish_non_exhaustive()
    }
}

impl Collection {
    pub(super) fn new(state: State) -> Self {
        Self { state: Arc::new(state) }
    }

    pub(super) fn state(&self) -> &Arc<State> {
        &self.state
    }

    pub(super) fn state_mut(&mut self) -> &mut State {
        Arc::make_mut(&mut self.state)
    }

    pub(super) fn meta(&self) -> &Arc<Meta> {
        &self.state.meta
    }

    /// Its name.
    pub fn name(&self) -> &CollectionName {
        &self.meta().name
    }

    /// Its id, a decimal number as text.
    pub fn id(&self) -> Str {
        Str::clone(&self.meta().id_text)
    }

    /// Documents or edges.
    pub fn kind(&self) -> CollectionKind {
        self.meta().kind
    }

    /// Whether it is a system collection.
    pub fn is_system(&self) -> bool {
        self.meta().is_system
    }

    /// All properties as `GET /_api/collection/{name}/properties` shows them, without `error` and `code`.
    pub fn properties(&self) -> Object {
        self.meta().properties()
    }

    /// How many documents it holds.
    pub fn len(&self) -> usize {
        self.state.documents.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.state.documents.is_empty()
    }

    /// A document by key: an object with `_key`, `_id`, (`_from`, `_to`,) `_rev` first.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.state.get(key)
    }

    /// All documents in the order they were inserted. Owns what it reads, so it can be kept in an operator.
    pub fn scan(&self) -> Scan {
        Scan::new(&self.state)
    }

    /// The edges that leave (`Out`) or reach (`In`) a vertex; empty for document collections.
    pub fn edges(&self, vertex: &str, end: EdgeEnd) -> Vec<Value> {
        let places = self.state.edges().and_then(|edges| edges.places(vertex, end));
        places.map(|places| self.documents_at(places.iter())).unwrap_or_default()
    }

    /// Its indexes, the primary one first.
    pub fn indexes(&self) -> Vec<IndexInfo> {
        let name = self.name();
        let edges = self.state.edges().map(|edges| index::edge_info(edges.selectivity(self.len())));
        let others = self.state.indexes.iter().map(|index| index.describe(self.len()));
        std::iter::once(index::primary()).chain(edges).chain(others).map(|info| info.in_collection(name)).collect()
    }

    /// The documents whose values of the index's first attributes equal `values`, by a persistent index's number or name.
    /// With an array index each document comes once. Nothing for an index that answers no lookups.
    pub fn find_equal(&self, index: &str, values: &[Value]) -> Vec<Value> {
        let Some(index) = self.state.index(index).filter(|index| index.answers()) else { return Vec::new() };
        self.documents_at(index.equal(values).into_iter())
    }

    /// The documents of a range of a persistent index, in its order.
    pub fn scan_index(&self, index: &str, range: &IndexRange) -> IndexScan {
        IndexScan::new(self, index, range)
    }

    /// The revision of the last change, as text; `0` for an empty collection.
    pub fn revision(&self) -> Str {
        let revisions = self.state.documents.values().filter_map(|document| document.get("_rev").as_str());
        revisions
            .filter_map(super::tick::decode_revision)
            .max()
            .map_or_else(|| Str::from("0"), super::tick::encode_revision)
    }

    fn documents_at(&self, places: impl Iterator<Item = u64>) -> Vec<Value> {
        places.filter_map(|place| self.state.documents.get(&place).cloned()).collect()
    }
}

//! The documents of one collection with their indexes, as persistent maps: a copy costs nothing until it is changed.
//!
//! Every change checks first and changes afterwards, so one that fails leaves everything as it was.

use std::sync::Arc;

use imbl::{GenericHashMap, OrdMap, shared_ptr::DefaultSharedPtr};

use super::{
    collection::CollectionKind,
    index::{edge::EdgeIndex, secondary::SecondaryIndex},
    meta::Meta,
};
use crate::{
    embedded::{
        error::Error,
        value::{Str, Value},
    },
    wire::ErrorNum,
};

/// A persistent hash map.
pub(super) type Map<K, V> = GenericHashMap<K, V, foldhash::fast::RandomState, DefaultSharedPtr>;

/// A collection at one moment.
#[derive(Clone)]
pub(super) struct State {
    pub(super) meta: Arc<Meta>,
    /// Documents by their place in the order of the collection. An update keeps the place.
    pub(super) documents: OrdMap<u64, Value>,
    places: Map<Str, u64>,
    edges: Option<EdgeIndex>,
    pub(super) indexes: Vec<SecondaryIndex>,
}

impl State {
    /// A collection without documents.
    pub(super) fn empty(meta: Arc<Meta>) -> Self {
        let edges = match meta.kind {
            CollectionKind::Edge => Some(EdgeIndex::default()),
            CollectionKind::Document => None,
        };
        Self { meta, documents: OrdMap::new(), places: Map::default(), edges, indexes: Vec::new() }
    }

    /// The place of the document with this key.
    pub(super) fn place(&self, key: &str) -> Option<u64> {
        self.places.get(key).copied()
    }

    /// A document by key.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.documents.get(&self.place(key)?)
    }

    /// The edge index, if it is an edge collection.
    pub(super) fn edges(&self) -> Option<&EdgeIndex> {
        self.edges.as_ref()
    }

    /// A secondary index by number or name.
    pub(super) fn index(&self, id_or_name: &str) -> Option<&SecondaryIndex> {
        self.indexes.iter().find(|index| index.is_called(id_or_name))
    }

    /// Stores a document at a place, instead of the one that may be there.
    ///
    /// # Errors
    /// 1210 when a unique index has its values already.
    pub(super) fn put(&mut self, place: u64, key: &Str, document: Value) -> Result<(), Error> {
        let old = self.documents.get(&place).cloned();
        let mut moves = Vec::with_capacity(self.indexes.len());
        for index in &self.indexes {
            let change = index.plan(old.as_ref(), Some(&document))?;
            if let Some(holder) = index.taken(&change, place) {
                let holder =
                    self.documents.get(&holder).map_or("", |document| document.get("_key").as_str().unwrap_or(""));
                return Err(unique_violation(&index.info.name, &index.info.kind, &index.info.fields, holder));
            }
            moves.push(change);
        }
        for (index, change) in self.indexes.iter_mut().zip(moves) {
            index.apply(change, place);
        }
        if let Some(edges) = &mut self.edges {
            edges.replace(old.as_ref(), Some(&document), place);
        }
        if old.is_none() {
            self.places.insert(Str::clone(key), place);
        }
        self.documents.insert(place, document);
        Ok(())
    }

    /// Removes a document and returns it.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let place = self.places.remove(key)?;
        let old = self.documents.remove(&place)?;
        for index in &mut self.indexes {
            // Removing takes nothing that could be taken, so planning it cannot fail.
            if let Ok(change) = index.plan(Some(&old), None) {
                index.apply(change, place);
            }
        }
        if let Some(edges) = &mut self.edges {
            edges.replace(Some(&old), None, place);
        }
        Some(old)
    }

    /// Removes all documents.
    pub(super) fn clear(&mut self) {
        let mut empty = Self::empty(Arc::clone(&self.meta));
        empty.indexes = self.indexes.iter().map(SecondaryIndex::without_entries).collect();
        *self = empty;
    }

    /// Adds an index over the documents there are.
    ///
    /// # Errors
    /// 1210 when they break its uniqueness.
    pub(super) fn add_index(&mut self, mut index: SecondaryIndex) -> Result<(), Error> {
        for (&place, document) in &self.documents {
            let change = index.plan(None, Some(document))?;
            if let Some(holder) = index.taken(&change, place) {
                let holder =
                    self.documents.get(&holder).map_or("", |document| document.get("_key").as_str().unwrap_or(""));
                return Err(unique_violation(&index.info.name, &index.info.kind, &index.info.fields, holder));
            }
            index.apply(change, place);
        }
        self.indexes.push(index);
        Ok(())
    }
}

/// The error of a unique index, as ArangoDB words it.
pub(super) fn unique_violation(name: &str, kind: &str, fields: &[Str], holder: &str) -> Error {
    let fields = fields.iter().map(|field| format!("'{field}'")).collect::<Vec<_>>().join(", ");
    Error::new(
        ErrorNum::UNIQUE_CONSTRAINT_VIOLATED,
        format!("unique constraint violated - in index {name} of type {kind} over {fields}; conflicting key: {holder}"),
    )
}

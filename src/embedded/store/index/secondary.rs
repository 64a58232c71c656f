//! One index that a user made: its definition, and its entries if it is of a kind that keeps some.

use std::{collections::HashSet, ops::Bound, sync::Arc};

use imbl::OrdMap;

use super::{
    IndexInfo,
    ids::Places,
    key::{Key, keys_of, moment_of},
    path::Path,
};
use crate::{
    embedded::{
        error::Error,
        store::{set, state::unique_violation},
        value::{Object, Value},
    },
    wire::ErrorNum,
};

/// More entries than this for one document are refused.
const MAX_KEYS: usize = 1 << 20;

/// What an index does with documents.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "they are ArangoDB's options, any combination is possible")]
pub(in crate::embedded::store) struct Shape {
    pub(super) paths: Vec<Path>,
    pub(super) unique: bool,
    pub(super) sparse: bool,
    pub(super) deduplicate: bool,
    pub(super) estimates: bool,
    /// Values are moments: what is neither a number nor a date string has no entry.
    pub(super) moments: bool,
}

/// An index that a user made.
#[derive(Clone)]
pub(in crate::embedded::store) struct SecondaryIndex {
    pub(in crate::embedded::store) info: Arc<IndexInfo>,
    /// Nothing for the kinds that are listed only and answer no lookups.
    shape: Option<Arc<Shape>>,
    entries: OrdMap<Key, Places>,
}

/// How the entries of one document change.
pub(in crate::embedded::store) struct Change {
    remove: Vec<Key>,
    insert: Vec<Key>,
}

impl SecondaryIndex {
    /// An index without entries.
    pub(in crate::embedded::store) fn new(info: IndexInfo, shape: Option<Shape>) -> Self {
        Self { info: Arc::new(info), shape: shape.map(Arc::new), entries: OrdMap::new() }
    }

    /// The same index for an empty collection.
    pub(in crate::embedded::store) fn without_entries(&self) -> Self {
        Self { info: Arc::clone(&self.info), shape: self.shape.clone(), entries: OrdMap::new() }
    }

    pub(in crate::embedded::store) fn is_called(&self, id_or_name: &str) -> bool {
        *self.info.id == *id_or_name || *self.info.name == *id_or_name
    }

    /// Whether it can be asked for documents.
    pub(in crate::embedded::store) fn answers(&self) -> bool {
        self.shape.is_some()
    }

    /// How the entries change when a document is written or removed.
    ///
    /// # Errors
    /// 1210 when the document itself holds a value twice that must be unique; 32 when it would have too many entries.
    pub(in crate::embedded::store) fn plan(&self, old: Option<&Value>, new: Option<&Value>) -> Result<Change, Error> {
        let Some(shape) = &self.shape else { return Ok(Change { remove: Vec::new(), insert: Vec::new() }) };
        let keys = |document: Option<&Value>| {
            let Some(document) = document else { return Ok(Vec::new()) };
            if shape.moments {
                return Ok(moment_of(document, &shape.paths).into_iter().collect());
            }
            keys_of(document, &shape.paths, shape.sparse, MAX_KEYS).ok_or_else(|| {
                Error::new(ErrorNum::RESOURCE_LIMIT, "the document has too many values for an array index")
            })
        };
        let mut remove = keys(old)?;
        let mut insert = keys(new)?;
        if insert.len() > 1 {
            insert.sort_unstable();
            let before = insert.len();
            insert.dedup();
            if before != insert.len() && shape.unique && !shape.deduplicate {
                let key = new.map_or("", |document| document.get("_key").as_str().unwrap_or_default());
                return Err(unique_violation(&self.info.name, &self.info.kind, &self.info.fields, key));
            }
        }
        if remove.len() > 1 {
            remove.sort_unstable();
            remove.dedup();
        }
        if remove == insert {
            remove.clear();
            insert.clear();
        }
        Ok(Change { remove, insert })
    }

    /// The place of another document that has one of the new values, if they must be unique.
    pub(in crate::embedded::store) fn taken(&self, change: &Change, place: u64) -> Option<u64> {
        if !self.shape.as_ref().is_some_and(|shape| shape.unique) {
            return None;
        }
        change.insert.iter().find_map(|key| self.entries.get(key)?.other_than(place))
    }

    /// Makes the change.
    pub(in crate::embedded::store) fn apply(&mut self, change: Change, place: u64) {
        for key in &change.remove {
            if let Some(places) = self.entries.get_mut(key) {
                places.remove(place);
                if places.is_empty() {
                    self.entries.remove(key);
                }
            }
        }
        for key in change.insert {
            self.entries.entry(key).or_default().insert(place);
        }
    }

    /// The definition with the estimate of now.
    pub(in crate::embedded::store) fn describe(&self, documents: usize) -> IndexInfo {
        let mut info = IndexInfo::clone(&self.info);
        if self.shape.as_ref().is_some_and(|shape| shape.estimates) {
            let unique = self.shape.as_ref().is_some_and(|shape| shape.unique);
            let estimate = if unique { 1.0 } else { super::selectivity(self.entries.len(), documents) };
            set(&mut info.definition, "selectivityEstimate", Value::Double(estimate));
            info.definition.sort_keys();
        }
        info
    }

    /// Up to `limit` entries after `after` (or from the beginning of the range), in the order of the index.
    pub(super) fn entries(&self, lower: &Key, upper: &Key, reverse: bool, limit: usize) -> Vec<(Key, Vec<u64>)> {
        if lower >= upper {
            return Vec::new();
        }
        let entries = self.entries.range::<_, Key>((Bound::Excluded(lower), Bound::Excluded(upper)));
        let take = |(key, places): (&Key, &Places)| (Key::clone(key), places.iter().collect());
        if reverse { entries.rev().take(limit).map(take).collect() } else { entries.take(limit).map(take).collect() }
    }

    /// The places of the documents whose leading indexed values equal these, each once.
    pub(in crate::embedded::store) fn equal(&self, values: &[Value]) -> Vec<u64> {
        if self.shape.as_ref().is_some_and(|shape| shape.paths.len() == values.len()) {
            return self
                .entries
                .get(&Key::whole(values.to_vec()))
                .map(|places| places.iter().collect())
                .unwrap_or_default();
        }
        // Only an array can have brought a document to several entries.
        let mut seen: HashSet<u64, foldhash::fast::RandomState> = HashSet::default();
        self.entries(&Key::before(values), &Key::after(values), false, usize::MAX)
            .into_iter()
            .flat_map(|(_, places)| places)
            .filter(|place| seen.insert(*place))
            .collect()
    }

    /// Whether this is what another definition asks for.
    pub(in crate::embedded::store) fn is_same(&self, other: &Object) -> bool {
        let differing =
            |name: &str| !matches!(name, "id" | "name" | "selectivityEstimate" | "estimates" | "cacheEnabled");
        let mine = self.info.definition.iter().filter(|(name, _)| differing(name));
        let count = other.iter().filter(|(name, _)| differing(name)).count();
        let mut seen = 0;
        for (name, value) in mine {
            seen += 1;
            if !other.get(name).is_some_and(|theirs| same(value, theirs)) {
                return false;
            }
        }
        seen == count
    }
}

/// Equality of definitions: byte for byte, attributes in any order.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, value)| right.get(name).is_some_and(|other| same(value, other)))
        }
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Null, Value::Null) => true,
        (left, right) => match (left.as_f64(), right.as_f64()) {
            (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
            _ => false,
        },
    }
}

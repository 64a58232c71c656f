//! Walking an index in its order.

use std::{collections::VecDeque, ops::Bound, sync::Arc};

use super::key::Key;
use crate::embedded::{
    store::{collection::Collection, state::State},
    value::Value,
};

/// Which part of an index to walk: entries whose first values equal `prefix` and whose next value is within bounds.
#[derive(Debug, Clone)]
pub struct IndexRange {
    /// The first values.
    pub prefix: Vec<Value>,
    /// The lower bound of the value after the prefix.
    pub lower: Bound<Value>,
    /// The upper bound of the value after the prefix.
    pub upper: Bound<Value>,
    /// From the largest to the smallest.
    pub reverse: bool,
}

impl Default for IndexRange {
    fn default() -> Self {
        Self { prefix: Vec::new(), lower: Bound::Unbounded, upper: Bound::Unbounded, reverse: false }
    }
}

impl IndexRange {
    fn bounds(&self) -> (Key, Key) {
        let with = |value: &Value| {
            let mut values = self.prefix.clone();
            values.push(value.clone());
            values
        };
        let lower = match &self.lower {
            Bound::Unbounded => Key::before(&self.prefix),
            Bound::Included(value) => Key::before(&with(value)),
            Bound::Excluded(value) => Key::after(&with(value)),
        };
        let upper = match &self.upper {
            Bound::Unbounded => Key::after(&self.prefix),
            Bound::Included(value) => Key::after(&with(value)),
            Bound::Excluded(value) => Key::before(&with(value)),
        };
        (lower, upper)
    }
}

/// Iterator over the documents of a range of an index. Owns what it reads. A document may come more than once when an
/// array is indexed.
#[derive(Debug)]
pub struct IndexScan {
    collection: Collection,
    index: Box<str>,
    lower: Key,
    upper: Key,
    reverse: bool,
    buffer: VecDeque<u64>,
    chunk: usize,
}

impl IndexScan {
    pub(in crate::embedded::store) fn new(collection: &Collection, index: &str, range: &IndexRange) -> Self {
        let (lower, upper) = range.bounds();
        let collection = collection.clone();
        Self {
            collection,
            index: Box::from(index),
            lower,
            upper,
            reverse: range.reverse,
            buffer: VecDeque::new(),
            chunk: 4,
        }
    }

    fn state(&self) -> &Arc<State> {
        self.collection.state()
    }
}

impl Iterator for IndexScan {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.buffer.is_empty() {
            let index = self.state().index(&self.index)?;
            let entries = index.entries(&self.lower, &self.upper, self.reverse, self.chunk);
            let last = entries.last().map(|(key, _)| key.clone())?;
            if self.reverse {
                self.upper = last;
            } else {
                self.lower = last;
            }
            self.buffer.extend(entries.into_iter().flat_map(|(_, places)| places));
            self.chunk = (self.chunk * 4).min(1024);
        }
        let place = self.buffer.pop_front()?;
        self.state().documents.get(&place).cloned()
    }
}

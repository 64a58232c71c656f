//! Reads documents by index, one after the other, so that a `LIMIT` behind it ends the reading.

use std::{collections::HashSet, ops::Bound};

use super::{Context, Operator, set};
use crate::{
    embedded::{
        error::Error,
        eval::{Row, eval},
        plan::node::{End, IndexKind, IndexScan, Lookup, Search},
        store::{Collection, EdgeEnd, IndexRange},
        value::{
            Str, Value, order,
            sort::{RUN, sort_while},
        },
    },
    wire::ErrorNum,
};

/// What an index is asked for: every combination of values for its leading fields, in the order of the index.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    choices: Vec<Vec<Value>>,
    /// The place in each list of choices; none are left without.
    at: Option<Vec<usize>>,
}

impl Combinations {
    /// Evaluates what is looked for. Each value comes once: an index must not give a document twice.
    pub(super) fn of(search: &Search, row: &Row, context: &mut Context<'_>) -> Result<Self, Error> {
        let mut choices = Vec::with_capacity(search.fields.len());
        for lookups in &search.fields {
            let mut values = Vec::with_capacity(lookups.len());
            for lookup in lookups {
                let value = eval(lookup.expression(), row, context)?;
                match lookup {
                    Lookup::Equal(_) => values.push(value),
                    Lookup::In(_) => values.extend(value.as_array().unwrap_or_default().iter().cloned()),
                }
            }
            if values.len() > 1 {
                let mut watch = context.watch();
                values = sort_while(values, order::compare, || watch.spend(RUN))?;
                values.dedup_by(|one, other| order::equal(one, other));
            }
            if search.reverse {
                values.reverse();
            }
            choices.push(values);
        }
        let at = choices.iter().all(|values| !values.is_empty()).then(|| vec![0; choices.len()]);
        Ok(Self { choices, at })
    }
}

impl Iterator for Combinations {
    type Item = Vec<Value>;

    fn next(&mut self) -> Option<Vec<Value>> {
        let at = self.at.as_mut()?;
        let combination = self.choices.iter().zip(&*at).filter_map(|(values, at)| values.get(*at).cloned()).collect();
        for (place, values) in at.iter_mut().zip(&self.choices).rev() {
            *place += 1;
            if *place < values.len() {
                return Some(combination);
            }
            *place = 0;
        }
        self.at = None;
        Some(combination)
    }
}

pub(super) struct IndexReader<'p, 'a> {
    node: &'p IndexScan,
    input: Box<dyn Operator<'a> + 'p>,
    wanted: Combinations,
    /// The bytes counted for `wanted`.
    bytes: usize,
    range: (Bound<Value>, Bound<Value>),
    found: Box<dyn Iterator<Item = Value>>,
    /// The keys of the documents that were found for this row, where they can be found again.
    seen: HashSet<Str, foldhash::fast::RandomState>,
    /// The index has been asked before.
    used: bool,
}

impl<'p, 'a> IndexReader<'p, 'a> {
    pub(super) fn new(node: &'p IndexScan, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self {
            node,
            input,
            wanted: Combinations::default(),
            bytes: 0,
            range: (Bound::Unbounded, Bound::Unbounded),
            found: Box::new(std::iter::empty()),
            seen: HashSet::default(),
            used: false,
        }
    }

    /// Asks the index anew, for the row at hand.
    fn begin(&mut self, row: &Row, context: &mut Context<'a>) -> Result<(), Error> {
        if std::mem::replace(&mut self.used, true) {
            context.counters.cursors_rearmed += 1;
        } else {
            context.counters.cursors_created += 1;
        }
        let search = &self.node.search;
        self.wanted = Combinations::of(search, row, context)?;
        self.range = (bound(search.lower.as_ref(), row, context)?, bound(search.upper.as_ref(), row, context)?);
        self.seen.clear();
        let bytes = self.wanted.choices.iter().map(Vec::len).sum::<usize>().saturating_mul(size_of::<Value>());
        context.release(std::mem::replace(&mut self.bytes, bytes));
        context.allocate(bytes)
    }

    fn look_up(&self, values: Vec<Value>, collection: &Collection) -> Box<dyn Iterator<Item = Value>> {
        let text = values.first().and_then(Value::as_str);
        match &self.node.index {
            IndexKind::Primary { by_id: false } => {
                Box::new(text.and_then(|key| collection.get(key)).cloned().into_iter())
            }
            IndexKind::Primary { by_id: true } => {
                let parts = text.and_then(|id| id.split_once('/'));
                let key = parts.filter(|(name, _)| *name == collection.name().as_str());
                Box::new(key.and_then(|(_, key)| collection.get(key)).cloned().into_iter())
            }
            IndexKind::Edge { to } => {
                let end = if *to { EdgeEnd::In } else { EdgeEnd::Out };
                Box::new(text.map(|vertex| collection.edges(vertex, end)).unwrap_or_default().into_iter())
            }
            IndexKind::Persistent { id } => {
                let (lower, upper) = self.range.clone();
                let range = IndexRange { prefix: values, lower, upper, reverse: self.node.search.reverse };
                Box::new(collection.scan_index(id, &range))
            }
        }
    }
}

fn bound(end: Option<&End>, row: &Row, context: &mut Context<'_>) -> Result<Bound<Value>, Error> {
    let Some(end) = end else { return Ok(Bound::Unbounded) };
    let value = eval(&end.value, row, context)?;
    Ok(if end.inclusive { Bound::Included(value) } else { Bound::Excluded(value) })
}

impl<'a> Operator<'a> for IndexReader<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            for document in &mut self.found {
                if self.node.search.repeats
                    && let Value::String(key) = document.get("_key")
                    && !self.seen.insert(Str::clone(key))
                {
                    context.poll()?;
                    continue;
                }
                context.counters.scanned_index += 1;
                set(row, self.node.out, document);
                return Ok(true);
            }
            if let Some(values) = self.wanted.next() {
                context.poll()?;
                let collection = context.view.snapshot.collection(self.node.collection.as_str());
                self.found = self.look_up(values, collection.ok_or(ErrorNum::DATA_SOURCE_NOT_FOUND)?);
                continue;
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            self.begin(row, context)?;
        }
    }
}

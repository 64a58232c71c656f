//! `SORT`: stable, and with a limit behind it no more rows are kept than that.

use std::cmp::Ordering;

use super::{Context, Operator};
use crate::embedded::{
    error::Error,
    eval::{Row, eval},
    plan::node::{Sort, SortKey},
    value::{Value, order},
};

/// Rows beyond the limit that are collected before the surplus is dropped.
const SLACK: usize = 1024;
/// Rows that are sorted without looking at the clock.
const RUN: usize = 1024;

struct Entry {
    keys: Vec<Value>,
    row: Row,
    bytes: usize,
}

pub(super) struct Sorter<'p, 'a> {
    node: &'p Sort,
    input: Box<dyn Operator<'a> + 'p>,
    rows: Option<std::vec::IntoIter<Entry>>,
}

impl<'p, 'a> Sorter<'p, 'a> {
    pub(super) fn new(node: &'p Sort, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, rows: None }
    }

    fn read(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<Vec<Entry>, Error> {
        let mut entries: Vec<Entry> = Vec::new();
        while self.input.next(row, context)? {
            context.poll()?;
            let mut keys = Vec::with_capacity(self.node.keys.len());
            for key in &self.node.keys {
                keys.push(eval(&key.value, row, context)?);
            }
            // What was computed for this row only lives on with it; documents are in the collection anyway.
            let bytes = keys.iter().chain(&*row).map(Value::own_memory).sum();
            context.allocate(bytes)?;
            entries.push(Entry { keys, row: row.clone(), bytes });
            if let Some(limit) = self.node.limit
                && entries.len() >= limit.saturating_mul(2).saturating_add(SLACK)
            {
                self.cut(&mut entries, limit, context)?;
            }
        }
        self.sorted(entries, context)
    }

    fn cut(&self, entries: &mut Vec<Entry>, limit: usize, context: &mut Context<'_>) -> Result<(), Error> {
        *entries = self.sorted(std::mem::take(entries), context)?;
        for entry in entries.drain(limit.min(entries.len())..) {
            context.release(entry.bytes);
        }
        Ok(())
    }

    /// Short runs are sorted, then merged two by two: unlike a single sort, that can be ended on the way.
    fn sorted(&self, entries: Vec<Entry>, context: &mut Context<'_>) -> Result<Vec<Entry>, Error> {
        let mut runs = Vec::with_capacity(entries.len().div_ceil(RUN));
        let mut entries = entries.into_iter();
        while entries.len() > 0 {
            context.poll()?;
            let mut run: Vec<Entry> = entries.by_ref().take(RUN).collect();
            run.sort_by(|a, b| compare(&self.node.keys, &a.keys, &b.keys));
            runs.push(run);
        }
        while runs.len() > 1 {
            let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
            let mut pairs = runs.into_iter();
            while let Some(first) = pairs.next() {
                merged.push(match pairs.next() {
                    Some(second) => self.merged(first, second, context)?,
                    None => first,
                });
            }
            runs = merged;
        }
        Ok(runs.pop().unwrap_or_default())
    }

    fn merged(&self, first: Vec<Entry>, second: Vec<Entry>, context: &mut Context<'_>) -> Result<Vec<Entry>, Error> {
        let mut merged = Vec::with_capacity(first.len() + second.len());
        let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
        while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
            context.poll()?;
            // Of equals the one that came first stays first.
            let from = if compare(&self.node.keys, &a.keys, &b.keys).is_le() { &mut first } else { &mut second };
            merged.extend(from.next());
        }
        merged.extend(first);
        merged.extend(second);
        Ok(merged)
    }
}

impl<'a> Operator<'a> for Sorter<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        if self.rows.is_none() {
            let rows = self.read(row, context)?;
            self.rows = Some(rows.into_iter());
        }
        let Some(entry) = self.rows.as_mut().and_then(Iterator::next) else {
            return Ok(false);
        };
        context.release(entry.bytes);
        *row = entry.row;
        Ok(true)
    }
}

fn compare(keys: &[SortKey], left: &[Value], right: &[Value]) -> Ordering {
    keys.iter()
        .zip(left.iter().zip(right))
        .map(|(key, (left, right))| {
            let order = order::compare(left, right);
            if key.ascending { order } else { order.reverse() }
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

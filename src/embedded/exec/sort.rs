//! `SORT`: stable, and with a limit behind it no more rows are kept than that.

use std::cmp::Ordering;

use super::{Context, Operator};
use crate::embedded::{
    error::Error,
    eval::{Row, eval},
    plan::node::{Sort, SortKey},
    value::{
        Value, order,
        sort::{RUN, sort_while},
    },
};

/// Rows beyond the limit that are collected before the surplus is dropped.
const SLACK: usize = 1024;
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

    fn sorted(&self, entries: Vec<Entry>, context: &Context<'_>) -> Result<Vec<Entry>, Error> {
        let order = |a: &Entry, b: &Entry| compare(&self.node.keys, &a.keys, &b.keys);
        let mut watch = context.watch();
        sort_while(entries, order, || watch.spend(RUN))
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

//! Reads documents by index.

use super::{Context, Operator, set};
use crate::{
    embedded::{
        error::Error,
        eval::{Row, eval},
        plan::{
            key::{Key, Set},
            node::{IndexKind, IndexScan, Lookup},
        },
        store::{Collection, EdgeEnd},
        value::Value,
    },
    wire::ErrorNum,
};

pub(super) struct IndexReader<'p, 'a> {
    node: &'p IndexScan,
    input: Box<dyn Operator<'a> + 'p>,
    found: std::vec::IntoIter<Value>,
    /// The index has been asked before.
    used: bool,
}

impl<'p, 'a> IndexReader<'p, 'a> {
    pub(super) fn new(node: &'p IndexScan, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, found: Vec::new().into_iter(), used: false }
    }
}

/// What is looked for, each once: an index must not give a document twice.
pub(super) fn wanted(lookups: &[Lookup], row: &Row, context: &mut Context<'_>) -> Result<Vec<Vec<Value>>, Error> {
    let mut seen: Set = Set::default();
    let mut wanted = Vec::new();
    let mut add = |values: Vec<Value>| {
        if seen.insert(Key(values.clone())) {
            wanted.push(values);
        }
    };
    for lookup in lookups {
        match lookup {
            Lookup::Equal(values) => {
                let mut evaluated = Vec::with_capacity(values.len());
                for value in values {
                    evaluated.push(eval(value, row, context)?);
                }
                add(evaluated);
            }
            Lookup::In(list) => {
                let list = eval(list, row, context)?;
                for value in list.as_array().unwrap_or_default() {
                    add(vec![value.clone()]);
                }
            }
        }
    }
    Ok(wanted)
}

impl<'a> Operator<'a> for IndexReader<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            if let Some(document) = self.found.next() {
                context.counters.scanned_index += 1;
                set(row, self.node.out, document);
                return Ok(true);
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            if std::mem::replace(&mut self.used, true) {
                context.counters.cursors_rearmed += 1;
            } else {
                context.counters.cursors_created += 1;
            }
            let wanted = wanted(&self.node.lookups, row, context)?;
            let collection = context.view.snapshot.collection(self.node.collection.as_str());
            let collection = collection.ok_or(ErrorNum::DATA_SOURCE_NOT_FOUND)?;
            let mut found = Vec::new();
            for values in &wanted {
                look_up(collection, &self.node.index, values, &mut found);
            }
            self.found = found.into_iter();
        }
    }
}

fn look_up(collection: &Collection, index: &IndexKind, values: &[Value], found: &mut Vec<Value>) {
    let text = values.first().and_then(Value::as_str);
    match index {
        IndexKind::Primary { by_id: false } => found.extend(text.and_then(|key| collection.get(key)).cloned()),
        IndexKind::Primary { by_id: true } => {
            let key = text.and_then(|id| id.split_once('/')).filter(|(name, _)| *name == collection.name().as_str());
            found.extend(key.and_then(|(_, key)| collection.get(key)).cloned());
        }
        IndexKind::Edge { to } => {
            let end = if *to { EdgeEnd::In } else { EdgeEnd::Out };
            if let Some(vertex) = text {
                found.extend(collection.edges(vertex, end));
            }
        }
        IndexKind::Persistent { id } => found.extend(collection.find_equal(id, values)),
    }
}

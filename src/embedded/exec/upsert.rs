//! `UPSERT`: looks for a document among those the query itself has written as well, and updates or inserts.

use super::{
    Context, Operator,
    index::Combinations,
    modify::{Failure, count, only_objects},
    set,
};
use crate::{
    aql::ast::UpdateKind,
    embedded::{
        error::Error,
        eval::{Row, eval, holds},
        plan::modify::Upsert,
        store::Written,
        value::Value,
    },
    wire::ErrorNum,
};

pub(super) struct Upserter<'p, 'a> {
    node: &'p Upsert,
    input: Box<dyn Operator<'a> + 'p>,
}

impl<'p, 'a> Upserter<'p, 'a> {
    pub(super) fn new(node: &'p Upsert, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input }
    }

    fn find(&self, row: &mut Row, context: &mut Context<'_>) -> Result<Option<Value>, Error> {
        if let Some(key) = &self.node.key {
            let key = eval(key, row, context)?;
            let current = context.writer()?.current(self.node.collection.as_str());
            let found = key.as_str().and_then(|key| current.and_then(|collection| collection.get(key)).cloned());
            return match found {
                Some(document) => Ok(self.matches(&document, row, context)?.then_some(document)),
                None => Ok(None),
            };
        }
        if let Some((index, search)) = &self.node.index {
            let mut candidates = Vec::new();
            for values in Combinations::of(search, row, context)? {
                let current = context.writer()?.current(self.node.collection.as_str());
                candidates.extend(current.into_iter().flat_map(|collection| collection.find_equal(index, &values)));
            }
            for document in candidates {
                context.counters.scanned_index += 1;
                if self.matches(&document, row, context)? {
                    return Ok(Some(document));
                }
            }
            return Ok(None);
        }
        let current = context.writer()?.current(self.node.collection.as_str());
        let scan = current.ok_or(ErrorNum::DATA_SOURCE_NOT_FOUND)?.scan();
        for document in scan {
            context.poll()?;
            context.counters.scanned_full += 1;
            if self.matches(&document, row, context)? {
                return Ok(Some(document));
            }
        }
        Ok(None)
    }

    fn matches(&self, document: &Value, row: &mut Row, context: &mut Context<'_>) -> Result<bool, Error> {
        set(row, self.node.current, document.clone());
        match &self.node.condition {
            Some(condition) => holds(condition, row, context),
            None => Ok(true),
        }
    }

    fn change(&self, row: &mut Row, context: &mut Context<'_>) -> Result<Written, Failure> {
        let collection = self.node.collection.as_str();
        let found = self.find(row, context)?;
        let Some(document) = found else {
            set(row, self.node.old, Value::Null);
            let insert = eval(&self.node.insert, row, context)?;
            only_objects(&insert).map_err(Failure::Write)?;
            return context.writer()?.insert(collection, &insert, &self.node.options.write).map_err(Failure::Write);
        };
        let key = document.get("_key").clone();
        set(row, self.node.old, document);
        let update = eval(&self.node.update, row, context)?;
        only_objects(&update).map_err(Failure::Write)?;
        let key = key.as_str().unwrap_or_default();
        let writer = context.writer()?;
        match self.node.kind {
            UpdateKind::Update => writer.update(collection, key, &update, &self.node.options.write),
            UpdateKind::Replace => writer.replace(collection, key, &update, &self.node.options.write),
        }
        .map_err(Failure::Write)
    }
}

impl<'a> Operator<'a> for Upserter<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        while self.input.next(row, context)? {
            context.poll()?;
            let outcome = self.change(row, context);
            if let Some(written) = count(outcome, &self.node.options, context)? {
                set(row, self.node.old, written.old.unwrap_or_default());
                set(row, self.node.new, written.new.unwrap_or_default());
                return Ok(true);
            }
        }
        Ok(false)
    }
}

//! Reads all documents of a collection.

use super::{Context, Operator, set};
use crate::{
    embedded::{
        error::Error,
        eval::Row,
        plan::node::EnumerateCollection,
        store::{self, Scan},
    },
    wire::ErrorNum,
};

pub(super) struct Scanner<'p, 'a> {
    node: &'p EnumerateCollection,
    input: Box<dyn Operator<'a> + 'p>,
    scan: Option<Scan>,
}

impl<'p, 'a> Scanner<'p, 'a> {
    pub(super) fn new(node: &'p EnumerateCollection, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, scan: None }
    }
}

impl<'a> Operator<'a> for Scanner<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            if let Some(document) = self.scan.as_mut().and_then(Iterator::next) {
                context.counters.scanned_full += 1;
                set(row, self.node.out, document);
                return Ok(true);
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            let collection = context.view.snapshot.collection(self.node.collection.as_str());
            self.scan = Some(collection.map(store::Collection::scan).ok_or(ErrorNum::DATA_SOURCE_NOT_FOUND)?);
        }
    }
}

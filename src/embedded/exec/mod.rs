//! Executes plans: operators that pull rows from one another.
//!
//! One row is passed up and down the whole pipeline. An operator writes only its own registers, so what it found in the
//! others is still there when it is asked for the next row; only those that have to see all rows at once keep copies.

mod aggregate;
mod collect;
mod context;
mod index;
mod list;
mod lists;
mod meter;
mod modify;
mod paths;
mod scan;
mod simple;
mod sort;
mod traversal;
mod upsert;
mod walker;
mod window;

use std::time::Duration;

use super::{
    error::Error,
    eval::{Row, eval},
    plan::node::{Block, Node},
    value::Value,
};
pub use context::{Context, Counters, Limits, View};
pub use meter::{Effort, Meters, place_of};

/// A source of rows.
trait Operator<'a> {
    /// Puts the next row into `row`; false when there is none.
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error>;
}

/// Where a pipeline begins: the row is there already, once.
struct Start {
    given: bool,
}

impl<'a> Operator<'a> for Start {
    fn next(&mut self, _row: &mut Row, _context: &mut Context<'a>) -> Result<bool, Error> {
        Ok(!std::mem::replace(&mut self.given, true))
    }
}

/// Runs a query or subquery for one row.
///
/// # Errors
/// Those of its expressions and writes; 32 beyond the memory limit; 1500 when it is killed or takes too long.
pub fn run(block: &Block, mut row: Row, context: &mut Context<'_>) -> Result<Vec<Value>, Error> {
    let mut pipeline = build(&block.nodes, context.meters.is_some());
    let mut rows = Vec::new();
    let before = context.monotonic();
    while pipeline.next(&mut row, context)? {
        context.poll()?;
        if let Some(result) = &block.result {
            let value = eval(result, &row, context)?;
            context.hold(&value)?;
            rows.push(value);
        }
    }
    let time = context.monotonic().saturating_sub(before);
    if let Some(meters) = &mut context.meters {
        // The row it begins with, and those that come out.
        meters.add(place_of(block), 1, Duration::ZERO);
        meters.add(place_of(&block.result), u64::try_from(rows.len()).unwrap_or(u64::MAX), time);
    }
    Ok(rows)
}

fn build<'p, 'a: 'p>(nodes: &'p [Node], metered: bool) -> Box<dyn Operator<'a> + 'p> {
    let mut input: Box<dyn Operator<'a> + 'p> = Box::new(Start { given: false });
    for node in nodes {
        input = match node {
            Node::EnumerateCollection(node) => Box::new(scan::Scanner::new(node, input)),
            Node::Index(node) => Box::new(index::IndexReader::new(node, input)),
            Node::EnumerateList(node) => Box::new(list::ListReader::new(node, input)),
            Node::Filter(condition) => Box::new(simple::Filter::new(condition, input)),
            Node::Calculation(node) => Box::new(simple::Calculator::new(node, input)),
            Node::Sort(node) => Box::new(sort::Sorter::new(node, input)),
            Node::Limit(node) => Box::new(simple::Limiter::new(node, input)),
            Node::Collect(node) => Box::new(collect::Collector::new(node, input)),
            Node::Distinct(node) => Box::new(simple::Distinct::new(node, input)),
            Node::Window(node) => Box::new(window::Windower::new(node, input)),
            Node::Modify(node) => Box::new(modify::Modifier::new(node, input)),
            Node::Upsert(node) => Box::new(upsert::Upserter::new(node, input)),
            Node::Traversal(node) => Box::new(traversal::Traverser::new(node, input)),
            Node::PathSearch(node) => Box::new(paths::PathFinder::new(node, input)),
        };
        if metered {
            input = Box::new(meter::Metered { place: place_of(node), inner: input });
        }
    }
    input
}

/// Sets a register of a row.
fn set(row: &mut Row, register: super::plan::expr::Register, value: Value) {
    if let Some(place) = row.get_mut(register.index()) {
        *place = value;
    }
}

//! Operators that look at one row at a time: `FILTER`, `LET`, `LIMIT`, `RETURN DISTINCT`.

use super::{Context, Operator, set};
use crate::embedded::{
    error::Error,
    eval::{Row, eval, holds},
    plan::{
        expr::Expr,
        key::{Key, Set},
        node::{Calculation, Limit},
    },
};

pub(super) struct Filter<'p, 'a> {
    condition: &'p Expr,
    input: Box<dyn Operator<'a> + 'p>,
}

impl<'p, 'a> Filter<'p, 'a> {
    pub(super) fn new(condition: &'p Expr, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { condition, input }
    }
}

impl<'a> Operator<'a> for Filter<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        while self.input.next(row, context)? {
            context.poll()?;
            if holds(self.condition, row, context)? {
                return Ok(true);
            }
            context.counters.filtered += 1;
        }
        Ok(false)
    }
}

pub(super) struct Calculator<'p, 'a> {
    node: &'p Calculation,
    input: Box<dyn Operator<'a> + 'p>,
    /// The bytes counted for the value that is in the row now.
    bytes: usize,
}

impl<'p, 'a> Calculator<'p, 'a> {
    pub(super) fn new(node: &'p Calculation, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, bytes: 0 }
    }
}

impl<'a> Operator<'a> for Calculator<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        if !self.input.next(row, context)? {
            return Ok(false);
        }
        let value = eval(&self.node.value, row, context)?;
        context.release(std::mem::replace(&mut self.bytes, value.own_memory()));
        context.allocate(self.bytes)?;
        set(row, self.node.out, value);
        Ok(true)
    }
}

pub(super) struct Limiter<'p, 'a> {
    node: &'p Limit,
    input: Box<dyn Operator<'a> + 'p>,
    skipped: usize,
    given: usize,
    done: bool,
}

impl<'p, 'a> Limiter<'p, 'a> {
    pub(super) fn new(node: &'p Limit, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, skipped: 0, given: 0, done: false }
    }

    /// Lets the rest of the input go by.
    fn finish(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<(), Error> {
        if std::mem::replace(&mut self.done, true) {
            return Ok(());
        }
        let mut rest = 0_u64;
        if self.node.drain || self.node.full_count {
            while self.input.next(row, context)? {
                context.poll()?;
                rest += 1;
            }
        }
        if self.node.full_count {
            let seen = u64::try_from(self.skipped + self.given).unwrap_or(u64::MAX);
            context.counters.full_count = Some(seen.saturating_add(rest));
        }
        Ok(())
    }
}

impl<'a> Operator<'a> for Limiter<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        while self.given < self.node.count && !self.done {
            if !self.input.next(row, context)? {
                break;
            }
            if self.skipped < self.node.offset {
                context.poll()?;
                self.skipped += 1;
                continue;
            }
            self.given += 1;
            return Ok(true);
        }
        self.finish(row, context)?;
        Ok(false)
    }
}

pub(super) struct Distinct<'p, 'a> {
    node: &'p Calculation,
    input: Box<dyn Operator<'a> + 'p>,
    seen: Set,
}

impl<'p, 'a> Distinct<'p, 'a> {
    pub(super) fn new(node: &'p Calculation, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, seen: Set::default() }
    }
}

impl<'a> Operator<'a> for Distinct<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        while self.input.next(row, context)? {
            context.poll()?;
            let value = eval(&self.node.value, row, context)?;
            if self.seen.insert(Key(vec![value.clone()])) {
                context.hold(&value)?;
                set(row, self.node.out, value);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

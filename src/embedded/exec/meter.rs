//! What each step of a query takes, measured for `profile: 2`.

use std::{collections::HashMap, time::Duration};

use super::{Context, Operator};
use crate::embedded::{error::Error, eval::Row};

/// What a step did. Its time includes that of the steps before it, as in ArangoDB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Effort {
    /// How often it was asked for a row.
    pub calls: u64,
    /// How many rows it gave.
    pub items: u64,
    /// How long it took.
    pub time: Duration,
}

/// The efforts of all steps, known by where they stand in the plan, which does not move while it is executed.
#[derive(Debug, Default)]
pub struct Meters(HashMap<usize, Effort>);

/// What a part of a plan is known by.
pub fn place_of<T>(part: &T) -> usize {
    std::ptr::from_ref(part).addr()
}

impl Meters {
    /// What a step did, if it was ever reached.
    pub fn effort(&self, place: usize) -> Option<Effort> {
        self.0.get(&place).copied()
    }

    /// Adds to what a step did.
    pub(super) fn add(&mut self, place: usize, items: u64, time: Duration) {
        let effort = self.0.entry(place).or_default();
        effort.calls = effort.calls.saturating_add(1);
        effort.items = effort.items.saturating_add(items);
        effort.time = effort.time.saturating_add(time);
    }
}

/// An operator with a meter.
pub(super) struct Metered<'p, 'a> {
    pub(super) place: usize,
    pub(super) inner: Box<dyn Operator<'a> + 'p>,
}

impl<'a> Operator<'a> for Metered<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        let before = context.monotonic();
        let given = self.inner.next(row, context)?;
        let time = context.monotonic().saturating_sub(before);
        if let Some(meters) = &mut context.meters {
            meters.add(self.place, u64::from(given), time);
        }
        Ok(given)
    }
}

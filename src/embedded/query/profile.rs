//! Where the time of a query goes: by phase, and by step of the plan.

use std::{collections::HashMap, time::Duration};

use crate::{
    clock::Clock,
    embedded::{
        exec::{Effort, Meters},
        plan::explain::Step,
    },
};

/// A phase of a query, in the order ArangoDB lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Initialise,
    Parse,
    Ast,
    Load,
    Plan,
    Optimise,
    Instantiate,
    Execute,
    Finalise,
}

/// All phases with ArangoDB's names. The tree is optimised while it is made into a plan, so that takes no time of its own.
const PHASES: [(Phase, &str); 9] = [
    (Phase::Initialise, "initializing"),
    (Phase::Parse, "parsing"),
    (Phase::Ast, "optimizing ast"),
    (Phase::Load, "loading collections"),
    (Phase::Plan, "instantiating plan"),
    (Phase::Optimise, "optimizing plan"),
    (Phase::Instantiate, "instantiating executors"),
    (Phase::Execute, "executing"),
    (Phase::Finalise, "finalizing"),
];

/// How long the phases of a query took so far.
#[derive(Debug)]
pub(super) struct Phases<'a> {
    clock: &'a dyn Clock,
    began: Duration,
    last: Duration,
    spent: Vec<(Phase, Duration)>,
}

impl<'a> Phases<'a> {
    pub(super) fn begin(clock: &'a dyn Clock) -> Self {
        let now = clock.monotonic();
        Self { clock, began: now, last: now, spent: Vec::new() }
    }

    /// The time since the last phase ended was this one's.
    pub(super) fn end(&mut self, phase: Phase) {
        let now = self.clock.monotonic();
        self.spent.push((phase, now.saturating_sub(self.last)));
        self.last = now;
    }

    /// Seconds from the beginning to the end of the last phase.
    pub(super) fn total(&self) -> f64 {
        self.last.saturating_sub(self.began).as_secs_f64()
    }

    /// The seconds of each phase.
    pub(super) fn seconds(&self) -> Vec<(&'static str, f64)> {
        let spent = |wanted| self.spent.iter().filter(move |(phase, _)| *phase == wanted).map(|(_, time)| *time);
        PHASES.iter().map(|(phase, name)| (*name, spent(*phase).sum::<Duration>().as_secs_f64())).collect()
    }
}

/// What a step of the plan did, as in `extra.stats.nodes`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct NodeStats {
    /// The id of the step in the plan.
    pub id: i64,
    /// How often it was asked for a row.
    pub calls: u64,
    /// How many rows it gave.
    pub items: u64,
    /// How many rows it held back.
    pub filtered: u64,
    /// Seconds, with those of the steps before it.
    pub runtime: f64,
}

/// The efforts of the steps that are shown. An expression that is shown as a step of its own passes each row on, so it did
/// what the step before it did.
pub(super) fn nodes(steps: &[Step], meters: &Meters) -> Vec<NodeStats> {
    let mut efforts: HashMap<i64, Effort> = HashMap::new();
    let mut nodes = Vec::with_capacity(steps.len());
    for step in steps {
        let before = step.before.and_then(|id| efforts.get(&id).copied()).unwrap_or_default();
        let effort = match step.place {
            Some(place) => meters.effort(place).unwrap_or_default(),
            None => before,
        };
        efforts.insert(step.id, effort);
        nodes.push(NodeStats {
            id: step.id,
            calls: effort.calls,
            items: effort.items,
            filtered: if step.filters { before.items.saturating_sub(effort.items) } else { 0 },
            runtime: effort.time.as_secs_f64(),
        });
    }
    nodes.sort_unstable_by_key(|node| node.id);
    nodes
}

//! The calls of the last minutes, for the status page: how many for each database and how long they took, and the slowest
//! and the failed ones. Bounded, and without anything of what was in the calls.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use parking_lot::Mutex;

use super::calls::{CallEnd, Outcome};

/// How much time a slot of counts covers, and how many there are: five minutes together.
const SLOT: Duration = Duration::from_secs(5);
const SLOTS: usize = 60;
/// The slots that calls per second are told from: one minute. The present one is not over yet.
const RATE_SLOTS: u64 = 12;
/// Durations are counted in classes, each as wide as a quarter of its lower end: 0.1 ms, 0.125 ms, … some 130 s.
const CLASSES: usize = 64;
const NARROWEST: f64 = 0.000_1;
const GROWTH: f64 = 1.25;
/// Calls remembered one by one.
const KEPT: usize = 20;

/// A call that was slow, or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notable {
    /// The tool.
    pub tool: &'static str,
    /// The database, once one was chosen.
    pub database: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
    /// When it ended, as time since the start of the process.
    pub at: Duration,
}

/// What the calls of late were like.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Calls per second, over the last minute.
    pub per_second: f64,
    /// Calls in the last five minutes.
    pub calls: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Half of them took no longer, in seconds; none without calls.
    pub p50: Option<f64>,
    /// Nineteen of twenty took no longer.
    pub p95: Option<f64>,
}

/// Counts of a few seconds.
#[derive(Debug, Clone)]
struct Slot {
    /// Which slot since the start of the process.
    number: u64,
    calls: u32,
    failed: u32,
    durations: [u32; CLASSES],
}

#[derive(Debug, Default)]
struct State {
    series: HashMap<Option<String>, VecDeque<Slot>>,
    failed: VecDeque<Notable>,
    slowest: Vec<Notable>,
}

/// The calls of late.
#[derive(Debug, Default)]
pub struct Recent(Mutex<State>);

impl Recent {
    pub(super) fn call_ended(&self, call: &CallEnd<'_>, now: Duration) {
        let mut state = self.0.lock();
        state.count(call, now);
        let notable = || Notable {
            tool: call.tool,
            database: call.database.map(str::to_owned),
            outcome: call.outcome,
            took: call.took,
            at: now,
        };
        if call.outcome != Outcome::Ok {
            state.failed.truncate(KEPT - 1);
            state.failed.push_front(notable());
        }
        if state.is_among_slowest(call.took, now) {
            state.slowest.push(notable());
            state.slowest.sort_by_key(|notable| std::cmp::Reverse(notable.took));
            state.slowest.truncate(KEPT);
        }
    }

    /// What calls on the databases that pass were like; those without a database stand for `None`.
    pub fn summary(&self, now: Duration, passes: impl Fn(Option<&str>) -> bool) -> Summary {
        let present = number(now);
        let state = self.0.lock();
        let series = state.series.iter().filter(|(database, _)| passes(database.as_deref()));
        let slots = series.flat_map(|(_, slots)| slots).filter(|slot| is_recent(slot.number, present));
        let mut durations = [0_u64; CLASSES];
        let (mut calls, mut failed, mut of_late) = (0, 0, 0);
        for slot in slots {
            calls += u64::from(slot.calls);
            failed += u64::from(slot.failed);
            if slot.number < present && slot.number + RATE_SLOTS >= present {
                of_late += slot.calls;
            }
            for (sum, count) in durations.iter_mut().zip(slot.durations) {
                *sum += u64::from(count);
            }
        }
        // In the first minute there are fewer slots that are over.
        let seconds = SLOT.as_secs_f64() * f64::from(u32::try_from(present.clamp(1, RATE_SLOTS)).unwrap_or(1));
        Summary {
            per_second: f64::from(of_late) / seconds,
            calls,
            failed,
            p50: quantile(&durations, calls, 50),
            p95: quantile(&durations, calls, 95),
        }
    }

    /// The slowest calls of the last five minutes, the slowest first.
    pub fn slowest(&self, now: Duration, passes: impl Fn(Option<&str>) -> bool) -> Vec<Notable> {
        let state = self.0.lock();
        let recent = state.slowest.iter().filter(|call| is_recent(number(call.at), number(now)));
        recent.filter(|call| passes(call.database.as_deref())).cloned().collect()
    }

    /// The calls that failed last, the last one first.
    pub fn failed(&self, passes: impl Fn(Option<&str>) -> bool) -> Vec<Notable> {
        self.0.lock().failed.iter().filter(|call| passes(call.database.as_deref())).cloned().collect()
    }
}

impl State {
    fn count(&mut self, call: &CallEnd<'_>, now: Duration) {
        let number = number(now);
        let series = self.series.entry(call.database.map(str::to_owned)).or_default();
        if series.back().is_none_or(|slot| slot.number != number) {
            if series.len() >= SLOTS {
                series.pop_front();
            }
            series.push_back(Slot { number, calls: 0, failed: 0, durations: [0; CLASSES] });
        }
        if let Some(slot) = series.back_mut() {
            slot.calls = slot.calls.saturating_add(1);
            slot.failed += u32::from(matches!(call.outcome, Outcome::Failed(_)));
            if let Some(count) = slot.durations.get_mut(class(call.took)) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// Makes room for a call among the slowest, if it is one.
    fn is_among_slowest(&mut self, took: Duration, now: Duration) -> bool {
        let full = self.slowest.len() >= KEPT;
        if full && self.slowest.iter().any(|call| !is_recent(number(call.at), number(now))) {
            self.slowest.retain(|call| is_recent(number(call.at), number(now)));
            return true;
        }
        !full || self.slowest.last().is_none_or(|fastest| took > fastest.took)
    }
}

fn number(now: Duration) -> u64 {
    now.as_secs() / SLOT.as_secs()
}

fn is_recent(slot: u64, present: u64) -> bool {
    slot + u64::try_from(SLOTS).unwrap_or(0) > present
}

/// The class of a duration.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is between 0 and CLASSES")]
fn class(took: Duration) -> usize {
    let steps = (took.as_secs_f64().max(NARROWEST) / NARROWEST).ln() / GROWTH.ln();
    (steps.floor() as usize).min(CLASSES - 1)
}

/// The upper end of the class that a share of all durations lies below.
fn quantile(durations: &[u64; CLASSES], all: u64, percent: u64) -> Option<f64> {
    let rank = (all * percent).div_ceil(100);
    let mut seen = 0;
    let class = durations.iter().position(|count| {
        seen += count;
        *count > 0 && seen >= rank
    })?;
    Some(NARROWEST * GROWTH.powi(i32::try_from(class).unwrap_or(0) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(database: &str, outcome: Outcome, millis: u64) -> CallEnd<'_> {
        CallEnd {
            who: "ann",
            session: None,
            trace: None,
            namespace: None,
            tool: "arango_query",
            database: Some(database),
            level: None,
            arguments: None,
            rows: None,
            cut: false,
            outcome,
            took: Duration::from_millis(millis),
        }
    }

    #[test]
    fn rates_and_durations_are_those_of_the_last_minutes_and_of_the_databases_asked_for() {
        let recent = Recent::default();
        let begin = Duration::from_secs(1000);
        for number in 0..120_u64 {
            let now = begin + Duration::from_millis(500 * number);
            recent.call_ended(&call("a", Outcome::Ok, 10), now);
            if number % 10 == 0 {
                recent.call_ended(&call("b", Outcome::Failed("QueryError"), 1000), now);
            }
        }
        let now = begin + Duration::from_mins(1);
        let all = recent.summary(now, |_| true);
        assert_eq!((all.calls, all.failed), (132, 12));
        assert!((all.per_second - 2.2).abs() < 0.01, "{all:?}");
        let (p50, p95) = (all.p50.unwrap(), all.p95.unwrap());
        assert!((0.01..0.0125).contains(&p50) && (1.0..1.25).contains(&p95), "{all:?}");
        let one = recent.summary(now, |database| database == Some("a"));
        assert_eq!((one.calls, one.failed), (120, 0));
        let much_later = recent.summary(now + Duration::from_mins(6), |_| true);
        assert_eq!(much_later, Summary::default());
    }

    #[test]
    fn the_slowest_and_the_last_failed_calls_are_kept_and_no_more() {
        let recent = Recent::default();
        for millis in 1..=100 {
            recent.call_ended(&call("a", Outcome::Cancelled, millis), Duration::from_secs(millis));
        }
        let now = Duration::from_secs(100);
        let slowest: Vec<_> = recent.slowest(now, |_| true).iter().map(|call| call.took.as_millis()).collect();
        assert_eq!(slowest, (81..=100).rev().collect::<Vec<_>>());
        assert_eq!(recent.failed(|_| true).len(), KEPT);
        assert_eq!(recent.failed(|database| database == Some("b")), []);
        let later = Duration::from_secs(1000);
        assert_eq!(recent.slowest(later, |_| true), []);
        recent.call_ended(&call("a", Outcome::Ok, 1), later);
        assert_eq!(recent.slowest(later, |_| true).len(), 1);
    }

    #[test]
    fn any_duration_has_a_class() {
        for took in [Duration::ZERO, Duration::from_nanos(1), Duration::from_mins(10), Duration::MAX] {
            assert!(class(took) < CLASSES);
        }
    }
}

//! What is counted, and the text in which Prometheus reads it; [`super::otlp`] tells the same numbers. Labels are bounded: tools, outcomes and levels are ours, and
//! databases are configured.

mod exposition;
mod names;
mod process;
mod text;

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;

use super::calls::{CallEnd, Outcome};

pub use exposition::{Distribution, Exposition, Sample, Value};
pub use names::{FAMILIES, Family, Kind};
pub use process::process;
pub use text::{CONTENT_TYPE, text};

/// Upper ends of the classes of durations, in seconds.
const BOUNDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// The one distribution.
const DURATION: &str = "mcp_arangodb_call_duration_seconds";
/// What stands for no database.
const NONE: &str = "";

/// A tool on a database.
type Place = (&'static str, Option<String>);

/// The calls of a tool on a database.
#[derive(Debug, Clone, Default)]
struct Calls {
    /// By class: ok, error, cancelled.
    outcomes: HashMap<&'static str, u64>,
    errors: HashMap<&'static str, u64>,
    durations: [u64; BOUNDS.len()],
    count: u64,
    sum: Duration,
    rows: u64,
    cut: u64,
}

/// A request over HTTP: method, kind of path, status.
type Request = (&'static str, &'static str, u16);

#[derive(Debug, Clone, Default)]
struct Counts {
    calls: HashMap<Place, Calls>,
    levels: HashMap<&'static str, u64>,
    requests: HashMap<Request, u64>,
    unknown_tools: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Counts>);

impl Metrics {
    pub(super) fn call_ended(&self, call: &CallEnd<'_>) {
        let mut counts = self.0.lock();
        if let Some(level) = call.level {
            *counts.levels.entry(level).or_default() += 1;
        }
        let place = (call.tool, call.database.map(str::to_owned));
        counts.calls.entry(place).or_default().count(call);
    }

    /// A call of a tool that there is not.
    pub fn unknown_tool(&self) {
        self.0.lock().unknown_tools += 1;
    }

    /// A request was answered over HTTP. Method and path are words of ours, not what a client sent.
    pub fn request(&self, method: &'static str, path: &'static str, status: u16) {
        *self.0.lock().requests.entry((method, path, status)).or_default() += 1;
    }

    /// Writes all counters.
    pub fn expose(&self, to: &mut Exposition) {
        let Counts { calls, levels, requests, unknown_tools } = self.0.lock().clone();
        let mut calls: Vec<_> = calls.into_iter().collect();
        calls.sort_by(|(one, _), (other, _)| one.cmp(other));
        for ((tool, database), calls) in &calls {
            calls.expose([("tool", *tool), ("database", database.as_deref().unwrap_or(NONE))], to);
        }
        if unknown_tools > 0 {
            let labels = [("tool", "unknown"), ("database", NONE), ("outcome", "error")];
            to.sample("mcp_arangodb_calls_total", &labels, unknown_tools);
        }
        for (level, count) in sorted(levels) {
            to.sample("mcp_arangodb_resolutions_total", &[("level", level)], count);
        }
        for ((method, path, status), count) in sorted(requests) {
            let labels = [("method", method), ("path", path), ("status", &status.to_string())];
            to.sample("mcp_arangodb_http_requests_total", &labels, count);
        }
    }
}

impl Calls {
    fn count(&mut self, call: &CallEnd<'_>) {
        *self.outcomes.entry(call.outcome.class()).or_default() += 1;
        if let Outcome::Failed(kind) = call.outcome {
            *self.errors.entry(kind).or_default() += 1;
        }
        let seconds = call.took.as_secs_f64();
        if let Some((_, count)) = BOUNDS.iter().zip(&mut self.durations).find(|(bound, _)| seconds <= **bound) {
            *count += 1;
        }
        self.count += 1;
        self.sum = self.sum.saturating_add(call.took);
        self.rows += u64::try_from(call.rows.unwrap_or(0)).unwrap_or(0);
        self.cut += u64::from(call.cut);
    }

    fn expose(&self, place: [(&'static str, &str); 2], to: &mut Exposition) {
        let [tool, database] = place;
        for (outcome, count) in sorted(self.outcomes.clone()) {
            to.sample("mcp_arangodb_calls_total", &[tool, database, ("outcome", outcome)], count);
        }
        for (kind, count) in sorted(self.errors.clone()) {
            to.sample("mcp_arangodb_call_errors_total", &[tool, database, ("type", kind)], count);
        }
        to.sample("mcp_arangodb_rows_returned_total", &place, self.rows);
        to.sample("mcp_arangodb_results_cut_total", &place, self.cut);
        let sum = self.sum.as_secs_f64();
        let distribution = Distribution { bounds: &BOUNDS, classes: self.durations.to_vec(), count: self.count, sum };
        to.sample(DURATION, &place, distribution);
    }
}

fn sorted<K: Ord, V>(map: HashMap<K, V>) -> Vec<(K, V)> {
    let mut pairs: Vec<_> = map.into_iter().collect();
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(outcome: Outcome, millis: u64) -> CallEnd<'static> {
        CallEnd {
            who: "ann",
            session: None,
            trace: None,
            namespace: None,
            tool: "arango_query",
            database: Some("shop"),
            level: Some("argument"),
            arguments: None,
            rows: Some(3),
            cut: true,
            outcome,
            took: Duration::from_millis(millis),
        }
    }

    #[test]
    fn calls_are_counted_by_tool_database_and_outcome() {
        let metrics = Metrics::default();
        metrics.call_ended(&call(Outcome::Ok, 3));
        metrics.call_ended(&call(Outcome::Failed("QueryError"), 700));
        metrics.call_ended(&call(Outcome::Cancelled, 40_000));
        metrics.unknown_tool();
        metrics.request("POST", "/mcp", 200);
        let mut all = Exposition::default();
        metrics.expose(&mut all);
        insta::assert_snapshot!(text(&all));
    }
}

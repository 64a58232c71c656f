//! How running queries are watched: the settings of `/_api/query/properties`, and the slow ones that have ended.

use std::collections::VecDeque;

use super::{
    super::value::{Object, Value},
    error::Failure,
    registry::Running,
    reply::fields,
};
use crate::wire::ErrorNum;

/// How queries are watched.
#[derive(Debug, Clone)]
pub(in super::super) struct Settings {
    /// Whether they are at all.
    pub(super) enabled: bool,
    /// Whether slow ones are kept.
    track_slow: bool,
    /// Whether bind parameters are shown.
    pub(super) track_bind_vars: bool,
    /// How many slow ones are kept.
    max_slow: usize,
    /// Seconds from which on a query is slow.
    threshold: f64,
    /// The same for queries that stream, of which there are none here.
    streaming_threshold: f64,
    /// How many bytes of a query are shown.
    pub(super) max_length: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            enabled: true,
            track_slow: true,
            track_bind_vars: true,
            max_slow: 64,
            threshold: 10.0,
            streaming_threshold: 10.0,
            max_length: 4096,
        }
    }
}

impl Settings {
    /// As `GET /_api/query/properties` shows them.
    pub(super) fn shown(&self) -> Object {
        fields([
            ("enabled", Value::Bool(self.enabled)),
            ("trackSlowQueries", Value::Bool(self.track_slow)),
            ("trackBindVars", Value::Bool(self.track_bind_vars)),
            ("maxSlowQueries", Value::count(self.max_slow)),
            ("slowQueryThreshold", Value::number(self.threshold)),
            ("slowStreamingQueryThreshold", Value::number(self.streaming_threshold)),
            ("maxQueryStringLength", Value::count(self.max_length)),
        ])
    }

    /// The settings with those changed that a body names.
    ///
    /// # Errors
    /// 10 for a value that does not fit.
    pub(super) fn changed(&self, body: &Object) -> Result<Self, Failure> {
        let mut settings = self.clone();
        for (name, value) in body {
            let bad = || Failure::new(ErrorNum::BAD_PARAMETER, format!("invalid value for '{name}'"));
            let flag = || if let Value::Bool(flag) = value { Ok(*flag) } else { Err(bad()) };
            let seconds = || value.as_f64().filter(|seconds| *seconds >= 0.0).ok_or_else(bad);
            let count = || match value {
                Value::Int(count) => usize::try_from(*count).map_err(|_| bad()),
                _ => Err(bad()),
            };
            match &**name {
                "enabled" => settings.enabled = flag()?,
                "trackSlowQueries" => settings.track_slow = flag()?,
                "trackBindVars" => settings.track_bind_vars = flag()?,
                "maxSlowQueries" => settings.max_slow = count()?.min(MOST_SLOW),
                "slowQueryThreshold" => settings.threshold = seconds()?,
                "slowStreamingQueryThreshold" => settings.streaming_threshold = seconds()?,
                "maxQueryStringLength" => settings.max_length = count()?,
                // What else ArangoDB knows has no meaning here.
                _ => {}
            }
        }
        Ok(settings)
    }
}

/// More slow queries than this are never kept.
const MOST_SLOW: usize = 4096;

/// A query that took long.
#[derive(Debug, Clone)]
pub(super) struct Slow {
    pub(super) id: u64,
    pub(super) query: Running,
    pub(super) seconds: f64,
    /// Bytes; 0 when it failed.
    pub(super) peak_memory: usize,
    /// The number of the error it ended with, or 0.
    pub(super) exit_code: u16,
}

/// The settings, and the slow queries of all databases, oldest first.
#[derive(Debug, Default)]
pub(super) struct Tracking {
    pub(super) settings: Settings,
    pub(super) slow: VecDeque<Slow>,
}

impl Tracking {
    /// Keeps a query that has ended, if it was slow.
    pub(super) fn ended(&mut self, query: Slow) {
        let settings = &self.settings;
        if !settings.enabled || !settings.track_slow || query.seconds < settings.threshold {
            return;
        }
        self.slow.push_back(query);
        while self.slow.len() > settings.max_slow {
            self.slow.pop_front();
        }
    }
}

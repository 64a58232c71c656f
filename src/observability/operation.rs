//! What a running server knows of itself, and where the end of every call is told: once, to all who watch.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;

use super::{
    audit::{AuditLog, Line, Receipt, now},
    calls::CallEnd,
    metrics::Metrics,
    otlp::{Telemetry, Tracer},
    recent::Recent,
};
use crate::clock::{Clock as _, SystemClock};

/// How long running calls may go on at the end, unless somebody says otherwise.
const DRAIN: Duration = Duration::from_secs(5);

/// What audit lines say about arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A keyed digest.
    Digest,
    /// Their text without literals and values.
    Redacted,
}

/// What became of changes of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reloads {
    /// How many were taken over.
    pub succeeded: u64,
    /// How many were refused.
    pub failed: u64,
    /// When the last one was taken over, in milliseconds since 1970.
    pub last: Option<i64>,
    /// Why the last one was refused, if it was.
    pub problem: Option<String>,
}

/// The state of a running server, beside its work.
#[derive(Debug)]
pub struct Operation {
    audit: Option<(AuditLog, Wanted)>,
    metrics: Option<Metrics>,
    recent: Option<Recent>,
    telemetry: Option<Telemetry>,
    drain: Duration,
    draining: AtomicBool,
    sessions: AtomicUsize,
    reloads: Mutex<Reloads>,
    began: Duration,
}

impl Default for Operation {
    fn default() -> Self {
        Self {
            audit: None,
            metrics: None,
            recent: None,
            telemetry: None,
            drain: DRAIN,
            draining: AtomicBool::new(false),
            sessions: AtomicUsize::new(0),
            reloads: Mutex::default(),
            began: SystemClock.monotonic(),
        }
    }
}

impl Operation {
    /// Calls are recorded here.
    #[must_use]
    pub fn recording(mut self, log: AuditLog, wanted: Wanted) -> Self {
        self.audit = Some((log, wanted));
        self
    }

    /// Calls are counted.
    #[must_use]
    pub fn counting(mut self) -> Self {
        self.metrics = Some(Metrics::default());
        self
    }

    /// The calls of late are remembered, for the status page.
    #[must_use]
    pub fn remembering(mut self) -> Self {
        self.recent = Some(Recent::default());
        self
    }

    /// Calls are traced, or counted for OpenTelemetry.
    #[must_use]
    pub fn exporting(self, telemetry: Telemetry) -> Self {
        let counting = if telemetry.counts() && self.metrics.is_none() { self.counting() } else { self };
        Self { telemetry: Some(telemetry), ..counting }
    }

    /// How long running calls may go on at the end.
    #[must_use]
    pub fn draining_for(mut self, drain: Duration) -> Self {
        self.drain = drain;
        self
    }

    /// A call has ended. The receipt, where there is one, tells whether it was recorded.
    pub fn call_ended(&self, call: &CallEnd<'_>) -> Option<Receipt> {
        if let Some(metrics) = &self.metrics {
            metrics.call_ended(call);
        }
        if let Some(recent) = &self.recent {
            recent.call_ended(call, SystemClock.monotonic());
        }
        if let Some(trace) = call.trace {
            trace.ended(call);
        }
        let Some((log, _)) = &self.audit else {
            trace(call);
            return None;
        };
        Some(log.record(&Line {
            time: now(),
            event: "call",
            who: call.who,
            session: call.session,
            tool: call.tool,
            database: call.database,
            level: call.level,
            arguments: call.arguments,
            outcome: call.outcome.name(),
            rows: call.rows,
            milliseconds: (call.took.as_secs_f64() * 1e6).round() / 1e3,
        }))
    }

    /// The audit log, if one is kept.
    pub fn audit(&self) -> Option<&AuditLog> {
        self.audit.as_ref().map(|(log, _)| log)
    }

    /// What the audit log wants to know about arguments.
    pub fn wanted(&self) -> Option<Wanted> {
        self.audit.as_ref().map(|(_, wanted)| *wanted)
    }

    /// The counters, if calls are counted.
    pub fn metrics(&self) -> Option<&Metrics> {
        self.metrics.as_ref()
    }

    /// Where traces of calls begin, if there are any.
    pub fn tracer(&self) -> Option<&Arc<Tracer>> {
        self.telemetry.as_ref()?.tracer()
    }

    /// The calls of late, if they are remembered.
    pub fn recent(&self) -> Option<&Recent> {
        self.recent.as_ref()
    }

    /// How long running calls may go on at the end.
    pub fn drain(&self) -> Duration {
        self.drain
    }

    /// The server has been asked to stop.
    pub fn begin_draining(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the server has been asked to stop.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Notes how many sessions there are.
    pub fn note_sessions(&self, count: usize) {
        self.sessions.store(count, Ordering::Relaxed);
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.sessions.load(Ordering::Relaxed)
    }

    /// A changed configuration was taken over.
    pub fn reloaded(&self) {
        let mut reloads = self.reloads.lock();
        reloads.succeeded += 1;
        reloads.last = Some(SystemClock.now_millis());
        reloads.problem = None;
    }

    /// A changed configuration was refused. False when the same was said before.
    pub fn refused_reload(&self, problem: &str) -> bool {
        let mut reloads = self.reloads.lock();
        reloads.failed += 1;
        let news = reloads.problem.as_deref() != Some(problem);
        reloads.problem = Some(problem.to_owned());
        news
    }

    /// What became of changes of the configuration.
    pub fn reloads(&self) -> Reloads {
        self.reloads.lock().clone()
    }

    /// How long the server has been running.
    pub fn uptime(&self) -> Duration {
        SystemClock.monotonic().saturating_sub(self.began)
    }

    /// The end: what is to be recorded is on the disk when this returns, and what is to be exported has been tried.
    pub async fn finish(&self) {
        if let Some(log) = self.audit() {
            log.finish().await;
        }
        if let Some(telemetry) = &self.telemetry {
            telemetry.finish(self.drain).await;
        }
    }
}

/// The line for those who keep no audit log.
fn trace(call: &CallEnd<'_>) {
    tracing::info!(
        target: "audit",
        who = call.who,
        session = call.session,
        tool = call.tool,
        database = call.database,
        level = call.level,
        outcome = call.outcome.name(),
        rows = call.rows,
        milliseconds = u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
    );
}

//! Traces and metrics for OpenTelemetry, as JSON over HTTP. Calls only put what they have to say into a queue; one task of its own
//! sends it. An exporter of our own: the official SDK counts with instruments of its own, beside the counters that are here
//! already, and brings protobuf with it.

pub mod context;
mod export;
mod numbers;
mod sampler;
mod send;
mod span;
mod trace;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use http::HeaderName;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{SafeUrl, Secret};

pub use context::TraceContext;
pub use export::{Exporter, Source};
pub use sampler::{Sampler, Share};
pub use trace::{CallTrace, RequestTrace, Tracer};

/// Spans that wait to be sent at most.
const QUEUE: usize = 2048;
/// How long the end may take at most: a client on pipes must be rid of the process soon.
const LAST_EXPORT: Duration = Duration::from_secs(2);

/// What is exported, and where to.
#[derive(Debug)]
pub struct Target {
    /// Where spans go, if anywhere.
    pub traces: Option<SafeUrl>,
    /// Where metrics go, if anywhere.
    pub metrics: Option<SafeUrl>,
    /// What is sent along, for example a token.
    pub headers: Vec<(HeaderName, Secret)>,
    /// What is said about the process.
    pub resource: Vec<(String, String)>,
    /// Which traces are recorded.
    pub sampler: Sampler,
    /// How often metrics are sent.
    pub interval: Duration,
}

/// The side of telemetry that calls see.
#[derive(Debug)]
pub struct Telemetry {
    tracer: Option<Arc<Tracer>>,
    counts: bool,
    ending: CancellationToken,
    ended: CancellationToken,
}

impl Telemetry {
    /// Both sides: what calls talk to, and what sends it.
    pub fn new(target: Target) -> (Self, Exporter) {
        let (give, take) = mpsc::channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let (ending, ended) = (CancellationToken::new(), CancellationToken::new());
        let tracer = target.traces.is_some().then(|| Tracer::new(target.sampler, give, Arc::clone(&dropped)));
        let telemetry = Self {
            tracer: tracer.map(Arc::new),
            counts: target.metrics.is_some(),
            ending: ending.clone(),
            ended: ended.clone(),
        };
        (telemetry, Exporter::new(target, take, dropped, ending, ended.drop_guard()))
    }

    /// Where traces begin, if there are any.
    pub fn tracer(&self) -> Option<&Arc<Tracer>> {
        self.tracer.as_ref()
    }

    /// Whether calls are to be counted.
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// Sends what is left, within this time.
    pub(super) async fn finish(&self, patience: Duration) {
        self.ending.cancel();
        if tokio::time::timeout(patience.min(LAST_EXPORT), self.ended.cancelled()).await.is_err() {
            tracing::warn!("the last traces and metrics could not be exported in time");
        }
    }
}

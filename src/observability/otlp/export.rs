//! The task that sends what calls have put into the queue, and the numbers, until the end.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    Target, numbers,
    send::{Client, Outlet},
    span::{self, Span, texts},
};
use crate::{
    clock::{Clock as _, SystemClock},
    observability::metrics::Exposition,
};

/// Spans in one export at most.
const BATCH: usize = 512;
/// How long a span waits for others to go with it.
const GATHER: Duration = Duration::from_secs(5);

/// Where the numbers come from. May block for a moment.
pub type Source = Arc<dyn Fn() -> Exposition + Send + Sync>;

/// What sends spans and metrics.
pub struct Exporter {
    target: Target,
    client: Client,
    resource: Value,
    spans: Receiver<Span>,
    dropped: Arc<AtomicU64>,
    ending: CancellationToken,
    begun: Duration,
    _ended: DropGuard,
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").field("target", &self.target).finish_non_exhaustive()
    }
}

fn now() -> Duration {
    Duration::from_millis(u64::try_from(SystemClock.now_millis()).unwrap_or(0))
}

impl Exporter {
    pub(super) fn new(
        target: Target,
        spans: Receiver<Span>,
        dropped: Arc<AtomicU64>,
        ending: CancellationToken,
        ended: DropGuard,
    ) -> Self {
        let attributes = texts(target.resource.iter().map(|(key, text)| (key.as_str(), text.as_str())));
        Self {
            client: Client::new(&target),
            resource: json!({ "attributes": attributes }),
            target,
            spans,
            dropped,
            ending,
            begun: now(),
            _ended: ended,
        }
    }

    /// Sends until the end, and then what is left.
    pub async fn run(self, source: Source) {
        let Self { target, client, resource, mut spans, dropped, ending, begun, _ended } = self;
        let outlet = |url, what| Outlet { client: &client, url, what, ending: &ending, down: false };
        let traces = async {
            if let Some(url) = &target.traces {
                send_spans(outlet(url, "traces"), &mut spans, &resource, &dropped).await;
            }
        };
        let metrics = async {
            if let Some(url) = &target.metrics {
                send_numbers(outlet(url, "metrics"), target.interval, source, &resource, begun).await;
            }
        };
        tokio::join!(traces, metrics);
    }
}

async fn send_spans(mut outlet: Outlet<'_>, spans: &mut Receiver<Span>, resource: &Value, dropped: &AtomicU64) {
    while let Some(batch) = gather(spans, outlet.ending).await {
        let request = span::request(resource, &batch);
        if outlet.deliver(request.to_string().into_bytes()).await {
            tell_dropped(dropped);
        } else {
            dropped.fetch_add(u64::try_from(batch.len()).unwrap_or(0), Ordering::Relaxed);
        }
    }
    tell_dropped(dropped);
}

fn tell_dropped(dropped: &AtomicU64) {
    let lost = dropped.swap(0, Ordering::Relaxed);
    if lost > 0 {
        tracing::warn!(lost, "spans could not be exported in time and were dropped");
    }
}

/// The next spans: as many as go in one export, or those that came within a while of the first. Nothing at the end.
async fn gather(spans: &mut Receiver<Span>, ending: &CancellationToken) -> Option<Vec<Span>> {
    let first = tokio::select! {
        biased;
        span = spans.recv() => span?,
        () = ending.cancelled() => return None,
    };
    let mut batch = vec![first];
    let enough = sleep(GATHER);
    tokio::pin!(enough);
    while batch.len() < BATCH {
        tokio::select! {
            biased;
            span = spans.recv() => match span {
                Some(span) => batch.push(span),
                None => break,
            },
            () = ending.cancelled() => break,
            () = &mut enough => break,
        }
    }
    Some(batch)
}

async fn send_numbers(mut outlet: Outlet<'_>, interval: Duration, source: Source, resource: &Value, begun: Duration) {
    let mut ticks = interval_at(Instant::now() + interval, interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let last = tokio::select! {
            biased;
            () = outlet.ending.cancelled() => true,
            _ = ticks.tick() => false,
        };
        let source = Arc::clone(&source);
        if let Ok(exposition) = tokio::task::spawn_blocking(move || source()).await {
            let request = numbers::request(resource, &exposition, begun, now());
            // What is lost is in the next numbers too: they are sums since the beginning.
            outlet.deliver(request.to_string().into_bytes()).await;
        }
        if last {
            return;
        }
    }
}

//! The spans of a call: one for itself, one for each request it makes. They say where, how long and how it ended, never what was
//! asked or answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc::Sender;

use super::{
    context::TraceContext,
    sampler::Sampler,
    span::{Attribute, Kind, Span},
};
use crate::{
    clock::{Clock as _, Random as _, SystemClock, SystemRandom},
    observability::calls::{CallEnd, Outcome},
};

/// The value of `db.system.name`.
const SYSTEM: &str = "arangodb";
/// The error of work that nobody waits for any more.
const CANCELLED: &str = "cancelled";

/// Begins traces and takes spans that have ended. Never waits: what there is no room for is counted and dropped.
#[derive(Debug)]
pub struct Tracer {
    sampler: Sampler,
    spans: Sender<Span>,
    dropped: Arc<AtomicU64>,
}

impl Tracer {
    pub(super) fn new(sampler: Sampler, spans: Sender<Span>, dropped: Arc<AtomicU64>) -> Self {
        Self { sampler, spans, dropped }
    }

    /// A call has begun, by a request of this method, as part of the caller's trace where it has one.
    pub fn call(self: &Arc<Self>, method: &'static str, parent: Option<&TraceContext>) -> CallTrace {
        let trace = parent.map_or_else(identifier, |parent| parent.trace);
        let context = TraceContext {
            trace,
            span: short_identifier(),
            sampled: self.sampler.takes(trace, parent),
            state: parent.and_then(|parent| parent.state.clone()),
        };
        let millis = u64::try_from(SystemClock.now_millis()).unwrap_or(0);
        let before = Duration::from_millis(millis).saturating_sub(SystemClock.monotonic());
        CallTrace {
            tracer: Arc::clone(self),
            context,
            parent: parent.map(|parent| parent.span),
            method,
            before,
            begun: SystemClock.monotonic(),
        }
    }

    fn ended(&self, span: Span) {
        if span.context.sampled && self.spans.try_send(span).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A random number that is not zero, here and below.
fn identifier() -> u128 {
    (u128::from(SystemRandom.next_u64()) << 64) | u128::from(short_identifier())
}

fn short_identifier() -> u64 {
    SystemRandom.next_u64().max(1)
}

/// A call that is being traced.
#[derive(Debug)]
pub struct CallTrace {
    tracer: Arc<Tracer>,
    context: TraceContext,
    parent: Option<u64>,
    method: &'static str,
    /// From 1970 to the beginning of monotonic time, as it was when the call began: the parts of a call then lie right, even
    /// when the clock is set meanwhile.
    before: Duration,
    begun: Duration,
}

impl CallTrace {
    /// The call has ended.
    pub(crate) fn ended(&self, call: &CallEnd<'_>) {
        let mut attributes = vec![
            ("mcp.method.name", self.method.into()),
            ("gen_ai.operation.name", "execute_tool".into()),
            ("gen_ai.tool.name", call.tool.into()),
            ("mcp_arangodb.result.cut", Attribute::Flag(call.cut)),
        ];
        if call.database.is_some() {
            attributes.push(("db.system.name", SYSTEM.into()));
        }
        let texts = [
            ("mcp.session.id", call.session),
            ("db.namespace", call.namespace),
            ("mcp_arangodb.database", call.database),
            ("mcp_arangodb.resolution.level", call.level),
            ("error.type", error(call.outcome)),
        ];
        attributes.extend(texts.into_iter().filter_map(|(key, text)| Some((key, text?.into()))));
        if let Some(rows) = call.rows.and_then(|rows| u64::try_from(rows).ok()) {
            attributes.push(("mcp_arangodb.result.rows", Attribute::Number(rows)));
        }
        self.tracer.ended(Span {
            name: format!("{} {}", self.method, call.tool),
            kind: Kind::Server,
            context: self.context.clone(),
            parent: self.parent,
            begun: self.before + self.begun,
            ended: self.before + SystemClock.monotonic(),
            attributes,
            failed: call.outcome != Outcome::Ok,
        });
    }

    /// The call makes a request: with this HTTP method, to this kind of path, in this database.
    pub fn request(self: &Arc<Self>, method: &str, path: Option<&str>, namespace: Option<&str>) -> RequestTrace {
        let mut attributes = vec![("db.system.name", SYSTEM.into()), ("http.request.method", method.into())];
        let operation = path.and_then(|path| path.rsplit('/').next());
        let texts = [("url.template", path), ("db.operation.name", operation), ("db.namespace", namespace)];
        attributes.extend(texts.into_iter().filter_map(|(key, text)| Some((key, text?.into()))));
        RequestTrace {
            context: TraceContext { span: short_identifier(), ..self.context.clone() },
            call: Arc::clone(self),
            name: path.map_or_else(|| method.to_owned(), |path| format!("{method} {path}")),
            begun: SystemClock.monotonic(),
            attributes,
            error: Some(CANCELLED.to_owned()),
        }
    }
}

fn error(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Ok => None,
        Outcome::Failed(_) | Outcome::Cancelled => Some(outcome.name()),
    }
}

/// A request that is under way. Dropped before anything was said of its end, it was cancelled.
#[derive(Debug)]
pub struct RequestTrace {
    call: Arc<CallTrace>,
    context: TraceContext,
    name: String,
    begun: Duration,
    attributes: Vec<(&'static str, Attribute)>,
    error: Option<String>,
}

impl RequestTrace {
    /// What the server is told about the trace.
    pub fn context(&self) -> &TraceContext {
        &self.context
    }

    /// The server's host, and its port.
    pub fn sent_to(&mut self, host: &str, port: Option<u16>) {
        self.attributes.push(("server.address", host.into()));
        self.attributes.extend(port.map(|port| ("server.port", Attribute::Number(port.into()))));
    }

    /// The server has answered.
    pub fn answered(mut self, status: u16) {
        self.attributes.push(("http.response.status_code", Attribute::Number(status.into())));
        self.error = (status >= 400).then(|| status.to_string());
    }

    /// There is no answer, for a reason of this kind.
    pub fn failed(mut self, kind: &'static str) {
        self.error = Some(kind.to_owned());
    }
}

impl Drop for RequestTrace {
    fn drop(&mut self) {
        let mut attributes = std::mem::take(&mut self.attributes);
        let error = self.error.take();
        let failed = error.is_some();
        attributes.extend(error.map(|error| ("error.type", Attribute::Text(error))));
        self.call.tracer.ended(Span {
            name: std::mem::take(&mut self.name),
            kind: Kind::Client,
            context: self.context.clone(),
            parent: Some(self.call.context.span),
            begun: self.call.before + self.begun,
            ended: self.call.before + SystemClock.monotonic(),
            attributes,
            failed,
        });
    }
}

//! One span, and how it looks in OTLP's JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::context::TraceContext;

/// Whose side a span is on, by its number in OTLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A request that came in.
    Server = 2,
    /// A request that went out.
    Client = 3,
}

/// The value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attribute {
    Text(String),
    Number(u64),
    Flag(bool),
}

impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Attribute {
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "stringValue": text }),
            // 64 bits are text in JSON, here and below.
            Self::Number(number) => json!({ "intValue": number.to_string() }),
            Self::Flag(flag) => json!({ "boolValue": flag }),
        }
    }
}

/// A span that has ended.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) context: TraceContext,
    pub(super) parent: Option<u64>,
    /// Both since 1970.
    pub(super) begun: Duration,
    pub(super) ended: Duration,
    pub(super) attributes: Vec<(&'static str, Attribute)>,
    pub(super) failed: bool,
}

impl Span {
    fn json(&self) -> Value {
        let attributes = self.attributes.iter().map(|(key, value)| json!({ "key": key, "value": value.json() }));
        let mut span = json!({
            "traceId": format!("{:032x}", self.context.trace),
            "spanId": format!("{:016x}", self.context.span),
            "flags": 1,
            "name": self.name,
            "kind": self.kind as u8,
            "startTimeUnixNano": self.begun.as_nanos().to_string(),
            "endTimeUnixNano": self.ended.as_nanos().to_string(),
            "attributes": attributes.collect::<Vec<_>>(),
            "status": if self.failed { json!({ "code": 2 }) } else { json!({}) },
        });
        if let Some(fields) = span.as_object_mut() {
            if let Some(parent) = self.parent {
                fields.insert("parentSpanId".to_owned(), format!("{parent:016x}").into());
            }
            if let Some(state) = &self.context.state {
                fields.insert("traceState".to_owned(), (**state).into());
            }
        }
        span
    }
}

/// Attributes of text.
pub(super) fn texts<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    pairs.map(|(key, text)| json!({ "key": key, "value": { "stringValue": text } })).collect()
}

/// Who measured.
pub(super) fn scope() -> Value {
    json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") })
}

/// The request that exports spans.
pub(super) fn request(resource: &Value, spans: &[Span]) -> Value {
    let spans: Vec<Value> = spans.iter().map(Span::json).collect();
    json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": [{ "scope": scope(), "spans": spans }] }] })
}

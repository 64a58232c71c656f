//! What a request is part of: its method, and the span that the client or the way to us says it belongs to.

use ::http::HeaderMap;
use rmcp::model::MetaObject;
use serde_json::Value;

use crate::{
    observability::otlp::{
        TraceContext,
        context::{TRACEPARENT, TRACESTATE},
    },
    tools::{Origin, Services},
};

/// The origin of a request. `_meta` counts before the headers: it comes from the client itself, they come from the last proxy.
pub(crate) fn origin(
    services: &Services,
    method: &'static str,
    meta: Option<&MetaObject>,
    headers: Option<&HeaderMap>,
) -> Origin {
    // Nobody is interested unless calls are traced.
    if services.operation().tracer().is_none() {
        return Origin { method, parent: None };
    }
    let told = |meta: &MetaObject| {
        let text = |key: &str| meta.get(key).and_then(Value::as_str);
        TraceContext::parse(text(TRACEPARENT)?, text(TRACESTATE))
    };
    let parent = meta.and_then(told).or_else(|| of_headers(headers?));
    Origin { method, parent }
}

fn of_headers(headers: &HeaderMap) -> Option<TraceContext> {
    let mut parents = headers.get_all(TRACEPARENT).iter();
    let parent = parents.next()?.to_str().ok()?;
    // Of two nobody knows which one is meant.
    if parents.next().is_some() {
        return None;
    }
    let states: Vec<&str> = headers.get_all(TRACESTATE).iter().filter_map(|value| value.to_str().ok()).collect();
    TraceContext::parse(parent, Some(states.join(",").as_str()))
}

#[cfg(test)]
mod tests {
    use ::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_header_counts_when_there_is_one_of_it() {
        let parent = HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let mut headers = HeaderMap::new();
        assert_eq!(of_headers(&headers), None);
        headers.append(HeaderName::from_static(TRACEPARENT), parent.clone());
        headers.append(HeaderName::from_static(TRACESTATE), HeaderValue::from_static("a=1"));
        headers.append(HeaderName::from_static(TRACESTATE), HeaderValue::from_static("b=2"));
        assert_eq!(of_headers(&headers).unwrap().state.as_deref(), Some("a=1,b=2"));
        headers.append(HeaderName::from_static(TRACEPARENT), parent);
        assert_eq!(of_headers(&headers), None);
    }
}

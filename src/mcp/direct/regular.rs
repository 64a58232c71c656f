//! Which requests are so regular that they need no negotiation: the headers say what clients always say, and the body is a
//! plain call of a tool. Whatever differs in anything is not refused here but left to rmcp, which knows all the rules.

use std::borrow::Cow;

use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, ORIGIN},
    uri::Authority,
};
use memchr::memmem;
use rmcp::model::{ProtocolVersion, RequestId, RequestMetaObject};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The one method.
pub(crate) const METHOD: &str = "tools/call";
/// The notification that takes a request back.
const CANCELLED: &str = "notifications/cancelled";
/// What the keys of the protocol begin with that a request may carry in `_meta`.
const RESERVED: &str = "io.modelcontextprotocol/";
/// Where a client asks to be told of progress, which takes a stream.
const PROGRESS: &str = "progressToken";

/// Which kind of protocol a request follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// One of those with sessions.
    Sessions,
    /// 2026-07-28: each request stands alone.
    Stateless,
}

/// A call of a tool, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    /// By which the client knows the request.
    pub(crate) id: RequestId,
    #[serde(borrow)]
    method: Cow<'a, str>,
    /// What is called.
    #[serde(borrow)]
    pub(crate) params: Params<'a>,
}

/// The parameters of a call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params<'a> {
    /// The tool.
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    /// Its arguments.
    #[serde(default)]
    pub(crate) arguments: Option<Map<String, Value>>,
    /// What is said beside them.
    #[serde(rename = "_meta", default)]
    pub(crate) meta: Option<RequestMetaObject>,
}

/// The era of a request with regular headers; nothing for any other request.
pub(crate) fn era(headers: &HeaderMap, hosts: &[String], largest: usize) -> Option<Era> {
    let length: usize = only(headers, CONTENT_LENGTH.as_str())?.parse().ok()?;
    let plain = only(headers, CONTENT_TYPE.as_str())?.eq_ignore_ascii_case("application/json");
    if !plain || length > largest || !is_for_us(headers, hosts) {
        return None;
    }
    let accepted = only(headers, ACCEPT.as_str())?;
    let accepts = |kind: &str| accepted.split(',').any(|entry| entry.trim().eq_ignore_ascii_case(kind));
    if !(accepts("application/json") && accepts("text/event-stream")) {
        return None;
    }
    match headers.get("mcp-protocol-version").map(HeaderValue::as_bytes) {
        None => Some(Era::Sessions),
        Some(version) if version == ProtocolVersion::V_2026_07_28.as_str().as_bytes() => Some(Era::Stateless),
        Some(version) => {
            let mut known = ProtocolVersion::KNOWN_VERSIONS.iter();
            let known = known.find(|known| known.as_str().as_bytes() == version)?;
            (*known < ProtocolVersion::V_2026_07_28).then_some(Era::Sessions)
        }
    }
}

/// The call in a body that holds a regular one.
pub(crate) fn message<'a>(era: Era, headers: &HeaderMap, body: &'a [u8]) -> Option<Message<'a>> {
    let message: Message<'a> = serde_json::from_slice(body).ok()?;
    let Params { name, meta, .. } = &message.params;
    let meta = meta.as_ref();
    let regular = message.jsonrpc == "2.0"
        && message.method == METHOD
        && meta.is_none_or(|meta| !meta.contains_key(PROGRESS))
        && match era {
            Era::Sessions => meta.is_none_or(|meta| !meta.keys().any(|key| key.starts_with(RESERVED))),
            Era::Stateless => {
                only(headers, "mcp-method") == Some(METHOD)
                    && only(headers, "mcp-name") == Some(name.as_ref())
                    && meta.is_some_and(|meta| {
                        meta.protocol_version() == Some(ProtocolVersion::V_2026_07_28)
                            && meta.client_capabilities().is_some()
                    })
            }
        };
    regular.then_some(message)
}

/// The request that a body takes back, if it is such a notification.
pub(crate) fn taken_back(body: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Notification<'a> {
        #[serde(borrow)]
        method: Cow<'a, str>,
        params: Cancelled,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cancelled {
        request_id: RequestId,
    }
    memmem::find(body, CANCELLED.as_bytes())?;
    let notification: Notification<'_> = serde_json::from_slice(body).ok()?;
    (notification.method == CANCELLED).then_some(notification.params.request_id)
}

/// The value of a header that is there once.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// Whether a request comes from no web page, and to a name that is allowed with any port. An empty list allows all names,
/// as it does for rmcp.
pub(crate) fn is_for_us(headers: &HeaderMap, allowed: &[String]) -> bool {
    let bare = |name: &str| name.trim_matches('[').trim_matches(']').to_owned();
    let Some(Ok(host)) = only(headers, HOST.as_str()).map(Authority::try_from) else { return false };
    let is_allowed =
        allowed.is_empty() || allowed.iter().any(|each| bare(each).eq_ignore_ascii_case(&bare(host.host())));
    is_allowed && !headers.contains_key(ORIGIN)
}

#[cfg(test)]
mod tests {
    use http::HeaderName;
    use serde_json::json;

    use super::*;

    fn headers(more: &[(&'static str, &'static str)]) -> HeaderMap {
        let usual = [
            ("host", "localhost:8080"),
            ("content-type", "application/json"),
            ("content-length", "10"),
            ("accept", "application/json, text/event-stream"),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in usual.iter().chain(more) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn era_of(more: &[(&'static str, &'static str)]) -> Option<Era> {
        era(&headers(more), &["localhost".to_owned(), "::1".to_owned()], 100)
    }

    #[test]
    fn the_headers_tell_the_era() {
        assert_eq!(era_of(&[]), Some(Era::Sessions));
        assert_eq!(era_of(&[("mcp-protocol-version", "2025-06-18")]), Some(Era::Sessions));
        assert_eq!(era_of(&[("mcp-protocol-version", "2026-07-28"), ("host", "[::1]:1")]), Some(Era::Stateless));
    }

    #[test]
    fn headers_that_are_not_usual_are_left_alone() {
        let strange = [
            ("host", "evil.example"),
            ("host", "localhost@evil.example"),
            ("origin", "http://localhost:8080"),
            ("content-type", "text/plain"),
            ("content-length", "101"),
            ("accept", "application/json"),
            ("accept", "application/json, text/event-stream;q=0"),
            ("mcp-protocol-version", "2027-01-01"),
        ];
        for (name, value) in strange {
            assert_eq!(era_of(&[(name, value)]), None, "{name}: {value}");
        }
        let mut twice = headers(&[]);
        twice.append("host", HeaderValue::from_static("localhost"));
        assert_eq!(era(&twice, &[], 100), None);
    }

    fn is_regular(era: Era, headers: &HeaderMap, body: &Value) -> bool {
        message(era, headers, body.to_string().as_bytes()).is_some()
    }

    #[test]
    fn only_plain_calls_are_taken_from_sessions() {
        let none = HeaderMap::new();
        let call = |params: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        for params in [json!({"name": "a"}), json!({"name": "a", "arguments": {"b": 1}, "_meta": {"x": 1}})] {
            assert!(is_regular(Era::Sessions, &none, &call(params)));
        }
        let strange = [
            call(json!({"name": "a", "_meta": {"progressToken": 1}})),
            call(json!({"name": "a", "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}})),
            call(json!({"name": "a", "arguments": []})),
            call(json!({"name": "a", "task": {}})),
            json!([call(json!({"name": "a"}))]),
            json!({"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "a"}}),
            json!({"jsonrpc": "2.0", "id": null, "method": "tools/call", "params": {"name": "a"}}),
            json!({"jsonrpc": "1.0", "id": 1, "method": "tools/call", "params": {"name": "a"}}),
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"name": "a"}}),
        ];
        for body in strange {
            assert!(!is_regular(Era::Sessions, &none, &body), "{body}");
        }
    }

    #[test]
    fn a_stateless_call_has_headers_and_metadata_that_agree() {
        let body = |version: &str| {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": version,
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a", "_meta": meta}})
        };
        let good = headers(&[("mcp-method", "tools/call"), ("mcp-name", "a")]);
        assert!(is_regular(Era::Stateless, &good, &body("2026-07-28")));
        assert!(!is_regular(Era::Stateless, &good, &body("2025-11-25")));
        for wrong in
            [[("mcp-method", "tools/list"), ("mcp-name", "a")], [("mcp-method", "tools/call"), ("mcp-name", "b")]]
        {
            assert!(!is_regular(Era::Stateless, &headers(&wrong), &body("2026-07-28")));
        }
        assert!(!is_regular(Era::Stateless, &headers(&[("mcp-name", "a")]), &body("2026-07-28")));
        let bare = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a"}});
        assert!(!is_regular(Era::Stateless, &good, &bare));
    }

    #[test]
    fn the_notification_that_takes_a_request_back_is_known() {
        let body = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "x"}});
        assert_eq!(taken_back(body.to_string().as_bytes()), Some(RequestId::String("x".into())));
        let other = json!({"method": "ping", "params": {"requestId": "notifications/cancelled"}});
        assert_eq!(taken_back(other.to_string().as_bytes()), None);
    }
}

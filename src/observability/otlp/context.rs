//! The context of a trace as the W3C writes it: `traceparent` and `tracestate`. What is malformed counts as absent.

use std::sync::Arc;

/// The header, and the key in `_meta`, that names a span.
pub const TRACEPARENT: &str = "traceparent";
/// The same for what tracing systems add to it.
pub const TRACESTATE: &str = "tracestate";

/// Longest `tracestate` that is passed on, in bytes: what the W3C asks for at least.
const MAX_STATE: usize = 512;
/// Entries of a `tracestate` at most.
const MAX_MEMBERS: usize = 32;
/// The flag that says that the trace is recorded.
const SAMPLED: u8 = 1;

/// A span, as others refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace; never zero.
    pub trace: u128,
    /// The span in it; never zero.
    pub span: u64,
    /// Whether the trace is recorded.
    pub sampled: bool,
    /// What tracing systems add.
    pub state: Option<Arc<str>>,
}

impl TraceContext {
    /// Reads a `traceparent`, of this or a later version, and the `tracestate` beside it.
    pub fn parse(parent: &str, state: Option<&str>) -> Option<Self> {
        let mut parts = parent.trim().split('-');
        let version = hex(parts.next()?, 2)?;
        let (trace, span, flags) = (hex(parts.next()?, 32)?, hex(parts.next()?, 16)?, hex(parts.next()?, 2)?);
        let too_long = version == 0 && parts.next().is_some();
        if version == 0xff || too_long || trace == 0 || span == 0 {
            return None;
        }
        Some(Self {
            trace,
            span: u64::try_from(span).ok()?,
            sampled: u8::try_from(flags).ok()? & SAMPLED != 0,
            state: state.filter(|state| is_state(state)).map(Arc::from),
        })
    }

    /// The `traceparent` of this span.
    pub fn parent(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.sampled))
    }
}

/// A number of exactly so many lower-case digits.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let plain = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// Whether a text is a list of `key=value` that can be passed on.
fn is_state(text: &str) -> bool {
    let is_member = |member: &str| {
        member.split_once('=').is_some_and(|(key, _)| {
            let of_key = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
            !key.is_empty() && key.bytes().all(of_key)
        })
    };
    let mut members = text.split(',').map(str::trim).filter(|member| !member.is_empty());
    text.len() <= MAX_STATE
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && members.clone().next().is_some()
        && members.clone().count() <= MAX_MEMBERS
        && members.all(is_member)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

    #[test]
    fn the_example_of_the_standard_is_read_and_written() {
        let text = format!("00-{TRACE}-b7ad6b7169203331-01");
        let context = TraceContext::parse(&text, Some("rojo=00f067aa0ba902b7, a/b@c=t61rcWkgMzE")).unwrap();
        assert_eq!((context.span, context.sampled), (0xb7ad_6b71_6920_3331, true));
        assert_eq!(context.state.as_deref(), Some("rojo=00f067aa0ba902b7, a/b@c=t61rcWkgMzE"));
        assert_eq!(context.parent(), text);
    }

    #[test]
    fn what_is_malformed_counts_as_absent() {
        let zeros = "0".repeat(32);
        for bad in [
            String::new(),
            "-".into(),
            format!("00-{TRACE}-b7ad6b7169203331"),
            format!("00-{TRACE}-b7ad6b7169203331-1"),
            format!("00-{TRACE}-b7ad6b7169203331-01-more"),
            format!("ff-{TRACE}-b7ad6b7169203331-01"),
            format!("00-{}-b7ad6b7169203331-01", TRACE.to_uppercase()),
            format!("00-{zeros}-b7ad6b7169203331-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{TRACE}-+7ad6b7169203331-01"),
            format!("00-{TRACE}-b7ad6b716920333é-01"),
        ] {
            assert_eq!(TraceContext::parse(&bad, None), None, "{bad}");
        }
        let good = format!("00-{TRACE}-b7ad6b7169203331-00");
        for bad in ["", ",", "a", "A=1", "=1", "a=\n", "a=é", &"a=b,".repeat(33), &format!("a={}", "b".repeat(512))] {
            assert_eq!(TraceContext::parse(&good, Some(bad)).unwrap().state, None, "{bad}");
        }
    }

    #[test]
    fn a_later_version_may_say_more() {
        let context = TraceContext::parse(&format!("01-{TRACE}-b7ad6b7169203331-03-more"), None).unwrap();
        assert!(context.sampled);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(trace in 1..=u128::MAX, span in 1..=u64::MAX, sampled in any::<bool>()) {
            let context = TraceContext { trace, span, sampled, state: None };
            assert_eq!(TraceContext::parse(&context.parent(), None), Some(context));
        }

        #[test]
        fn no_text_is_too_strange_to_be_looked_at(parent in ".*", state in ".*") {
            if let Some(context) = TraceContext::parse(&parent, Some(&state)) {
                assert!(context.trace != 0 && context.span != 0);
            }
        }
    }
}

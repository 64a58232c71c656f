//! How often the tools of a session were called. Kept in this process even where sessions are shared between replicas: it
//! is written with every call, and a count is not worth a round trip.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{
    recent::Recent,
    session::{Principal, SessionError, SessionId},
};
use crate::{clock::Clock, config::SessionSettings};

/// The calls of one tool in one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolUse {
    /// When the first ended, in milliseconds since 1970.
    pub first_millis: i64,
    /// When the last ended.
    pub last_millis: i64,
    /// How many there were.
    pub count: u64,
}

type Uses = BTreeMap<&'static str, ToolUse>;

/// The calls of all sessions.
#[derive(Debug)]
pub struct UsageLog {
    clock: Arc<dyn Clock>,
    sessions: Recent<Uses>,
}

impl UsageLog {
    /// A log for as many sessions as are remembered.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_bounds(clock, SessionSettings::DEFAULT_MAX, SessionSettings::DEFAULT_IDLE)
    }

    fn with_bounds(clock: Arc<dyn Clock>, capacity: usize, idle: Duration) -> Self {
        Self { sessions: Recent::new(Arc::clone(&clock), capacity, idle), clock }
    }

    /// Counts a call. `tool` is a listed name, so a session has as many counts as there are tools at most.
    ///
    /// # Errors
    /// When somebody else opened the session.
    pub fn note(&self, id: &SessionId, principal: &Principal, tool: &'static str) -> Result<(), SessionError> {
        let now = self.clock.now_millis();
        self.sessions.change(id, principal, |uses| {
            let first = ToolUse { first_millis: now, last_millis: now, count: 0 };
            let entry = uses.entry(tool).or_insert(first);
            entry.last_millis = now;
            entry.count = entry.count.saturating_add(1);
        })
    }

    /// The calls of a session, by tool.
    ///
    /// # Errors
    /// When somebody else opened the session.
    pub fn of(&self, id: &SessionId, principal: &Principal) -> Result<Uses, SessionError> {
        self.sessions.read(id, principal, Clone::clone).map(Option::unwrap_or_default)
    }

    /// Forgets a session.
    pub fn remove(&self, id: &SessionId) {
        self.sessions.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn calls_are_counted_by_session_and_tool() {
        let clock = ManualClock::at(5);
        let log = UsageLog::new(clock.clone());
        let (a, b, me) = (SessionId::new("a"), SessionId::new("b"), Principal::anonymous());
        log.note(&a, &me, "x").unwrap();
        clock.advance(2);
        log.note(&a, &me, "x").unwrap();
        log.note(&b, &me, "y").unwrap();
        let expected = ToolUse { first_millis: 5, last_millis: 7, count: 2 };
        assert_eq!(log.of(&a, &me).unwrap(), BTreeMap::from([("x", expected)]));
        log.remove(&a);
        assert!(log.of(&a, &me).unwrap().is_empty());
        assert_eq!(log.of(&b, &Principal::new("other")), Err(SessionError::OtherPrincipal));
    }

    #[test]
    fn only_so_many_sessions_are_counted() {
        let log = UsageLog::with_bounds(ManualClock::at(0), 2, Duration::from_mins(1));
        let me = Principal::anonymous();
        let ids = ["a", "b", "c"].map(SessionId::new);
        for id in &ids {
            log.note(id, &me, "x").unwrap();
        }
        assert_eq!(ids.map(|id| log.of(&id, &me).unwrap().len()), [0, 1, 1]);
    }
}

//! What the server remembers between calls: the focused database of a session. Bounded in number and in time, and bound
//! to whoever opened the session.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use futures::future::{BoxFuture, ready};
use parking_lot::Mutex;

use crate::{clock::Clock, config::DatabaseKey};

/// The identity of a session: the constant of standard input and output, or the transport's session identifier.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// Takes the transport's identifier.
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The one session of a process that serves one client over standard input and output.
    pub fn stdio() -> Self {
        Self::new("stdio")
    }

    /// The whole identifier, for hashing: whoever has it can take the session over.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight characters: enough to tell sessions apart in a reply, too few to take one over.
    pub fn short(&self) -> &str {
        self.0.char_indices().nth(8).and_then(|(end, _)| self.0.get(..end)).unwrap_or(&self.0)
    }
}

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionId({}…)", self.short())
    }
}

/// Who is calling, as authentication found out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal(String);

impl Principal {
    /// An authenticated caller.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The caller where nobody is asked who they are.
    pub fn anonymous() -> Self {
        Self::new("anonymous")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is remembered of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionState {
    /// The database calls mean when they name none.
    pub focused: Option<DatabaseKey>,
}

/// Why a session's state cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Somebody else opened the session. To be answered exactly as a session that does not exist.
    #[error("there is no such session")]
    OtherPrincipal,
    /// The store does not answer.
    #[error("the session store does not answer: {0}")]
    Unavailable(String),
}

/// Where session state is kept. Object-safe and asynchronous, so that replicas can share one.
pub trait Sessions: Send + Sync + std::fmt::Debug {
    /// The state of a session, or nothing when it is unknown or has expired. Counts as use.
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>>;

    /// Remembers the state, opening the session if need be.
    fn set<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        state: SessionState,
    ) -> BoxFuture<'a, Result<(), SessionError>>;

    /// Forgets a session; unknown ones are no error.
    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>>;
}

/// Sessions in the memory of this process.
#[derive(Debug)]
pub struct MemorySessions {
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle: Duration,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    entries: HashMap<SessionId, Entry>,
    /// Use number → session: the first is the one used longest ago.
    by_use: BTreeMap<u64, SessionId>,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    principal: Principal,
    state: SessionState,
    last_use: u64,
    last_use_millis: i64,
}

impl MemorySessions {
    /// Sessions kept at most, before the one used longest ago is dropped.
    pub const DEFAULT_CAPACITY: usize = 10_000;
    /// How long an unused session is kept.
    pub const DEFAULT_IDLE: Duration = Duration::from_hours(8);

    /// A store with the default bounds.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_bounds(clock, Self::DEFAULT_CAPACITY, Self::DEFAULT_IDLE)
    }

    /// A store that keeps at most `capacity` sessions (at least one), each for `idle` after its last use.
    pub fn with_bounds(clock: Arc<dyn Clock>, capacity: usize, idle: Duration) -> Self {
        Self { clock, capacity: capacity.max(1), idle, table: Mutex::default() }
    }

    /// How many sessions are remembered, expired ones not yet swept included.
    pub fn len(&self) -> usize {
        self.table.lock().entries.len()
    }

    /// Whether no session is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn oldest_kept(&self, now: i64) -> i64 {
        now.saturating_sub(i64::try_from(self.idle.as_millis()).unwrap_or(i64::MAX))
    }

    fn get_now(&self, id: &SessionId, principal: &Principal) -> Result<Option<SessionState>, SessionError> {
        let now = self.clock.now_millis();
        let mut table = self.table.lock();
        table.expire(self.oldest_kept(now));
        let Some(entry) = table.entries.get(id) else { return Ok(None) };
        if entry.principal != *principal {
            return Err(SessionError::OtherPrincipal);
        }
        let state = entry.state.clone();
        table.touch(id, now);
        Ok(Some(state))
    }

    fn set_now(&self, id: &SessionId, principal: &Principal, state: SessionState) -> Result<(), SessionError> {
        let now = self.clock.now_millis();
        let mut table = self.table.lock();
        table.expire(self.oldest_kept(now));
        match table.entries.get_mut(id) {
            Some(entry) if entry.principal != *principal => return Err(SessionError::OtherPrincipal),
            Some(entry) => entry.state = state,
            None => {
                while table.entries.len() >= self.capacity && table.drop_oldest() {}
                let entry = Entry { principal: principal.clone(), state, last_use: 0, last_use_millis: now };
                table.entries.insert(id.clone(), entry);
            }
        }
        table.touch(id, now);
        Ok(())
    }
}

impl Sessions for MemorySessions {
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>> {
        Box::pin(ready(self.get_now(id, principal)))
    }

    fn set<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        state: SessionState,
    ) -> BoxFuture<'a, Result<(), SessionError>> {
        Box::pin(ready(self.set_now(id, principal, state)))
    }

    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>> {
        self.table.lock().remove(id);
        Box::pin(ready(Ok(())))
    }
}

impl Table {
    fn touch(&mut self, id: &SessionId, now: i64) {
        self.uses = self.uses.saturating_add(1);
        let Some(entry) = self.entries.get_mut(id) else { return };
        self.by_use.remove(&entry.last_use);
        entry.last_use = self.uses;
        entry.last_use_millis = now;
        self.by_use.insert(self.uses, id.clone());
    }

    fn remove(&mut self, id: &SessionId) {
        if let Some(entry) = self.entries.remove(id) {
            self.by_use.remove(&entry.last_use);
        }
    }

    fn drop_oldest(&mut self) -> bool {
        let Some((_, id)) = self.by_use.pop_first() else { return false };
        self.entries.remove(&id);
        true
    }

    /// Drops what was last used before `oldest_kept`. The order of use is the order of time, so this stops early.
    fn expire(&mut self, oldest_kept: i64) {
        while let Some((_, id)) = self.by_use.first_key_value()
            && self.entries.get(id).is_none_or(|entry| entry.last_use_millis < oldest_kept)
        {
            self.drop_oldest();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn focused(key: &str) -> SessionState {
        SessionState { focused: Some(DatabaseKey::parse(key).unwrap()) }
    }

    fn store(capacity: usize) -> (Arc<ManualClock>, MemorySessions) {
        let clock = ManualClock::at(0);
        (clock.clone(), MemorySessions::with_bounds(clock, capacity, Duration::from_mins(1)))
    }

    #[test]
    fn a_session_is_forgotten_after_its_idle_time_and_use_keeps_it_alive() {
        let (clock, sessions) = store(10);
        let (id, me) = (SessionId::new("a"), Principal::anonymous());
        sessions.set_now(&id, &me, focused("x")).unwrap();
        clock.advance(50_000);
        assert_eq!(sessions.get_now(&id, &me).unwrap(), Some(focused("x")));
        clock.advance(50_000);
        assert_eq!(sessions.get_now(&id, &me).unwrap(), Some(focused("x")));
        clock.advance(60_001);
        assert_eq!(sessions.get_now(&id, &me).unwrap(), None);
        assert!(sessions.is_empty());
    }

    #[test]
    fn the_session_used_longest_ago_makes_room() {
        let (_, sessions) = store(2);
        let me = Principal::anonymous();
        let [a, b, c] = ["a", "b", "c"].map(SessionId::new);
        sessions.set_now(&a, &me, focused("a")).unwrap();
        sessions.set_now(&b, &me, focused("b")).unwrap();
        sessions.get_now(&a, &me).unwrap();
        sessions.set_now(&c, &me, focused("c")).unwrap();
        assert_eq!(sessions.get_now(&b, &me).unwrap(), None);
        assert_eq!(sessions.get_now(&a, &me).unwrap(), Some(focused("a")));
        assert_eq!(sessions.len(), 2);
    }

    #[tokio::test]
    async fn a_session_belongs_to_the_principal_who_opened_it() {
        let (_, sessions) = store(2);
        let (id, me, other) = (SessionId::new("a"), Principal::new("me"), Principal::new("other"));
        sessions.set(&id, &me, focused("x")).await.unwrap();
        assert_eq!(sessions.get(&id, &other).await, Err(SessionError::OtherPrincipal));
        assert_eq!(sessions.set(&id, &other, focused("y")).await, Err(SessionError::OtherPrincipal));
        assert_eq!(sessions.get(&id, &me).await.unwrap(), Some(focused("x")));
        sessions.remove(&id).await.unwrap();
        assert_eq!(sessions.get(&id, &me).await.unwrap(), None);
    }

    #[test]
    fn a_short_id_shows_only_its_beginning() {
        assert_eq!(SessionId::new("0123456789abcdef").short(), "01234567");
        assert_eq!(SessionId::stdio().short(), "stdio");
    }
}

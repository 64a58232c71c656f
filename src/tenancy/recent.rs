//! What is kept of sessions in memory: bounded in number and in time, and bound to whoever opened the session.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;

use super::session::{Principal, SessionError, SessionId};
use crate::clock::Clock;

/// One value a session. The session used longest ago makes room for a new one, and one unused for too long is forgotten.
#[derive(Debug)]
pub(super) struct Recent<V> {
    clock: Arc<dyn Clock>,
    capacity: usize,
    idle: Duration,
    table: Mutex<Table<V>>,
}

#[derive(Debug, Default)]
struct Table<V> {
    entries: HashMap<SessionId, Entry<V>>,
    /// Use number → session: the first is the one used longest ago.
    by_use: BTreeMap<u64, SessionId>,
    uses: u64,
}

#[derive(Debug)]
struct Entry<V> {
    principal: Principal,
    value: V,
    last_use: u64,
    last_use_millis: i64,
}

impl<V: Default> Recent<V> {
    /// Keeps at most `capacity` sessions (at least one), each for `idle` after its last use.
    pub(super) fn new(clock: Arc<dyn Clock>, capacity: usize, idle: Duration) -> Self {
        Self { clock, capacity: capacity.max(1), idle, table: Mutex::new(Table::default()) }
    }

    /// Reads the value of a session, if there is one. Counts as use.
    pub(super) fn read<T>(
        &self,
        id: &SessionId,
        principal: &Principal,
        look: impl FnOnce(&V) -> T,
    ) -> Result<Option<T>, SessionError> {
        let now = self.clock.now_millis();
        let mut table = self.table.lock();
        table.expire(self.oldest_kept(now));
        let Some(entry) = table.entries.get(id) else { return Ok(None) };
        let seen = entry.of(principal).map(|()| look(&entry.value))?;
        table.touch(id, now);
        Ok(Some(seen))
    }

    /// Changes the value of a session, opening the session if need be.
    pub(super) fn change<T>(
        &self,
        id: &SessionId,
        principal: &Principal,
        change: impl FnOnce(&mut V) -> T,
    ) -> Result<T, SessionError> {
        let now = self.clock.now_millis();
        let mut table = self.table.lock();
        table.expire(self.oldest_kept(now));
        if !table.entries.contains_key(id) {
            while table.entries.len() >= self.capacity && table.drop_oldest() {}
        }
        let entry = table.entries.entry(id.clone()).or_insert_with(|| Entry {
            principal: principal.clone(),
            value: V::default(),
            last_use: 0,
            last_use_millis: now,
        });
        let done = entry.of(principal).map(|()| change(&mut entry.value))?;
        table.touch(id, now);
        Ok(done)
    }

    /// Forgets a session.
    pub(super) fn remove(&self, id: &SessionId) {
        self.table.lock().remove(id);
    }

    /// How many sessions are remembered, expired ones not yet swept included.
    pub(super) fn len(&self) -> usize {
        self.table.lock().entries.len()
    }

    fn oldest_kept(&self, now: i64) -> i64 {
        now.saturating_sub(i64::try_from(self.idle.as_millis()).unwrap_or(i64::MAX))
    }
}

impl<V> Entry<V> {
    fn of(&self, principal: &Principal) -> Result<(), SessionError> {
        if self.principal == *principal { Ok(()) } else { Err(SessionError::OtherPrincipal) }
    }
}

impl<V> Table<V> {
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

    fn store(capacity: usize) -> (Arc<ManualClock>, Recent<u32>) {
        let clock = ManualClock::at(0);
        (clock.clone(), Recent::new(clock, capacity, Duration::from_mins(1)))
    }

    #[test]
    fn a_session_is_forgotten_after_its_idle_time_and_use_keeps_it_alive() {
        let (clock, sessions) = store(10);
        let (id, me) = (SessionId::new("a"), Principal::anonymous());
        sessions.change(&id, &me, |value| *value = 7).unwrap();
        clock.advance(50_000);
        assert_eq!(sessions.read(&id, &me, |value| *value), Ok(Some(7)));
        clock.advance(50_000);
        assert_eq!(sessions.read(&id, &me, |value| *value), Ok(Some(7)));
        clock.advance(60_001);
        assert_eq!(sessions.read(&id, &me, |value| *value), Ok(None));
        assert_eq!(sessions.len(), 0);
    }

    #[test]
    fn the_session_used_longest_ago_makes_room() {
        let (_, sessions) = store(2);
        let me = Principal::anonymous();
        let [a, b, c] = ["a", "b", "c"].map(SessionId::new);
        sessions.change(&a, &me, |value| *value = 1).unwrap();
        sessions.change(&b, &me, |value| *value = 2).unwrap();
        sessions.read(&a, &me, |_| ()).unwrap();
        sessions.change(&c, &me, |value| *value = 3).unwrap();
        assert_eq!(sessions.read(&b, &me, |value| *value), Ok(None));
        assert_eq!(sessions.read(&a, &me, |value| *value), Ok(Some(1)));
        assert_eq!(sessions.len(), 2);
    }

    #[test]
    fn a_session_belongs_to_the_principal_who_opened_it() {
        let (_, sessions) = store(2);
        let (id, me, other) = (SessionId::new("a"), Principal::new("me"), Principal::new("other"));
        sessions.change(&id, &me, |value| *value = 1).unwrap();
        assert_eq!(sessions.read(&id, &other, |value| *value), Err(SessionError::OtherPrincipal));
        assert_eq!(sessions.change(&id, &other, |value| *value = 2), Err(SessionError::OtherPrincipal));
        assert_eq!(sessions.read(&id, &me, |value| *value), Ok(Some(1)));
        sessions.remove(&id);
        assert_eq!(sessions.read(&id, &me, |value| *value), Ok(None));
    }
}

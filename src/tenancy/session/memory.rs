//! Sessions in the memory of this process, gone with it.

use std::{sync::Arc, time::Duration};

use futures::future::{BoxFuture, ready};

use super::{
    Change, Changed, Principal, SessionError, SessionId, SessionState, Sessions,
    spent::{Spent, Token},
};
use crate::{clock::Clock, config::SessionSettings, tenancy::recent::Recent};

/// Sessions in the memory of this process.
#[derive(Debug)]
pub struct MemorySessions {
    states: Recent<SessionState>,
    spent: Spent,
}

impl MemorySessions {
    /// A store with the default bounds.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_bounds(clock, SessionSettings::DEFAULT_MAX, SessionSettings::DEFAULT_IDLE)
    }

    /// A store that keeps at most `capacity` sessions (at least one), each for `idle` after its last use.
    pub fn with_bounds(clock: Arc<dyn Clock>, capacity: usize, idle: Duration) -> Self {
        let spent = Spent::new(Arc::clone(&clock));
        Self { states: Recent::new(clock, capacity, idle), spent }
    }

    /// How many sessions are remembered, expired ones not yet swept included.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether no session is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Sessions for MemorySessions {
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>> {
        Box::pin(ready(self.states.read(id, principal, Clone::clone)))
    }

    fn update<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        change: Change<'a>,
    ) -> BoxFuture<'a, Result<Changed, SessionError>> {
        let changed = self.states.change(id, principal, |state| {
            let before = state.clone();
            change(state);
            Changed { before, after: state.clone() }
        });
        Box::pin(ready(changed))
    }

    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>> {
        self.states.remove(id);
        Box::pin(ready(Ok(())))
    }

    fn spend<'a>(&'a self, token: &'a Token, lifetime: Duration) -> BoxFuture<'a, Result<bool, SessionError>> {
        Box::pin(ready(self.spent.spend(token, lifetime)))
    }

    fn is_shared(&self) -> bool {
        false
    }
}

//! What is good only once and has been used: remembered until it would have expired anyway.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;

use super::SessionError;
use crate::clock::Clock;

/// What tells one single-use token from all others.
pub type Token = [u8; 16];

/// Used tokens remembered at most.
const MAX_SPENT: usize = 100_000;

/// Used tokens, and when they expire.
#[derive(Debug)]
pub(super) struct Spent {
    clock: Arc<dyn Clock>,
    used: Mutex<HashMap<Token, i64>>,
}

impl Spent {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, used: Mutex::default() }
    }

    /// Whether this is the first use.
    pub(super) fn spend(&self, token: &Token, lifetime: Duration) -> Result<bool, SessionError> {
        let now = self.clock.now_millis();
        let expires = now.saturating_add(i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX));
        let mut used = self.used.lock();
        if used.get(token).is_some_and(|expires| now < *expires) {
            return Ok(false);
        }
        if used.len() >= MAX_SPENT {
            used.retain(|_, expires| now < *expires);
        }
        if used.len() >= MAX_SPENT {
            return Err(SessionError::Crowded);
        }
        used.insert(*token, expires);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn tokens_are_forgotten_when_they_expire_and_never_before() {
        let clock = ManualClock::at(0);
        let spent = Spent::new(clock.clone());
        let token = |at: usize| u128::try_from(at).unwrap().to_be_bytes();
        let lifetime = Duration::from_secs(1);
        for at in 0..MAX_SPENT {
            assert_eq!(spent.spend(&token(at), lifetime), Ok(true));
        }
        assert_eq!(spent.spend(&token(0), lifetime), Ok(false));
        assert_eq!(spent.spend(&token(MAX_SPENT), lifetime), Err(SessionError::Crowded));
        clock.advance(1_000);
        assert_eq!(spent.spend(&token(MAX_SPENT), lifetime), Ok(true));
        assert_eq!(spent.used.lock().len(), 1);
    }
}

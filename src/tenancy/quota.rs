//! How much one caller or one database may use: calls a second, and calls at once. Nobody waits in a queue: what is too
//! much is refused with the time after which to try again. The same for everything that is limited.

use std::{
    collections::HashMap,
    hash::Hash,
    num::{NonZeroU32, NonZeroUsize},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;

use crate::clock::Clock;

/// When to try again after a refusal that depends on how long other calls take.
const SOON: Duration = Duration::from_millis(500);

/// How much is allowed. Nothing given is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    /// Calls a second on average; twice as many may come at one moment.
    pub per_second: Option<NonZeroU32>,
    /// Calls at once.
    pub at_once: Option<NonZeroUsize>,
}

/// What was too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exceeded {
    /// Calls came too fast.
    #[error("the limit is {limit} a second")]
    Rate {
        /// The limit.
        limit: NonZeroU32,
        /// When the next one is let in.
        retry_after: Duration,
    },
    /// Too many calls are running.
    #[error("the limit is {limit} at once")]
    AtOnce {
        /// The limit.
        limit: NonZeroUsize,
    },
}

impl Exceeded {
    /// How long to wait before the next try; above zero.
    pub fn retry_after(&self) -> Duration {
        match self {
            Self::Rate { retry_after, .. } => (*retry_after).max(Duration::from_millis(1)),
            Self::AtOnce { .. } => SOON,
        }
    }
}

/// What each key has used lately.
#[derive(Debug)]
pub struct Quotas<K: Eq + Hash> {
    clock: Arc<dyn Clock>,
    capacity: usize,
    used: Mutex<HashMap<K, Usage>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    running: usize,
    /// When all that came so far would have come if it had come evenly. Ahead of now by what came too fast.
    even: Duration,
}

impl Usage {
    /// Whether forgetting it would change nothing.
    fn is_idle(&self, now: Duration) -> bool {
        self.running == 0 && self.even <= now
    }
}

impl<K: Eq + Hash + Clone> Quotas<K> {
    /// Remembers so many keys. A key that uses nothing makes room for another.
    pub fn new(clock: Arc<dyn Clock>, capacity: usize) -> Arc<Self> {
        Arc::new(Self { clock, capacity, used: Mutex::new(HashMap::new()) })
    }

    /// Lets a call in, which runs for as long as the slot is there.
    ///
    /// # Errors
    /// What would be too much.
    pub fn enter(self: &Arc<Self>, key: &K, allowed: Allowance) -> Result<Slot<K>, Exceeded> {
        let now = self.clock.monotonic();
        let mut used = self.used.lock();
        if !used.contains_key(key) && used.len() >= self.capacity {
            make_room(&mut used, now);
        }
        let usage = used.entry(key.clone()).or_default();
        if let Some(limit) = allowed.at_once
            && usage.running >= limit.get()
        {
            return Err(Exceeded::AtOnce { limit });
        }
        if let Some(limit) = allowed.per_second {
            usage.even = next_even(usage.even, now, limit)?;
        }
        usage.running = usage.running.saturating_add(1);
        Ok(Slot { quotas: Arc::clone(self), key: key.clone() })
    }

    fn leave(&self, key: &K) {
        if let Some(usage) = self.used.lock().get_mut(key) {
            usage.running = usage.running.saturating_sub(1);
        }
    }
}

/// Counts one more call. Twice the rate may come at one moment.
fn next_even(even: Duration, now: Duration, limit: NonZeroU32) -> Result<Duration, Exceeded> {
    let apart = Duration::from_secs(1) / limit.get();
    let ahead = apart.saturating_mul(limit.get().saturating_mul(2).saturating_sub(1));
    let even = even.max(now);
    match even.checked_sub(now.saturating_add(ahead)) {
        Some(early) if !early.is_zero() => Err(Exceeded::Rate { limit, retry_after: early }),
        _ => Ok(even.saturating_add(apart)),
    }
}

/// Forgets the keys that use nothing; if there is none, the one nearest to that. What is running is never forgotten, and
/// is bounded by whoever lets it in.
fn make_room<K: Eq + Hash + Clone>(used: &mut HashMap<K, Usage>, now: Duration) {
    let before = used.len();
    used.retain(|_, usage| !usage.is_idle(now));
    if used.len() == before {
        let rested = used.iter().filter(|(_, usage)| usage.running == 0).min_by_key(|(_, usage)| usage.even);
        if let Some(key) = rested.map(|(key, _)| key.clone()) {
            used.remove(&key);
        }
    }
}

/// The right of one call to run. Given back when it is dropped.
#[derive(Debug)]
pub struct Slot<K: Eq + Hash + Clone> {
    quotas: Arc<Quotas<K>>,
    key: K,
}

impl<K: Eq + Hash + Clone> Drop for Slot<K> {
    fn drop(&mut self) {
        self.quotas.leave(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn rate(limit: u32) -> Allowance {
        Allowance { per_second: NonZeroU32::new(limit), at_once: None }
    }

    #[test]
    fn twice_the_rate_may_come_at_once_and_then_one_at_a_time() {
        let clock = ManualClock::at(1_000);
        let quotas = Quotas::new(clock.clone(), 8);
        for _ in 0..20 {
            quotas.enter(&"a", rate(10)).unwrap();
        }
        let refused = quotas.enter(&"a", rate(10)).unwrap_err();
        assert_eq!(refused.retry_after(), Duration::from_millis(100));
        assert!(quotas.enter(&"b", rate(10)).is_ok(), "others are not concerned");
        clock.advance(100);
        quotas.enter(&"a", rate(10)).unwrap();
        assert!(quotas.enter(&"a", rate(10)).is_err());
        clock.advance(60_000);
        assert_eq!((0..99).filter(|_| quotas.enter(&"a", rate(10)).is_ok()).count(), 20);
    }

    #[test]
    fn a_call_counts_as_running_until_its_slot_is_dropped() {
        let quotas = Quotas::new(ManualClock::at(0), 8);
        let two = Allowance { per_second: None, at_once: NonZeroUsize::new(2) };
        let (first, _second) = (quotas.enter(&1, two).unwrap(), quotas.enter(&1, two).unwrap());
        let refused = quotas.enter(&1, two).unwrap_err();
        assert_eq!((refused, refused.retry_after()), (Exceeded::AtOnce { limit: NonZeroUsize::new(2).unwrap() }, SOON));
        drop(first);
        quotas.enter(&1, two).unwrap();
    }

    #[test]
    fn what_is_remembered_is_bounded_and_what_runs_is_not_forgotten() {
        let clock = ManualClock::at(0);
        let quotas = Quotas::new(clock.clone(), 3);
        let one = Allowance { per_second: NonZeroU32::new(1), at_once: NonZeroUsize::new(1) };
        let _running = quotas.enter(&0, one).unwrap();
        for key in 1..1_000 {
            quotas.enter(&key, one).unwrap();
            clock.advance(1);
        }
        assert!(quotas.used.lock().len() <= 3);
        assert!(matches!(quotas.enter(&0, one), Err(Exceeded::AtOnce { .. })));
    }

    #[test]
    fn the_largest_rate_does_not_overflow() {
        let quotas = Quotas::new(ManualClock::at(0), 3);
        for _ in 0..10 {
            quotas.enter(&0, rate(u32::MAX)).unwrap();
        }
    }
}

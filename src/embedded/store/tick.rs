//! Numbers that only grow: ids of things, and revisions with the text ArangoDB writes them as.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{clock::Clock, embedded::value::Str};

/// The name of the database every server has.
pub const SYSTEM: &str = "_system";

/// ArangoDB's alphabet for revisions, in ascending order of the digits.
const DIGITS: &[u8; 64] = b"-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Ids below this one are those of the system.
const FIRST_ID: u64 = 1;
/// A revision holds milliseconds above this many bits of a counter.
const COUNTER_BITS: u32 = 20;

/// Gives out ids and revisions.
#[derive(Debug)]
pub struct Ticks {
    clock: Arc<dyn Clock>,
    ids: AtomicU64,
    revisions: AtomicU64,
}

impl Ticks {
    /// A source that has given nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, ids: AtomicU64::new(FIRST_ID), revisions: AtomicU64::new(0) }
    }

    /// The next id.
    pub fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// Lets no id up to this one be given again.
    pub fn skip_ids(&self, seen: u64) {
        self.ids.fetch_max(seen, Ordering::Relaxed);
    }

    /// The next revision: the time, or one more than the last when the clock has not moved on.
    pub fn next_revision(&self) -> u64 {
        let millis = u64::try_from(self.clock.now_millis()).unwrap_or(0);
        let now = millis.wrapping_shl(COUNTER_BITS);
        let next = |last: u64| now.max(last.saturating_add(1));
        let last = self.revisions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        next(last.unwrap_or_default())
    }

    /// Lets no revision up to this one be given again.
    pub fn skip_revisions(&self, seen: u64) {
        self.revisions.fetch_max(seen, Ordering::Relaxed);
    }
}

/// A revision as text: six bits a digit, the highest first, without leading zeros.
pub fn encode_revision(revision: u64) -> Str {
    let mut text = String::with_capacity(11);
    for place in (0..11).rev() {
        let digit = usize::try_from((revision >> (6 * place)) & 63).unwrap_or_default();
        if (digit != 0 || !text.is_empty() || place == 0)
            && let Some(&byte) = DIGITS.get(digit)
        {
            text.push(char::from(byte));
        }
    }
    Str::from(text)
}

/// The revision a text stands for; nothing when it is none.
pub fn decode_revision(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 11 {
        return None;
    }
    text.bytes().try_fold(0_u64, |sum, byte| {
        let digit = DIGITS.iter().position(|&known| known == byte)?;
        sum.checked_mul(64)?.checked_add(u64::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn revisions_grow_even_when_the_clock_stands_still_or_goes_back() {
        let clock = ManualClock::at(1_700_000_000_000);
        let ticks = Ticks::new(Arc::clone(&clock) as Arc<dyn Clock>);
        let first = ticks.next_revision();
        let second = ticks.next_revision();
        clock.advance(-1000);
        let third = ticks.next_revision();
        assert!(first < second && second < third);
        assert_eq!(first >> COUNTER_BITS, 1_700_000_000_000);
    }

    #[test]
    fn a_revision_survives_being_written_and_read() {
        for revision in [0, 1, 63, 64, 1_700_000_000_000 << COUNTER_BITS, u64::MAX] {
            assert_eq!(decode_revision(&encode_revision(revision)), Some(revision));
        }
        assert_eq!(encode_revision(1_770_000_000_000 << COUNTER_BITS).len(), 11);
        for bad in ["", "ä", "a b", "999999999999"] {
            assert_eq!(decode_revision(bad), None, "{bad:?}");
        }
    }
}

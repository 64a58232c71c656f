//! Write locks of collections: taken all at once, in the order of asking, with a limit to the waiting.
//!
//! A writer gets its locks when all are free and nobody who asked earlier wants one of them. As nobody holds some locks
//! while waiting for others, there are no deadlocks, and as the order is kept, nobody starves.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};

/// How often somebody who waits looks whether it is still worth it.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The locks of one database.
#[derive(Debug, Default)]
pub(super) struct LockTable {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    held: HashSet<u64>,
    waiting: Vec<Request>,
    next: u64,
}

#[derive(Debug)]
struct Request {
    number: u64,
    wanted: Vec<u64>,
}

impl State {
    /// Whether a request need not wait any longer.
    fn is_free(&self, number: u64, wanted: &[u64]) -> bool {
        let earlier = self.waiting.iter().take_while(|request| request.number < number);
        wanted.iter().all(|id| !self.held.contains(id))
            && earlier.into_iter().all(|request| !request.wanted.iter().any(|id| wanted.contains(id)))
    }
}

/// Locks that are held until this is dropped.
#[derive(Debug)]
pub(super) struct Guard {
    table: Arc<LockTable>,
    ids: Vec<u64>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut state = self.table.state.lock();
        for id in &self.ids {
            state.held.remove(id);
        }
        drop(state);
        self.table.changed.notify_all();
    }
}

impl LockTable {
    /// Takes the locks of these collections; nothing when that took longer than `wait`.
    pub(super) fn acquire(self: &Arc<Self>, wanted: Vec<u64>, wait: Duration) -> Option<Guard> {
        self.acquire_unless(wanted, wait, &|| false)
    }

    /// The same, for somebody who may give up at any time.
    pub(super) fn acquire_unless(
        self: &Arc<Self>,
        mut wanted: Vec<u64>,
        wait: Duration,
        gives_up: &dyn Fn() -> bool,
    ) -> Option<Guard> {
        wanted.sort_unstable();
        wanted.dedup();
        // A limit beyond what the clock can show is as good as a day.
        let now = Instant::now();
        let deadline = now.checked_add(wait).or_else(|| now.checked_add(Duration::from_hours(24)));
        let mut state = self.state.lock();
        let number = state.next;
        state.next = state.next.wrapping_add(1);
        state.waiting.push(Request { number, wanted: wanted.clone() });
        let mut granted = true;
        while !state.is_free(number, &wanted) {
            let look = Instant::now() + LOOK_EVERY;
            let until = deadline.map_or(look, |deadline| deadline.min(look));
            let timed_out = self.changed.wait_until(&mut state, until).timed_out();
            let late = timed_out && deadline.is_none_or(|deadline| until >= deadline);
            if (late || gives_up()) && !state.is_free(number, &wanted) {
                granted = false;
                break;
            }
        }
        state.waiting.retain(|request| request.number != number);
        if !granted {
            drop(state);
            // Those behind this one may have waited for it only.
            self.changed.notify_all();
            return None;
        }
        state.held.extend(&wanted);
        Some(Guard { table: Arc::clone(self), ids: wanted })
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_lock_that_is_held_is_waited_for_no_longer_than_asked() {
        let table = Arc::new(LockTable::default());
        let held = table.acquire(vec![1, 2], Duration::ZERO).unwrap();
        assert!(table.acquire(vec![2, 3], Duration::from_millis(5)).is_none());
        let other = table.acquire(vec![3], Duration::ZERO).unwrap();
        drop(held);
        drop(other);
        assert!(table.acquire(vec![3, 2, 2], Duration::ZERO).is_some());
    }

    #[test]
    fn who_gives_up_waits_no_longer() {
        let table = Arc::new(LockTable::default());
        let _held = table.acquire(vec![1], Duration::ZERO).unwrap();
        assert!(table.acquire_unless(vec![1], Duration::MAX, &|| true).is_none());
        assert!(table.state.lock().waiting.is_empty());
    }

    #[test]
    fn writers_that_want_the_same_locks_in_any_order_all_get_through() {
        let table = Arc::new(LockTable::default());
        let threads: Vec<_> = (0..8_u64)
            .map(|number| {
                let table = Arc::clone(&table);
                thread::spawn(move || {
                    for round in 0..50_u64 {
                        let wanted = vec![(number + round) % 3, number % 3];
                        assert!(table.acquire(wanted, Duration::from_secs(20)).is_some());
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(table.state.lock().waiting.is_empty());
    }
}

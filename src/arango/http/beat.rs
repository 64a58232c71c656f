//! A regular timer for as long as there are requests. Whoever sets a timer that is earlier than all others wakes the
//! runtime's driver, which costs two system calls and a turn of its loop; every request sets one and hardly any lets it
//! run out. With one that is always earlier still, none of them has to wake anybody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

/// Earlier than what anybody sets while a request is under way.
const INTERVAL: Duration = Duration::from_millis(250);

/// Beats from one request on until there was none for an interval.
#[derive(Debug, Default)]
pub(super) struct Beat {
    beating: AtomicBool,
    needed: AtomicBool,
}

impl Beat {
    /// There is a request.
    pub(super) fn needed(self: &Arc<Self>) {
        // Ordering does not matter: nothing but speed depends on it.
        self.needed.store(true, Ordering::Relaxed);
        if !self.beating.load(Ordering::Relaxed) && !self.beating.swap(true, Ordering::Relaxed) {
            tokio::spawn(Beating(Arc::clone(self)).until_idle());
        }
    }
}

/// Beats for as long as this is there.
struct Beating(Arc<Beat>);

impl Beating {
    async fn until_idle(self) {
        while self.0.needed.swap(false, Ordering::Relaxed) {
            sleep(INTERVAL).await;
        }
    }
}

impl Drop for Beating {
    fn drop(&mut self) {
        self.0.beating.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_beats_once_however_many_need_it_and_stops_when_nobody_does() {
        let beat = Arc::new(Beat::default());
        beat.needed();
        beat.needed();
        assert_eq!(Arc::strong_count(&beat), 2);
        while beat.beating.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        assert_eq!(Arc::strong_count(&beat), 1);
        beat.needed();
        assert!(beat.beating.load(Ordering::Relaxed));
    }
}

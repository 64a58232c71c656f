//! What every connection is doing, so that those that wait for too long can be ended and idle ones make room.

use std::{
    collections::HashMap,
    net::SocketAddr,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{sync::Notify, time::Instant};

use crate::config::HttpLimits;

/// The two ends of a connection; among the extensions of each of its requests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    /// The other end. Behind a proxy, that is the proxy.
    pub(crate) address: SocketAddr,
    /// This end.
    pub(crate) local: SocketAddr,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It has not sent anything.
    Fresh,
    /// The head of a request is coming.
    Head,
    /// A request is being answered.
    Busy,
    /// The last bytes of an answer are on their way.
    Ending,
    /// It waits for another request.
    Idle,
}

impl Phase {
    /// Whether nobody would miss an answer.
    fn is_waiting(self) -> bool {
        matches!(self, Self::Fresh | Self::Head | Self::Idle)
    }
}

/// The state of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    // Held only to look or to set, never across an await.
    state: Mutex<(Phase, Instant)>,
    unread: AtomicBool,
    leave: Notify,
    unanswered: Arc<AtomicUsize>,
}

impl Activity {
    pub(super) fn new(unanswered: Arc<AtomicUsize>) -> Arc<Self> {
        let state = Mutex::new((Phase::Fresh, Instant::now()));
        Arc::new(Self { state, unread: AtomicBool::new(false), leave: Notify::new(), unanswered })
    }

    pub(super) fn phase(&self) -> Phase {
        self.state.lock().0
    }

    /// Whether it waits for its client, and can be ended without harm.
    pub(super) fn is_waiting(&self) -> bool {
        self.phase().is_waiting()
    }

    /// By when its client has to send something; no time while a request is being answered.
    pub(super) fn deadline(&self, limits: &HttpLimits) -> Option<Instant> {
        let (phase, since) = *self.state.lock();
        let patience = match phase {
            Phase::Fresh | Phase::Head => limits.header_timeout,
            Phase::Idle => limits.idle_timeout,
            Phase::Busy | Phase::Ending => return None,
        };
        Some(since + patience)
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        let mut state = self.state.lock();
        match state.0 {
            Phase::Fresh | Phase::Idle => *state = (Phase::Head, Instant::now()),
            Phase::Head | Phase::Busy | Phase::Ending => {}
        }
    }

    /// All bytes of the answers so far are written. Says whether the connection waits for its client from now on.
    pub(super) fn flushed(&self) -> bool {
        let mut state = self.state.lock();
        let ended = state.0 == Phase::Ending;
        if ended {
            *state = (Phase::Idle, Instant::now());
        }
        ended
    }

    /// A request has come. It counts as unanswered until the head of its answer is there.
    pub(super) fn begin(self: &Arc<Self>) -> Unanswered {
        self.state.lock().0 = Phase::Busy;
        self.unread.store(false, Ordering::Relaxed);
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        Unanswered(Arc::clone(self))
    }

    fn end(&self) {
        self.state.lock().0 = Phase::Ending;
    }

    /// Whether the client may still be sending what nobody will read.
    pub(super) fn has_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Notes that the body of a request was given up.
    pub(super) fn give_up_body(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    /// Waits until the connection has to make room.
    pub(super) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

/// A request without an answer.
#[derive(Debug)]
pub(super) struct Unanswered(Arc<Activity>);

impl Unanswered {
    /// The head of the answer is there.
    pub(super) fn answered(self) -> Answering {
        Answering(Arc::clone(&self.0))
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.0.unanswered.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An answer whose body is being sent; its end is when this is dropped.
#[derive(Debug)]
pub(super) struct Answering(Arc<Activity>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// All connections there are, no more than so many.
#[derive(Debug)]
pub(super) struct Connections {
    limit: NonZeroUsize,
    open: Mutex<Open>,
    unanswered: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_number: HashMap<u64, Arc<Activity>>,
}

impl Open {
    /// Ends the connection that has waited longest. Its place is free at once.
    fn make_room(&mut self) -> bool {
        let waiting = self.by_number.iter().filter(|(_, activity)| activity.is_waiting());
        let longest = waiting.min_by_key(|(_, activity)| activity.state.lock().1).map(|(number, _)| *number);
        let left = longest.and_then(|number| self.by_number.remove(&number));
        left.inspect(|activity| activity.leave.notify_one()).is_some()
    }
}

impl Connections {
    pub(super) fn new(limit: NonZeroUsize) -> Arc<Self> {
        Arc::new(Self { limit, open: Mutex::default(), unanswered: Arc::default() })
    }

    /// A place for one more. Where all are taken, the one that has waited longest for its client gives way; none where
    /// all are busy.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut open = self.open.lock();
        if open.by_number.len() >= self.limit.get() && !open.make_room() {
            return None;
        }
        let (number, activity) = (open.next, Activity::new(Arc::clone(&self.unanswered)));
        open.next = open.next.wrapping_add(1);
        open.by_number.insert(number, Arc::clone(&activity));
        Some(Place { connections: Arc::clone(self), number, activity })
    }

    /// Ends the connection that has waited longest, because the system has no more.
    pub(super) fn make_room(&self) {
        self.open.lock().make_room();
    }

    /// How many requests have no answer yet.
    pub(super) fn unanswered(&self) -> usize {
        self.unanswered.load(Ordering::Relaxed)
    }
}

/// The place of one connection.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    pub(super) activity: Arc<Activity>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open.lock().by_number.remove(&self.number);
    }
}

/// How long a client may leave bytes of an answer unread before it counts as gone.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(limit: usize) -> Arc<Connections> {
        Connections::new(NonZeroUsize::new(limit).unwrap())
    }

    #[tokio::test]
    async fn the_connection_that_has_waited_longest_makes_room() {
        let connections = connections(2);
        let (first, second) = (connections.admit().unwrap(), connections.admit().unwrap());
        let busy = first.activity.begin();
        let third = connections.admit().unwrap();
        second.activity.asked_to_leave().await;
        drop(second);
        assert_eq!(connections.open.lock().by_number.len(), 2);
        let _busy_too = third.activity.begin();
        assert!(connections.admit().is_none(), "nobody is sent away in the middle of a request");
        drop(busy.answered());
        first.activity.flushed();
        assert!(connections.admit().is_some());
    }

    #[tokio::test]
    async fn a_request_is_unanswered_until_its_answer_begins() {
        let connections = connections(2);
        let place = connections.admit().unwrap();
        place.activity.received();
        assert_eq!(place.activity.phase(), Phase::Head);
        let request = place.activity.begin();
        assert_eq!((connections.unanswered(), place.activity.deadline(&HttpLimits::default())), (1, None));
        let answer = request.answered();
        assert_eq!((connections.unanswered(), place.activity.phase()), (0, Phase::Busy));
        drop(answer);
        place.activity.flushed();
        assert_eq!(place.activity.phase(), Phase::Idle);
    }
}

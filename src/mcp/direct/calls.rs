//! The calls of sessions that are answered here: a client can take one back, the end of a session ends them all, and a
//! client that lost the stream of a slow one asks for its answer again.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::Arc,
};

use bytes::Bytes;
use parking_lot::Mutex;
use rmcp::{model::RequestId, transport::streamable_http_server::session::SessionId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How many answers wait for a client of one session to come back for them.
const KEPT: usize = 16;

/// What an event is called from which a slow answer can be resumed, before its number.
const EVENT: &str = "call-";

/// The message that answers a request; nothing if it was taken back.
pub(crate) type Answer = Option<Bytes>;

/// An answer that takes its time.
pub(crate) type Slow = watch::Receiver<Option<Answer>>;

/// The calls, by session.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    // A plain mutex: held only to touch the map, never across an await.
    by_session: Mutex<HashMap<SessionId, OfSession>>,
}

#[derive(Debug, Default)]
struct OfSession {
    under_way: Vec<(RequestId, CancellationToken)>,
    slow: VecDeque<(u64, Slow)>,
    numbered: u64,
}

impl Calls {
    /// Notes that a call has begun; dropping the guard notes its end.
    pub(crate) fn begin(self: &Arc<Self>, session: SessionId, id: RequestId, cancel: CancellationToken) -> UnderWay {
        let mut by_session = self.by_session.lock();
        by_session.entry(Arc::clone(&session)).or_default().under_way.push((id.clone(), cancel));
        UnderWay { calls: Arc::clone(self), session, id }
    }

    /// The client takes a request back. One that is unknown has ended, or is not among these.
    pub(crate) fn cancel(&self, session: &str, id: &RequestId) {
        let by_session = self.by_session.lock();
        let calls = by_session.get(session).into_iter().flat_map(|session| &session.under_way);
        calls.filter(|(of, _)| of == id).for_each(|(_, cancel)| cancel.cancel());
    }

    /// The session has ended, and nobody is left to read the answers.
    pub(crate) fn end(&self, session: &str) {
        let ended = self.by_session.lock().remove(session);
        ended.into_iter().flat_map(|session| session.under_way).for_each(|(_, cancel)| cancel.cancel());
    }

    /// Keeps a slow answer until it has been sent. Of too many in one session the oldest is given up.
    pub(crate) fn keep(self: &Arc<Self>, session: SessionId, slow: Slow) -> Kept {
        let mut by_session = self.by_session.lock();
        let of_session = by_session.entry(Arc::clone(&session)).or_default();
        of_session.numbered += 1;
        let number = of_session.numbered;
        of_session.slow.push_back((number, slow.clone()));
        if of_session.slow.len() > KEPT {
            of_session.slow.pop_front();
        }
        Kept { calls: Arc::clone(self), session, number, slow }
    }

    /// The answer that the stream with this event was to bring.
    pub(crate) fn kept(self: &Arc<Self>, session: SessionId, event: &str) -> Option<Kept> {
        let number = event.strip_prefix(EVENT)?.parse().ok()?;
        let by_session = self.by_session.lock();
        let (_, slow) = by_session.get(&session)?.slow.iter().find(|(of, _)| *of == number)?;
        let slow = slow.clone();
        drop(by_session);
        Some(Kept { calls: Arc::clone(self), session, number, slow })
    }
}

/// A slow answer that can be asked for again.
#[derive(Debug)]
pub(crate) struct Kept {
    calls: Arc<Calls>,
    session: SessionId,
    number: u64,
    /// The answer, as soon as there is one.
    pub(crate) slow: Slow,
}

impl Kept {
    /// It has been sent.
    pub(crate) fn sent(self) {
        if let Some(of_session) = self.calls.by_session.lock().get_mut(&self.session) {
            of_session.slow.retain(|(number, _)| *number != self.number);
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{EVENT}{}", self.number)
    }
}

/// A call that is under way for as long as this is there.
#[derive(Debug)]
pub(crate) struct UnderWay {
    calls: Arc<Calls>,
    session: SessionId,
    id: RequestId,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut by_session = self.calls.by_session.lock();
        let Some(of_session) = by_session.get_mut(&self.session) else { return };
        if let Some(place) = of_session.under_way.iter().position(|(id, _)| *id == self.id) {
            of_session.under_way.swap_remove(place);
        }
        // Numbers are not given again, as a client may still ask for one.
        if of_session.under_way.is_empty() && of_session.numbered == 0 {
            by_session.remove(&self.session);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_cancelled_by_its_own_session_and_id_only_and_leaves_nothing_behind() {
        let calls = Arc::new(Calls::default());
        let token = CancellationToken::new();
        let under_way = calls.begin("a".into(), RequestId::Number(1), token.clone());
        calls.cancel("b", &RequestId::Number(1));
        calls.cancel("a", &RequestId::String("1".into()));
        assert!(!token.is_cancelled());
        calls.cancel("a", &RequestId::Number(1));
        assert!(token.is_cancelled());
        drop(under_way);
        assert!(calls.by_session.lock().is_empty());
    }

    #[test]
    fn the_end_of_a_session_ends_its_calls() {
        let calls = Arc::new(Calls::default());
        let (ours, theirs) = (CancellationToken::new(), CancellationToken::new());
        let _ours = calls.begin("a".into(), RequestId::Number(1), ours.clone());
        let _theirs = calls.begin("b".into(), RequestId::Number(1), theirs.clone());
        calls.end("a");
        assert!(ours.is_cancelled() && !theirs.is_cancelled());
    }

    #[test]
    fn the_newest_slow_answers_are_kept_until_they_are_sent() {
        let calls = Arc::new(Calls::default());
        let (_answer, slow) = watch::channel(None);
        let kept: Vec<Kept> = (0..=KEPT).map(|_| calls.keep("a".into(), slow.clone())).collect();
        let names: Vec<String> = kept.iter().map(Kept::to_string).collect();
        let is_kept = |session: &str, name: &str| calls.kept(session.into(), name).is_some();
        assert!(!is_kept("a", &names[0]) && is_kept("a", &names[1]));
        assert!(!is_kept("b", &names[1]) && !is_kept("a", "0") && !is_kept("a", "call-x"));
        kept.into_iter().for_each(Kept::sent);
        assert!(!is_kept("a", &names[1]));
    }
}

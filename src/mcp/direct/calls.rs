//! The calls that sessions are waiting for, so that a client can take one back and the end of a session ends them all.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use rmcp::{model::RequestId, transport::streamable_http_server::session::SessionId};
use tokio_util::sync::CancellationToken;

/// The calls under way, by session.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    // A plain mutex: held only to touch the map, never across an await.
    by_session: Mutex<HashMap<SessionId, Vec<(RequestId, CancellationToken)>>>,
}

impl Calls {
    /// Notes that a call has begun; dropping the guard notes its end.
    pub(crate) fn begin(self: &Arc<Self>, session: SessionId, id: RequestId, cancel: CancellationToken) -> UnderWay {
        let mut by_session = self.by_session.lock();
        by_session.entry(Arc::clone(&session)).or_default().push((id.clone(), cancel));
        UnderWay { calls: Arc::clone(self), session, id }
    }

    /// The client takes a request back. One that is unknown has ended, or is not among these.
    pub(crate) fn cancel(&self, session: &str, id: &RequestId) {
        let by_session = self.by_session.lock();
        let calls = by_session.get(session).into_iter().flatten();
        calls.filter(|(of, _)| of == id).for_each(|(_, cancel)| cancel.cancel());
    }

    /// The session has ended, and nobody is left to read the answers.
    pub(crate) fn end(&self, session: &str) {
        let ended = self.by_session.lock().remove(session);
        ended.into_iter().flatten().for_each(|(_, cancel)| cancel.cancel());
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
        let Some(calls) = by_session.get_mut(&self.session) else { return };
        if let Some(place) = calls.iter().position(|(id, _)| *id == self.id) {
            calls.swap_remove(place);
        }
        if calls.is_empty() {
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
}

//! The HTTP sessions of the older protocols: rmcp's own, with a limit on their number, an owner each, and an end that is the
//! end of the state too. Where the state is in a store that replicas share, a session that began elsewhere goes on here.
//!
//! rmcp tells its session manager neither who asks nor what was said at the beginning, so [`super::session_guard`] says it
//! around each request ([`Arrival`]).

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::Stream;
use parking_lot::Mutex;
use rmcp::{
    model::{ClientJsonRpcMessage, ServerJsonRpcMessage},
    transport::streamable_http_server::session::{
        RestoreOutcome, ServerSseMessage, SessionId, SessionManager, SessionState, SessionStore, SessionStoreError,
        local::{LocalSessionManager, LocalSessionManagerError},
    },
};
use tokio::time::Instant;

use super::direct::Calls;
use crate::{
    tenancy::session::{self, Principal, SessionError},
    tools::Services,
};

/// How long rmcp keeps a session that is silent, at least: it counts messages only, and a call may take that long.
const LONGEST_CALL: Duration = Duration::from_hours(1);

/// Longest opening of a client that is kept for other replicas. Clients say some 300 bytes.
const MAX_OPENING: usize = 64 * 1024;

/// Who sends the request under way, and how its session began if it is not known here.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) principal: Principal,
    pub(crate) opening: Option<Arc<str>>,
}

tokio::task_local! {
    /// Set around each request to the endpoint; rmcp asks for sessions in the task of the request.
    pub(crate) static ARRIVAL: Arrival;
}

/// A session that this process serves.
#[derive(Debug)]
struct Served {
    owner: Principal,
    last_seen: Instant,
    /// When rmcp last got a message of it. It closes sessions that it does not hear of.
    heard: Instant,
    /// What could not be stored at the beginning.
    unsaved: Option<session::SessionState>,
}

/// Counts, limits, knows the owners, and cleans up.
#[derive(Debug)]
pub(crate) struct BoundedSessions {
    inner: LocalSessionManager,
    // A plain mutex: held only to touch the map, never across an await.
    served: Mutex<HashMap<SessionId, Served>>,
    /// Calls that rmcp does not know of.
    calls: Arc<Calls>,
    /// How long rmcp keeps a session that it does not hear of.
    keep_alive: Duration,
    limit: usize,
    services: Arc<Services>,
}

impl BoundedSessions {
    /// At most `limit` sessions, each until it was silent for `idle`.
    pub(crate) fn new(services: Arc<Services>, limit: usize, idle: Duration) -> Self {
        let mut inner = LocalSessionManager::default();
        let keep_alive = idle.max(LONGEST_CALL);
        inner.session_config.keep_alive = Some(keep_alive);
        let (served, calls) = (Mutex::default(), Arc::default());
        Self { inner, served, calls, keep_alive, limit: limit.max(1), services }
    }

    /// Whose session it is, if it is served here. Counts as use.
    pub(crate) fn owner(&self, id: &str) -> Option<Principal> {
        self.served.lock().get_mut(id).map(|served| {
            served.last_seen = Instant::now();
            served.owner.clone()
        })
    }

    /// The session of this id, if its next message may pass by rmcp: from time to time rmcp has to get one, or it would
    /// take the session for idle.
    pub(crate) fn active(&self, id: &str) -> Option<SessionId> {
        let served = self.served.lock();
        let (id, session) = served.get_key_value(id)?;
        (session.heard.elapsed() <= self.keep_alive / 8).then(|| Arc::clone(id))
    }

    /// The calls in sessions that rmcp does not know of.
    pub(crate) fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    /// Notes that rmcp gets a message of a session.
    fn heard(&self, id: &SessionId) {
        if let Some(session) = self.served.lock().get_mut(id) {
            session.heard = Instant::now();
        }
    }

    /// What could not be stored when the session began.
    pub(crate) fn unsaved(&self, id: &str) -> Option<session::SessionState> {
        self.served.lock().get(id).and_then(|served| served.unsaved.clone())
    }

    pub(crate) fn saved(&self, id: &str) {
        if let Some(served) = self.served.lock().get_mut(id) {
            served.unsaved = None;
        }
    }

    /// Ends what this process has of a session.
    pub(crate) async fn end(&self, id: &str) {
        if let Err(error) = self.close_session(&SessionId::from(id)).await {
            tracing::debug!(%error, "a session did not end");
        }
    }

    /// How many sessions this process serves.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.served.lock().len()
    }

    /// Writes down that a session is served here from now on.
    fn begin(&self, id: &SessionId) {
        let owner = ARRIVAL.try_with(|arrival| arrival.principal.clone()).unwrap_or_else(|_| Principal::anonymous());
        let now = Instant::now();
        self.served.lock().insert(Arc::clone(id), Served { owner, last_seen: now, heard: now, unsaved: None });
        self.counted();
    }

    /// Tells those who watch how many sessions there are.
    fn counted(&self) {
        self.services.operation().note_sessions(self.served.lock().len());
    }

    /// Closes the session silent longest if there is no room for another.
    async fn make_room(&self) -> Result<(), LocalSessionManagerError> {
        let Some(oldest) = self.surplus() else { return Ok(()) };
        tracing::warn!(limit = self.limit, "too many sessions: the one silent longest is closed");
        self.close_session(&oldest).await
    }

    fn surplus(&self) -> Option<SessionId> {
        let served = self.served.lock();
        if served.len() < self.limit {
            return None;
        }
        served.iter().min_by_key(|(_, session)| session.last_seen).map(|(id, _)| Arc::clone(id))
    }

    /// Opens the state of a new session.
    async fn open(&self, id: &str, opening: &SessionState) {
        let Ok(principal) = ARRIVAL.try_with(|arrival| arrival.principal.clone()) else { return };
        let shared = self.services.sessions.is_shared();
        let opening = shared.then(|| said(opening)).flatten();
        let state = session::SessionState { opening, ..session::SessionState::default() };
        if let Err(error) = self.store(id, &principal, &state).await {
            tracing::warn!(%error, "a session was opened that only this process knows as yet");
            if let Some(served) = self.served.lock().get_mut(id) {
                served.unsaved = Some(state);
            }
        }
    }

    /// Stores the state of a new session.
    pub(crate) async fn store(
        &self,
        id: &str,
        principal: &Principal,
        state: &session::SessionState,
    ) -> Result<(), SessionError> {
        let change = |kept: &mut session::SessionState| kept.opening.clone_from(&state.opening);
        self.services.sessions.update(&session::SessionId::new(id), principal, &change).await.map(|_| ())
    }
}

/// What the client said at the beginning, as text.
fn said(opening: &SessionState) -> Option<Arc<str>> {
    let text = serde_json::to_string(&opening.initialize_params).ok().filter(|text| text.len() <= MAX_OPENING);
    if text.is_none() {
        tracing::warn!("a client said too much when it opened its session: other replicas cannot go on with it");
    }
    text.map(Arc::from)
}

impl SessionManager for BoundedSessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        self.make_room().await?;
        let (id, transport) = self.inner.create_session().await?;
        self.begin(&id);
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, Self::Error> {
        self.inner.initialize_session(id, message).await
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, Self::Error> {
        self.inner.has_session(id).await
    }

    // rmcp calls this twice on DELETE, once when a session has been silent too long, and when the process ends: in a shared
    // store the session goes on after all but the first.
    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.served.lock().remove(id);
        self.calls.end(id);
        self.counted();
        let state = session::SessionId::new(id);
        if self.services.sessions.is_shared() {
            self.services.usage.remove(&state);
        } else if let Err(error) = self.services.forget(&state).await {
            tracing::warn!(%error, "the state of an ended session could not be removed");
        }
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.heard(id);
        self.inner.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.heard(id);
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.heard(id);
        self.inner.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.heard(id);
        self.inner.resume(id, last_event_id).await
    }

    async fn restore_session(&self, id: SessionId) -> Result<RestoreOutcome<Self::Transport>, Self::Error> {
        self.make_room().await?;
        let outcome = self.inner.restore_session(Arc::clone(&id)).await?;
        if matches!(outcome, RestoreOutcome::Restored(_)) {
            self.begin(&id);
        }
        Ok(outcome)
    }
}

/// What rmcp calls a store: it tells what a client said at the beginning and asks for it where a session is not known.
#[derive(Debug)]
pub(crate) struct Openings(pub(crate) Arc<BoundedSessions>);

#[async_trait]
impl SessionStore for Openings {
    async fn load(&self, _id: &str) -> Result<Option<SessionState>, SessionStoreError> {
        // The guard has read it, for the principal who asks.
        let opening = ARRIVAL.try_with(|arrival| arrival.opening.clone()).ok().flatten();
        Ok(opening.map(|text| serde_json::from_str(&text)).transpose()?.map(SessionState::new))
    }

    async fn store(&self, id: &str, state: &SessionState) -> Result<(), SessionStoreError> {
        self.0.open(id, state).await;
        Ok(())
    }

    async fn delete(&self, _id: &str) -> Result<(), SessionStoreError> {
        // The guard does it, and tells the client when it fails.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::DatabaseKey, tools::test_services};

    #[tokio::test]
    async fn the_session_silent_longest_makes_room_and_its_state_goes_with_it() {
        let services = test_services();
        let sessions = BoundedSessions::new(Arc::clone(&services), 2, Duration::from_hours(1));
        let (first, _one) = sessions.create_session().await.unwrap();
        let (second, _two) = sessions.create_session().await.unwrap();
        let principal = Principal::anonymous();
        let id = session::SessionId::new(&second);
        let focus = |state: &mut session::SessionState| state.focused = Some(DatabaseKey::parse("a").unwrap());
        services.sessions.update(&id, &principal, &focus).await.unwrap();
        assert_eq!(sessions.owner(&first), Some(principal.clone()));
        let (_third, _three) = sessions.create_session().await.unwrap();
        assert!(sessions.has_session(&first).await.unwrap());
        assert!(!sessions.has_session(&second).await.unwrap());
        assert_eq!(services.sessions.get(&id, &principal).await.unwrap(), None);
    }

    #[tokio::test]
    async fn ten_thousand_sessions_leave_no_more_than_the_limit() {
        let services = test_services();
        let sessions = BoundedSessions::new(Arc::clone(&services), 100, Duration::from_hours(1));
        for _ in 0..10_000 {
            drop(sessions.create_session().await.unwrap());
        }
        assert_eq!(sessions.len(), 100);
        assert_eq!(sessions.inner.sessions.read().await.len(), 100);
    }
}

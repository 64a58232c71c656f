//! The HTTP sessions of the older protocols: rmcp's own, with a limit on their number and with the tenancy state of a
//! session thrown away when the session ends.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::Stream;
use parking_lot::Mutex;
use rmcp::{
    model::{ClientJsonRpcMessage, ServerJsonRpcMessage},
    transport::streamable_http_server::session::{
        RestoreOutcome, ServerSseMessage, SessionId, SessionManager,
        local::{LocalSessionManager, LocalSessionManagerError},
    },
};
use tokio::time::Instant;

use crate::{tenancy::session, tools::Services};

/// How many sessions there may be. The one that has been silent longest makes room for a new one.
const MAX_SESSIONS: usize = 5_000;

/// How long a session may be silent. rmcp counts messages only, so this must be far above the longest call.
const IDLE: Duration = Duration::from_hours(8);

/// Counts, limits and cleans up.
#[derive(Debug)]
pub(crate) struct BoundedSessions {
    inner: LocalSessionManager,
    // A plain mutex: held only to touch the map, never across an await.
    last_seen: Mutex<HashMap<SessionId, Instant>>,
    limit: usize,
    services: Arc<Services>,
}

impl BoundedSessions {
    pub(crate) fn new(services: Arc<Services>) -> Self {
        Self::with_limit(services, MAX_SESSIONS)
    }

    fn with_limit(services: Arc<Services>, limit: usize) -> Self {
        let mut inner = LocalSessionManager::default();
        inner.session_config.keep_alive = Some(IDLE);
        Self { inner, last_seen: Mutex::new(HashMap::new()), limit, services }
    }

    fn touch(&self, id: &SessionId) {
        if let Some(seen) = self.last_seen.lock().get_mut(id) {
            *seen = Instant::now();
        }
    }

    /// Tells those who watch how many sessions there are.
    fn counted(&self) {
        self.services.operation().note_sessions(self.last_seen.lock().len());
    }

    /// The session to close before another may begin.
    fn surplus(&self) -> Option<SessionId> {
        let seen = self.last_seen.lock();
        if seen.len() < self.limit {
            return None;
        }
        seen.iter().min_by_key(|(_, at)| **at).map(|(id, _)| Arc::clone(id))
    }
}

impl SessionManager for BoundedSessions {
    type Error = LocalSessionManagerError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), Self::Error> {
        if let Some(oldest) = self.surplus() {
            tracing::warn!(limit = self.limit, "too many sessions: the one silent longest is closed");
            self.close_session(&oldest).await?;
        }
        let (id, transport) = self.inner.create_session().await?;
        self.last_seen.lock().insert(Arc::clone(&id), Instant::now());
        self.counted();
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

    // rmcp calls this twice on DELETE and once when a session has been silent too long.
    async fn close_session(&self, id: &SessionId) -> Result<(), Self::Error> {
        self.last_seen.lock().remove(id);
        self.counted();
        if let Err(error) = self.services.forget(&session::SessionId::new(id)).await {
            tracing::warn!(%error, "the state of an ended session could not be removed");
        }
        self.inner.close_session(id).await
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.touch(id);
        self.inner.create_stream(id, message).await
    }

    async fn accept_message(&self, id: &SessionId, message: ClientJsonRpcMessage) -> Result<(), Self::Error> {
        self.touch(id);
        self.inner.accept_message(id, message).await
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.touch(id);
        self.inner.create_standalone_stream(id).await
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, Self::Error> {
        self.touch(id);
        self.inner.resume(id, last_event_id).await
    }

    async fn restore_session(&self, id: SessionId) -> Result<RestoreOutcome<Self::Transport>, Self::Error> {
        self.inner.restore_session(id).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::DatabaseKey, tenancy::SessionState, tools::test_services};

    #[tokio::test]
    async fn the_session_silent_longest_makes_room_and_its_state_goes_with_it() {
        let services = test_services();
        let sessions = BoundedSessions::with_limit(Arc::clone(&services), 2);
        let (first, _one) = sessions.create_session().await.unwrap();
        let (second, _two) = sessions.create_session().await.unwrap();
        let principal = session::Principal::anonymous();
        let id = session::SessionId::new(&second);
        let focus = |state: &mut SessionState| state.focused = Some(DatabaseKey::parse("a").unwrap());
        services.sessions.update(&id, &principal, &focus).await.unwrap();
        sessions.touch(&first);
        let (_third, _three) = sessions.create_session().await.unwrap();
        assert!(sessions.has_session(&first).await.unwrap());
        assert!(!sessions.has_session(&second).await.unwrap());
        assert_eq!(services.sessions.get(&id, &principal).await.unwrap(), None);
    }
}

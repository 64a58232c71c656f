//! What the server remembers between calls: the focused database of a session, and the workflow it has chosen. Bounded in
//! number and in time, and bound to whoever opened the session. Kept in the memory of the process, or in a store that
//! replicas share.

mod memory;
mod redis;
mod spent;

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::workflow::WorkflowState;
use crate::config::DatabaseKey;

pub use memory::MemorySessions;
pub use redis::RedisSessions;
pub use spent::Token;

/// The identity of a session: the constant of standard input and output, or the transport's session identifier.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// Takes the transport's identifier.
    pub fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    /// The one session of a process that serves one client over standard input and output.
    pub fn stdio() -> Self {
        Self::new("stdio")
    }

    /// The whole identifier, for hashing: whoever has it can take the session over.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight characters: enough to tell sessions apart in a reply, too few to take one over.
    pub fn short(&self) -> &str {
        self.0.char_indices().nth(8).and_then(|(end, _)| self.0.get(..end)).unwrap_or(&self.0)
    }
}

impl std::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SessionId({}…)", self.short())
    }
}

/// Who is calling, as authentication found out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal(String);

impl Principal {
    /// An authenticated caller.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The caller where nobody is asked who they are.
    pub fn anonymous() -> Self {
        Self::new("anonymous")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is remembered of a session. Small, and serialisable, so that a store outside of the process can keep it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionState {
    /// The database calls mean when they name none.
    pub focused: Option<DatabaseKey>,
    /// What the session works on.
    pub workflow: WorkflowState,
    /// What the client said when it opened the session, as the protocol's JSON: with it another process that shares the
    /// store goes on with the session. Not kept where no other can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opening: Option<Arc<str>>,
}

/// A state before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// What it was.
    pub before: SessionState,
    /// What it is now.
    pub after: SessionState,
}

/// A change of a state. A store that others write to as well may apply it more than once, each time to what is there.
pub type Change<'a> = &'a (dyn Fn(&mut SessionState) + Send + Sync);

/// Why a session's state cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// Somebody else opened the session. To be answered exactly as a session that does not exist.
    #[error("there is no such session")]
    OtherPrincipal,
    /// The store does not answer.
    #[error("the session store does not answer: {0}")]
    Unavailable(String),
    /// There is no room to remember another single-use token until older ones expire.
    #[error("too many confirmations at once")]
    Crowded,
}

/// Where session state is kept. Object-safe and asynchronous, so that replicas can share one.
pub trait Sessions: Send + Sync + std::fmt::Debug {
    /// The state of a session, or nothing when it is unknown or has expired. Counts as use.
    fn get<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
    ) -> BoxFuture<'a, Result<Option<SessionState>, SessionError>>;

    /// Changes the state as one step, so that of two changes at once none is lost. Opens the session if need be.
    fn update<'a>(
        &'a self,
        id: &'a SessionId,
        principal: &'a Principal,
        change: Change<'a>,
    ) -> BoxFuture<'a, Result<Changed, SessionError>>;

    /// Forgets a session; unknown ones are no error.
    fn remove<'a>(&'a self, id: &'a SessionId) -> BoxFuture<'a, Result<(), SessionError>>;

    /// Uses up a token that is good once and for `lifetime` at most; false if it was used before.
    fn spend<'a>(&'a self, token: &'a Token, lifetime: Duration) -> BoxFuture<'a, Result<bool, SessionError>>;

    /// Whether other processes use the same sessions, so that they outlive this one.
    fn is_shared(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::ManualClock, tenancy::workflow::Workflow};

    #[tokio::test]
    async fn changes_of_different_things_do_not_undo_each_other() {
        let sessions = MemorySessions::new(ManualClock::at(0));
        let (id, me) = (SessionId::new("a"), Principal::anonymous());
        let key = DatabaseKey::parse("x").unwrap();
        let focus = |state: &mut SessionState| state.focused = Some(key.clone());
        sessions.update(&id, &me, &focus).await.unwrap();
        let switch = |state: &mut SessionState| state.workflow.switch(Workflow::Full);
        let changed = sessions.update(&id, &me, &switch).await.unwrap();
        assert_eq!(changed.before.workflow, WorkflowState::default());
        assert_eq!(changed.after.focused.as_ref().map(DatabaseKey::as_str), Some("x"));
        assert_eq!(sessions.get(&id, &me).await.unwrap(), Some(changed.after));
        assert_eq!(sessions.update(&id, &Principal::new("other"), &switch).await, Err(SessionError::OtherPrincipal));
        sessions.remove(&id).await.unwrap();
        assert_eq!(sessions.get(&id, &me).await.unwrap(), None);
        assert!(sessions.is_empty());
    }

    #[test]
    fn a_state_survives_being_written_down() {
        let mut state = SessionState { focused: Some(DatabaseKey::parse("x").unwrap()), ..SessionState::default() };
        state.workflow.switch(Workflow::DataAnalysis);
        state.workflow.unloaded.insert("arango_query".to_owned());
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<SessionState>(&text).unwrap(), state);
        assert_eq!(serde_json::from_str::<SessionState>("{}").unwrap(), SessionState::default());
        assert!(serde_json::from_str::<SessionState>(r#"{"focused": " bad "}"#).is_err());
    }

    #[test]
    fn a_short_id_shows_only_its_beginning() {
        assert_eq!(SessionId::new("0123456789abcdef").short(), "01234567");
        assert_eq!(SessionId::stdio().short(), "stdio");
    }
}

//! The engine as one thing to hold: the store, what lives between requests (cursors, running queries), the key that
//! signs tokens. It answers requests without a socket; [`super::listen`] puts it behind one.

use std::sync::{Arc, atomic::AtomicBool};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};

use crate::clock::{Clock, Random};

pub(super) mod expiry;

use super::{
    api::{
        registry::{Cursors, Queries},
        router,
        token::{self, TokenKey},
    },
    error::Error,
    query::hooks::AqlHooks,
    store::Store,
    users,
};
use expiry::Expiry;

/// The version of ArangoDB whose behaviour the engine follows; drivers choose what they send by it.
pub const COMPATIBLE_VERSION: &str = "3.12.5";

/// An ArangoDB-compatible server without a socket.
#[derive(Debug)]
pub struct Engine {
    store: Arc<Store>,
    cursors: Cursors,
    queries: Queries,
    expiry: Expiry,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    key: TokenKey,
    started_millis: i64,
}

/// Set in the extensions of a request to tell that nobody waits for its answer any more: its query then ends.
#[derive(Debug, Clone, Default)]
pub struct Abandoned(pub Arc<AtomicBool>);

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// The process itself, or anybody when authentication is off. May do everything.
    Trusted,
    /// A user who has proved to be one; grants decide.
    User(String),
    /// Somebody without credentials; may ask for a token.
    Anonymous,
}

impl Caller {
    /// The user's name, when it is a user.
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::User(name) => Some(name),
            Self::Trusted | Self::Anonymous => None,
        }
    }
}

impl Engine {
    /// An empty engine in memory. Tokens it signs are worth nothing to another one.
    pub fn in_memory(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let store = Store::in_memory(Arc::clone(&clock), Arc::clone(&random));
        Self::over(store, clock, random)
    }

    /// An engine over a store that has been opened already.
    pub fn over(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let key = TokenKey::generate(random.as_ref());
        let started_millis = clock.now_millis();
        if let Ok(hooks) = AqlHooks::new(Arc::clone(&clock), Arc::clone(&random)) {
            store.set_hooks(Arc::new(hooks));
        }
        let store = Arc::new(store);
        let (cursors, queries, expiry) = (Cursors::default(), Queries::default(), Expiry::from(started_millis));
        Self { store, cursors, queries, expiry, clock, random, key, started_millis }
    }

    /// Answers one request. Blocks for as long as a query takes, so it is not called on an async runtime's own threads.
    pub fn handle(&self, request: Request<Bytes>, caller: &Caller) -> Response<Bytes> {
        self.expiry.sweep_when_due(&self.store, self.clock.now_millis());
        router::handle(self, request, caller)
    }

    /// Who the credentials of a request belong to: `Basic` and `bearer` are known.
    ///
    /// # Errors
    /// The answer to wrong credentials, 401. No credentials at all are no error: [`Caller::Anonymous`].
    #[expect(clippy::result_large_err, reason = "the error is the answer to send, made once a connection at most")]
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, Response<Bytes>> {
        token::authenticate(self, headers).map_err(|failure| failure.into_reply().into_response(false))
    }

    /// Makes the user `root` with all rights and this password, unless there is one. Without it nobody can log in.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn ensure_root(&self, password: &str) -> Result<(), Error> {
        users::ensure_root(&self.store, password)
    }

    /// The data.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    pub(super) fn cursors(&self) -> &Cursors {
        &self.cursors
    }

    pub(super) fn queries(&self) -> &Queries {
        &self.queries
    }

    pub(super) fn expiry(&self) -> &Expiry {
        &self.expiry
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn random(&self) -> &Arc<dyn Random> {
        &self.random
    }

    pub(super) fn key(&self) -> &TokenKey {
        &self.key
    }

    /// Seconds since the engine was made.
    pub(super) fn uptime_seconds(&self) -> f64 {
        let millis = self.clock.now_millis().saturating_sub(self.started_millis);
        #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
        let seconds = millis as f64 / 1000.0;
        seconds
    }
}

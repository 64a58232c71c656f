//! A transport for tests: answers come from a function, and every request is kept to be looked at.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt, ready};
use http::{Request, Response};
use parking_lot::Mutex;

use super::{Authenticator, Database, Transport, TransportError};
use crate::wire::DatabaseName;

type Answer = dyn Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync;

/// Answers by a function of the request.
pub(crate) struct Fake {
    answer: Box<Answer>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

impl Fake {
    pub(crate) fn new(
        answer: impl Fn(&Request<Bytes>) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self { answer: Box::new(answer), seen: Mutex::default() })
    }

    /// Always the same answer.
    pub(crate) fn constant(status: u16, body: &'static str) -> Arc<Self> {
        Self::new(move |_| Ok(reply(status, body)))
    }

    /// Method and path of every request so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().iter().map(|request| format!("{} {}", request.method(), request.uri())).collect()
    }

    /// A request that was sent.
    pub(crate) fn request(&self, position: usize) -> Request<Bytes> {
        self.seen.lock()[position].clone()
    }

    /// The database `shop` behind this transport.
    pub(crate) fn database(self: &Arc<Self>) -> Database {
        self.database_as(Authenticator::Nobody)
    }

    pub(crate) fn database_as(self: &Arc<Self>, authenticator: Authenticator) -> Database {
        let name = DatabaseName::parse("shop").unwrap();
        Database::new(self.clone(), name, authenticator, std::time::Duration::from_secs(30))
    }
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl Transport for Fake {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let answer = (self.answer)(&request);
        self.seen.lock().push(request);
        // Gives way once, as a socket would.
        tokio::task::yield_now().then(move |()| ready(answer)).boxed()
    }
}

pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

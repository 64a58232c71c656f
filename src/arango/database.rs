//! One database as a client sees it, and the one place where answers become values or errors.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use tokio_util::task::TaskTracker;

use super::{
    auth::Authenticator,
    call::Call,
    error::Error,
    limits::{AskedLimits, QueryLimits},
    traced,
    transport::{Load, Transport},
};
use crate::{
    observability::otlp::CallTrace,
    wire::{DatabaseName, ErrorNum},
};

/// A database to talk to. Cheap to clone; clones share connections and token.
#[derive(Debug, Clone)]
pub struct Database(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    transport: Arc<dyn Transport>,
    name: DatabaseName,
    authenticator: Authenticator,
    timeout: Duration,
    limits: QueryLimits,
    /// The trace of the call that uses it, where there is one.
    trace: Option<Arc<CallTrace>>,
    /// What the server is being told about work nobody waits for any more.
    farewells: TaskTracker,
}

impl Database {
    /// A database reached over `transport`, each request taking `timeout` at most.
    pub fn new(
        transport: Arc<dyn Transport>,
        name: DatabaseName,
        authenticator: Authenticator,
        timeout: Duration,
    ) -> Self {
        let limits = QueryLimits::of_runtime(timeout);
        let farewells = TaskTracker::new();
        Self(Arc::new(Inner { transport, name, authenticator, timeout, limits, trace: None, farewells }))
    }

    /// The same database with limits for its queries.
    #[must_use]
    pub fn with_limits(&self, limits: QueryLimits) -> Self {
        Self(Arc::new(Inner { limits, ..Inner::clone(&self.0) }))
    }

    /// The same database, with a span for each request as part of this trace.
    #[must_use]
    pub fn traced(&self, trace: Arc<CallTrace>) -> Self {
        Self(Arc::new(Inner { trace: Some(trace), ..Inner::clone(&self.0) }))
    }

    /// The same database with lower limits for its queries, where those are asked for.
    #[must_use]
    pub fn within(&self, asked: AskedLimits) -> Self {
        let limits = self.limits().lowered(asked);
        if limits == self.limits() { self.clone() } else { self.with_limits(limits) }
    }

    /// How busy the way to it is, where that is bounded.
    pub fn load(&self) -> Option<Load> {
        self.0.transport.load()
    }

    /// Another database of the same server, as the same user.
    #[must_use]
    pub fn sibling(&self, name: DatabaseName) -> Self {
        Self(Arc::new(Inner { name, ..Inner::clone(&self.0) }))
    }

    /// The database's name.
    pub fn name(&self) -> &DatabaseName {
        &self.0.name
    }

    /// How long one request may take.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// What its queries may use.
    pub fn limits(&self) -> QueryLimits {
        self.0.limits
    }

    /// Sends a call and gives the answer if its status says success.
    ///
    /// # Errors
    /// The server's error, or why there is no answer.
    pub async fn send(&self, call: Call) -> Result<Response<Bytes>, Error> {
        let response = self.exchange(call, Some(&self.0.name)).await?;
        check(&response)?;
        Ok(response)
    }

    /// Sends a call and decodes the answer.
    ///
    /// # Errors
    /// The server's error, why there is no answer, or that the answer is not what was expected.
    pub async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        decode(&self.exchange(call, Some(&self.0.name)).await?)
    }

    /// As [`Self::call`], for the paths that belong to the server and not to a database.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub async fn call_server<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        decode(&self.exchange(call, None).await?)
    }

    /// Tells the server about something nobody waits for any more, without anybody waiting for that either.
    pub(super) fn farewell(
        &self,
        what: &'static str,
        telling: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) {
        // Without a runtime there is no connection either: the server finds out by its own limits.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let telling = async move {
            if let Err(error) = telling.await {
                tracing::debug!(%error, "{what} could not be ended; the server ends it by itself");
            }
        };
        self.0.farewells.spawn_on(telling, &runtime);
    }

    /// Waits until the server has been told everything.
    pub async fn settled(&self) {
        self.0.farewells.close();
        self.0.farewells.wait().await;
    }

    async fn exchange(&self, call: Call, database: Option<&DatabaseName>) -> Result<Response<Bytes>, Error> {
        let mut request = call.into_request(database, self.0.timeout)?;
        let (transport, authenticator) = (&*self.0.transport, &self.0.authenticator);
        let Some(trace) = &self.0.trace else { return authenticator.send(transport, request).await };
        let span = traced::begin(trace, &mut request, database);
        let outcome = authenticator.send(transport, request).await;
        traced::end(span, transport, &outcome);
        outcome
    }
}

/// Decodes a successful answer; anything else becomes an error.
pub(super) fn decode<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, Error> {
    check(response)?;
    serde_json::from_slice(response.body()).map_err(|_| Error::decode(response.status(), response.body()))
}

/// The one mapping from answers to errors.
fn check(response: &Response<Bytes>) -> Result<(), Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope {
        #[serde(default)]
        error_num: Option<u16>,
        #[serde(default)]
        error_message: Option<String>,
    }
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(());
    }
    match serde_json::from_slice::<Envelope>(response.body()) {
        Ok(Envelope { error_num: Some(num), error_message }) => {
            let num = ErrorNum(num);
            let message = error_message.unwrap_or_else(|| num.text().to_owned());
            Err(Error::Server { status: status.as_u16(), num, message })
        }
        // 412 and the like come without an error body, and a proxy sends its own: the status is all there is.
        _ => Err(Error::decode(status, response.body())),
    }
}

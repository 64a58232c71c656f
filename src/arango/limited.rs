//! A transport with a bound on how many requests are under way at once.

use std::{num::NonZeroUsize, sync::Arc};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::{sync::Semaphore, time::Instant};

use super::{
    error::{TransportError, TransportErrorKind},
    transport::{Deadline, Load, Transport},
};
use crate::observability::SafeUrl;

/// Lets a number of requests through at once; the others wait their turn, within their deadline.
#[derive(Debug)]
pub struct Limited {
    inner: Arc<dyn Transport>,
    turns: Semaphore,
    limit: usize,
}

impl Limited {
    /// Bounds a transport.
    pub fn new(inner: Arc<dyn Transport>, at_once: NonZeroUsize) -> Self {
        let limit = at_once.get().min(Semaphore::MAX_PERMITS);
        Self { inner, turns: Semaphore::new(limit), limit }
    }

    async fn send_in_turn(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Deadline::of(&request);
        let start = Instant::now();
        let turn = tokio::time::timeout(timeout, self.turns.acquire()).await;
        let _turn = match turn {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) => return Err(TransportError::new(TransportErrorKind::Closed, "the connection is closed")),
            Err(_) => {
                let detail = "all connections allowed by max_connections stayed busy until the timeout";
                return Err(TransportError::new(TransportErrorKind::Timeout, detail));
            }
        };
        request.extensions_mut().insert(Deadline(timeout.saturating_sub(start.elapsed())));
        self.inner.send(request).await
    }
}

impl Transport for Limited {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send_in_turn(request))
    }

    fn address(&self) -> Option<&SafeUrl> {
        self.inner.address()
    }

    fn load(&self) -> Option<Load> {
        Some(Load { in_use: self.limit.saturating_sub(self.turns.available_permits()), limit: self.limit })
    }
}

//! How a request gets to a server and an answer comes back. Object-safe, so that sockets, the engine in this process and
//! test doubles are all the same to the client.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};

use super::error::TransportError;
use crate::observability::SafeUrl;

/// Carries requests to one ArangoDB server or cluster.
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends a request, whose URI is path and query only, and gives the whole answer, whatever its status. Keeps to the
    /// [`Deadline`] among the request's extensions.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>>;

    /// Where the server is, where there is one: of several the one that answered last.
    fn address(&self) -> Option<&SafeUrl> {
        None
    }

    /// How busy it is, where it knows.
    fn load(&self) -> Option<Load> {
        None
    }
}

/// How busy a bounded transport is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Requests under way.
    pub in_use: usize,
    /// How many there may be.
    pub limit: usize,
}

/// How long the whole exchange may take, as an extension of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline(pub Duration);

impl Deadline {
    /// The deadline a request carries, or a long one.
    pub fn of(request: &Request<Bytes>) -> Duration {
        request.extensions().get::<Self>().map_or(Duration::from_mins(5), |deadline| deadline.0)
    }
}

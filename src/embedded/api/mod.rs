//! ArangoDB's HTTP API as a function from request to response: one file a family of endpoints, each with a table of its
//! routes. Pure: no sockets, no threads. `router` finds the route, `access` asks whether the caller may take it.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one type, also those that cannot fail")]

mod access;
mod admin;
mod analyzer;
mod auth;
mod call;
mod collection;
mod cursor;
mod database;
mod document;
mod edges;
mod error;
mod graph;
mod import;
mod index;
mod query;
pub(super) mod registry;
mod reply;
pub(super) mod router;
mod simple;
#[cfg(test)]
mod tests;
pub(super) mod token;
mod tracking;
mod ttl;
mod unsupported;
mod user;
mod view;

pub(super) use error::Failure;

/// How long a write waits for other writers of the same collection before it is answered 1200.
const LOCK_WAIT: std::time::Duration = std::time::Duration::from_secs(15);

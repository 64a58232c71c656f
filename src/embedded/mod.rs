//! The embedded engine: an ArangoDB-compatible database inside the process.
//!
//! Everything under here is synchronous and pure apart from `listen`, the only part that knows sockets. Time and chance
//! come in as [`crate::clock`] traits. It speaks ArangoDB's HTTP API as a function from request to response (`api`), so
//! it is a transport for the client in process and a server behind a socket alike.

mod api;
pub mod engine;
pub mod error;
pub mod eval;
pub mod exec;
pub mod functions;
pub mod graph;
pub mod listen;
pub mod plan;
pub mod query;
pub mod store;
pub mod users;
pub mod value;

pub use engine::{Caller, Engine};
pub use error::Error;

//! The Model Context Protocol around the tools: the same handler behind stdio and Streamable HTTP, for the stateless
//! protocol of 2026-07-28 and the older ones with sessions, side by side.

mod authenticate;
mod changes;
mod completions;
mod confirm;
mod direct;
mod drain;
mod http;
mod operate;
mod ordered;
mod origin;
mod polish;
mod progress;
mod prompts;
mod resources;
mod server;
mod session_guard;
mod session_id;
mod sessions;
mod stdio;

pub use http::{HttpError, HttpOptions, TlsError, serve_http};
pub use operate::{MetricsError, numbers, serve_metrics};
pub use server::{Channel, Server};
pub use stdio::serve_stdio;

/// The name the server gives itself.
pub const SERVER_NAME: &str = "mcp-arangodb-async";

/// The version the server gives itself.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

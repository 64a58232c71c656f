//! Client of ArangoDB's HTTP API: typed calls over a transport that may be a socket or the engine in this process.

pub mod access;
pub mod admin;
pub mod auth;
pub mod call;
pub mod collection;
pub mod cursor;
pub mod database;
pub mod document;
pub mod error;
pub mod explain;
pub mod graph;
pub mod http;
pub mod import;
pub mod index;
pub mod limited;
pub mod limits;
pub mod many;
pub mod query_admin;
mod traced;
pub mod transport;
pub mod users;
pub mod view;

pub use self::http::{HttpTransport, ServerOptions};
pub use access::Access;
pub use auth::{Authenticator, Credentials};
pub use call::Call;
pub use collection::{Collection, CollectionType};
pub use cursor::{Batch, Cursor, Extra, Query};
pub use database::Database;
pub use document::{DocumentMeta, WriteOptions};
pub use error::{Error, TransportError, TransportErrorKind};
pub use explain::Explained;
pub use graph::{EdgeDefinition, Graph};
pub use import::{Imported, OnDuplicate};
pub use index::Index;
pub use limits::{AskedLimits, QueryLimits};
pub use many::EntryError;
pub use query_admin::{ListedQuery, QueryId, WhichQueries};
pub use transport::{Deadline, Load, Transport};
pub use users::User;
pub use view::View;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

//! Names, numbers and rules that both ends of the ArangoDB protocol share. No I/O, and nothing of the other layers.

pub mod errno;
pub mod json_schema;
pub mod names;

pub use errno::ErrorNum;
pub use json_schema::{Dialect, JsonSchema};
pub use names::{CollectionName, DatabaseName, DocumentId, DocumentKey, GraphName, NameError};

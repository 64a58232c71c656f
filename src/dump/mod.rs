//! Backups on disk: what is written where, and how it comes back. Everything happens inside one configured directory,
//! a backup is there as a whole or not at all, and no collection has to fit into memory.

mod error;
mod layout;
mod read;
mod restore;
mod root;
mod staging;
mod write;

pub use error::Error;
pub use layout::Part;
pub use restore::{Conflict, OnConflict, RestoreOptions, RestoreReport, restore_graph};
pub use root::Root;
pub use write::{CollectionsReport, DefinitionsReport, GraphOptions, GraphReport, collections, definitions, graph};

/// How long going through one collection may take.
const RUNTIME: std::time::Duration = std::time::Duration::from_mins(9);
/// Memory it may take: an engine that builds the whole result first needs more than a query of a user may.
const MEMORY: u64 = 2 << 30;

#[cfg(test)]
mod tests;

//! Backups on disk: what is written where, and how it comes back. Everything happens inside one configured directory,
//! a backup is there as a whole or not at all, and no collection has to fit into memory.

mod error;
mod layout;
mod read;
mod restore;
mod root;
mod staging;
mod write;

use crate::{arango, progress::Job};

pub use error::Error;
pub use layout::Part;
pub use restore::{Conflict, OnConflict, RestoreOptions, RestoreReport, restore_graph};
pub use root::Root;
pub use write::{CollectionsReport, DefinitionsReport, GraphOptions, GraphReport, collections, definitions, graph};

/// Waits for the database's answer, but no longer than somebody waits for the whole.
async fn answer<T>(job: &Job, request: impl Future<Output = Result<T, arango::Error>>) -> Result<T, Error> {
    tokio::select! {
        biased;
        () = job.cancelled.cancelled() => Err(Error::Cancelled),
        outcome = request => Ok(outcome?),
    }
}

/// Stops where nobody waits any more.
fn go_on(job: &Job) -> Result<(), Error> {
    if job.cancelled.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
}

/// How long going through one collection may take.
const RUNTIME: std::time::Duration = std::time::Duration::from_mins(9);
/// Memory it may take: an engine that builds the whole result first needs more than a query of a user may.
const MEMORY: u64 = 2 << 30;

#[cfg(test)]
mod tests;

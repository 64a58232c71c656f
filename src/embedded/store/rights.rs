//! A database for somebody who may not touch all of it. Kept down here so that no way of reaching documents (a function
//! of AQL, a traversal, a named graph) can go past it.

/// What the holder of a database may do with its collections.
pub trait Rights: Send + Sync {
    /// Whether a collection is there for the holder at all.
    fn may_read(&self, collection: &str) -> bool;
    /// Whether the holder may write to a collection.
    fn may_write(&self, collection: &str) -> bool;
}

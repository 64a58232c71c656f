//! Where committed changes go before they take effect.

use std::fmt;

use super::changes::Changes;
use crate::embedded::Error;

/// Keeps changes, so that the state can be made again from them.
pub trait Backend: Send + Sync + fmt::Debug {
    /// Keeps one set of changes. It takes effect after this returned well, so it must be safe by then; calls that concern
    /// the same database come one after the other, in the order in which the changes take effect.
    ///
    /// # Errors
    /// When they could not be kept: then they do not take effect either.
    fn append(&self, changes: &Changes) -> Result<(), Error>;
}

/// Keeps nothing: the state lives as long as the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory;

impl Backend for Memory {
    fn append(&self, _changes: &Changes) -> Result<(), Error> {
        Ok(())
    }
}

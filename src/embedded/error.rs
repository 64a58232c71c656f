//! The one error of the engine: ArangoDB's number and a message. Rendered as an HTTP body only at the API's edge.

use std::borrow::Cow;

use crate::wire::ErrorNum;

/// An error as ArangoDB reports it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// ArangoDB's error number.
    pub num: ErrorNum,
    /// The message a client reads.
    pub message: Cow<'static, str>,
}

impl Error {
    /// An error with a message of its own.
    pub fn new(num: ErrorNum, message: impl Into<Cow<'static, str>>) -> Self {
        Self { num, message: message.into() }
    }

    /// An error whose text in ArangoDB's table has one place to fill (`%s`).
    pub fn about(num: ErrorNum, what: &str) -> Self {
        Self::new(num, num.text().replace("%s", what))
    }

    /// No collection or view of this name.
    pub fn not_found_collection(name: &str) -> Self {
        Self::new(ErrorNum::DATA_SOURCE_NOT_FOUND, format!("collection or view not found: {name}"))
    }
}

impl From<ErrorNum> for Error {
    fn from(num: ErrorNum) -> Self {
        Self::new(num, num.text())
    }
}

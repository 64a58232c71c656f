//! What a command says when it cannot do what it was asked for.

use std::fmt::Display;

/// A message for a person, with the way out where there is one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CliError(String);

impl CliError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// Any error, told with its causes.
    pub(crate) fn from_error(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let told = inner.to_string();
            if !text.contains(&told) {
                text.push_str(": ");
                text.push_str(&told);
            }
            cause = inner.source();
        }
        Self(text)
    }

    /// The same with what was being done in front.
    pub(crate) fn while_doing(what: &str, error: impl Display) -> Self {
        Self(format!("{what}: {error}"))
    }
}

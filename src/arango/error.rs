//! What can go wrong between a call and its answer. Never holds credentials.

use http::StatusCode;

use crate::wire::ErrorNum;

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server answered with an error of its own.
    #[error("{message} [HTTP {status}, error {num}]")]
    Server {
        /// HTTP status.
        status: u16,
        /// ArangoDB's number.
        num: ErrorNum,
        /// ArangoDB's text.
        message: String,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// An answer came that is not what ArangoDB sends, from a proxy for example.
    #[error("unexpected answer with HTTP status {status}: {excerpt}")]
    Decode {
        /// HTTP status.
        status: u16,
        /// The beginning of the answer, or what is wrong with it.
        excerpt: String,
    },
    /// The request could not be written.
    #[error("the request cannot be made: {0}")]
    Request(String),
}

impl Error {
    /// ArangoDB's number, when the server gave one.
    pub fn num(&self) -> Option<ErrorNum> {
        match self {
            Self::Server { num, .. } => Some(*num),
            Self::Transport(_) | Self::Decode { .. } | Self::Request(_) => None,
        }
    }

    /// The HTTP status, when an answer came.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Server { status, .. } | Self::Decode { status, .. } => Some(*status),
            Self::Transport(_) | Self::Request(_) => None,
        }
    }

    /// Whether the server reported this number.
    pub fn is(&self, wanted: ErrorNum) -> bool {
        self.num() == Some(wanted)
    }

    /// An answer that cannot be understood; keeps the status and the beginning of the text.
    pub(crate) fn decode(status: StatusCode, body: &[u8]) -> Self {
        Self::Decode { status: status.as_u16(), excerpt: excerpt(body) }
    }
}

/// The first 200 characters, on one line.
fn excerpt(body: &[u8]) -> String {
    const LONGEST: usize = 200;
    let head = body.get(..LONGEST * 4).unwrap_or(body);
    let text = String::from_utf8_lossy(head);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return "the body is empty".to_owned();
    }
    words.chars().take(LONGEST).collect()
}

/// Why no answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransportErrorKind {
    /// No connection could be made: nothing was sent.
    Connect,
    /// The answer did not come in time. What was asked for may have happened.
    Timeout,
    /// The server's certificate or the encryption failed.
    Tls,
    /// The connection broke or did not speak HTTP. What was asked for may have happened.
    Broken,
    /// The answer is larger than allowed.
    TooLarge,
    /// The connection is closed on our side.
    Closed,
}

/// No answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct TransportError {
    /// Why.
    pub kind: TransportErrorKind,
    /// The same in words, without credentials.
    pub detail: String,
}

impl TransportError {
    /// Puts a reason and its words together.
    pub fn new(kind: TransportErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

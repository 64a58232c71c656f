//! The audit log: a line for every call, written before the call is answered, and chained, so that a line that was changed
//! or taken out shows (`verify`).
//!
//! One thread writes, so lines never mix and no call waits for a disk on the threads of the runtime. What waits for it is
//! bounded; a line that finds no room counts as lost, and the log says itself how many were.

mod chain;
mod file;
mod verify;
mod writer;

use std::{
    num::NonZeroU64,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

pub use chain::Key;
pub use verify::{Break, Report, verify};
use writer::{Message, Writer};

use crate::clock::{Clock as _, SystemClock, rfc3339};

/// Lines that may wait to be written.
const QUEUE: usize = 16_384;
/// How long the end waits for the last lines.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a file, for the owner alone; it goes on where it ended.
    File {
        /// The file.
        path: PathBuf,
        /// The size from which a new one is begun.
        max_bytes: Option<NonZeroU64>,
    },
    /// To standard error.
    Stderr,
}

/// Why the log cannot be begun or gone on with.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The system refuses.
    #[error("the audit log {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Two writers would break the chain.
    #[error("the audit log {path} is written by another process; give each process a file of its own")]
    Taken {
        /// The file.
        path: String,
    },
    /// What is there would be mixed with what is to come.
    #[error("{path} has lines, but is no audit log; name another file, or move it away")]
    Foreign {
        /// The file.
        path: String,
    },
    /// There is no thread for it.
    #[error("the audit log cannot be begun: {0}")]
    Thread(std::io::Error),
}

/// One call, as it is recorded.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    pub(super) time: String,
    pub(super) event: &'static str,
    pub(super) who: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<&'a str>,
    pub(super) tool: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) database: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) arguments: Option<&'a str>,
    pub(super) outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<usize>,
    pub(super) milliseconds: f64,
}

/// The moment, as lines show it.
pub(super) fn now() -> String {
    rfc3339(SystemClock.now_millis())
}

/// What the writer and those who write share.
#[derive(Debug, Default)]
struct State {
    failing: AtomicBool,
    written: AtomicU64,
    lost: AtomicU64,
}

/// The way to the writer.
#[derive(Debug)]
pub struct AuditLog {
    lines: mpsc::Sender<Message>,
    state: Arc<State>,
    key: Key,
    required: bool,
}

/// Tells whether a line was written.
pub type Receipt = oneshot::Receiver<bool>;

impl AuditLog {
    /// Opens the log, goes on with its chain, and starts the thread that writes. Blocking.
    ///
    /// # Errors
    /// See [`AuditError`].
    pub fn begin(target: Target, key: Key, required: bool) -> Result<Self, AuditError> {
        let (lines, messages) = mpsc::channel(QUEUE);
        let state = Arc::new(State::default());
        let mut writer = Writer::new(target, key.clone(), Arc::clone(&state))?;
        std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || writer.run(messages))
            .map_err(AuditError::Thread)?;
        Ok(Self { lines, state, key, required })
    }

    /// Puts a line in the queue. The receipt tells when it is written, or that it was not.
    pub(super) fn record(&self, line: &Line<'_>) -> Receipt {
        let (done, receipt) = oneshot::channel();
        let text = serde_json::to_string(line).unwrap_or_default();
        // Without room the message is dropped, and with it `done`: the receipt then says no.
        if self.lines.try_send(Message::Line(text, done)).is_err() {
            self.state.lost.fetch_add(1, Ordering::Relaxed);
        }
        receipt
    }

    /// Whether what cannot be recorded is to be refused.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Whether the next line can be expected to be written; a log that failed is tried again.
    pub async fn is_ready(&self) -> bool {
        if !self.state.failing.load(Ordering::Acquire) {
            return true;
        }
        let (done, answer) = oneshot::channel();
        self.lines.try_send(Message::Recover(done)).is_ok() && answer.await.unwrap_or(false)
    }

    /// Opens the file anew, for programs that move it away.
    pub fn reopen(&self) {
        drop(self.lines.try_send(Message::Reopen));
    }

    /// The digest of some arguments, which nobody without the key can make.
    pub fn digest(&self, text: &str) -> String {
        self.key.digest(text)
    }

    /// How many lines were written and how many were lost.
    pub fn counts(&self) -> (u64, u64) {
        (self.state.written.load(Ordering::Relaxed), self.state.lost.load(Ordering::Relaxed))
    }

    /// The end: what waits is written, and is on the disk when this returns.
    pub async fn finish(&self) {
        let (done, finished) = oneshot::channel();
        let finish = async {
            if self.lines.send(Message::Finish(done)).await.is_ok() {
                drop(finished.await);
            }
        };
        if tokio::time::timeout(PATIENCE, finish).await.is_err() {
            tracing::warn!("the audit log was not finished in time");
        }
    }
}

#[cfg(test)]
mod tests;

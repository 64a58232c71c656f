//! Why a backup or a restore failed.

use std::path::PathBuf;

use crate::{
    arango,
    wire::{CollectionName, GraphName},
};

/// A backup or restore that did not succeed. Nothing half done is left in the backup directory.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no backup directory.
    #[error("no backup directory is configured")]
    NoRoot,
    /// A path leads out of the backup directory, or is none.
    #[error("{path:?} is not a path inside the backup directory {}", root.display())]
    Outside {
        /// What was given.
        path: String,
        /// Where it must be.
        root: PathBuf,
    },
    /// Something is in the way; nothing is overwritten.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// What should be read is not there.
    #[error("there is no {} in the backup directory", .0.display())]
    Missing(PathBuf),
    /// The operating system refused.
    #[error("{}: {reason}", path.display())]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// Why it could not be.
        reason: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// Collections that were asked for do not exist.
    #[error("no such collection: {}", .0.iter().map(CollectionName::as_str).collect::<Vec<_>>().join(", "))]
    UnknownCollections(Vec<CollectionName>),
    /// A graph that was asked for does not exist.
    #[error("Graph '{0}' does not exist")]
    UnknownGraph(GraphName),
    /// What is to be restored exists already, and nothing may be changed.
    #[error("{count} things of the backup exist already; nothing was changed")]
    Conflicts {
        /// How many.
        count: u64,
        /// The first of them.
        first: Vec<super::Conflict>,
    },
    /// A restore failed half way, and what it had stored was taken away again as far as possible.
    #[error("{cause}; {}", if *.undone { "what had been restored was removed again" }
        else { "what had been restored could not be removed again" })]
    UndoneAfter {
        /// What failed.
        cause: Box<Self>,
        /// Whether everything is as it was.
        undone: bool,
    },
    /// Nobody waits for it any more.
    #[error("it was cancelled")]
    Cancelled,
    /// The database answered with an error.
    #[error(transparent)]
    Database(#[from] arango::Error),
}

impl Error {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |reason| match reason.kind() {
            std::io::ErrorKind::NotFound => Self::Missing(path),
            std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::DirectoryNotEmpty => Self::Exists(path),
            _ => Self::Io { path, reason },
        }
    }
}

/// Runs file work on a thread where waiting is allowed.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(stopped) => Err(Error::Io { path: PathBuf::new(), reason: std::io::Error::other(stopped) }),
    }
}

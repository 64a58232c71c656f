//! Writing so that a backup is there as a whole or not at all: everything goes into a private directory with a temporary
//! name, which gets its name at the very end. Dropped before that (an error, a cancelled call), it is removed.

use std::{
    ffi::OsString,
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use cap_std::fs::{Dir, DirBuilder, File, OpenOptions};
use ring::digest::{Context, SHA256};

use super::{error::Error, layout::FileEntry};

/// A backup being written. Shared with the files in it, so that it is removed when nobody writes any more.
#[derive(Debug, Clone)]
pub(super) struct Staging(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    parent: Dir,
    /// The temporary name.
    temporary: OsString,
    folder: Dir,
    /// The name in the end.
    name: OsString,
    /// The same as an absolute path, for messages.
    target: PathBuf,
}

impl Staging {
    pub(super) fn begin(parent: Dir, name: OsString, target: PathBuf) -> Result<Self, Error> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let temporary = OsString::from(format!(".partial-{}-{number}", std::process::id()));
            match parent.create_dir_with(&temporary, &private_folder()) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(Error::io(target)(error)),
                Ok(()) => {
                    let folder = parent.open_dir(&temporary).map_err(Error::io(&target))?;
                    return Ok(Self(Arc::new(Inner { parent, temporary, folder, name, target })));
                }
            }
        }
    }

    /// Makes a folder in it.
    pub(super) fn folder(&self, name: &str) -> Result<(), Error> {
        self.0.folder.create_dir_with(name, &private_folder()).map_err(Error::io(self.0.target.join(name)))
    }

    /// Begins a file in it.
    pub(super) fn file(&self, path: &str) -> Result<Output, Error> {
        let shown = self.0.target.join(path);
        let file = self.0.folder.open_with(path, &new_file()).map_err(Error::io(&shown))?;
        Ok(Output {
            writer: BufWriter::new(file),
            digest: Context::new(&SHA256),
            bytes: 0,
            rows: 0,
            path: path.to_owned(),
            shown,
            _staging: self.clone(),
        })
    }

    /// Writes a whole small file.
    pub(super) fn json(&self, path: &str, value: &impl serde::Serialize) -> Result<FileEntry, Error> {
        let mut output = self.file(path)?;
        let text = serde_json::to_string_pretty(value).map_err(|error| output.refused(error.into()))?;
        output.put(text.as_bytes())?;
        output.put(b"\n")?;
        output.finish()
    }

    /// Gives the whole directory its name. Fails if there is something of that name already.
    pub(super) fn publish(self) -> Result<(), Error> {
        let Inner { parent, temporary, folder, name, target } = &*self.0;
        sync(folder).map_err(Error::io(target))?;
        parent.rename(temporary, parent, name).map_err(Error::io(target))?;
        sync(parent).map_err(Error::io(target))
    }

    /// Gives one file in it the name, and removes the rest.
    pub(super) fn publish_file(self, path: &str) -> Result<(), Error> {
        let Inner { parent, folder, name, target, .. } = &*self.0;
        if parent.symlink_metadata(name).is_ok() {
            return Err(Error::Exists(target.clone()));
        }
        folder.rename(path, parent, name).map_err(Error::io(target))?;
        sync(parent).map_err(Error::io(target))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // After a directory was published, its temporary name is gone and there is nothing to remove.
        match self.parent.remove_dir_all(&self.temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "an unfinished backup could not be removed");
            }
            _ => {}
        }
    }
}

/// A file being written.
pub(super) struct Output {
    writer: BufWriter<File>,
    digest: Context,
    bytes: u64,
    rows: u64,
    path: String,
    shown: PathBuf,
    /// Keeps the directory until the last writer is done.
    _staging: Staging,
}

impl Output {
    /// Writes bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.digest.update(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
        self.writer.write_all(bytes).map_err(Error::io(&self.shown))
    }

    /// Writes a document as an element of the list that the file is.
    pub(super) fn row(&mut self, row: &str) -> Result<(), Error> {
        self.put(if self.rows == 0 { b"[\n  " } else { b",\n  " })?;
        self.rows += 1;
        self.put(row.as_bytes())
    }

    /// Ends the list.
    pub(super) fn end_rows(&mut self) -> Result<(), Error> {
        self.put(if self.rows == 0 { b"[\n]" } else { b"\n]" })
    }

    /// Brings it to the disk, and says what was written.
    pub(super) fn finish(mut self) -> Result<FileEntry, Error> {
        self.writer.flush().map_err(Error::io(&self.shown))?;
        self.writer.get_ref().sync_all().map_err(Error::io(&self.shown))?;
        let sha256 = super::layout::hex(self.digest.clone().finish().as_ref());
        Ok(FileEntry { path: self.path, count: self.rows, bytes: self.bytes, sha256 })
    }

    fn refused(&self, reason: io::Error) -> Error {
        Error::Io { path: self.shown.clone(), reason }
    }

    /// Where it will be.
    pub(super) fn shown(&self) -> &Path {
        &self.shown
    }
}

/// A directory only its owner may look into.
pub(super) fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are a matter of Unix"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use cap_std::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
}

/// A file only its owner may read, which must not exist yet.
fn new_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Brings the names in a directory to the disk.
#[cfg(unix)]
fn sync(folder: &Dir) -> io::Result<()> {
    folder.open(".")?.sync_all()
}

#[cfg(not(unix))]
fn sync(_folder: &Dir) -> io::Result<()> {
    Ok(())
}

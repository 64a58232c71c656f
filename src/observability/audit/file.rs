//! The file of an audit log: for the owner alone, for one process at a time, and gone on with where it ended, even where
//! a process was killed in the middle of a line.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek as _, SeekFrom, Write as _},
    num::NonZeroU64,
    path::{Path, PathBuf},
};

use super::{AuditError, chain::Link};

/// How much of the end is read at first.
const TAIL: u64 = 64 * 1024;

/// An open file.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    max_bytes: Option<NonZeroU64>,
}

/// Where a file ends: the number of its last line, and the bytes that stand last, be they a line or the beginning of one.
#[derive(Debug)]
pub(super) struct End {
    pub(super) seq: u64,
    pub(super) bytes: Vec<u8>,
}

impl LogFile {
    /// Opens a file, or makes it, for appending. An unfinished line gets an end.
    pub(super) fn open(path: &Path, max_bytes: Option<NonZeroU64>) -> Result<(Self, Option<End>), AuditError> {
        let shown = || path.display().to_string();
        let failed = |source| AuditError::File { path: shown(), source };
        let mut file = options().create(true).open(path).map_err(failed)?;
        lock(&file, path)?;
        let size = file.metadata().map_err(failed)?.len();
        let end = if size == 0 {
            newest_before(path).map_err(failed)?
        } else {
            let tail = end_of(&mut file, size).map_err(failed)?;
            let (end, torn) = tail.ok_or_else(|| AuditError::Foreign { path: shown() })?;
            if torn {
                file.write_all(b"\n").map_err(failed)?;
            }
            Some(end)
        };
        let size = file.metadata().map_err(failed)?.len();
        Ok((Self { path: path.to_owned(), file, size, max_bytes }, end))
    }

    /// Appends lines; `last` is the number of the last line that is there. Begins a new file where the present one is full.
    pub(super) fn append(&mut self, lines: &[u8], last: u64) -> Result<(), AuditError> {
        let more = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let full = self.max_bytes.is_some_and(|max| self.size.saturating_add(more) > max.get());
        if full && self.size > 0 {
            self.turn_over(last)?;
        }
        self.file.write_all(lines).map_err(|source| self.failed(source))?;
        self.size += more;
        Ok(())
    }

    /// Has the system put everything on the disk.
    pub(super) fn sync(&self) -> Result<(), AuditError> {
        self.file.sync_all().map_err(|source| self.failed(source))
    }

    /// Puts the file away under the number of its last line, and begins a new one in its place.
    fn turn_over(&mut self, last: u64) -> Result<(), AuditError> {
        self.sync()?;
        let away = numbered(&self.path, last);
        std::fs::rename(&self.path, away).map_err(|source| self.failed(source))?;
        let file = options().create_new(true).open(&self.path).map_err(|source| self.failed(source))?;
        lock(&file, &self.path)?;
        (self.file, self.size) = (file, 0);
        Ok(())
    }

    fn failed(&self, source: std::io::Error) -> AuditError {
        AuditError::File { path: self.path.display().to_string(), source }
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Keeps other processes from writing to it. The lock goes with the file.
fn lock(file: &File, path: &Path) -> Result<(), AuditError> {
    let path = || path.display().to_string();
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => AuditError::Taken { path: path() },
        TryLockError::Error(source) => AuditError::File { path: path(), source },
    })
}

/// The name under which a file is put away.
fn numbered(path: &Path, last: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{last:012}"));
    PathBuf::from(name)
}

/// The end of the file that was put away last.
fn newest_before(path: &Path) -> std::io::Result<Option<End>> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut newest: Option<u64> = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?.file_name();
        let number = entry.to_str().and_then(|entry| entry.strip_prefix(name)?.strip_prefix('.')?.parse().ok());
        newest = newest.max(number);
    }
    let Some(newest) = newest else { return Ok(None) };
    let mut file = File::open(numbered(path, newest))?;
    let size = file.metadata()?.len();
    Ok(end_of(&mut file, size)?.map(|(end, _)| end))
}

/// Where a file ends, and whether its last line is without an end; none when no line of it is one of an audit log.
fn end_of(file: &mut File, size: u64) -> std::io::Result<Option<(End, bool)>> {
    let mut length = TAIL.min(size);
    loop {
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(size - length))?;
        Read::by_ref(file).take(length).read_to_end(&mut tail)?;
        let whole = length == size;
        if let Some(found) = end_in(&tail, whole) {
            return Ok(Some(found));
        }
        if whole {
            return Ok(None);
        }
        length = length.saturating_mul(4).min(size);
    }
}

/// The same in the last bytes of a file, or in all of it. What the cut went through is not looked at.
fn end_in(tail: &[u8], whole: bool) -> Option<(End, bool)> {
    let torn = !tail.ends_with(b"\n");
    let complete = tail.strip_suffix(b"\n").unwrap_or(tail);
    let mut lines: Vec<&[u8]> = complete.split(|byte| *byte == b'\n').collect();
    if !whole {
        lines.drain(..1);
    }
    let last = lines.last()?;
    let seq = lines.iter().rev().find_map(|line| Link::of(line))?.seq;
    Some((End { seq, bytes: last.to_vec() }, torn))
}

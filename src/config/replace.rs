//! Puts a new text in the place of a file: whoever reads it sees the old text or the new one, never a part. A symbolic link stays
//! one, a file somebody else owns stays theirs, and what is new is for its owner alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Who may read the file afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Its owner alone.
    Private,
    /// Whoever could before; its owner alone when it is new.
    Kept,
}

/// The file to be written: a symbolic link stays, and what it leads to is replaced.
///
/// # Errors
/// When there is no working directory to start from, or links lead in a circle.
pub fn target(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;
    let mut path = std::path::absolute(path)?;
    for followed in 0..MOST_LINKS {
        let Ok(led) = fs::read_link(&path) else {
            // Where links lead, people want to see without the way there.
            return Ok(if followed == 0 { path } else { path.canonicalize().unwrap_or(path) });
        };
        path = path.parent().unwrap_or(Path::new("")).join(led);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Writes the text beside the file, and puts it in its place once it is safely on disk. Whoever calls this holds a lock that
/// keeps others from doing the same. Blocking.
///
/// # Errors
/// When the folder or the disk does not take it. The file is then as it was.
pub fn replace(target: &Path, text: &str, mode: Mode) -> io::Result<()> {
    let (folder, name) = parts(target)?;
    let beside = folder.join(format!(".{name}.new"));
    // What a killed program left behind; whoever holds the lock is alone here.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = private().write(true).create_new(true).open(&beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        if let Ok(old) = fs::metadata(target) {
            keep_owner(&file, &old)?;
            if mode == Mode::Kept {
                file.set_permissions(old.permissions())?;
            }
        }
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&beside, target)) {
        drop(fs::remove_file(&beside));
        return Err(error);
    }
    sync_folder(folder)
}

/// Copies a file to `NAME.backup-STAMP` beside it, with its mode; a number follows where there is one of that name already.
/// Blocking.
///
/// # Errors
/// When the copy cannot be made.
pub fn backup(target: &Path, stamp: &str) -> io::Result<PathBuf> {
    const MOST: u32 = 1000;
    let (folder, name) = parts(target)?;
    let bytes = fs::read(target)?;
    let permissions = fs::metadata(target)?.permissions();
    for number in 1..MOST {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let copy = folder.join(format!("{name}.backup-{stamp}{more}"));
        match private().write(true).create_new(true).open(&copy) {
            Ok(mut file) => {
                file.write_all(&bytes)?;
                file.set_permissions(permissions)?;
                file.sync_all()?;
                return Ok(copy);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Folder and name of a file.
pub(super) fn parts(target: &Path) -> io::Result<(&Path, &str)> {
    let name = target.file_name().and_then(|name| name.to_str());
    target.parent().zip(name).ok_or_else(|| io::ErrorKind::InvalidFilename.into())
}

/// Makes a folder, and those above it, for their owner alone. Blocking.
///
/// # Errors
/// When it cannot be made.
#[cfg(unix)]
pub fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Waits until no other run of this program changes files in a folder, without leaving a file there. Blocking.
///
/// # Errors
/// When the folder cannot be opened.
#[cfg(unix)]
pub fn lock_folder(folder: &Path) -> io::Result<Option<File>> {
    let folder = File::open(folder)?;
    folder.lock()?;
    Ok(Some(folder))
}

#[cfg(unix)]
pub(super) fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// An administrator who edits somebody's file does not take it away from them.
#[cfg(unix)]
fn keep_owner(file: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata()?;
    if new.uid() == old.uid() { Ok(()) } else { fchown(file, Some(old.uid()), Some(old.gid())) }
}

/// The new name is on disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes a folder, and those above it. Blocking.
///
/// # Errors
/// When it cannot be made.
#[cfg(not(unix))]
pub fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Folders cannot be locked here: of two runs at once the later one counts.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn lock_folder(_folder: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(not(unix))]
pub(super) fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_never_takes_the_place_of_an_older_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.json");
        let mut copies = Vec::new();
        for text in ["one", "two", "three"] {
            fs::write(&path, text).unwrap();
            copies.push(backup(&path, "20260101T000000Z").unwrap());
        }
        let names: Vec<_> = copies.iter().map(|copy| copy.file_name().unwrap().to_str().unwrap()).collect();
        let first = "a.json.backup-20260101T000000Z";
        assert_eq!(names, [first.to_owned(), format!("{first}-2"), format!("{first}-3")]);
        let texts: Vec<_> = copies.iter().map(|copy| fs::read_to_string(copy).unwrap()).collect();
        assert_eq!(texts, ["one", "two", "three"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_kept_mode_is_that_of_the_old_file_and_what_is_new_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.json");
        replace(&path, "1", Mode::Kept).unwrap();
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        replace(&path, "2", Mode::Kept).unwrap();
        assert_eq!((mode(&path), mode(&backup(&path, "now").unwrap())), (0o664, 0o664));
        replace(&path, "3", Mode::Private).unwrap();
        assert_eq!((mode(&path), fs::read_to_string(&path).unwrap().as_str()), (0o600, "3"));
    }
}

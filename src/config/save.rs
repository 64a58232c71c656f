//! Saves the configuration file: whoever reads it sees the old text or the new one, never a part; two programs that change it at
//! once both succeed, one after the other; only its owner can read it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{
    Config, ConfigError,
    edit::{self, Change},
    file,
};

/// What a change does, or did, to the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The file itself: where a symbolic link leads.
    pub path: PathBuf,
    /// Its text before; empty when there was no file.
    pub before: String,
    /// Its text after.
    pub after: String,
    /// What it says then.
    pub config: Config,
}

/// What a change would do to the file; writes nothing. Blocking.
///
/// # Errors
/// When the file cannot be read or is not valid, and as [`edit::apply`] says.
pub fn plan(path: &Path, change: &Change) -> Result<Edited, ConfigError> {
    let path = target(path)?;
    let before = text_of(&path)?;
    let (after, config) = edit::apply(&before, &path, change).map_err(|error| error.in_file(&path))?;
    Ok(Edited { path, before, after, config })
}

/// Makes a change to the file, which is created when it is not there. Waits for other programs that change it. Blocking.
///
/// # Errors
/// As [`plan`], and when the file cannot be written. The file is then as it was.
pub fn save(path: &Path, change: &Change) -> Result<Edited, ConfigError> {
    let rewritten = rewrite(path, |target, before| edit::apply(before, target, change))?;
    let Rewritten { path, before, after, outcome: config } = rewritten;
    Ok(Edited { path, before, after, config })
}

/// A file that was changed.
pub(super) struct Rewritten<T> {
    pub(super) path: PathBuf,
    before: String,
    after: String,
    outcome: T,
}

/// Gives a file another text, made from the present one while no other program can change it. Blocking.
pub(super) fn rewrite<T>(
    path: &Path,
    edit: impl FnOnce(&Path, &str) -> Result<(String, T), ConfigError>,
) -> Result<Rewritten<T>, ConfigError> {
    let unwritable = |error: &io::Error| {
        ConfigError::new("", format!("the file cannot be written: {error}")).advise("nothing was changed").in_file(path)
    };
    let target = target(path)?;
    let name = target.file_name().and_then(|name| name.to_str());
    let (Some(folder), Some(name)) = (target.parent(), name) else {
        return Err(unwritable(&io::ErrorKind::InvalidFilename.into()));
    };
    make_folder(folder).map_err(|error| unwritable(&error))?;
    // Never removed: a program that waits for it would then hold a lock that nobody else sees.
    let lock = private().write(true).create(true).truncate(false).open(folder.join(format!(".{name}.lock")));
    let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| unwritable(&error))?;
    // Read under the lock, so that nothing another program wrote meanwhile is lost.
    let before = text_of(&target)?;
    let (after, outcome) = edit(&target, &before).map_err(|error| error.in_file(&target))?;
    if before != after {
        replace(&target, &folder.join(format!(".{name}.new")), &after).map_err(|error| unwritable(&error))?;
    }
    drop(lock);
    Ok(Rewritten { path: target, before, after, outcome })
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    if path.exists() { file::read_text(path).map(|(text, _)| text) } else { Ok(String::new()) }
}

/// The file to be written: a symbolic link stays, and what it leads to is replaced.
fn target(path: &Path) -> Result<PathBuf, ConfigError> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;
    let fault = |error: io::Error| ConfigError::new("", format!("the file cannot be found: {error}")).in_file(path);
    let mut path = std::path::absolute(path).map_err(fault)?;
    for _ in 0..MOST_LINKS {
        let Ok(led) = fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(led);
    }
    Err(ConfigError::new("", "too many symbolic links").in_file(path))
}

/// Writes the text beside the file, and puts it in its place once it is safely on disk.
fn replace(target: &Path, beside: &Path, text: &str) -> io::Result<()> {
    // What a killed program left behind; whoever holds the lock is alone here.
    match fs::remove_file(beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = private().write(true).create_new(true).open(beside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        keep_owner(&file, target)?;
        file.sync_all()
    });
    if let Err(error) = written.and_then(|()| fs::rename(beside, target)) {
        drop(fs::remove_file(beside));
        return Err(error);
    }
    sync_folder(target.parent().unwrap_or(Path::new("")))
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// An administrator who edits somebody's file does not take it away from them.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let Ok(old) = fs::metadata(old) else { return Ok(()) };
    let new = file.metadata()?;
    if new.uid() == old.uid() { Ok(()) } else { fchown(file, Some(old.uid()), Some(old.gid())) }
}

/// The new name is on disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn keep_owner(_file: &File, _old: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{
        DatabaseKey,
        edit::{Field, Setting},
    };

    fn add(key: &str) -> Change {
        let fields = vec![(Field::Url, Some(Setting::Text("embedded:".to_owned())))];
        Change::Add { key: DatabaseKey::parse(key).unwrap(), fields }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_plan_writes_nothing_not_even_a_folder() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("new/config.yaml");
        let edited = plan(&path, &add("a")).unwrap();
        assert_eq!((edited.before.as_str(), edited.config.databases().len()), ("", 1));
        assert!(names(home.path()).is_empty());
    }

    #[test]
    fn a_save_leaves_the_file_and_a_lock_and_removes_what_a_killed_program_left() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.yaml");
        fs::write(home.path().join(".config.yaml.new"), "half of a fi").unwrap();
        save(&path, &add("a")).unwrap();
        save(&path, &add("b")).unwrap();
        assert_eq!(file::read(&path).unwrap().databases().len(), 2);
        assert_eq!(names(home.path()), [".config.yaml.lock", "config.yaml"]);
    }

    #[test]
    fn a_change_that_does_not_fit_leaves_the_file_as_it_was() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.yaml");
        save(&path, &add("a")).unwrap();
        let before = fs::read(&path).unwrap();
        let refused = save(&path, &add("a")).unwrap_err().to_string();
        assert!(refused.contains("databases.a: the key is taken"), "{refused}");
        fs::write(&path, "databases: [\n").unwrap();
        assert!(save(&path, &add("b")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "databases: [\n");
        assert!(!before.is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_made_is_for_its_owner_alone_and_links_stay_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("etc/real.yaml");
        let link = home.path().join("config.yaml");
        symlink("etc/real.yaml", &link).unwrap();
        save(&link, &add("a")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((mode(&real), mode(real.parent().unwrap())), (0o600, 0o700));
        fs::set_permissions(&real, fs::Permissions::from_mode(0o644)).unwrap();
        save(&link, &add("b")).unwrap();
        assert_eq!(mode(&real), 0o600);
        assert_eq!(file::read(&link).unwrap().databases().len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_are_an_error() {
        let home = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("b", home.path().join("a")).unwrap();
        std::os::unix::fs::symlink("a", home.path().join("b")).unwrap();
        assert!(save(&home.path().join("a"), &add("x")).is_err());
    }
}

//! Saves the configuration file: whoever reads it sees the old text or the new one, never a part; two programs that change it at
//! once both succeed, one after the other; only its owner can read it.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Config, ConfigError,
    edit::{self, Change},
    file,
    replace::{self, Mode},
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

/// How the text of the file, which is at this path, becomes another, and what that says.
pub type Rewrite<'a> = &'a dyn Fn(&str, &Path) -> Result<(String, Config), ConfigError>;

/// What a change would do to the file; writes nothing. Blocking.
///
/// # Errors
/// When the file cannot be read or is not valid, and as [`edit::apply`] says.
pub fn plan(path: &Path, change: &Change) -> Result<Edited, ConfigError> {
    plan_with(path, &|text, path| edit::apply(text, path, change))
}

/// The same for any way to make the new text.
///
/// # Errors
/// When the file cannot be read, and as `rewrite` says.
pub fn plan_with(path: &Path, rewrite: Rewrite<'_>) -> Result<Edited, ConfigError> {
    let path = target(path)?;
    let before = text_of(&path)?;
    let (after, config) = rewrite(&before, &path).map_err(|error| error.in_file(&path))?;
    Ok(Edited { path, before, after, config })
}

/// Makes a change to the file, which is created when it is not there. Waits for other programs that change it. Blocking.
///
/// # Errors
/// As [`plan`], and when the file cannot be written. The file is then as it was.
pub fn save(path: &Path, change: &Change) -> Result<Edited, ConfigError> {
    save_with(path, &|text, path| edit::apply(text, path, change))
}

/// The same for any way to make the new text.
///
/// # Errors
/// As [`plan_with`], and when the file cannot be written. The file is then as it was.
pub fn save_with(path: &Path, edit: Rewrite<'_>) -> Result<Edited, ConfigError> {
    let rewritten = rewrite(path, |target, before| edit(before, target))?;
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
    let (folder, name) = replace::parts(&target).map_err(|error| unwritable(&error))?;
    replace::make_folder(folder).map_err(|error| unwritable(&error))?;
    // Never removed: a program that waits for it would then hold a lock that nobody else sees.
    let lock = replace::private().write(true).create(true).truncate(false).open(folder.join(format!(".{name}.lock")));
    let lock = lock.and_then(|lock| lock.lock().map(|()| lock)).map_err(|error| unwritable(&error))?;
    // Read under the lock, so that nothing another program wrote meanwhile is lost.
    let before = text_of(&target)?;
    let (after, outcome) = edit(&target, &before).map_err(|error| error.in_file(&target))?;
    if before != after {
        replace::replace(&target, &after, Mode::Private).map_err(|error| unwritable(&error))?;
    }
    drop(lock);
    Ok(Rewritten { path: target, before, after, outcome })
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    if path.exists() { file::read_text(path).map(|(text, _)| text) } else { Ok(String::new()) }
}

fn target(path: &Path) -> Result<PathBuf, ConfigError> {
    let fault = |error: io::Error| ConfigError::new("", format!("the file cannot be found: {error}")).in_file(path);
    replace::target(path).map_err(fault)
}

#[cfg(test)]
mod tests {
    use std::fs;

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

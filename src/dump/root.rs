//! The backup directory: the one place files are read from and written to. It is opened as a handle, and every path is
//! followed from that handle, so that neither `..` nor a symbolic link leads out of it.

use std::{
    fs,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use cap_std::{ambient_authority, fs::Dir};

use super::{error::Error, staging::Staging};
use crate::clock::Clock;

/// The configured backup directory; it need not exist before the first backup.
#[derive(Debug, Clone)]
pub struct Root {
    path: Option<PathBuf>,
    clock: Arc<dyn Clock>,
}

/// A path inside the backup directory.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The directory itself, as an absolute path.
    root: PathBuf,
    /// The way from there; never empty, only plain names.
    inside: PathBuf,
}

impl Root {
    /// The directory backups are in; without one there are no backups.
    pub fn new(path: Option<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { path, clock }
    }

    /// The time now, as RFC 3339 in UTC.
    pub(super) fn now(&self) -> String {
        crate::clock::rfc3339(self.clock.now_millis())
    }

    /// The time now, as it stands in file names: `20260131_235959`.
    pub(super) fn stamp(&self) -> String {
        self.moment().strftime("%Y%m%d_%H%M%S").to_string()
    }

    fn moment(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.clock.now_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// Where a path a caller gave leads; `default` when none was given.
    pub(super) fn place(&self, given: Option<&str>, default: &str) -> Result<Place, Error> {
        let root = self.path.as_deref().ok_or(Error::NoRoot)?;
        let root = std::path::absolute(root).map_err(Error::io(root))?;
        let text = given.map(str::trim).filter(|text| !text.is_empty()).unwrap_or(default);
        let outside = || Error::Outside { path: text.to_owned(), root: root.clone() };
        let path = Path::new(text);
        let inside = if path.has_root() { below(path, &root).ok_or_else(outside)? } else { path.to_owned() };
        let mut names = PathBuf::new();
        for part in inside.components() {
            match part {
                Component::Normal(name) => names.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
        }
        if names.as_os_str().is_empty() || text.contains('\0') {
            return Err(outside());
        }
        Ok(Place { inside: names, root })
    }
}

/// What is left of an absolute path after the root, by whichever of its names the root is called.
fn below(path: &Path, root: &Path) -> Option<PathBuf> {
    let direct = path.strip_prefix(root).ok().map(Path::to_owned);
    direct.or_else(|| path.strip_prefix(root.canonicalize().ok()?).ok().map(Path::to_owned))
}

impl Place {
    /// The absolute path.
    pub(super) fn path(&self) -> PathBuf {
        self.root.join(&self.inside)
    }

    /// Opens it for reading, as a directory. Blocking.
    pub(super) fn open(&self) -> Result<Dir, Error> {
        let root = Dir::open_ambient_dir(&self.root, ambient_authority()).map_err(Error::io(self.path()))?;
        root.open_dir(&self.inside).map_err(|error| self.explained(error))
    }

    /// Makes ready to write it: a private directory beside it, renamed to it in the end. Blocking.
    pub(super) fn stage(&self) -> Result<Staging, Error> {
        private_folders(&self.root).map_err(Error::io(&self.root))?;
        let mut parent = Dir::open_ambient_dir(&self.root, ambient_authority()).map_err(Error::io(&self.root))?;
        let mut names: Vec<_> = self.inside.iter().collect();
        let last = names.pop().unwrap_or_default();
        for name in names {
            let made = parent.create_dir_with(name, &super::staging::private_folder());
            match made {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(self.explained(error)),
                _ => parent = parent.open_dir(name).map_err(|error| self.explained(error))?,
            }
        }
        if parent.symlink_metadata(last).is_ok_and(|found| !found.is_dir()) {
            return Err(Error::Exists(self.path()));
        }
        Staging::begin(parent, last.into(), self.path())
    }

    /// A path that cannot be followed inside the directory counts as one that leads out of it.
    fn explained(&self, error: std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::NotADirectory => {
                Error::Outside { path: self.inside.display().to_string(), root: self.root.clone() }
            }
            _ => Error::io(self.path())(error),
        }
    }
}

/// Makes the backup directory itself; what is made is for its owner only, what exists stays as it is.
fn private_folders(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

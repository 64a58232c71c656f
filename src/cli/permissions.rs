//! Who can read or change a file besides its owner, where systems say so.

use std::{
    fmt::{self, Display, Formatter},
    fs::{self, Metadata},
    path::Path,
};

/// The permissions of a file or a folder, as on Unix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode(u32);

impl Mode {
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::PermissionsExt;
        Some(Self(metadata.permissions().mode() & 0o7777))
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }

    /// Whether others may read it.
    pub(crate) const fn others_can_read(self) -> bool {
        self.0 & 0o044 != 0
    }

    /// Whether others may write it.
    pub(crate) const fn others_can_write(self) -> bool {
        self.0 & 0o022 != 0
    }

    /// Whether others may replace what is in this folder. Where it is sticky, as `/tmp` is, they may not.
    pub(crate) const fn others_can_replace(self) -> bool {
        self.others_can_write() && self.0 & 0o1000 == 0
    }
}

impl Display for Mode {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:03o}", self.0 & 0o777)
    }
}

/// The permissions of a file and of its folder.
pub(crate) fn of(path: &Path) -> Option<(Mode, Mode)> {
    let mode = |path| Mode::of(&fs::metadata(path).ok()?);
    Some((mode(path)?, mode(folder(path))?))
}

/// The folder a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_may_do_follows_from_the_mode() {
        let of = |mode: u32| {
            let mode = Mode(mode);
            (mode.others_can_read(), mode.others_can_write(), mode.others_can_replace())
        };
        assert_eq!(of(0o600), (false, false, false));
        assert_eq!(of(0o640), (true, false, false));
        assert_eq!(of(0o755), (true, false, false));
        assert_eq!(of(0o770), (true, true, true));
        assert_eq!(of(0o1777), (true, true, false));
        assert_eq!(Mode(0o1777).to_string(), "777");
    }
}

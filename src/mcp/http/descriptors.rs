//! How many connections the system lets this process have. Every one is an open file, and so are those to databases;
//! what services get unless told otherwise is less than what they may ask for.

use std::num::NonZeroUsize;

/// Open files that are kept for databases, logs and backups.
const RESERVED: u64 = 256;

/// As many connections as wanted, or as many as the system has files for. Asks the system for more first.
pub(super) fn afford(wanted: NonZeroUsize) -> NonZeroUsize {
    let Some(files) = raised(u64::try_from(wanted.get()).unwrap_or(u64::MAX).saturating_add(RESERVED)) else {
        return wanted;
    };
    let affordable = of_files(wanted, files);
    if affordable < wanted {
        tracing::warn!(files, connections = affordable, "the system allows too few open files; raise `ulimit -n`");
    }
    affordable
}

/// What is left of these files, at least half of them.
fn of_files(wanted: NonZeroUsize, files: u64) -> NonZeroUsize {
    let left = usize::try_from(files.saturating_sub(RESERVED).max(files / 2)).unwrap_or(usize::MAX);
    NonZeroUsize::new(left).map_or(NonZeroUsize::MIN, |left| left.min(wanted))
}

/// Raises the limit of open files as far as needed and allowed; what it is now, or nothing where there is none.
#[cfg(unix)]
fn raised(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    if current >= needed {
        return Some(current);
    }
    let more = limit.maximum.map_or(needed, |maximum| needed.min(maximum));
    match setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum: limit.maximum }) {
        Ok(()) => Some(more),
        Err(_) => Some(current),
    }
}

#[cfg(not(unix))]
fn raised(_needed: u64) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_files_are_kept_for_other_things() {
        let of = |files| of_files(NonZeroUsize::new(2048).unwrap(), files).get();
        assert_eq!([1 << 20, 2304, 1024, 300, 1].map(of), [2048, 2048, 768, 150, 1]);
    }
}

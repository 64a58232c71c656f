//! Takes a changed configuration over while the server runs: when the file changes, or on SIGHUP. It is read and checked as
//! at start, and one with a fault changes nothing.
//!
//! The file is looked at every two seconds rather than watched: that works on every file system, and where the file is a
//! symbolic link that is turned to another folder, as in Kubernetes. A change counts once it has held for a moment, so that
//! a file is not read while somebody writes it. Flags and the environment count as they were at start.

use std::{
    fs::metadata,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{task::spawn_blocking, time::sleep};

use super::{setup::ConfigSource, signals::Hangups};
use crate::{
    config::{Config, PasswordSource},
    tools::Services,
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long a change has to hold.
const SETTLE: Duration = Duration::from_millis(500);

/// What tells one state of a file from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    path: PathBuf,
    /// Time of change, length, and the number of the file where there is one; nothing for a file that is not there.
    state: Option<(Option<SystemTime>, u64, u64)>,
}

impl Identity {
    fn of(path: &Path) -> Self {
        let state = metadata(path).ok().map(|found| (found.modified().ok(), found.len(), number(&found)));
        Self { path: path.to_owned(), state }
    }
}

#[cfg(unix)]
fn number(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_metadata: &std::fs::Metadata) -> u64 {
    0
}

/// Follows the configuration until the process ends. Blocking for a moment.
pub(crate) fn follow(services: Arc<Services>, source: ConfigSource) {
    // Before anything else: from now on SIGHUP does not end the process.
    let hangups = Hangups::new();
    let follower = Follower { services, source: Arc::new(source) };
    let taken = look(&follower.source, &follower.services.config());
    tokio::spawn(follower.run(hangups, taken));
}

/// The states of the configuration file and of the files with passwords. Blocking.
fn look(source: &ConfigSource, config: &Config) -> Vec<Identity> {
    let passwords = config.databases().values().filter_map(|entry| match &entry.password {
        PasswordSource::File(file) => Some(file.clone()),
        PasswordSource::Env(_) | PasswordSource::None => None,
    });
    source.file().into_iter().chain(passwords).map(|path| Identity::of(&path)).collect()
}

struct Follower {
    services: Arc<Services>,
    source: Arc<ConfigSource>,
}

impl Follower {
    async fn run(self, mut hangups: Hangups, mut taken: Vec<Identity>) {
        let mut changed: Option<Vec<Identity>> = None;
        loop {
            let asked = tokio::select! {
                () = hangups.next() => true,
                () = sleep(if changed.is_some() { SETTLE } else { LOOK }), if self.source.is_from_file() => false,
            };
            let present = self.identities().await;
            if asked {
                if let Some(log) = self.services.operation().audit() {
                    log.reopen();
                }
            } else if present == taken {
                changed = None;
                continue;
            } else if changed.as_ref() != Some(&present) {
                changed = Some(present);
                continue;
            }
            self.take_over(asked).await;
            // The files with passwords may be others now.
            (taken, changed) = (self.identities().await, None);
        }
    }

    async fn identities(&self) -> Vec<Identity> {
        let (config, source) = (self.services.config(), Arc::clone(&self.source));
        spawn_blocking(move || look(&source, &config)).await.unwrap_or_default()
    }

    async fn take_over(&self, asked: bool) {
        let source = Arc::clone(&self.source);
        let operation = self.services.operation();
        match spawn_blocking(move || source.load()).await {
            Ok(Ok(config)) => {
                let same = *self.services.config() == config;
                self.services.reconfigure(Arc::new(config));
                operation.reloaded();
                tracing::info!(changed = !same, "the configuration was read again and is in force");
            }
            Ok(Err(error)) => {
                let problem = error.to_string();
                if operation.refused_reload(&problem) || asked {
                    tracing::error!("the configuration was not taken over, the one before stays in force: {problem}");
                }
            }
            // The process is ending.
            Err(stopped) => tracing::debug!(%stopped, "the configuration was not read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_another_once_its_content_or_the_link_to_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.yaml");
        let absent = Identity::of(&path);
        std::fs::write(&path, "a").unwrap();
        let first = Identity::of(&path);
        assert_ne!(absent, first);
        assert_eq!(first, Identity::of(&path));
        std::fs::write(&path, "ab").unwrap();
        assert_ne!(first, Identity::of(&path));
        #[cfg(unix)]
        {
            let (other, link) = (folder.path().join("d.yaml"), folder.path().join("link"));
            std::fs::copy(&path, &other).unwrap();
            std::os::unix::fs::symlink(&path, &link).unwrap();
            let before = Identity::of(&link);
            std::fs::remove_file(&link).unwrap();
            std::os::unix::fs::symlink(&other, &link).unwrap();
            assert_ne!(before, Identity::of(&link));
        }
    }
}

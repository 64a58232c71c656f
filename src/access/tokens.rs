//! The tokens of the file, as a running server knows them. The file is looked at again while the server runs, so that a token
//! that was revoked stops working and a new one works, without a restart.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use parking_lot::{Mutex, RwLock};
use tokio::task::spawn_blocking;

use super::{Identity, Refusal, token, toolbox::Toolbox};
use crate::{
    clock::Clock,
    config::{
        ConfigError,
        tokens::{self, Digest},
    },
    tenancy::Principal,
};

/// How often the file is looked at, at most.
const LOOK: Duration = Duration::from_secs(1);

/// The file and what it said last.
#[derive(Debug, Clone)]
pub(super) struct TokenStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    toolbox: Arc<Toolbox>,
    clock: Arc<dyn Clock>,
    looked: Mutex<Duration>,
    known: RwLock<Arc<Known>>,
}

/// What the file said.
#[derive(Debug)]
struct Known {
    stamp: Option<Stamp>,
    /// By hash: the time a look-up takes depends on the hash, and who tries tokens cannot choose that. Nothing where the
    /// file cannot be used: then nobody is let in, since nobody knows who was taken out of it.
    tokens: Option<HashMap<Digest, Held>>,
}

#[derive(Debug)]
struct Held {
    identity: Identity,
    expires: Option<i64>,
}

/// What tells one state of a file from another. A save puts another file in its place, so even one within the same tick shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { modified: metadata.modified().ok(), length: metadata.len(), inode: inode(&metadata) })
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &fs::Metadata) -> u64 {
    0
}

impl TokenStore {
    /// Reads the file. Blocking.
    pub(super) fn open(path: PathBuf, toolbox: Arc<Toolbox>, clock: Arc<dyn Clock>) -> Result<Self, ConfigError> {
        let stamp = Stamp::of(&path);
        let read = tokens::read(&path).map_err(|error| match stamp {
            Some(_) => error,
            None => error.advise("make it with `mcp-arangodb-async token add NAME --token-file FILE`"),
        })?;
        if let Some(warning) = tokens::warning(&path) {
            tracing::warn!("{warning}");
        }
        let known = Known { stamp, tokens: Some(held(&read, &toolbox)) };
        let (looked, known) = (Mutex::new(clock.monotonic()), RwLock::new(Arc::new(known)));
        Ok(Self(Arc::new(Shared { path, toolbox, clock, looked, known })))
    }

    /// Who holds this token.
    pub(super) async fn admit(&self, text: &str) -> Result<Identity, Refusal> {
        if !token::is_whole(text) {
            let problem = "the token is mistyped or cut: its checksum does not fit";
            return Err(Refusal::Invalid(if token::is_ours(text) { problem } else { "unknown token" }.to_owned()));
        }
        let known = self.known().await;
        let Some(tokens) = &known.tokens else {
            return Err(Refusal::Unknown("the file of tokens cannot be read; the server's log says why".to_owned()));
        };
        let held = tokens.get(&token::digest_of(text));
        let held = held.ok_or_else(|| Refusal::Invalid("the token is unknown or was revoked".to_owned()))?;
        if held.expires.is_some_and(|expires| self.0.clock.now_millis() >= expires) {
            return Err(Refusal::Invalid("the token has expired".to_owned()));
        }
        Ok(held.identity.clone())
    }

    /// What the file says, as of a moment ago.
    async fn known(&self) -> Arc<Known> {
        if self.is_due() {
            let shared = Arc::clone(&self.0);
            if let Err(error) = spawn_blocking(move || shared.look()).await {
                tracing::error!(%error, "the file of tokens was not looked at");
            }
        }
        Arc::clone(&self.0.known.read())
    }

    /// Whether it is time to look, and this caller's turn.
    fn is_due(&self) -> bool {
        let now = self.0.clock.monotonic();
        let mut looked = self.0.looked.lock();
        let due = now.saturating_sub(*looked) >= LOOK;
        if due {
            *looked = now;
        }
        due
    }
}

impl Shared {
    fn look(&self) {
        let stamp = Stamp::of(&self.path);
        if stamp.is_some() && stamp == self.known.read().stamp {
            return;
        }
        let was_usable = self.known.read().tokens.is_some();
        let tokens = match tokens::read(&self.path) {
            Ok(read) => {
                tracing::info!(tokens = read.len(), "the file of tokens was read again");
                Some(held(&read, &self.toolbox))
            }
            Err(error) => {
                if was_usable {
                    tracing::error!(%error, "nobody is let in until the file of tokens can be read again");
                }
                None
            }
        };
        // What cannot be read is read again at the next look, whatever its stamp says.
        let stamp = stamp.filter(|_| tokens.is_some());
        *self.known.write() = Arc::new(Known { stamp, tokens });
    }
}

fn held(tokens: &tokens::Tokens, toolbox: &Toolbox) -> HashMap<Digest, Held> {
    let held = tokens.iter().map(|(name, entry)| {
        let unknown = toolbox.unknown(entry.grant.tools.iter().flatten());
        if !unknown.is_empty() {
            tracing::warn!(token = name.as_str(), ?unknown, "a token is good for tools that there are not");
        }
        let principal = Principal::new(format!("token:{}", name.as_str()));
        let identity = Identity { principal, rights: Arc::new(toolbox.rights(&entry.grant)) };
        (entry.digest, Held { identity, expires: entry.expires })
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::{ManualClock, SequenceRandom},
        config::{
            Grant,
            tokens::{TokenEntry, TokenName},
        },
        observability::Secret,
        tools::Registry,
    };

    struct Scene {
        home: tempfile::TempDir,
        clock: Arc<ManualClock>,
        random: Arc<SequenceRandom>,
    }

    impl Scene {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            Self { home, clock: ManualClock::at(1_000), random: SequenceRandom::from_seed(1) }
        }

        fn path(&self) -> PathBuf {
            self.home.path().join("tokens.yaml")
        }

        fn add(&self, name: &str, expires: Option<i64>) -> Secret {
            let token = token::generate(&*self.random);
            let digest = token::digest_of(token.expose());
            let entry = TokenEntry { digest, created: 0, expires, grant: Grant::default() };
            tokens::add(&self.path(), &TokenName::parse(name).unwrap(), &entry).unwrap();
            token
        }

        fn store(&self) -> TokenStore {
            let toolbox = Arc::new(Toolbox::of(&Registry::standard()));
            TokenStore::open(self.path(), toolbox, self.clock.clone()).unwrap()
        }
    }

    #[tokio::test]
    async fn what_happens_to_the_file_is_noticed_within_a_second() {
        let scene = Scene::new();
        let first = scene.add("first", None);
        let store = scene.store();
        assert_eq!(store.admit(first.expose()).await.unwrap().principal, Principal::new("token:first"));
        let second = scene.add("second", None);
        tokens::revoke(&scene.path(), &TokenName::parse("first").unwrap()).unwrap();
        scene.clock.advance(1_000);
        assert!(matches!(store.admit(first.expose()).await, Err(Refusal::Invalid(_))));
        assert!(store.admit(second.expose()).await.is_ok());
        let good = fs::read_to_string(scene.path()).unwrap();
        fs::write(scene.path(), "tokens: [").unwrap();
        scene.clock.advance(1_000);
        assert!(matches!(store.admit(second.expose()).await, Err(Refusal::Unknown(_))));
        fs::write(scene.path(), good).unwrap();
        scene.clock.advance(1_000);
        assert!(store.admit(second.expose()).await.is_ok());
        fs::remove_file(scene.path()).unwrap();
        scene.clock.advance(1_000);
        assert!(matches!(store.admit(second.expose()).await, Err(Refusal::Unknown(_))));
    }

    #[tokio::test]
    async fn a_token_is_good_until_its_last_moment() {
        let scene = Scene::new();
        let token = scene.add("a", Some(1_500));
        let store = scene.store();
        scene.clock.advance(499);
        assert!(store.admit(token.expose()).await.is_ok());
        scene.clock.advance(1);
        let refused = store.admit(token.expose()).await.unwrap_err();
        assert_eq!(refused, Refusal::Invalid("the token has expired".to_owned()));
    }

    #[tokio::test]
    async fn a_slip_is_told_from_an_unknown_token() {
        let scene = Scene::new();
        let token = scene.add("a", None);
        let store = scene.store();
        let Err(Refusal::Invalid(slip)) = store.admit(token.expose().get(..40).unwrap()).await else {
            panic!("let in")
        };
        assert!(slip.contains("mistyped"), "{slip}");
        let other = token::generate(&*scene.random);
        let Err(Refusal::Invalid(unknown)) = store.admit(other.expose()).await else { panic!("let in") };
        assert!(unknown.contains("unknown"), "{unknown}");
    }

    #[test]
    fn without_a_file_it_is_said_how_to_make_one() {
        let scene = Scene::new();
        let toolbox = Arc::new(Toolbox::of(&Registry::standard()));
        let error = TokenStore::open(scene.path(), toolbox, scene.clock.clone()).unwrap_err();
        assert!(error.to_string().contains("token add"), "{error}");
    }
}

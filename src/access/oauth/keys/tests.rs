//! An issuer that counts how often it is asked, changes its keys and goes away.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::clock::ManualClock;

const ISSUER: &str = "https://issuer.example/realm";

/// Answers with one key of a name that can be changed, as long as it is up.
#[derive(Debug)]
struct Fake {
    asked: AtomicUsize,
    key: Mutex<Option<&'static str>>,
    metadata: Mutex<serde_json::Value>,
}

impl Fake {
    fn new() -> Arc<Self> {
        let metadata = json!({ "issuer": ISSUER, "jwks_uri": "https://keys.example/" });
        Arc::new(Self { asked: AtomicUsize::new(0), key: Mutex::new(Some("one")), metadata: Mutex::new(metadata) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Fetch for Fake {
    fn get(&self, url: Url) -> BoxFuture<'_, Result<Bytes, FetchError>> {
        let answer = match (*self.key.lock(), url.host_str(), url.path()) {
            (None, _, _) => Err(FetchError::Failed("down".to_owned())),
            (Some(name), Some("keys.example"), _) => {
                self.asked.fetch_add(1, Ordering::SeqCst);
                let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
                let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": name, "x": x }] });
                Ok(Bytes::from(keys.to_string()))
            }
            (Some(_), _, "/realm/.well-known/openid-configuration") => {
                Ok(Bytes::from(self.metadata.lock().to_string()))
            }
            (Some(_), _, _) => Err(FetchError::Status(404)),
        };
        Box::pin(async {
            tokio::task::yield_now().await;
            answer
        })
    }
}

struct Scene {
    fake: Arc<Fake>,
    clock: Arc<ManualClock>,
    source: KeySource,
}

impl Scene {
    fn new() -> Self {
        let (fake, clock) = (Fake::new(), ManualClock::at(1_000_000));
        let source = KeySource::new(Issuer::parse(ISSUER).unwrap(), clock.clone(), fake.clone());
        Self { fake, clock, source }
    }

    async fn find(&self, name: &str) -> Result<(), NoKey> {
        self.source.with_key(Some(name), Algorithm::EdDsa, |_| ()).await
    }

    fn later(&self, time: Duration) {
        self.clock.advance(i64::try_from(time.as_millis()).unwrap());
    }
}

#[tokio::test]
async fn keys_are_fetched_once_and_anew_when_a_token_names_another() {
    let scene = Scene::new();
    for _ in 0..3 {
        assert_eq!(scene.find("one").await, Ok(()));
    }
    assert_eq!(scene.fake.asked(), 1);
    *scene.fake.key.lock() = Some("two");
    scene.later(PAUSE);
    assert_eq!(scene.find("two").await, Ok(()));
    assert_eq!(scene.fake.asked(), 2);
    // The key that was withdrawn is good no longer.
    assert_eq!(scene.find("one").await, Err(NoKey::Unknown));
}

#[tokio::test]
async fn a_withdrawn_key_is_good_for_as_long_as_keys_are_fresh_at_most() {
    let scene = Scene::new();
    scene.find("one").await.unwrap();
    *scene.fake.key.lock() = Some("two");
    scene.later(FRESH.saturating_sub(Duration::from_secs(1)));
    assert_eq!(scene.find("one").await, Ok(()));
    scene.later(Duration::from_secs(1));
    assert_eq!(scene.find("one").await, Err(NoKey::Unknown));
}

#[tokio::test]
async fn a_hundred_unknown_names_at_once_are_one_question() {
    let scene = Scene::new();
    let names: Vec<String> = (0..100).map(|number| format!("made up {number}")).collect();
    let answers = futures::future::join_all(names.iter().map(|name| scene.find(name))).await;
    assert!(answers.iter().all(|answer| *answer == Err(NoKey::Unknown)));
    assert_eq!(scene.fake.asked(), 1);
    for name in &names {
        assert_eq!(scene.find(name).await, Err(NoKey::Unknown));
    }
    assert_eq!(scene.fake.asked(), 1);
    scene.later(PAUSE);
    assert_eq!(scene.find("made up 0").await, Err(NoKey::Unknown));
    assert_eq!(scene.fake.asked(), 2);
}

#[tokio::test]
async fn an_issuer_that_is_away_leaves_its_last_keys_for_a_while_and_then_nobody_is_believed() {
    let scene = Scene::new();
    scene.find("one").await.unwrap();
    *scene.fake.key.lock() = None;
    scene.later(FRESH);
    assert_eq!(scene.find("one").await, Ok(()));
    assert_eq!(scene.find("two").await, Err(NoKey::Unreachable));
    scene.later(USABLE);
    assert_eq!(scene.find("one").await, Err(NoKey::Unreachable));
    *scene.fake.key.lock() = Some("one");
    scene.later(PAUSE);
    assert_eq!(scene.find("one").await, Ok(()));
}

#[tokio::test]
async fn whoever_gives_up_waiting_does_not_leave_the_others_waiting() {
    let scene = Scene::new();
    let mut first = Box::pin(scene.find("one"));
    assert!(futures::poll!(&mut first).is_pending());
    drop(first);
    assert_eq!(scene.find("one").await, Ok(()));
}

#[tokio::test]
async fn metadata_of_another_issuer_and_keys_over_plain_http_are_refused() {
    let bad = [
        json!({ "issuer": "https://issuer.example", "jwks_uri": "https://keys.example/" }),
        json!({ "issuer": ISSUER, "jwks_uri": "http://keys.example/" }),
        json!({ "issuer": ISSUER }),
    ];
    for metadata in bad {
        let scene = Scene::new();
        *scene.fake.metadata.lock() = metadata;
        assert_eq!(scene.find("one").await, Err(NoKey::Unreachable));
        assert_eq!(scene.fake.asked(), 0);
    }
}

#[test]
fn metadata_is_looked_for_where_the_standards_have_it() {
    let of = |text: &str| places(&Issuer::parse(text).unwrap()).iter().map(Url::to_string).collect::<Vec<_>>();
    assert_eq!(
        of("https://a/b/"),
        [
            "https://a/.well-known/oauth-authorization-server/b",
            "https://a/.well-known/openid-configuration/b",
            "https://a/b/.well-known/openid-configuration",
        ]
    );
    assert_eq!(
        of("https://a"),
        ["https://a/.well-known/oauth-authorization-server", "https://a/.well-known/openid-configuration"]
    );
}

//! The keys of one issuer: found by discovery, kept, fetched anew when a token names one that is not there. However many such
//! tokens come, the issuer is asked once at a time and seldom.

use std::{sync::Arc, time::Duration};

use futures::{
    FutureExt as _,
    future::{BoxFuture, Shared},
};
use parking_lot::Mutex;
use serde::Deserialize;
use url::Url;

use super::{
    fetch::{Fetch, FetchError},
    jws::{Algorithm, Key, Keys},
};
use crate::{
    clock::Clock,
    config::access::{Issuer, is_secure},
};

/// How old keys may be: a key that the issuer has withdrawn is good for so long at most, while the issuer answers.
const FRESH: Duration = Duration::from_mins(10);
/// How old they may be while the issuer does not answer.
const USABLE: Duration = Duration::from_hours(1);
/// How long to wait between two questions to an issuer.
const PAUSE: Duration = Duration::from_secs(10);

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoKey {
    /// The issuer has none of that name.
    Unknown,
    /// The issuer cannot be asked.
    Unreachable,
}

/// An issuer and its keys.
#[derive(Debug)]
pub(super) struct KeySource {
    issuer: Issuer,
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    keys: Option<(Arc<Keys>, Duration)>,
    /// When the issuer was asked last, and whether it answered.
    asked: Option<(Duration, bool)>,
    /// The question that is being answered; whoever needs the answer waits for the same one.
    asking: Option<Asking>,
}

type Asking = Shared<BoxFuture<'static, ()>>;

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { keys, asked, asking } = self;
        f.debug_struct("State").field("keys", keys).field("asked", asked).field("asking", &asking.is_some()).finish()
    }
}

/// A look at what is known.
enum Look {
    Found(Arc<Keys>),
    Ask(Asking),
    Missing(NoKey),
}

impl KeySource {
    pub(super) fn new(issuer: Issuer, clock: Arc<dyn Clock>, fetch: Arc<dyn Fetch>) -> Self {
        Self { issuer, fetch, clock, state: Arc::default() }
    }

    pub(super) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Does something with the key that a token names.
    pub(super) async fn with_key<T>(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        work: impl Fn(&Key) -> T,
    ) -> Result<T, NoKey> {
        // The second look comes after the answer of the issuer, and does not ask again.
        for may_ask in [true, false] {
            match self.look(id, algorithm, may_ask) {
                Look::Found(keys) => return keys.find(id, algorithm).map(&work).ok_or(NoKey::Unknown),
                Look::Missing(why) => return Err(why),
                Look::Ask(asking) => asking.await,
            }
        }
        Err(NoKey::Unreachable)
    }

    fn look(&self, id: Option<&str>, algorithm: Algorithm, may_ask: bool) -> Look {
        let now = self.clock.monotonic();
        let mut state = self.state.lock();
        let held = state.keys.as_ref().filter(|(keys, _)| keys.find(id, algorithm).is_some());
        if let Some((keys, _)) = held.filter(|(_, at)| now.saturating_sub(*at) < FRESH) {
            return Look::Found(Arc::clone(keys));
        }
        let asked_lately = state.asked.is_some_and(|(at, _)| now.saturating_sub(at) < PAUSE);
        if may_ask {
            if let Some(asking) = &state.asking {
                return Look::Ask(asking.clone());
            }
            if !asked_lately {
                let asking = self.ask(now);
                state.asking = Some(asking.clone());
                return Look::Ask(asking);
            }
        }
        if let Some((keys, _)) = held.filter(|(_, at)| now.saturating_sub(*at) < USABLE) {
            return Look::Found(Arc::clone(keys));
        }
        match state.asked {
            Some((_, true)) => Look::Missing(NoKey::Unknown),
            Some((_, false)) | None => Look::Missing(NoKey::Unreachable),
        }
    }

    fn ask(&self, now: Duration) -> Asking {
        let (issuer, fetch) = (self.issuer.clone(), Arc::clone(&self.fetch));
        let state = Arc::clone(&self.state);
        let asking = async move {
            let answer = discover(&issuer, &*fetch).await;
            let mut state = state.lock();
            state.asking = None;
            state.asked = Some((now, answer.is_ok()));
            match answer {
                Ok(keys) => state.keys = Some((Arc::new(keys), now)),
                Err(problem) => {
                    tracing::warn!(
                        issuer = issuer.as_str(),
                        problem,
                        "the keys of an authorization server cannot be had"
                    );
                }
            }
        };
        asking.boxed().shared()
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// The keys of an issuer, by way of its metadata.
async fn discover(issuer: &Issuer, fetch: &dyn Fetch) -> Result<Keys, String> {
    let mut last = "the issuer is not a URL".to_owned();
    for url in places(issuer) {
        let document = match fetch.get(url.clone()).await {
            Ok(document) => document,
            Err(error @ FetchError::Status(_)) => {
                last = format!("{url}: {error}");
                continue;
            }
            Err(error) => return Err(format!("{url}: {error}")),
        };
        let Ok(metadata) = serde_json::from_slice::<Metadata>(&document) else {
            last = format!("{url}: not the metadata of an authorization server");
            continue;
        };
        // RFC 8414: whoever answers for another issuer is not believed.
        if metadata.issuer != issuer.as_str() {
            return Err(format!("{url}: it is the metadata of {:?}; configure exactly that", metadata.issuer));
        }
        let keys = Url::parse(&metadata.jwks_uri).ok().filter(is_secure);
        let keys = keys.ok_or_else(|| format!("{url}: `jwks_uri` is not an https URL"))?;
        let document = fetch.get(keys.clone()).await.map_err(|error| format!("{keys}: {error}"))?;
        return Keys::parse(&document).ok_or_else(|| format!("{keys}: not a set of keys"));
    }
    Err(last)
}

/// Where the metadata of an issuer can be: RFC 8414, then `OpenID` Connect in both of its spellings.
fn places(issuer: &Issuer) -> Vec<Url> {
    let Ok(url) = Url::parse(issuer.as_str()) else { return Vec::new() };
    let own = url.path().trim_end_matches('/').to_owned();
    let paths = [
        format!("/.well-known/oauth-authorization-server{own}"),
        format!("/.well-known/openid-configuration{own}"),
        format!("{own}/.well-known/openid-configuration"),
    ];
    let mut places: Vec<Url> = Vec::new();
    for path in paths {
        let mut place = url.clone();
        place.set_path(&path);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests;

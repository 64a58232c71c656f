//! Who a request comes from: `Basic` credentials and JSON web tokens (HS256, signed with a key made at start).

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use parking_lot::Mutex;
use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::{clock::Random, wire::ErrorNum};

use super::{
    super::{
        engine::{Caller, Engine},
        users,
        value::Str,
    },
    error::Failure,
};

/// How long a token is valid, as in ArangoDB (`--server.session-timeout`).
const LIFETIME_SECONDS: i64 = 3600;

/// How many proven credentials are remembered.
const REMEMBERED: usize = 1000;

/// Signs and checks tokens. Never printed.
pub(in super::super) struct TokenKey {
    key: hmac::Key,
    /// Credentials that have been proven, as keyed digests, each with the user and the state of `_users` it was proven
    /// against: checking a password is slow on purpose, and drivers send it with every request.
    proven: Mutex<HashMap<Vec<u8>, (String, Str)>>,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey")
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    preferred_username: String,
    iss: String,
    iat: i64,
    exp: i64,
}

impl TokenKey {
    /// A key nobody else has.
    pub(in super::super) fn generate(random: &dyn Random) -> Self {
        let mut secret = [0; 32];
        random.fill(&mut secret);
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &secret), proven: Mutex::default() }
    }

    /// A token that says who its bearer is.
    pub(super) fn issue(&self, user: &str, now_millis: i64) -> String {
        let iat = now_millis / 1000;
        let header = Header { alg: "HS256".into(), typ: "JWT".into() };
        let claims =
            Claims { preferred_username: user.into(), iss: "arangodb".into(), iat, exp: iat + LIFETIME_SECONDS };
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = hmac::sign(&self.key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The user a token names, if this engine signed it and it has not expired.
    pub(super) fn verify(&self, token: &str, now_millis: i64) -> Option<String> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        // The signature comes first: nothing in an unsigned token is worth reading.
        hmac::verify(&self.key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        let header: Header = decode(header)?;
        let claims: Claims = decode(claims)?;
        let valid = header.alg == "HS256" && claims.iss == "arangodb" && claims.exp > now_millis / 1000;
        valid.then_some(claims.preferred_username)
    }
}

fn encode(part: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// Who the `Authorization` header proves the sender to be.
pub(in super::super) fn authenticate(engine: &Engine, headers: &HeaderMap) -> Result<Caller, Failure> {
    let Some(header) = headers.get(http::header::AUTHORIZATION) else { return Ok(Caller::Anonymous) };
    let credentials = header.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthorized)?;
    let (scheme, rest) = (credentials.0, credentials.1.trim());
    let user = if scheme.eq_ignore_ascii_case("bearer") {
        engine.key().verify(rest, engine.clock().now_millis()).filter(|user| users::is_active(engine.store(), user))
    } else if scheme.eq_ignore_ascii_case("basic") {
        basic(rest).and_then(|(user, password)| prove(engine, user, &password))
    } else {
        None
    };
    user.map(Caller::User).ok_or_else(unauthorized)
}

/// The user, if the password is right.
fn prove(engine: &Engine, user: String, password: &str) -> Option<String> {
    let system = engine.store().database("_system").ok()?.snapshot();
    let state = system.collection("_users")?.revision();
    let keys = engine.key();
    let digest = hmac::sign(&keys.key, format!("{user}\0{password}").as_bytes()).as_ref().to_vec();
    if keys.proven.lock().get(&digest).is_some_and(|(known, then)| *known == user && *then == state) {
        return Some(user);
    }
    if !users::verify(engine.store(), &user, password) {
        return None;
    }
    let mut proven = keys.proven.lock();
    if proven.len() >= REMEMBERED {
        proven.clear();
    }
    proven.insert(digest, (user.clone(), state));
    Some(user)
}

fn basic(text: &str) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// 401 and which credentials are taken.
pub(super) fn unauthorized() -> Failure {
    Failure::new(ErrorNum::FORBIDDEN, "not authorized to execute this request")
        .with_status(401)
        .with_header("www-authenticate", "Bearer token_type=\"JWT\", realm=\"ArangoDB\"".into())
        .with_header("www-authenticate", "Basic realm=\"ArangoDB\"".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SequenceRandom;

    fn key() -> TokenKey {
        TokenKey::generate(SequenceRandom::from_seed(1).as_ref())
    }

    #[test]
    fn a_token_names_its_user_until_it_expires() {
        let token = key().issue("ada", 5_000);
        assert_eq!(key().verify(&token, 6_000).as_deref(), Some("ada"));
        assert_eq!(key().verify(&token, 5_000 + LIFETIME_SECONDS * 1000), None);
    }

    #[test]
    fn a_token_of_another_engine_or_without_a_signature_is_refused() {
        let other = TokenKey::generate(SequenceRandom::from_seed(2).as_ref());
        assert_eq!(key().verify(&other.issue("ada", 0), 0), None);
        let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"none","typ":"JWT"}"#);
        let claims =
            URL_SAFE_NO_PAD.encode(br#"{"preferred_username":"root","iss":"arangodb","iat":0,"exp":99999999}"#);
        assert_eq!(key().verify(&format!("{header}.{claims}."), 0), None);
        for nonsense in ["", ".", "..", "a.b", "a.b.c", "ä.ö.ü"] {
            assert_eq!(key().verify(nonsense, 0), None, "{nonsense:?}");
        }
    }

    #[test]
    fn basic_credentials_may_hold_colons_in_the_password() {
        let text = STANDARD.encode("ada:a:b");
        assert_eq!(basic(&text), Some(("ada".into(), "a:b".into())));
        assert_eq!(basic("###"), None);
    }
}

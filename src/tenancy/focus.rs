//! Focus handles: what `set_focused_database` gives to clients of a protocol that has no sessions. A handle is sealed
//! (ChaCha20-Poly1305) over the database key, the caller and its lifetime, so nothing is stored and any replica with the
//! same key opens it. It grants nothing: rights are checked on every call.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    digest,
};

use super::session::Principal;
use crate::{
    clock::{Clock, Random},
    config::{DatabaseKey, KeyBytes},
};

/// What every handle begins with, so that people and models recognise one.
pub const HANDLE_PREFIX: &str = "focus_";
/// How long a handle lasts, in milliseconds: 12 hours.
pub const LIFETIME_MILLIS: i64 = 12 * 60 * 60 * 1000;

/// Layout of the sealed part; a new layout gets a new number.
const VERSION: u8 = 1;
/// Bound to every seal, so that nothing else sealed under the same key passes for a handle.
const CONTEXT: &[u8] = b"mcp-arangodb-async focus handle";
/// Longest handle looked at: a key has at most 128 bytes, all the rest is of fixed length.
const MAX_HANDLE_LEN: usize = 1024;

/// A key that seals handles: 32 random bytes.
#[derive(Clone)]
pub struct FocusKey(LessSafeKey);

impl FocusKey {
    /// Bytes in a key.
    pub const LEN: usize = 32;

    /// Takes the bytes of a key.
    ///
    /// # Errors
    /// When they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FocusKeyError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(|_| FocusKeyError)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// A fresh key: handles sealed with it die with the process.
    ///
    /// # Errors
    /// None in practice: the length is right.
    pub fn generate(random: &dyn Random) -> Result<Self, FocusKeyError> {
        let mut bytes = [0; Self::LEN];
        random.fill(&mut bytes);
        Self::from_bytes(&bytes)
    }
}

impl std::fmt::Debug for FocusKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FocusKey(***)")
    }
}

/// The bytes do not make a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a focus key has exactly 32 bytes")]
pub struct FocusKeyError;

/// Why a handle is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FocusError {
    /// It was good once.
    #[error("this focus handle has expired; call set_focused_database again for a new one")]
    Expired,
    /// It was not made by this server (or by one with the same key), or was changed on the way.
    #[error(
        "this is not a focus handle of this server; call set_focused_database again and pass its `focus` unchanged"
    )]
    NotOurs,
    /// It was given to somebody else.
    #[error("this focus handle was given to another caller; call set_focused_database again for one of your own")]
    OtherPrincipal,
}

/// Makes and opens handles.
#[derive(Debug)]
pub struct FocusSealer {
    /// Seals new handles.
    current: FocusKey,
    /// Still opens old ones.
    former: Vec<FocusKey>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl FocusSealer {
    /// Seals with `current`; opens what it or any of the `former` keys sealed.
    pub fn new(current: FocusKey, former: Vec<FocusKey>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { current, former, clock, random }
    }

    /// Seals with the first of `keys` (as [`crate::config::Settings`] holds them) and opens with all; without any, with a
    /// key that lives as long as the process.
    ///
    /// # Errors
    /// None in practice: the keys have the right length.
    pub fn with_keys(keys: &[KeyBytes], clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, FocusKeyError> {
        let mut keys = keys.iter().map(|key| FocusKey::from_bytes(key.expose()));
        let current = keys.next().unwrap_or_else(|| FocusKey::generate(&*random))?;
        Ok(Self::new(current, keys.collect::<Result<_, _>>()?, clock, random))
    }

    /// A handle that focuses `principal` on `database` for twelve hours.
    pub fn seal(&self, database: &DatabaseKey, principal: &Principal) -> String {
        let issued = self.clock.now_millis();
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&issued.to_be_bytes());
        sealed.extend_from_slice(&issued.saturating_add(LIFETIME_MILLIS).to_be_bytes());
        sealed.extend_from_slice(digest_of(principal).as_ref());
        sealed.extend_from_slice(database.as_str().as_bytes());

        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let place = Nonce::assume_unique_for_key(nonce);
        if self.current.0.seal_in_place_append_tag(place, Aad::from(CONTEXT), &mut sealed).is_err() {
            // Only texts of 256 GiB and more fail; an empty handle is refused as not ours.
            sealed.clear();
        }
        let mut whole = nonce.to_vec();
        whole.append(&mut sealed);
        format!("{HANDLE_PREFIX}{}", URL_SAFE_NO_PAD.encode(whole))
    }

    /// The database a handle focuses `principal` on. It may have left the configuration since.
    ///
    /// # Errors
    /// When the handle has expired, was not sealed by a known key, or was given to somebody else.
    pub fn open(&self, handle: &str, principal: &Principal) -> Result<DatabaseKey, FocusError> {
        let text = handle.strip_prefix(HANDLE_PREFIX).ok_or(FocusError::NotOurs)?;
        if text.len() > MAX_HANDLE_LEN {
            return Err(FocusError::NotOurs);
        }
        let whole = URL_SAFE_NO_PAD.decode(text).map_err(|_| FocusError::NotOurs)?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>().ok_or(FocusError::NotOurs)?;
        let plain = self.unseal(*nonce, sealed).ok_or(FocusError::NotOurs)?;
        let claims = Claims::parse(&plain).ok_or(FocusError::NotOurs)?;
        if claims.principal != digest_of(principal).as_ref() {
            return Err(FocusError::OtherPrincipal);
        }
        let now = self.clock.now_millis();
        if now >= claims.expires || now < claims.issued.saturating_sub(LIFETIME_MILLIS) {
            return Err(FocusError::Expired);
        }
        let key = std::str::from_utf8(claims.database).map_err(|_| FocusError::NotOurs)?;
        DatabaseKey::parse(key).map_err(|_| FocusError::NotOurs)
    }

    fn unseal(&self, nonce: [u8; NONCE_LEN], sealed: &[u8]) -> Option<Vec<u8>> {
        std::iter::once(&self.current).chain(&self.former).find_map(|key| {
            let mut buffer = sealed.to_vec();
            let place = Nonce::assume_unique_for_key(nonce);
            let plain = key.0.open_in_place(place, Aad::from(CONTEXT), &mut buffer).ok()?;
            Some(plain.to_vec())
        })
    }
}

struct Claims<'a> {
    issued: i64,
    expires: i64,
    principal: &'a [u8],
    database: &'a [u8],
}

impl<'a> Claims<'a> {
    fn parse(plain: &'a [u8]) -> Option<Self> {
        let (&version, rest) = plain.split_first()?;
        if version != VERSION {
            return None;
        }
        let (issued, rest) = rest.split_first_chunk()?;
        let (expires, rest) = rest.split_first_chunk()?;
        let (principal, database) = rest.split_at_checked(digest::SHA256_OUTPUT_LEN)?;
        Some(Self { issued: i64::from_be_bytes(*issued), expires: i64::from_be_bytes(*expires), principal, database })
    }
}

fn digest_of(principal: &Principal) -> digest::Digest {
    digest::digest(&digest::SHA256, principal.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SequenceRandom};

    fn sealer(clock: &Arc<ManualClock>, keys: &[u8]) -> FocusSealer {
        let mut keys = keys.iter().map(|byte| FocusKey::from_bytes(&[*byte; FocusKey::LEN]).unwrap());
        FocusSealer::new(keys.next().unwrap(), keys.collect(), clock.clone(), SequenceRandom::from_seed(7))
    }

    fn production() -> DatabaseKey {
        DatabaseKey::parse("production").unwrap()
    }

    #[test]
    fn a_handle_opens_for_its_caller_on_any_server_with_the_key() {
        let clock = ManualClock::at(1_000_000);
        let me = Principal::new("me");
        let handle = sealer(&clock, &[1]).seal(&production(), &me);
        assert!(handle.starts_with(HANDLE_PREFIX));
        assert_eq!(sealer(&clock, &[1]).open(&handle, &me), Ok(production()));
        assert_eq!(sealer(&clock, &[2]).open(&handle, &me), Err(FocusError::NotOurs));
        assert_eq!(sealer(&clock, &[1]).open(&handle, &Principal::new("you")), Err(FocusError::OtherPrincipal));
    }

    #[test]
    fn a_handle_says_nothing_about_what_it_holds() {
        let handle = sealer(&ManualClock::at(0), &[1]).seal(&production(), &Principal::new("me"));
        let bytes = URL_SAFE_NO_PAD.decode(handle.strip_prefix(HANDLE_PREFIX).unwrap()).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"production"));
    }

    #[test]
    fn a_handle_expires_after_twelve_hours() {
        let clock = ManualClock::at(0);
        let (sealer, me) = (sealer(&clock, &[1]), Principal::anonymous());
        let handle = sealer.seal(&production(), &me);
        clock.advance(LIFETIME_MILLIS - 1);
        assert_eq!(sealer.open(&handle, &me), Ok(production()));
        clock.advance(1);
        assert_eq!(sealer.open(&handle, &me), Err(FocusError::Expired));
    }

    #[test]
    fn a_handle_outlives_the_change_to_a_new_key() {
        let clock = ManualClock::at(0);
        let me = Principal::anonymous();
        let handle = sealer(&clock, &[1]).seal(&production(), &me);
        assert_eq!(sealer(&clock, &[2, 1]).open(&handle, &me), Ok(production()));
        let newer = sealer(&clock, &[2, 1]).seal(&production(), &me);
        assert_eq!(sealer(&clock, &[1]).open(&newer, &me), Err(FocusError::NotOurs));
    }

    #[test]
    fn any_changed_character_makes_a_handle_worthless() {
        let clock = ManualClock::at(0);
        let (sealer, me) = (sealer(&clock, &[1]), Principal::anonymous());
        let handle = sealer.seal(&production(), &me);
        for position in HANDLE_PREFIX.len()..handle.len() {
            let mut forged = handle.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(sealer.open(&forged, &me), Err(FocusError::NotOurs), "position {position}");
        }
        for junk in ["", "focus_", "focus_AAAA", "production", "focus_ö", &format!("focus_{}", "A".repeat(100_000))] {
            assert_eq!(sealer.open(junk, &me), Err(FocusError::NotOurs));
        }
    }

    #[test]
    fn a_key_has_thirty_two_bytes_and_is_not_shown() {
        assert_eq!(FocusKey::from_bytes(&[0; 31]).unwrap_err(), FocusKeyError);
        assert_eq!(format!("{:?}", FocusKey::from_bytes(&[7; 32]).unwrap()), "FocusKey(***)");
    }
}

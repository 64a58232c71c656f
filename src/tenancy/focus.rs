//! Focus handles: what `set_focused_database` gives to clients of a protocol that has no sessions. A handle is sealed
//! (ChaCha20-Poly1305) over the database key, the caller and its lifetime, so nothing is stored and any replica with the
//! same key opens it. It grants nothing: rights are checked on every call.

use std::sync::Arc;

use ring::digest;

use super::{
    seal::{Sealer, SealingKey, SealingKeyError},
    session::Principal,
};
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
pub struct FocusSealer(Arc<Sealer>);

impl FocusSealer {
    /// Seals with `current`; opens what it or any of the `former` keys sealed.
    pub fn new(current: SealingKey, former: Vec<SealingKey>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self(Arc::new(Sealer::new(current, former, clock, random)))
    }

    /// As [`Sealer::with_keys`].
    ///
    /// # Errors
    /// None in practice: the keys have the right length.
    pub fn with_keys(
        keys: &[KeyBytes],
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SealingKeyError> {
        Sealer::with_keys(keys, clock, random).map(|sealer| Self(Arc::new(sealer)))
    }

    /// What seals, for other small texts that clients carry.
    pub(crate) fn sealer(&self) -> &Arc<Sealer> {
        &self.0
    }

    /// A handle that focuses `principal` on `database` for twelve hours.
    pub fn seal(&self, database: &DatabaseKey, principal: &Principal) -> String {
        let issued = self.0.now_millis();
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&issued.to_be_bytes());
        sealed.extend_from_slice(&issued.saturating_add(LIFETIME_MILLIS).to_be_bytes());
        sealed.extend_from_slice(digest_of(principal).as_ref());
        sealed.extend_from_slice(database.as_str().as_bytes());
        format!("{HANDLE_PREFIX}{}", self.0.seal(CONTEXT, sealed))
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
        let plain = self.0.open(CONTEXT, text).ok_or(FocusError::NotOurs)?;
        let claims = Claims::parse(&plain).ok_or(FocusError::NotOurs)?;
        if claims.principal != digest_of(principal).as_ref() {
            return Err(FocusError::OtherPrincipal);
        }
        let now = self.0.now_millis();
        if now >= claims.expires || now < claims.issued.saturating_sub(LIFETIME_MILLIS) {
            return Err(FocusError::Expired);
        }
        let key = std::str::from_utf8(claims.database).map_err(|_| FocusError::NotOurs)?;
        DatabaseKey::parse(key).map_err(|_| FocusError::NotOurs)
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
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;
    use crate::clock::{ManualClock, SequenceRandom};

    fn sealer(clock: &Arc<ManualClock>, keys: &[u8]) -> FocusSealer {
        let mut keys = keys.iter().map(|byte| SealingKey::from_bytes(&[*byte; SealingKey::LEN]).unwrap());
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
}

//! Sealing: small texts handed to a client that only this server (or one with the same key) can have made and can read.
//! Nothing is stored. What is sealed for one purpose does not open for another.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{
    clock::{Clock, Random},
    config::KeyBytes,
};

/// A key that seals: 32 random bytes.
#[derive(Clone)]
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Bytes in a key.
    pub const LEN: usize = 32;

    /// Takes the bytes of a key.
    ///
    /// # Errors
    /// When they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealingKeyError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, bytes).map_err(|_| SealingKeyError)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// A fresh key: what is sealed with it dies with the process.
    ///
    /// # Errors
    /// None in practice: the length is right.
    pub fn generate(random: &dyn Random) -> Result<Self, SealingKeyError> {
        let mut bytes = [0; Self::LEN];
        random.fill(&mut bytes);
        Self::from_bytes(&bytes)
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(***)")
    }
}

/// The bytes do not make a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealing key has exactly 32 bytes")]
pub struct SealingKeyError;

/// Seals and opens, and knows the time for those who need it.
#[derive(Debug)]
pub struct Sealer {
    /// Seals anew.
    current: SealingKey,
    /// Still opens what is older.
    former: Vec<SealingKey>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Sealer {
    /// Seals with `current`; opens what it or any of the `former` keys sealed.
    pub fn new(current: SealingKey, former: Vec<SealingKey>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { current, former, clock, random }
    }

    /// Seals with the first of `keys` (as [`crate::config::Settings`] holds them) and opens with all; without any, with a
    /// key that lives as long as the process.
    ///
    /// # Errors
    /// None in practice: the keys have the right length.
    pub fn with_keys(
        keys: &[KeyBytes],
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, SealingKeyError> {
        let mut keys = keys.iter().map(|key| SealingKey::from_bytes(key.expose()));
        let current = keys.next().unwrap_or_else(|| SealingKey::generate(&*random))?;
        Ok(Self::new(current, keys.collect::<Result<_, _>>()?, clock, random))
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_millis(&self) -> i64 {
        self.clock.now_millis()
    }

    /// Fills the buffer with random bytes.
    pub(crate) fn random(&self, buffer: &mut [u8]) {
        self.random.fill(buffer);
    }

    /// Seals bytes for a purpose, as text without padding that is safe in URLs.
    pub(crate) fn seal(&self, purpose: &[u8], mut plain: Vec<u8>) -> String {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce);
        let place = Nonce::assume_unique_for_key(nonce);
        if self.current.0.seal_in_place_append_tag(place, Aad::from(purpose), &mut plain).is_err() {
            // Only texts of 256 GiB and more fail; an empty one is refused when it comes back.
            plain.clear();
        }
        let mut whole = nonce.to_vec();
        whole.append(&mut plain);
        URL_SAFE_NO_PAD.encode(whole)
    }

    /// The bytes that were sealed for this purpose; nothing if the text was not sealed here, or was changed on the way.
    pub(crate) fn open(&self, purpose: &[u8], text: &str) -> Option<Vec<u8>> {
        let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>()?;
        std::iter::once(&self.current).chain(&self.former).find_map(|key| {
            let mut buffer = sealed.to_vec();
            let place = Nonce::assume_unique_for_key(*nonce);
            let plain = key.0.open_in_place(place, Aad::from(purpose), &mut buffer).ok()?;
            Some(plain.to_vec())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SequenceRandom};

    #[test]
    fn what_is_sealed_for_one_purpose_does_not_open_for_another() {
        let key = SealingKey::from_bytes(&[1; SealingKey::LEN]).unwrap();
        let sealer = Sealer::new(key, Vec::new(), ManualClock::at(0), SequenceRandom::from_seed(1));
        let text = sealer.seal(b"one", b"plain".to_vec());
        assert_eq!(sealer.open(b"one", &text).as_deref(), Some(&b"plain"[..]));
        assert_eq!(sealer.open(b"two", &text), None);
    }

    #[test]
    fn a_key_has_thirty_two_bytes_and_is_not_shown() {
        assert_eq!(SealingKey::from_bytes(&[0; 31]).unwrap_err(), SealingKeyError);
        assert_eq!(format!("{:?}", SealingKey::from_bytes(&[7; 32]).unwrap()), "SealingKey(***)");
    }
}

//! The chain: every line carries the hash of the line before it, over that line's bytes. With a key it is an HMAC, which
//! only those who have the key can make.

use std::{fmt::Write as _, sync::Arc};

use ring::{digest, hmac};
use serde::Deserialize;

use crate::clock::{Random, SystemRandom};

/// What the first line of all carries.
pub(super) const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// How lines are chained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Algorithm {
    /// Anybody can check it, and whoever can write the file can make it anew.
    Sha256,
    /// Needs the key for both.
    HmacSha256,
}

impl Algorithm {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::HmacSha256 => "hmac-sha256",
        }
    }
}

/// The key of a log. Without one, the chain is made of plain hashes, and the digests of arguments with a key that is forgotten
/// with the process: equal calls can then be told within one run, and nothing can be found by guessing.
#[derive(Clone)]
pub struct Key {
    digests: Arc<hmac::Key>,
    chain: Option<Arc<hmac::Key>>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(***)")
    }
}

impl Key {
    /// The key of these bytes, or none.
    pub fn new(bytes: Option<&[u8; 32]>) -> Self {
        let made = |bytes: &[u8]| Arc::new(hmac::Key::new(hmac::HMAC_SHA256, bytes));
        if let Some(bytes) = bytes {
            return Self { digests: made(bytes), chain: Some(made(bytes)) };
        }
        let mut fleeting = [0; 32];
        SystemRandom.fill(&mut fleeting);
        Self { digests: made(&fleeting), chain: None }
    }

    pub(super) fn digest(&self, text: &str) -> String {
        format!("hmac-sha256:{}", hex(hmac::sign(&self.digests, text.as_bytes()).as_ref()))
    }

    /// How this key chains.
    pub(super) fn algorithm(&self) -> Algorithm {
        if self.chain.is_some() { Algorithm::HmacSha256 } else { Algorithm::Sha256 }
    }

    /// The hash of a line; none when it takes a key that is not there.
    pub(super) fn hash(&self, algorithm: Algorithm, line: &[u8]) -> Option<String> {
        match (algorithm, &self.chain) {
            (Algorithm::Sha256, _) => Some(hex(digest::digest(&digest::SHA256, line).as_ref())),
            (Algorithm::HmacSha256, Some(key)) => Some(hex(hmac::sign(key, line).as_ref())),
            (Algorithm::HmacSha256, None) => None,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The place of a line in its chain.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) prev: String,
    pub(super) event: String,
    #[serde(default)]
    pub(super) chain: Option<Algorithm>,
    #[serde(default)]
    pub(super) lost: u64,
}

impl Link {
    /// The link that a line is, if it is one.
    pub(super) fn of(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    /// Whether a line of this kind follows where the writing had ended: at a start, or after a failure.
    pub(super) fn begins_anew(&self) -> bool {
        matches!(self.event.as_str(), "start" | "resume")
    }
}

/// Makes the lines of a chain.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    key: Key,
    next: u64,
    prev: String,
}

impl Chain {
    /// Goes on after a line with this number, the last bytes being these.
    pub(super) fn after(key: Key, last: Option<(u64, &[u8])>) -> Self {
        let hashed = last.and_then(|(_, bytes)| key.hash(key.algorithm(), bytes));
        Self { key, next: last.map_or(1, |(seq, _)| seq + 1), prev: hashed.unwrap_or_else(|| NOTHING.to_owned()) }
    }

    /// The number of the last line.
    pub(super) fn last(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// Appends an object, written as JSON, as the next line.
    pub(super) fn append(&mut self, object: &str, to: &mut Vec<u8>) {
        let begun = to.len();
        let members = object.strip_prefix('{').unwrap_or("}");
        to.extend_from_slice(format!("{{\"seq\":{},\"prev\":\"{}\",", self.next, self.prev).as_bytes());
        to.extend_from_slice(members.as_bytes());
        let line = to.get(begun..).unwrap_or_default();
        self.prev = self.key.hash(self.key.algorithm(), line).unwrap_or_default();
        self.next += 1;
        to.push(b'\n');
    }
}

//! The tokens this program makes: `maa_`, 43 characters of chance (256 bits), and a checksum. By the prefix people and secret
//! scanners know one; by the checksum a mistyped or cut one is told from one that is not known.

use ring::digest::{SHA256, digest};

use crate::{clock::Random, config::tokens::Digest, observability::Secret};

/// What every token begins with.
pub const PREFIX: &str = "maa_";
/// Characters of chance: 62 to the 43rd is more than 2 to the 256th.
const CHANCE: usize = 43;
/// Characters of the checksum: 62 to the 6th is more than 2 to the 32nd.
const CHECKSUM: usize = 6;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A new token.
pub fn generate(random: &dyn Random) -> Secret {
    let mut body = PREFIX.to_owned();
    let mut left = CHANCE;
    while left > 0 {
        let mut bytes = [0; 64];
        random.fill(&mut bytes);
        // 248 is four times 62: what is beyond would make some characters likelier than others.
        let drawn = bytes.into_iter().filter(|byte| *byte < 248).take(left).filter_map(|byte| character(byte.into()));
        let before = body.len();
        body.extend(drawn);
        left -= body.len() - before;
    }
    let checksum = checksum(&body);
    Secret::new(body + &checksum)
}

fn character(number: u32) -> Option<char> {
    ALPHABET.get(number as usize % ALPHABET.len()).map(|byte| char::from(*byte))
}

fn checksum(body: &str) -> String {
    let hash = digest(&SHA256, body.as_bytes());
    let mut number = hash.as_ref().first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let mut text = String::with_capacity(CHECKSUM);
    for _ in 0..CHECKSUM {
        text.extend(character(number % 62));
        number /= 62;
    }
    text
}

/// Whether a text looks like a token this program made.
pub fn is_ours(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// Whether a text is a whole token without a slip.
pub fn is_whole(text: &str) -> bool {
    let body = text.len().checked_sub(CHECKSUM).and_then(|end| text.split_at_checked(end));
    body.is_some_and(|(body, end)| body.len() == PREFIX.len() + CHANCE && is_ours(body) && checksum(body) == end)
}

/// What is kept of a token.
pub fn digest_of(text: &str) -> Digest {
    let hash = digest(&SHA256, text.as_bytes());
    // SHA-256 has 32 bytes, always.
    Digest(hash.as_ref().try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::clock::SequenceRandom;

    #[test]
    fn a_token_is_recognised_and_a_slip_in_it_too() {
        let random = SequenceRandom::from_seed(3);
        let token = generate(&*random);
        let text = token.expose();
        assert_eq!(text.len(), 53);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        assert!(is_ours(text) && is_whole(text));
        for at in 0..text.len() {
            let mut slip = text.as_bytes().to_vec();
            slip[at] = if slip[at] == b'x' { b'y' } else { b'x' };
            assert!(!is_whole(std::str::from_utf8(&slip).unwrap()), "{at}");
        }
        for bad in ["", "maa_", "é", "maa_éééééééééééé", text.get(..52).unwrap(), &format!("{text}0")] {
            assert!(!is_whole(bad), "{bad}");
        }
        assert_eq!(digest_of("abc").0[..4], [0xba, 0x78, 0x16, 0xbf]);
    }

    #[test]
    fn no_two_tokens_are_alike_and_every_character_occurs() {
        let random = SequenceRandom::from_seed(5);
        let tokens: HashSet<String> = (0..200).map(|_| generate(&*random).expose().to_owned()).collect();
        assert_eq!(tokens.len(), 200);
        let used: HashSet<char> = tokens.iter().flat_map(|token| token.chars().skip(4)).collect();
        assert_eq!(used.len(), 62);
    }
}

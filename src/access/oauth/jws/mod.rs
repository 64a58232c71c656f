//! Signed tokens (RFC 7515, compact form) and the keys that check them (RFC 7517). Three algorithms with public keys, and no
//! others: `none` and those with shared secrets do not exist here. The key says which algorithm it is for, never the token.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Longest token taken.
const LONGEST: usize = 16 * 1024;
/// Keys taken from one document.
const MOST_KEYS: usize = 100;
/// Kinds of tokens taken; without a kind it is a plain one. Others (of logout, of proof) are no access tokens.
const KINDS: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn of(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

/// A token taken apart. Nothing in it is believed before its signature has been checked.
pub(super) struct Unchecked<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    pub(super) claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unchecked<'a> {
    /// Takes a token apart; what is wrong with it if that cannot be done.
    pub(super) fn parse(token: &'a str) -> Result<Self, &'static str> {
        if token.len() > LONGEST {
            return Err("the token is too long");
        }
        let (signed, signature) = token.rsplit_once('.').ok_or("not a token of this server, and no JWT either")?;
        let (header, claims) = signed.split_once('.').ok_or("the token is not a JWT in compact form")?;
        let header: Header = part(header).ok_or("the header of the token cannot be read")?;
        let algorithm = Algorithm::of(&header.alg).ok_or("the token is not signed with RS256, ES256 or EdDSA")?;
        if header.crit.is_some() {
            return Err("the token wants extensions that are not known");
        }
        if header.typ.is_some_and(|kind| !KINDS.contains(&kind.to_ascii_lowercase().as_str())) {
            return Err("the token is not an access token");
        }
        let claims = part(claims).ok_or("the claims of the token cannot be read")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "the signature of the token cannot be read")?;
        Ok(Self { algorithm, key_id: header.kid, claims, signed, signature })
    }

    /// Whether the holder of this key signed the token.
    pub(super) fn is_signed_by(&self, key: &Key) -> bool {
        let (signed, signature) = (self.signed.as_bytes(), self.signature.as_slice());
        match (&key.material, self.algorithm) {
            (Material::Rsa(rsa), Algorithm::Rs256) => {
                rsa.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok()
            }
            (Material::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature).is_ok()
            }
            (Material::Rsa(_) | Material::P256(_) | Material::Ed25519(_), _) => false,
        }
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// A public key.
#[derive(Debug)]
pub(super) struct Key {
    id: Option<String>,
    material: Material,
}

#[derive(Debug)]
enum Material {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    P256(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa(_) => Algorithm::Rs256,
            Material::P256(_) => Algorithm::Es256,
            Material::Ed25519(_) => Algorithm::EdDsa,
        }
    }
}

/// The keys of an issuer.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

#[derive(Deserialize)]
struct RawKeys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a document of keys. Those that cannot be used here are left out.
    pub(super) fn parse(document: &[u8]) -> Option<Self> {
        let RawKeys { keys } = serde_json::from_slice(document).ok()?;
        let keys = keys.into_iter().take(MOST_KEYS).filter_map(|raw| serde_json::from_value(raw).ok());
        Some(Self(keys.filter_map(usable).collect()))
    }

    /// The key a token names; without a name, the only one there is of its kind.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.0.iter().filter(|key| key.algorithm() == algorithm);
        match id {
            Some(_) => fitting.find(|key| key.id.as_deref() == id),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}

fn usable(raw: RawKey) -> Option<Key> {
    if raw.r#use.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let number = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
    let material = match (raw.kty.as_str(), raw.crv.as_deref()) {
        ("RSA", _) => {
            // Leading zeros, which some issuers write, are not part of the numbers.
            let trimmed = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            let (n, e) = (number(raw.n).map(trimmed)?, number(raw.e).map(trimmed)?);
            Material::Rsa(RsaPublicKeyComponents { n, e })
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (number(raw.x)?, number(raw.y)?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            // An uncompressed point.
            Material::P256([&[4], x.as_slice(), y.as_slice()].concat())
        }
        ("OKP", Some("Ed25519")) => Material::Ed25519(number(raw.x).filter(|x| x.len() == 32)?),
        _ => return None,
    };
    let key = Key { id: raw.kid, material };
    let said = raw.alg.map(|name| Algorithm::of(&name));
    said.is_none_or(|said| said == Some(key.algorithm())).then_some(key)
}

#[cfg(test)]
mod tests;

//! Tokens of authorization servers: this server as a resource server of OAuth 2.1. A token has to be signed by a configured
//! issuer, be made for this server, be of now, and have scopes that are worth something here.

mod fetch;
mod jws;
mod keys;

use std::sync::Arc;

use serde_json::{Map, Value};

pub use fetch::{Fetch, FetchError, HttpFetch};
use jws::Unchecked;
use keys::{KeySource, NoKey};

use super::{Admission, Identity, Refusal, scopes, toolbox::Toolbox};
use crate::{
    clock::Clock,
    config::{
        Access, ConfigError, DatabaseKey, Rights,
        access::{Issuer, Resource},
    },
    tenancy::Principal,
};

/// How far clocks may be apart, in seconds.
const LEEWAY: f64 = 30.0;
/// Longest name of a caller.
const LONGEST_SUBJECT: usize = 256;

type Claims = Map<String, Value>;

/// The issuers, and what their tokens have to be.
#[derive(Debug)]
pub(super) struct OAuth {
    issuers: Vec<KeySource>,
    audiences: Vec<String>,
    resource: Resource,
    clock: Arc<dyn Clock>,
}

impl OAuth {
    /// Tokens of these issuers, if there are any.
    pub(super) fn new(
        admission: Admission,
        clock: Arc<dyn Clock>,
        fetch: &Arc<dyn Fetch>,
    ) -> Result<Option<Self>, ConfigError> {
        let Admission { token_file: _, issuers, mut audiences, resource } = admission;
        if issuers.is_empty() {
            return Ok(None);
        }
        let resource = resource.or_else(|| audiences.iter().find_map(|text| Resource::parse(text).ok()));
        let Some(resource) = resource else {
            let problem = "it is not said what tokens have to be made for";
            let advice = "give the public URL with --public-url https://mcp.example.com, or that of the endpoint with --oauth-resource";
            return Err(ConfigError::new("access.oauth", problem).advise(advice));
        };
        if audiences.is_empty() {
            audiences.push(resource.as_str().to_owned());
        }
        let source = |issuer| KeySource::new(issuer, Arc::clone(&clock), Arc::clone(fetch));
        Ok(Some(Self { issuers: issuers.into_iter().map(source).collect(), audiences, resource, clock }))
    }

    pub(super) fn resource(&self) -> &Resource {
        &self.resource
    }

    pub(super) fn issuers(&self) -> impl Iterator<Item = &Issuer> {
        self.issuers.iter().map(KeySource::issuer)
    }

    /// Who a token is for, and what it is worth.
    pub(super) async fn admit(&self, token: &str, access: &Access, toolbox: &Toolbox) -> Result<Identity, Refusal> {
        let invalid = |problem: &str| Refusal::Invalid(problem.to_owned());
        let unchecked = Unchecked::parse(token).map_err(invalid)?;
        // Before any key is looked for: what would be refused anyway costs no question to an issuer.
        let source = self.check(&unchecked.claims).map_err(invalid)?;
        let signed = source
            .with_key(unchecked.key_id.as_deref(), unchecked.algorithm, |key| unchecked.is_signed_by(key))
            .await
            .map_err(|why| match why {
                NoKey::Unknown => invalid("the token is signed with a key that its issuer does not have"),
                NoKey::Unreachable => Refusal::Unknown("the issuer of the token does not answer".to_owned()),
            })?;
        if !signed {
            return Err(invalid("the signature of the token is wrong"));
        }
        let subject = subject(&unchecked.claims).map_err(invalid)?;
        let principal = Principal::new(format!("oauth:{}#{subject}", source.issuer().as_str()));
        let rights = rights(&unchecked.claims, access, toolbox)?;
        Ok(Identity { principal, rights: Arc::new(rights) })
    }

    /// Whether the claims are those of a token for this server and for now, and whose it is.
    fn check(&self, claims: &Claims) -> Result<&KeySource, &'static str> {
        let issuer = claims.get("iss").and_then(Value::as_str);
        let source = self.issuers.iter().find(|source| Some(source.issuer().as_str()) == issuer);
        let source = source.ok_or("the token is of an issuer that is not trusted here")?;
        let is_ours =
            |audience: &Value| audience.as_str().is_some_and(|text| self.audiences.iter().any(|own| own == text));
        let for_us = match claims.get("aud") {
            Some(Value::Array(several)) => several.iter().any(is_ours),
            Some(one) => is_ours(one),
            None => false,
        };
        if !for_us {
            return Err("the token was made for somebody else (wrong audience)");
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of this era are exact in a double")]
        let now = self.clock.now_millis() as f64 / 1000.0;
        let time =
            |name: &str| claims.get(name).map(|value| value.as_f64().ok_or("a time in the token is not a number"));
        let expires = time("exp").ok_or("the token does not say when it expires")??;
        if now >= expires + LEEWAY {
            return Err("the token has expired");
        }
        if time("nbf").transpose()?.is_some_and(|begins| now < begins - LEEWAY) {
            return Err("the token is not valid yet");
        }
        Ok(source)
    }
}

/// Whose token it is. It goes into logs and into the names of sessions.
fn subject(claims: &Claims) -> Result<&str, &'static str> {
    let subject = claims.get("sub").and_then(Value::as_str).ok_or("the token does not say whose it is")?;
    let fits = !subject.is_empty() && subject.len() <= LONGEST_SUBJECT && !subject.chars().any(char::is_control);
    if fits { Ok(subject) } else { Err("the subject of the token is empty, too long or not printable") }
}

fn rights(claims: &Claims, access: &Access, toolbox: &Toolbox) -> Result<Rights, Refusal> {
    let worthless = |problem: String| Refusal::Worthless(problem);
    let named = ["scope", "scp"].into_iter().filter_map(|name| claims.get(name)).flat_map(texts);
    let grant = scopes::granted(named, access.oauth.scopes.as_ref())
        .ok_or_else(|| worthless("the token has no scope that is worth anything here".to_owned()))?;
    let rights = toolbox.rights(&grant);
    let Some(claim) = &access.oauth.database_claim else { return Ok(rights) };
    let key = claims.get(claim).and_then(Value::as_str).and_then(|text| DatabaseKey::parse(text).ok());
    let key = key.ok_or_else(|| worthless(format!("the token names no database in its claim `{claim}`")))?;
    Ok(rights.and(&Rights::pinned_to(key)))
}

/// Scopes come as words in a text, or as a list.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => text.split(' ').collect(),
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

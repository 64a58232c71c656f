//! The section `access` of the configuration: whose tokens are taken, and what scopes and certificates are worth.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_saphyr::Spanned;
use url::{Host, Url};

use super::{
    Config, ConfigError,
    file::{Text, checked},
    grant::{Grant, RawGrant},
    values::{Refusal, not_empty},
};

/// Who may call, as far as the configuration says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// Tokens of authorization servers.
    pub oauth: OAuth,
    /// What callers with client certificates may use, by the name in the certificate. Without it every certificate of the
    /// trusted authority may use everything; with it, those that are not named may use nothing.
    pub certificates: Option<IndexMap<String, Grant>>,
}

/// How tokens of authorization servers are taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OAuth {
    /// Whose tokens are taken; none means that none are.
    pub issuers: Vec<Issuer>,
    /// What a token has to be made for; the resource unless given.
    pub audiences: Vec<String>,
    /// The address of the endpoint as clients know it.
    pub resource: Option<Resource>,
    /// What scopes are worth; the built-in ones unless given.
    pub scopes: Option<IndexMap<String, Grant>>,
    /// The claim that names the one database a token is for.
    pub database_claim: Option<String>,
}

/// An authorization server: the exact text its tokens carry as `iss`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Takes an `https` URL without user, query and fragment. `http` is for loopback, where nobody is in between.
    ///
    /// # Errors
    /// The rule that is broken, and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("not a URL: {error}; use one like {EXAMPLE}"))?;
        if !is_secure(&url) {
            return Err(format!("keys have to come over https (http only from loopback); use a URL like {EXAMPLE}"));
        }
        if is_decorated(&url) || url.query().is_some() {
            return Err(format!("an issuer has no user, query or fragment; use a URL like {EXAMPLE}"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const EXAMPLE: &str = "https://login.example.com";

/// Whether what comes from there is what was sent there: https, or http that does not leave this machine.
pub fn is_secure(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => loopback,
        _ => false,
    }
}

fn is_decorated(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some() || url.fragment().is_some()
}

/// The address of the endpoint as clients and authorization servers know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resource(String);

impl Resource {
    /// Takes an `http` or `https` URL without user, query and fragment.
    ///
    /// # Errors
    /// The rule that is broken, and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fault = |problem: String| {
            format!("{problem}; use the public URL of the endpoint, like https://mcp.example.com/mcp")
        };
        let url = Url::parse(text).map_err(|error| fault(format!("not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || is_decorated(&url) || url.query().is_some() {
            return Err(fault("not a plain http or https URL".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where RFC 9728 has the metadata of this resource: before its path.
    pub fn metadata_url(&self) -> Option<Url> {
        let mut url = Url::parse(&self.0).ok()?;
        let path = format!("/.well-known/oauth-protected-resource{}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Some(url)
    }
}

/// The section as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAccess {
    oauth: Option<RawOAuth>,
    certificates: Option<IndexMap<String, Spanned<RawGrant>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOAuth {
    issuer: Option<Text>,
    issuers: Option<Vec<Text>>,
    audience: Option<Text>,
    audiences: Option<Vec<Text>>,
    resource: Option<Text>,
    scopes: Option<IndexMap<String, Spanned<RawGrant>>>,
    database_claim: Option<Text>,
}

impl RawAccess {
    pub(super) fn check(self) -> Result<Access, ConfigError> {
        let certificates = self.certificates.map(|raw| grants("access.certificates", raw, |_| Ok(()))).transpose()?;
        Ok(Access { oauth: self.oauth.unwrap_or_default().check()?, certificates })
    }
}

impl RawOAuth {
    fn check(self) -> Result<OAuth, ConfigError> {
        const AT: &str = "access.oauth";
        let issuer = |text: &str| Issuer::parse(text).map_err(|problem| Refusal::new(problem, ""));
        let resource = |text: &str| Resource::parse(text).map_err(|problem| Refusal::new(problem, ""));
        let issuers = self.issuers.into_iter().flatten().chain(self.issuer);
        let audiences = self.audiences.into_iter().flatten().chain(self.audience);
        let at = |key: &str| format!("{AT}.{key}");
        Ok(OAuth {
            issuers: issuers.map(|text| checked(&at("issuer"), &text, issuer)).collect::<Result<_, _>>()?,
            audiences: audiences.map(|text| checked(&at("audience"), &text, not_empty)).collect::<Result<_, _>>()?,
            resource: self.resource.map(|text| checked(&at("resource"), &text, resource)).transpose()?,
            scopes: self.scopes.map(|raw| grants(&at("scopes"), raw, is_scope)).transpose()?,
            database_claim: self
                .database_claim
                .map(|text| checked(&at("database_claim"), &text, not_empty))
                .transpose()?,
        })
    }
}

fn grants(
    at: &str,
    raw: IndexMap<String, Spanned<RawGrant>>,
    fits: fn(&str) -> Result<(), &'static str>,
) -> Result<IndexMap<String, Grant>, ConfigError> {
    let check = |(name, grant): (String, Spanned<RawGrant>)| {
        let (path, place) = (format!("{at}.{name}"), grant.referenced);
        fits(&name).map_err(|rule| ConfigError::new(&path, rule).at(place.line(), place.column()))?;
        Ok((name, grant.value.check(&path)?))
    };
    raw.into_iter().map(check).collect()
}

/// Scopes go into headers: RFC 6749 says which characters they have.
fn is_scope(name: &str) -> Result<(), &'static str> {
    let fits = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    if !name.is_empty() && name.bytes().all(fits) {
        Ok(())
    } else {
        Err("a scope is visible ASCII without spaces, quotes and backslashes")
    }
}

/// Databases that are granted but not configured: not wrong, since entries come and go, but most likely a slip.
pub(super) fn warnings(config: &Config) -> Vec<String> {
    let Access { oauth, certificates } = &**config.access();
    let sections = [("access.oauth.scopes", oauth.scopes.as_ref()), ("access.certificates", certificates.as_ref())];
    let grants = sections
        .into_iter()
        .flat_map(|(at, grants)| grants.into_iter().flatten().map(move |(name, grant)| (at, name, grant)));
    grants
        .flat_map(|(at, name, grant)| grant.named_databases().map(move |key| (at, name, key)))
        .filter(|(_, _, key)| config.entry(key).is_none())
        .map(|(at, name, key)| format!("{at}.{name}: {:?} is not a configured database", key.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::file;

    const SECTION: &str = r#"
databases:
  sales: {url: "embedded:"}
access:
  oauth:
    issuer: https://login.example.com/
    audience: https://mcp.example.com/mcp
    database_claim: tenant
    scopes:
      "arango:read": {read_only: true}
      "arango:sales": {databases: [sales], toolset: data_analysis}
  certificates:
    "batch.example.com": {databases: [gone], tools: [arango_query]}
"#;

    fn refusal(text: &str) -> String {
        file::parse(text, Path::new("/c.yaml")).unwrap_err().to_string()
    }

    #[test]
    fn the_section_is_read_as_it_is_documented() {
        let config = file::parse(SECTION, Path::new("/c.yaml")).unwrap();
        let Access { oauth, certificates } = &**config.access();
        assert_eq!(oauth.issuers[0].as_str(), "https://login.example.com/");
        assert_eq!(oauth.audiences, ["https://mcp.example.com/mcp"]);
        assert_eq!(oauth.database_claim.as_deref(), Some("tenant"));
        let scopes = oauth.scopes.as_ref().unwrap();
        assert_eq!(scopes["arango:read"].read_only, Some(true));
        assert!(scopes["arango:sales"].toolsets.as_ref().unwrap().contains("data_analysis"));
        assert!(certificates.as_ref().unwrap().contains_key("batch.example.com"));
        assert_eq!(warnings(&config), ["access.certificates.batch.example.com: \"gone\" is not a configured database"]);
    }

    #[test]
    fn faults_say_where_they_are_and_what_would_be_right() {
        for (text, said) in [
            ("access: {oauth: {isuer: x}}", "isuer: unknown key; did you mean `issuer`?"),
            (
                "access:\n  oauth:\n    issuer: http://login.example.com",
                "access.oauth.issuer: keys have to come over https",
            ),
            (
                "access:\n  oauth:\n    scopes:\n      a:\n        toolset: data_analisys",
                "access.oauth.scopes.a.toolsets: \"data_analisys\" is not a toolset; did you mean `data_analysis`?",
            ),
            ("access:\n  oauth:\n    scopes:\n      \"a b\": {read_only: true}", "access.oauth.scopes.a b: a scope is"),
            (
                "access:\n  certificates:\n    x: {read_only: maybe}",
                "access.certificates.x.read_only: \"maybe\" is neither",
            ),
        ] {
            let refused = refusal(text);
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn keys_come_over_https_or_from_this_machine() {
        for good in ["https://a", "https://a/b/", "http://localhost:1", "http://127.0.0.1:1/x", "http://[::1]:1"] {
            assert!(Issuer::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://a", "ftp://a", "a", "https://u@a", "https://a?b", "https://a#b", "http://127.0.0.1.nip.io"]
        {
            assert!(Issuer::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn metadata_of_a_resource_stand_before_its_path() {
        let url = |text: &str| Resource::parse(text).unwrap().metadata_url().unwrap().to_string();
        assert_eq!(url("https://a/mcp"), "https://a/.well-known/oauth-protected-resource/mcp");
        assert_eq!(url("https://a"), "https://a/.well-known/oauth-protected-resource");
    }
}

//! Who may call over HTTP, and what for: tokens from a file, tokens of authorization servers, names of client certificates.
//! Each becomes a principal with rights; nothing here knows requests or answers, and no tool knows anything of this.

mod oauth;
mod scopes;
pub mod token;
mod tokens;
mod toolbox;

use std::{path::PathBuf, sync::Arc};

use crate::{
    clock::Clock,
    config::{
        Access, ConfigError, Rights,
        access::{Issuer, Resource},
    },
    tenancy::Principal,
};
use oauth::OAuth;
pub use oauth::{Fetch, FetchError, HttpFetch};
use tokens::TokenStore;
pub use toolbox::Toolbox;

/// Whom to let in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// The file of tokens.
    pub token_file: Option<PathBuf>,
    /// Authorization servers whose tokens are taken.
    pub issuers: Vec<Issuer>,
    /// What their tokens have to be made for; the resource unless given.
    pub audiences: Vec<String>,
    /// The address of the endpoint as clients know it; the first audience that is a URL unless given.
    pub resource: Option<Resource>,
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who it is.
    pub principal: Principal,
    /// What it may use.
    pub rights: Arc<Rights>,
}

/// Why somebody was not let in. Never holds any part of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The token is not good, or not good any more.
    Invalid(String),
    /// It is good, and worth nothing here.
    Worthless(String),
    /// It cannot be told now whether it is good.
    Unknown(String),
}

/// What says who may call.
#[derive(Debug)]
pub struct Gate {
    tokens: Option<TokenStore>,
    oauth: Option<OAuth>,
    toolbox: Arc<Toolbox>,
}

impl Gate {
    /// A gate that nobody has to show a token at.
    pub fn open(toolbox: Toolbox) -> Self {
        Self { tokens: None, oauth: None, toolbox: Arc::new(toolbox) }
    }

    /// A gate for these. Reads the file of tokens, so it blocks for a moment; asks no authorization server yet.
    ///
    /// # Errors
    /// When the file cannot be used, or it is not said what tokens have to be made for.
    pub fn new(
        admission: Admission,
        toolbox: Toolbox,
        clock: Arc<dyn Clock>,
        fetch: &Arc<dyn Fetch>,
    ) -> Result<Self, ConfigError> {
        let toolbox = Arc::new(toolbox);
        let open = |path| TokenStore::open(path, Arc::clone(&toolbox), Arc::clone(&clock));
        let tokens = admission.token_file.clone().map(open).transpose()?;
        let oauth = OAuth::new(admission, clock, fetch)?;
        Ok(Self { tokens, oauth, toolbox })
    }

    /// Whether callers have to show a token.
    pub fn asks(&self) -> bool {
        self.tokens.is_some() || self.oauth.is_some()
    }

    /// The endpoint's own address and the authorization servers, where there are any.
    pub fn authorities(&self) -> Option<(&Resource, Vec<&Issuer>)> {
        self.oauth.as_ref().map(|oauth| (oauth.resource(), oauth.issuers().collect()))
    }

    /// The scopes there are, for those who ask an authorization server for a token.
    pub fn scopes(access: &Access) -> Vec<&str> {
        scopes::known(access.oauth.scopes.as_ref())
    }

    /// Who shows this token.
    ///
    /// # Errors
    /// Why it is not let in.
    pub async fn admit(&self, token: &str, access: &Access) -> Result<Identity, Refusal> {
        match (&self.tokens, &self.oauth) {
            (Some(tokens), _) if token::is_ours(token) => tokens.admit(token).await,
            (_, Some(oauth)) => oauth.admit(token, access, &self.toolbox).await,
            (Some(tokens), None) => tokens.admit(token).await,
            (None, None) => Err(Refusal::Invalid("this server takes no tokens".to_owned())),
        }
    }

    /// What the holder of a certificate of this name may use, once the connection has proved that it is.
    ///
    /// # Errors
    /// When certificates are listed and this one is not.
    pub fn certificate(&self, name: &str, access: &Access) -> Result<Identity, Refusal> {
        let rights = match &access.certificates {
            None => Rights::all(),
            Some(listed) => match listed.get(name) {
                Some(grant) => self.toolbox.rights(grant),
                None => {
                    return Err(Refusal::Worthless("this certificate is not one of those that may call".to_owned()));
                }
            },
        };
        Ok(Identity { principal: Principal::new(format!("cert:{name}")), rights: Arc::new(rights) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Grant;

    #[test]
    fn certificates_may_everything_until_they_are_listed() {
        let gate = Gate::open(Toolbox::of(&crate::tools::Registry::standard()));
        let mut access = Access::default();
        let anyone = gate.certificate("a", &access).unwrap();
        assert_eq!((anyone.principal.as_str(), anyone.rights.are_all()), ("cert:a", true));
        let reading = Grant { read_only: Some(true), ..Grant::default() };
        access.certificates = Some([("a".to_owned(), reading)].into_iter().collect());
        assert!(gate.certificate("a", &access).unwrap().rights.read_only);
        assert!(matches!(gate.certificate("b", &access), Err(Refusal::Worthless(_))));
    }
}

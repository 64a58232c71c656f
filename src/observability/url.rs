//! A URL that is safe to log and to show to a model: user information and the values of query parameters never appear.

use std::fmt;

use serde::{Serialize, Serializer};
use url::Url;

/// A parsed URL whose every textual form leaves out user name, password, query values and fragment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SafeUrl(Url);

impl SafeUrl {
    /// Parses an absolute URL.
    ///
    /// # Errors
    /// The parser's reason, which never quotes the text.
    pub fn parse(text: &str) -> Result<Self, url::ParseError> {
        Url::parse(text).map(Self)
    }

    /// The URL with everything in it, for connecting only.
    pub fn expose(&self) -> &Url {
        &self.0
    }

    /// Whether the URL carries a user name or a password.
    pub fn has_user_info(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }
}

impl From<Url> for SafeUrl {
    fn from(url: Url) -> Self {
        Self(url)
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Both fail only for URLs that cannot have user information, which is what is wanted.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        shown.set_fragment(None);
        if self.0.query().is_some() {
            let names: Vec<_> = self.0.query_pairs().map(|(name, _)| (name.into_owned(), "***")).collect();
            shown.query_pairs_mut().clear().extend_pairs(names);
        }
        let text = shown.as_str();
        // `http://host:1/` is written `http://host:1` by people.
        let bare = shown.path() == "/" && shown.query().is_none();
        f.write_str(if bare { text.strip_suffix('/').unwrap_or(text) } else { text })
    }
}

impl fmt::Debug for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafeUrl({self})")
    }
}

impl Serialize for SafeUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_information_and_query_values_are_left_out_of_every_textual_form() {
        let url = SafeUrl::parse("https://root:hunter2@db:8529/p?token=abc123#frag").unwrap();
        for text in [url.to_string(), format!("{url:?}"), serde_json::to_string(&url).unwrap()] {
            assert!(!["hunter2", "root", "abc123", "frag"].iter().any(|secret| text.contains(secret)), "{text}");
        }
        assert!(url.has_user_info());
    }

    #[test]
    fn a_plain_server_address_shows_without_a_trailing_slash() {
        assert_eq!(SafeUrl::parse("http://localhost:8529").unwrap().to_string(), "http://localhost:8529");
    }
}

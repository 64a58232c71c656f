//! Parsed names: a value of one of these types has passed ArangoDB's rules, so it can stand in a URL path (once
//! percent-encoded) or between backticks in AQL. Rules: "Naming conventions" of the ArangoDB 3.12 manual.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Why a text is not a valid name: what it was meant to be, the text itself and the rule it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("illegal {kind} {text:?}: {rule}")]
pub struct NameError {
    /// What the text was meant to be, e.g. `collection name`.
    pub kind: &'static str,
    /// The text that was refused, cut to 80 characters.
    pub text: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

impl NameError {
    fn new(kind: &'static str, text: &str, rule: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), rule }
    }
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes a text that follows the rules.
            ///
            /// # Errors
            /// Says which rule the text breaks.
            pub fn parse(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

name_type!(
    /// The name of a database: extended naming (up to 128 bytes, no control characters, no `/` or `:`).
    DatabaseName,
    check_database
);
name_type!(
    /// The name of a collection or view (up to 256 bytes, extended naming).
    CollectionName,
    check_collection
);
name_type!(
    /// The name of a named graph (up to 256 bytes).
    GraphName,
    check_graph
);
name_type!(
    /// The `_key` of a document: 1 to 254 characters of `a-z A-Z 0-9 _ - : . @ ( ) + , = ; $ ! * ' %`.
    DocumentKey,
    check_key
);
name_type!(
    /// The `_id` of a document: `collection/key`.
    DocumentId,
    check_id
);

impl DocumentId {
    /// Joins a collection and a key.
    pub fn new(collection: &CollectionName, key: &DocumentKey) -> Self {
        Self(format!("{collection}/{key}"))
    }

    /// The collection's name and the key.
    pub fn parts(&self) -> (&str, &str) {
        self.0.split_once('/').unwrap_or((&self.0, ""))
    }
}

fn check_extended(kind: &'static str, text: &str, max: usize) -> Result<(), NameError> {
    let refuse = |rule| Err(NameError::new(kind, text, rule));
    if text.is_empty() {
        return refuse("it is empty");
    }
    if text.len() > max {
        return refuse("it is too long");
    }
    if text.chars().any(|c| c.is_control() || c == '/') {
        return refuse("control characters and `/` are not allowed");
    }
    if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        return refuse("it may not begin or end with white space");
    }
    Ok(())
}

fn check_database(text: &str) -> Result<(), NameError> {
    const KIND: &str = "database name";
    check_extended(KIND, text, 128)?;
    if text.contains(':') {
        return Err(NameError::new(KIND, text, "`:` is not allowed"));
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') || (text.starts_with('_') && text != "_system") {
        return Err(NameError::new(KIND, text, "it may not begin with a digit, a dot or an underscore"));
    }
    Ok(())
}

fn check_collection(text: &str) -> Result<(), NameError> {
    const KIND: &str = "collection name";
    check_extended(KIND, text, 256)?;
    if text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return Err(NameError::new(KIND, text, "it may not begin with a digit or a dot"));
    }
    Ok(())
}

fn check_graph(text: &str) -> Result<(), NameError> {
    check_extended("graph name", text, 256)
}

fn check_key(text: &str) -> Result<(), NameError> {
    const KIND: &str = "document key";
    if text.is_empty() || text.len() > 254 {
        return Err(NameError::new(KIND, text, "it must have 1 to 254 characters"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-:.@()+,=;$!*'%".contains(c);
    if !text.chars().all(allowed) {
        return Err(NameError::new(KIND, text, "only letters, digits and _-:.@()+,=;$!*'% are allowed"));
    }
    Ok(())
}

fn check_id(text: &str) -> Result<(), NameError> {
    const KIND: &str = "document id";
    let Some((collection, key)) = text.split_once('/') else {
        return Err(NameError::new(KIND, text, "it must have the form collection/key"));
    };
    check_collection(collection)?;
    check_key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_the_manual() {
        assert!(CollectionName::parse("käse und brot").is_ok());
        assert!(CollectionName::parse("_graphs").is_ok());
        for bad in ["", "1a", ".a", "a/b", " a", "a\0"] {
            assert!(CollectionName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(DatabaseName::parse("_system").is_ok());
        assert!(DatabaseName::parse("_other").is_err());
    }

    #[test]
    fn a_document_key_may_not_hold_a_slash_or_a_space() {
        assert!(DocumentKey::parse("a.b:c@(1)+,=;$!*'%-_").is_ok());
        assert!(DocumentKey::parse("a/b").is_err());
        assert!(DocumentKey::parse("a b").is_err());
        assert!(DocumentKey::parse("x".repeat(255)).is_err());
    }

    #[test]
    fn a_document_id_comes_apart_into_collection_and_key() {
        let id = DocumentId::parse("users/a:1").unwrap();
        assert_eq!(id.parts(), ("users", "a:1"));
    }
}

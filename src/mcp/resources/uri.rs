//! The addresses of resources: taken apart into parsed names, put together percent-encoded. Nothing here is a path, so there
//! is nowhere to climb to: what is not one of four shapes does not exist.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{config::DatabaseKey, wire::CollectionName};

/// Longer ones cannot be ours: keys, names and topics are bounded.
const LONGEST: usize = 2048;

const SCHEME: &str = "arangodb://";

/// What has to be escaped inside a segment: all but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ResourceUri {
    /// What there is in a database.
    Collections(DatabaseKey),
    /// What the documents of a collection look like.
    Collection(DatabaseKey, CollectionName),
    /// The named graphs of a database.
    Graphs(DatabaseKey),
    /// A page of the AQL manual.
    Topic(String),
}

impl ResourceUri {
    /// Takes an address apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(uri: &str) -> Result<Self, String> {
        if uri.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let Some(rest) = uri.strip_prefix(SCHEME) else { return Err(format!("it does not begin with {SCHEME}")) };
        let segments: Vec<String> = rest.split('/').map(decoded).collect::<Result<_, _>>()?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["manual", "aql", topic] => Ok(Self::Topic((*topic).to_owned())),
            [key, "collections"] => Ok(Self::Collections(database(key)?)),
            [key, "graphs"] => Ok(Self::Graphs(database(key)?)),
            [key, "collection", name] => {
                let name = CollectionName::parse(*name).map_err(|error| error.to_string())?;
                Ok(Self::Collection(database(key)?, name))
            }
            _ => Err("resources/templates/list shows the forms there are".to_owned()),
        }
    }
}

impl fmt::Display for ResourceUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = |text| utf8_percent_encode(text, ESCAPED);
        match self {
            Self::Collections(key) => write!(f, "{SCHEME}{}/collections", encoded(key.as_str())),
            Self::Graphs(key) => write!(f, "{SCHEME}{}/graphs", encoded(key.as_str())),
            Self::Collection(key, name) => {
                write!(f, "{SCHEME}{}/collection/{}", encoded(key.as_str()), encoded(name.as_str()))
            }
            Self::Topic(topic) => write!(f, "{SCHEME}manual/aql/{}", encoded(topic)),
        }
    }
}

/// A segment as it was meant. Strict: an escape that is none, or that is not UTF-8, is a mistake and not a name.
fn decoded(segment: &str) -> Result<String, String> {
    let escape =
        |rest: &str| rest.as_bytes().first_chunk::<2>().is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    if segment.contains(['?', '#']) || !segment.split('%').skip(1).all(escape) {
        return Err("a character in it has to be percent-encoded".to_owned());
    }
    let text = percent_decode_str(segment).decode_utf8().map_err(|_| "its percent-escapes are not UTF-8".to_owned())?;
    Ok(text.into_owned())
}

fn database(text: &str) -> Result<DatabaseKey, String> {
    DatabaseKey::parse(text).map_err(|rule| format!("illegal database key: {rule}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_form_is_taken_apart_and_put_together_again() {
        for uri in [
            "arangodb://production/collections",
            "arangodb://production/graphs",
            "arangodb://a%20b%2Fc/collection/k%C3%A4se",
            "arangodb://manual/collections",
            "arangodb://manual/aql/for",
        ] {
            assert_eq!(ResourceUri::parse(uri).unwrap().to_string(), uri);
        }
    }

    #[test]
    fn what_has_no_known_form_does_not_exist() {
        for uri in [
            "",
            "arangodb:",
            "arangodb://",
            "arangodb://%2e%2e/",
            "arangodb://../collections/..",
            "arangodb:///collections",
            "arangodb://x/collections/",
            "arangodb://x/collection/a%2Fb",
            "arangodb://x/collection/a/b",
            "arangodb://x/collection/",
            "arangodb://x/collection/%00",
            "arangodb://x/collection/%ff",
            "arangodb://x/collection/%4",
            "arangodb://x/collection/%zz",
            "arangodb://x/collections?all=1",
            "arangodb://x/collections#top",
            "ARANGODB://x/collections",
            "file:///etc/passwd",
        ] {
            assert!(ResourceUri::parse(uri).is_err(), "{uri}");
        }
        assert!(ResourceUri::parse(&format!("arangodb://{}/graphs", "x".repeat(LONGEST))).is_err());
    }

    proptest! {
        #[test]
        fn any_key_and_any_name_survive_the_way_through_an_address(key in "\\PC{1,40}", name in "\\PC{1,40}") {
            if let (Ok(key), Ok(name)) = (DatabaseKey::parse(key), CollectionName::parse(name)) {
                let uri = ResourceUri::Collection(key, name);
                prop_assert_eq!(ResourceUri::parse(&uri.to_string()), Ok(uri));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "(arangodb://)?.*") {
            let _outcome = ResourceUri::parse(&text);
        }
    }
}

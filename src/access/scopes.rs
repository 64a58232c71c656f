//! What scopes are worth: what the configuration says, else the built-in ones. A token whose scopes are all unknown is worth
//! nothing.

use indexmap::IndexMap;

use crate::config::{DatabaseKey, Grant, grant::TOOLSETS};

type Mapping = IndexMap<String, Grant>;

/// Reading; a scope of a database or a toolset alone is worth no more.
const READ: &str = "arangodb:read";
/// Reading and writing.
const WRITE: &str = "arangodb:write";
/// In front of the key of a database.
const DATABASE: &str = "arangodb:db:";
/// In front of the name of a toolset.
const TOOLSET: &str = "arangodb:toolset:";

/// The scopes that can be named to clients: with the built-in ones, those of databases are left out, since who does not call
/// yet need not know which there are.
pub(super) fn known(mapping: Option<&Mapping>) -> Vec<&str> {
    mapping.map_or_else(|| vec![READ, WRITE], |mapping| mapping.keys().map(String::as_str).collect())
}

/// What these scopes are worth together; nothing if none of them is known.
pub(super) fn granted<'a>(scopes: impl IntoIterator<Item = &'a str>, mapping: Option<&Mapping>) -> Option<Grant> {
    let worth = |scope: &str| match mapping {
        Some(mapping) => mapping.get(scope).cloned(),
        None => built_in(scope),
    };
    scopes.into_iter().filter_map(worth).reduce(|all, one| all.with(&one))
}

fn built_in(scope: &str) -> Option<Grant> {
    let reading = Grant { read_only: Some(true), ..Grant::default() };
    match scope {
        READ => Some(reading),
        WRITE => Some(Grant { read_only: Some(false), ..Grant::default() }),
        _ => {
            if let Some(key) = scope.strip_prefix(DATABASE) {
                let key = DatabaseKey::parse(key).ok()?;
                return Some(Grant { databases: Some([key].into()), ..reading });
            }
            let name = scope.strip_prefix(TOOLSET).filter(|name| TOOLSETS.contains(name))?;
            Some(Grant { toolsets: Some([name.to_owned()].into()), ..reading })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_scopes_limit_each_other_and_writing_has_to_be_said() {
        let of = |scopes: &str| granted(scopes.split(' '), None);
        assert_eq!(of("openid profile"), None);
        assert_eq!(of("arangodb:read").unwrap(), Grant { read_only: Some(true), ..Grant::default() });
        assert_eq!(of("arangodb:read arangodb:write").unwrap().read_only, Some(false));
        let sales = of("arangodb:db:sales").unwrap();
        assert_eq!((sales.read_only, sales.databases.unwrap().len()), (Some(true), 1));
        let both = of("arangodb:db:sales arangodb:db:stock arangodb:write arangodb:toolset:baseline").unwrap();
        assert_eq!((both.read_only, both.databases.unwrap().len()), (Some(false), 2));
        assert!(both.toolsets.unwrap().contains("baseline"));
        for unknown in ["arangodb:db:", "arangodb:toolset:all", "ARANGODB:READ", "", "arangodb:read\u{a0}"] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_mapping_takes_the_place_of_the_built_in_scopes() {
        let mapping: Mapping = [("all".to_owned(), Grant::default())].into_iter().collect();
        assert_eq!(granted(["all", "x"], Some(&mapping)), Some(Grant::default()));
        assert_eq!(granted(["arangodb:write"], Some(&mapping)), None);
        assert_eq!((known(Some(&mapping)), known(None)), (vec!["all"], vec![READ, WRITE]));
    }
}

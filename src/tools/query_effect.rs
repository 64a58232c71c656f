//! What running a query does to data, decided by the parser: never by looking for words, and never in favour of what cannot
//! be read.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{confirm::Destruction, error::ToolError, query_error};
use crate::{
    aql::{
        self,
        analysis::{Operation, Source, analyse},
    },
    arango::Query,
    wire::CollectionName,
};

/// Operations named in a question.
const NAMED: usize = 5;

/// What in the query changes data; nothing if it only reads.
///
/// # Errors
/// When it cannot be told, with the syntax error.
pub(crate) fn writes(text: &str) -> Result<Option<Cow<'static, str>>, ToolError> {
    let query = aql::parse(text).map_err(|fault| query_error::unreadable(text, &fault))?;
    let first = analyse(&query).operations.into_iter().next();
    Ok(first.map(|operation| {
        let at = operation.span.position(text);
        format!("the query has {} at {}:{}", operation.kind.keyword(), at.line, at.column).into()
    }))
}

/// What the query takes away or replaces; nothing if it certainly does neither.
pub(crate) fn destroys(text: &str, bind_vars: Option<&Map<String, Value>>) -> Option<Destruction> {
    let by_query = |what: String| {
        let mut query = Query::new(text);
        query.bind_vars = bind_vars.cloned().unwrap_or_default();
        Destruction::new(what).by(query)
    };
    let Ok(query) = aql::parse(text) else {
        return Some(by_query("run a query that cannot be read here, so that it may destroy anything".to_owned()));
    };
    let found = analyse(&query);
    let operations: Vec<_> = found.destroys().collect();
    if operations.is_empty() {
        return None;
    }
    let named: Vec<_> = operations.iter().take(NAMED).map(|operation| named(operation, bind_vars)).collect();
    let more = if operations.len() > NAMED { " and more" } else { "" };
    let what = by_query(format!("run a query with {}{more}", named.join(", ")));
    let collections =
        operations.iter().filter_map(|operation| CollectionName::parse(target(operation, bind_vars)?).ok());
    Some(collections.fold(what, Destruction::within))
}

/// The operation and where it works, as people read it.
fn named(operation: &Operation, bind_vars: Option<&Map<String, Value>>) -> String {
    let keyword = operation.kind.keyword();
    let shown = match (&operation.target, target(operation, bind_vars)) {
        (_, Some(name)) => name.to_owned(),
        (Source::Name(name), None) => name.clone(),
        (Source::Bind(name), None) => format!("@@{name}"),
    };
    format!("{keyword} in `{shown}`")
}

/// The name of the collection; nothing if it is a parameter that nothing is bound to.
fn target<'a>(operation: &'a Operation, bind_vars: Option<&'a Map<String, Value>>) -> Option<&'a str> {
    match &operation.target {
        Source::Name(name) => Some(name),
        Source::Bind(name) => bind_vars?.get(&format!("@{name}"))?.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_the_parser_finds_counts_as_a_write() {
        for text in [
            "RETURN \"INSERT {} INTO c\"",
            "RETURN 'x' // REMOVE x IN c",
            "/* UPDATE */ FOR d IN c RETURN d",
            "FOR `remove` IN c RETURN `remove`.`insert`",
            "FOR d IN `update` FILTER d.`replace` == 'UPSERT' RETURN { `insert`: d.`remove` }",
            "RETURN @insert",
            "WITH a, b FOR v IN 1..2 ANY 'a/1' b RETURN v",
        ] {
            assert_eq!(writes(text).unwrap(), None, "{text}");
        }
        for (text, why) in [
            ("INSERT {} INTO c", "INSERT at 1:1"),
            ("FOR d IN c\n/**/remove d in c", "REMOVE at 2:5"),
            ("fOr d In c uPdAtE d WITH {a: 1} iN c", "UPDATE at 1:12"),
            ("RETURN (FOR d IN c REPLACE d IN c)", "REPLACE at 1:20"),
            ("WITH c LET x = (UPSERT {} INSERT {} UPDATE {} IN c) RETURN 1", "UPSERT at 1:17"),
            ("FOR d IN c LET s = 'a\\'b' REMOVE d IN @@c", "REMOVE at 1:27"),
            ("RETURN 'a' /* ' */ == (REMOVE 'k' IN c) // '", "REMOVE at 1:24"),
        ] {
            let found = writes(text).unwrap().unwrap_or_default();
            assert!(found.ends_with(why), "{text}: {found}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_never_harmless() {
        for text in ["", "RETRUN 1", "RETURN 1; REMOVE x IN c", "FOR d IN c REMOVE", "RETURN \"open"] {
            let error = writes(text).unwrap_err();
            assert!(error.code().is_some(), "{text}");
            assert!(destroys(text, None).is_some(), "{text}");
        }
    }

    #[test]
    fn a_destruction_names_the_operation_and_the_collection_it_is_bound_to() {
        let text = "FOR d IN @@c REMOVE d IN @@c";
        let binds = json!({"@c": "users"});
        let users = CollectionName::parse("users").unwrap();
        let query = || Query::new(text);
        let same = |found: Option<Destruction>, wanted: Destruction| {
            assert_eq!(format!("{:?}", found.unwrap()), format!("{wanted:?}"));
        };
        let wanted = Destruction::new("run a query with REMOVE in `users`").by(query().bind("@c", "users"));
        same(destroys(text, binds.as_object()), wanted.within(users));
        same(destroys(text, None), Destruction::new("run a query with REMOVE in `@@c`").by(query()));
        assert!(destroys("FOR d IN c UPDATE d WITH {} IN c INSERT d INTO e", None).is_none());
    }
}

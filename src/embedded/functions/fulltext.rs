//! `FULLTEXT()`: words in the texts of an attribute. The index says which words count; they are looked for by reading the
//! documents.

use std::collections::HashSet;

use super::{Context, Function, Outcome, arg, data::unknown_collection};
use crate::{
    embedded::{
        error::Error,
        value::{Str, Value, ops},
    },
    wire::ErrorNum,
};

/// This category's functions.
pub(super) const FUNCTIONS: &[Function] = &[Function::volatile("FULLTEXT", 3, 4, fulltext)];

/// Longer words are cut off, as in ArangoDB.
const LONGEST: usize = 40;

/// How a word changes what was found so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    And,
    Or,
    Not,
}

/// One word of a query.
#[derive(Debug, PartialEq, Eq)]
struct Term {
    operation: Operation,
    word: String,
    /// Words that begin with it count as well.
    prefix: bool,
}

/// `(collection, attribute, query, limit?)`
fn fulltext(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (Some(collection), Some(attribute), Some(query)) =
        (arg(args, 0).as_str(), arg(args, 1).as_str(), arg(args, 2).as_str())
    else {
        return context.wrong_type("FULLTEXT");
    };
    let documents = context.data.documents(collection).ok_or_else(|| unknown_collection(collection))?;
    let indexes = context.data.indexes(collection);
    let index = indexes.iter().find(|index| {
        index.get("type").as_str() == Some("fulltext")
            && index.get("fields").as_array().unwrap_or_default().first().and_then(Value::as_str) == Some(attribute)
    });
    let index = index.ok_or_else(|| Error::about(ErrorNum::QUERY_FULLTEXT_INDEX_MISSING, collection))?;
    let shortest = usize::try_from(ops::to_i64(index.get("minLength"))).unwrap_or(0);
    let terms = terms(query, shortest);
    let limit = match arg(args, 3) {
        Value::Null => usize::MAX,
        limit => usize::try_from(ops::to_i64(limit)).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX),
    };
    let names: Vec<Str> = attribute.split('.').map(Str::from).collect();
    let mut found = Vec::new();
    for document in documents {
        if found.len() >= limit || (context.is_over)() {
            break;
        }
        let value = names.iter().fold(&document, |value, name| value.get(name));
        if matches(&terms, &words_of(value, shortest)) {
            found.push(document);
        }
    }
    Ok(Value::array(found))
}

/// The words of a text, in lower case.
fn words(text: &str, shortest: usize) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    words.filter(move |word| !word.is_empty() && word.chars().count() >= shortest).map(normal)
}

fn normal(word: &str) -> String {
    word.to_lowercase().chars().take(LONGEST).collect()
}

/// The words of a text, or of the texts right in an array or object.
fn words_of(value: &Value, shortest: usize) -> HashSet<String> {
    let texts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        Value::Object(object) => object.values().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) => Vec::new(),
    };
    texts.into_iter().flat_map(|text| words(text, shortest)).collect()
}

/// The words of a query like `banana,|prefix:app,-pear`.
fn terms(query: &str, shortest: usize) -> Vec<Term> {
    let terms = query.split(',').flat_map(|term| {
        let term = term.trim();
        let (operation, term) = match term.chars().next() {
            Some('|') => (Operation::Or, term.get(1..).unwrap_or_default()),
            Some('-') => (Operation::Not, term.get(1..).unwrap_or_default()),
            Some('+') => (Operation::And, term.get(1..).unwrap_or_default()),
            _ => (Operation::And, term),
        };
        let (prefix, text) = match term.split_once(':') {
            Some(("prefix", text)) => (true, text),
            Some(("complete", text)) => (false, text),
            _ => (false, term),
        };
        let shortest = if prefix { 1 } else { shortest };
        words(text, shortest).map(move |word| Term { operation, word, prefix }).collect::<Vec<_>>()
    });
    terms.collect()
}

/// Whether a document with these words is found. The words of the query count one after the other.
fn matches(terms: &[Term], words: &HashSet<String>) -> bool {
    let mut found = None;
    for term in terms {
        let holds = words.contains(&term.word) || term.prefix && words.iter().any(|word| word.starts_with(&term.word));
        found = Some(match (found, term.operation) {
            (None, Operation::And | Operation::Or) => holds,
            (None, Operation::Not) => false,
            (Some(found), Operation::And) => found && holds,
            (Some(found), Operation::Or) => found || holds,
            (Some(found), Operation::Not) => found && !holds,
        });
    }
    found.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::functions::tests::call;

    fn finds(query: &str, text: &str) -> bool {
        matches(&terms(query, 2), &words_of(&Value::string(text), 2))
    }

    #[test]
    fn words_are_found_alone_together_or_one_of_them() {
        let text = "The quick brown Fox, jumping.";
        for query in ["fox", "QUICK,fox", "prefix:jump", "cat,|fox", "quick,-cat", "complete:the", "+brown,+fox"] {
            assert!(finds(query, text), "{query}");
        }
        for query in ["", "jump", "cat", "fox,cat", "quick,-fox", "-cat", "prefix:umping", "a"] {
            assert!(!finds(query, text), "{query}");
        }
    }

    #[test]
    fn texts_in_arrays_and_objects_count_and_deeper_ones_do_not() {
        let value = crate::embedded::value::json::parse(br#"{"a": "one", "b": ["two"], "c": 3}"#).unwrap();
        assert_eq!(words_of(&value, 2), HashSet::from(["one".to_owned()]));
        assert!(words_of(value.get("b"), 2).contains("two"));
        assert!(words_of(value.get("c"), 2).is_empty());
    }

    #[test]
    fn an_attribute_without_an_index_is_refused() {
        let number = |args: &str| call("FULLTEXT", args).0.unwrap_err().num;
        assert_eq!(number(r#"["people", "text", "x"]"#), ErrorNum::QUERY_FULLTEXT_INDEX_MISSING);
        assert_eq!(number(r#"["none", "text", "x"]"#), ErrorNum::DATA_SOURCE_NOT_FOUND);
    }
}

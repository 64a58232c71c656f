//! Functions that take a text apart at given places, or put others in their place.

use crate::{
    embedded::{
        error::Error,
        value::{Str, Value, ops},
    },
    wire::ErrorNum,
};

use super::{Context, Function, Outcome, arg, not_too_long, text};

/// This file's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("PARTITION", 2, 2, partition),
    Function::new("SPLIT", 1, 3, split),
    Function::new("SUBSTITUTE", 2, 4, substitute),
    Function::new("TOKENS", 1, 2, tokens),
];

/// How many pieces a caller wants at most.
pub(in crate::embedded::functions) enum Limit {
    /// As many as there are.
    Unbounded,
    /// No more than this.
    Pieces(usize),
    /// A senseless limit, for which the answer is null.
    Negative,
}

/// Reads a limit argument.
pub(in crate::embedded::functions) fn limit(args: &[Value], at: usize) -> Limit {
    match args.get(at) {
        None | Some(Value::Null) => Limit::Unbounded,
        Some(limit) => usize::try_from(ops::to_i64(limit)).map_or(Limit::Negative, Limit::Pieces),
    }
}

/// The single characters of a text, as pieces.
pub(in crate::embedded::functions) fn characters(text: &str) -> Vec<Value> {
    text.chars().map(|c| Value::string(c.encode_utf8(&mut [0; 4]))).collect()
}

/// Looks for several texts at once, from the front to the back. Where each comes next is kept, so that one that is rare is
/// not looked for again and again.
struct Finder<'t> {
    text: &'t str,
    wanted: &'t [Str],
    /// Where each of them comes next, if it does.
    next: Vec<Option<usize>>,
}

impl<'t> Finder<'t> {
    fn new(text: &'t str, wanted: &'t [Str]) -> Self {
        let next = wanted.iter().map(|wanted| text.find(&**wanted).filter(|_| !wanted.is_empty())).collect();
        Self { text, wanted, next }
    }

    /// The earliest place at or behind an offset in bytes, and which of the texts is there.
    fn earliest(&mut self, from: usize) -> Option<(usize, usize)> {
        for (next, wanted) in self.next.iter_mut().zip(self.wanted) {
            if next.is_some_and(|at| at < from) {
                let rest = self.text.get(from..).unwrap_or("");
                *next = rest.find(&**wanted).map(|at| at + from);
            }
        }
        self.next.iter().enumerate().filter_map(|(which, at)| Some(((*at)?, which))).min()
    }
}

fn split(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let most = match limit(args, 2) {
        Limit::Negative => return Ok(Value::Null),
        Limit::Pieces(most) => most,
        Limit::Unbounded => usize::MAX,
    };
    let separators: Vec<Str> = match args.get(1) {
        None => return Ok(Value::array(vec![Value::String(text)])),
        Some(Value::Array(separators)) => separators.iter().map(ops::to_text).collect(),
        Some(separator) => vec![ops::to_text(separator)],
    };
    if separators.iter().any(|separator| separator.is_empty()) {
        let mut pieces = characters(&text);
        pieces.truncate(most);
        return Ok(Value::array(pieces));
    }
    let mut pieces = Vec::new();
    let mut finder = Finder::new(&text, &separators);
    let mut rest = Some(0);
    while let Some(from) = rest.filter(|_| pieces.len() < most) {
        let found = finder.earliest(from);
        let end = found.map_or(text.len(), |(at, _)| at);
        pieces.push(text.get(from..end).unwrap_or("").into());
        rest = found.map(|(at, which)| at + separators.get(which).map_or(0, |separator| separator.len()));
    }
    Ok(Value::array(pieces))
}

/// Before, separator, after; all in the first element when the separator is not there.
fn partition(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (text, separator) = (text(args, 0), text(args, 1));
    let pieces = match text.split_once(&*separator).filter(|_| !separator.is_empty()) {
        Some((before, after)) => [before, &separator, after],
        None => [&*text, "", ""],
    };
    Ok(Value::array(pieces.into_iter().map(Value::from).collect()))
}

fn substitute(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let text = text(args, 0);
    let replacement = |value: Option<&Value>| value.map_or_else(|| Str::from(""), ops::to_text);
    let (search, replace, limit_at): (Vec<Str>, Vec<Str>, _) = match arg(args, 1) {
        Value::Object(mapping) => (mapping.keys().cloned().collect(), mapping.values().map(ops::to_text).collect(), 2),
        Value::Array(search) => {
            let replace = match args.get(2) {
                Some(Value::Array(replace)) => (0..search.len()).map(|at| replacement(replace.get(at))).collect(),
                other => vec![replacement(other); search.len()],
            };
            (search.iter().map(ops::to_text).collect(), replace, 3)
        }
        search @ Value::String(_) => {
            let replace = match args.get(2) {
                Some(Value::Array(replace)) => replacement(replace.first()),
                other => replacement(other),
            };
            (vec![ops::to_text(search)], vec![replace], 3)
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) => return context.wrong_type("SUBSTITUTE"),
    };
    let most = match limit(args, limit_at) {
        Limit::Negative => return Ok(Value::Null),
        Limit::Pieces(most) => most,
        Limit::Unbounded => usize::MAX,
    };
    Ok(Value::string(replace_all(&text, &search, &replace, most)?))
}

fn replace_all(text: &str, search: &[Str], replace: &[Str], most: usize) -> Result<String, Error> {
    let mut result = String::with_capacity(text.len());
    let mut finder = Finder::new(text, search);
    let mut done = 0;
    for _ in 0..most {
        let Some((at, which)) = finder.earliest(done) else { break };
        result.push_str(text.get(done..at).unwrap_or(""));
        result.push_str(replace.get(which).map_or("", |replace| replace));
        not_too_long(result.len())?;
        done = at + search.get(which).map_or(0, |search| search.len());
    }
    result.push_str(text.get(done..).unwrap_or(""));
    Ok(result)
}

/// Only the analyzer that changes nothing is known here; any other is refused by name.
fn tokens(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let analyzer = args.get(1).map_or("identity", |name| name.as_str().unwrap_or(""));
    if analyzer != "identity" {
        let message = format!("analyzer '{analyzer}' is not implemented in the embedded engine, only 'identity' is");
        return Err(Error::new(ErrorNum::NOT_IMPLEMENTED, message));
    }
    match arg(args, 0) {
        text @ Value::String(_) => Ok(Value::array(vec![text.clone()])),
        Value::Array(items) => {
            let nested = items.iter().map(|item| tokens(context, std::slice::from_ref(item)));
            Ok(Value::array(nested.collect::<Result<_, _>>()?))
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Object(_) => {
            context.wrong_type("TOKENS")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn splitting_takes_one_separator_or_several_and_a_limit() {
        check("SPLIT", r#"["a-b-", "-"]"#, r#"["a","b",""]"#);
        check("SPLIT", r#"["a, b & c", [", ", " & "]]"#, r#"["a","b","c"]"#);
        check("SPLIT", r#"["a-b-c", "-", 2]"#, r#"["a","b"]"#);
        check("SPLIT", r#"["a-b", "-", 0]"#, "[]");
        check("SPLIT", r#"["a-b", "-", -1]"#, "null");
        check("SPLIT", r#"["\u00e4b", ""]"#, r#"["\u00e4","b"]"#);
        check("SPLIT", r#"["a b"]"#, r#"["a b"]"#);
        check("SPLIT", r#"["", "-"]"#, r#"[""]"#);
    }

    #[test]
    fn substitutes_come_as_texts_lists_or_a_mapping() {
        check("SUBSTITUTE", r#"["a b a", "a", "x"]"#, r#""x b x""#);
        check("SUBSTITUTE", r#"["a b a", "a", "x", 1]"#, r#""x b a""#);
        check("SUBSTITUTE", r#"["a b a", "a"]"#, r#"" b ""#);
        check("SUBSTITUTE", r#"["a b c", ["a", "b", "c"], ["1", "2"]]"#, r#""1 2 ""#);
        check("SUBSTITUTE", r#"["a b c", ["a", "c"], "x"]"#, r#""x b x""#);
        check("SUBSTITUTE", r#"["a b c", {"a": "b", "b": null, "c": 1}]"#, r#""b  1""#);
        check("SUBSTITUTE", r#"["a b c", {"a": "1", "b": "2"}, 1]"#, r#""1 b c""#);
        check("SUBSTITUTE", r#"["abc", "", "x"]"#, r#""abc""#);
        check_warns("SUBSTITUTE", "[\"1\", 1]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
    }

    #[test]
    fn what_is_searched_for_in_vain_is_searched_for_once() {
        let text = "a".repeat(300_000);
        let pieces = call("SPLIT", &format!(r#"["{text}", ["a", "z"]]"#)).0.unwrap();
        assert_eq!(pieces.as_array().unwrap().len(), 300_001);
        let changed = call("SUBSTITUTE", &format!(r#"["{text}", ["a", "z"], ["b", "c"]]"#)).0.unwrap();
        assert_eq!(changed.as_str().unwrap(), "b".repeat(300_000));
    }

    #[test]
    fn partitions_have_three_parts() {
        check("PARTITION", r#"["k=v=w", "="]"#, r#"["k","=","v=w"]"#);
        check("PARTITION", r#"["k", "="]"#, r#"["k","",""]"#);
    }

    #[test]
    fn unknown_analyzers_are_refused_by_name() {
        check("TOKENS", r#"[["a b", ["c"]], "identity"]"#, r#"[["a b"],[["c"]]]"#);
        let error = call("TOKENS", r#"["a", "text_en"]"#).0.unwrap_err();
        assert!(error.message.contains("'text_en'"));
    }
}

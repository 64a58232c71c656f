//! Errors of queries, told so that a model can mend the query: where, with a caret under the place, what was expected.
//! The server says that something is wrong and where; the local parser often knows better why.

use std::time::Duration;

use serde_json::{Value, json};

use super::error::{Kind, ToolError};
use crate::{
    aql::{self, Position},
    arango::{self, QueryLimits},
    wire::ErrorNum,
};

/// Lines longer than this are shown around the place only.
const SHOWN: usize = 120;

/// The reply for a query the server refused.
pub(crate) fn explain(text: &str, error: arango::Error) -> ToolError {
    let is_query_fault = error.num().is_some_and(|num| (1500..1600).contains(&num.0));
    let mut failure = ToolError::from(error);
    if !is_query_fault {
        return failure;
    }
    failure.kind = Kind::Query;
    if let Some(hint) = super::function_hint::about(&failure) {
        failure = failure.hint(hint);
    }
    let parsed = match failure.code() {
        Some(ErrorNum::QUERY_PARSE) => aql::parse(text).err(),
        _ => None,
    };
    if let Some(fault) = parsed {
        return detailed(failure, text, &fault);
    }
    match place_in(&failure.message) {
        Some(position) => at(failure, text, position),
        None => failure,
    }
}

/// What a query surely does not mean although it runs, as warnings beside those of the server.
pub(crate) fn doubts(text: &str) -> Option<Value> {
    let query = aql::parse(text).ok()?;
    let position = aql::analysis::analyse(&query).text_sums.first()?.position(text);
    let message = "+ adds numbers, and a text counts as 0: join texts with CONCAT()";
    Some(json!({ "message": message, "line": position.line, "column": position.column }))
}

/// Says which limits were in force where a query ran into one of them.
pub(crate) fn with_limits(failure: ToolError, limits: QueryLimits) -> ToolError {
    match failure.code() {
        Some(ErrorNum::QUERY_KILLED) => {
            let seconds = limits.runtime.as_secs_f64();
            let unit = if limits.runtime == Duration::from_secs(1) { "second" } else { "seconds" };
            failure.with("max_runtime", seconds).hint(format!(
                "it ran longer than the {seconds} {unit} it may (or somebody killed it); narrow it with FILTER, an index \
                 or LIMIT, and look at its plan with arango_explain_query"
            ))
        }
        Some(ErrorNum::RESOURCE_LIMIT) => failure.with("memory_limit", limits.memory).hint(format!(
            "it needs more than the {} bytes of memory it may use; return fewer or smaller rows: FILTER, LIMIT, only the \
             attributes that matter, or COLLECT",
            limits.memory
        )),
        _ => failure,
    }
}

/// The error for a query that the local parser cannot read, where it has to be understood before it is sent.
pub(crate) fn unreadable(text: &str, fault: &aql::ParseError) -> ToolError {
    let message = format!("the query cannot be read, so it is not known to change nothing: {}", fault.message);
    detailed(ToolError::new(Kind::Query, message).coded(fault.num), text, fault)
}

/// Adds what the local parser knows.
fn detailed(failure: ToolError, text: &str, fault: &aql::ParseError) -> ToolError {
    let mut failure = failure.with("detail", fault.to_string());
    if !fault.expected.is_empty() {
        failure = failure.with("expected", json!(fault.expected));
    }
    if let Some(hint) = &fault.hint {
        failure = failure.hint(hint.clone());
    }
    at(failure, text, fault.span.position(text))
}

fn at(failure: ToolError, text: &str, position: Position) -> ToolError {
    let failure = failure.with("line", position.line).with("column", position.column);
    match caret(text, position) {
        Some(shown) => failure.with("at", shown),
        None => failure,
    }
}

/// The line, and below it a caret under the place.
fn caret(text: &str, position: Position) -> Option<String> {
    let line = text.lines().nth(position.line.checked_sub(1)?)?;
    let column = position.column.checked_sub(1)?;
    let skipped = column.saturating_sub(SHOWN / 2);
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let shown: String = line.chars().skip(skipped).take(SHOWN).map(plain).collect();
    Some(format!("{shown}\n{}^", " ".repeat(column - skipped)))
}

/// The place in a message of the server: `… at position 2:7 …`.
fn place_in(message: &str) -> Option<Position> {
    let (_, rest) = message.rsplit_once("at position ")?;
    let (line, rest) = rest.split_once(':')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(Position { line: line.parse().ok()?, column: rest.get(..digits)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_hits_a_limit_says_which() {
        let limits = QueryLimits { runtime: Duration::from_millis(1500), memory: 4096 };
        let late = with_limits(explain("x", server_error(1500, "query killed")), limits).body("arango_query", None);
        assert_eq!(late["max_runtime"], 1.5);
        assert!(late["hint"].as_str().unwrap().contains("the 1.5 seconds it may"));
        let one = QueryLimits { runtime: Duration::from_secs(1), ..limits };
        let late = with_limits(explain("x", server_error(1500, "query killed")), one).body("arango_query", None);
        assert!(late["hint"].as_str().unwrap().contains("the 1 second it may"));
        let large = with_limits(explain("x", server_error(32, "too much")), limits).body("arango_query", None);
        assert_eq!(large["memory_limit"], 4096);
        assert!(large["hint"].as_str().unwrap().contains("4096 bytes"));
        let other = with_limits(explain("x", server_error(1540, "no such function")), limits);
        assert!(!other.body("arango_query", None).contains_key("max_runtime"));
    }

    fn server_error(num: u16, message: &str) -> arango::Error {
        arango::Error::Server { status: 400, num: ErrorNum(num), message: message.to_owned() }
    }

    #[test]
    fn a_syntax_error_says_where_and_shows_the_place() {
        let text = "FOR d IN users\n  RETRUN d";
        let error = explain(
            text,
            server_error(
                1501,
                "AQL: syntax error, unexpected identifier near 'RETRUN d' at position 2:3 (while parsing)",
            ),
        );
        let body = error.body("arango_query", None);
        assert_eq!(body["errorNum"], 1501);
        assert_eq!(body["line"], 2);
        assert_eq!(body["column"], 3);
        assert_eq!(body["at"], "  RETRUN d\n  ^");
    }

    #[test]
    fn other_errors_of_queries_keep_their_number_and_their_place() {
        let error = explain("RETURN 1 / 0", server_error(1562, "division by zero at position 1:8"));
        let body = error.body("arango_query", None);
        assert_eq!((body["code"].as_u64(), body["column"].as_u64()), (Some(1562), Some(8)));
    }

    #[test]
    fn a_sum_of_texts_is_doubted() {
        let doubt = doubts("FOR u IN users\n  RETURN u.first + ' ' + u.last").unwrap();
        assert_eq!((&doubt["line"], &doubt["column"]), (&json!(2), &json!(10)));
        assert!(doubt["message"].as_str().unwrap().contains("CONCAT()"));
        assert_eq!(doubts("RETURN 1 + 2"), None);
        assert_eq!(doubts("RETURN 1 +"), None);
    }

    #[test]
    fn a_place_outside_the_text_is_left_out() {
        let error = explain("x", server_error(1512, "unknown variable at position 9:9"));
        assert!(!error.body("arango_query", None).contains_key("at"));
        assert_eq!(place_in("at position a:b"), None);
        assert_eq!(place_in("nothing"), None);
    }
}

//! Hints for calls of functions: which one is meant by a name that does not exist, and how one is called.

use super::error::ToolError;
use crate::{
    manual::{self, Kind, Topic},
    wire::ErrorNum,
};

/// How many functions are proposed for one that does not exist.
const PROPOSED: usize = 3;

/// How the function that an error is about is called, or which one may be meant by one that does not exist.
pub(super) fn about(failure: &ToolError) -> Option<String> {
    let (_, rest) = failure.message.split_once("function '")?;
    let (name, _) = rest.split_once("()'")?;
    match failure.code()? {
        ErrorNum::QUERY_FUNCTION_NAME_UNKNOWN => {
            let meant: Vec<String> = manual::suggest(name, PROPOSED).into_iter().map(written).collect();
            let meant =
                if meant.is_empty() { String::new() } else { format!(" Did you mean {}?", meant.join(", or ")) };
            Some(format!("AQL has no function {name}().{meant} arango_aql_help finds functions by words"))
        }
        ErrorNum::QUERY_FUNCTION_ARGUMENT_NUMBER_MISMATCH | ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH => {
            let topic = manual::find(name)?;
            Some(format!("the function is called as {}; name? may be left out", written(topic)))
        }
        _ => None,
    }
}

/// How something is written: all forms of a function, the first of anything else.
fn written(topic: &Topic) -> String {
    match topic.kind {
        Kind::Function => topic.syntax.replace('\n', " or "),
        Kind::Operation | Kind::Concept => topic.syntax.lines().next().unwrap_or(topic.name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::{arango, tools::query_error, wire::ErrorNum};

    /// The hint for an error of the server.
    fn hint(num: u16, message: &str) -> String {
        let error = arango::Error::Server { status: 400, num: ErrorNum(num), message: message.to_owned() };
        let body = query_error::explain("RETURN 1", error).body("arango_query", None);
        body.get("hint").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    #[test]
    fn an_unknown_function_gets_the_one_that_is_meant_and_how_it_is_called() {
        for (name, meant) in [
            ("LENGHT", "LENGTH(value)"),
            ("SUBSTR", "SUBSTRING(text, offset, length?)"),
            ("COALESCE", "NOT_NULL(values, more...)"),
            ("NOW", "DATE_NOW()"),
            ("DATEDIFF", "DATE_DIFF(from, to, unit, "),
            ("IF", "condition ? value : otherwise"),
            ("LEN", "CHAR_LENGTH(text)"),
        ] {
            let hint = hint(1540, &format!("AQL: usage of unknown function '{name}()' (while parsing)"));
            assert!(hint.contains(meant) && hint.contains("arango_aql_help"), "{name}: {hint}");
        }
        let unlike = hint(1540, "usage of unknown function 'QWXZ()'");
        assert_eq!(unlike, "AQL has no function QWXZ(). arango_aql_help finds functions by words");
    }

    #[test]
    fn a_wrong_number_of_arguments_shows_the_forms_there_are() {
        let message = "AQL: invalid number of arguments for function 'DATE_ADD()', expected number of arguments: \
minimum: 2, maximum: 4 (while parsing)";
        let hint = hint(1541, message);
        assert!(hint.contains("DATE_ADD(date, amount, unit, timezone?) or DATE_ADD(date, isoDuration)"), "{hint}");
    }

    #[test]
    fn errors_that_are_about_no_function_of_aql_keep_their_hint() {
        assert_eq!(hint(1582, "user function 'A::B()' not found"), "");
        assert_eq!(hint(1541, "invalid number of arguments for function 'QWXZ()'"), "");
    }
}

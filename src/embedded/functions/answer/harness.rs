//! Tables of calls with their results, for the tests of functions that need their arguments only.

use crate::embedded::{
    functions::tests,
    value::{Value, json},
};

/// The answer to the arguments in a JSON array, with the number of the first warning, or of the error.
pub(in crate::embedded::functions) fn call(name: &str, arguments: &str) -> (Value, Option<u16>) {
    match tests::call(name, arguments) {
        (Ok(value), warnings) => (value, warnings.first().map(|num| num.0)),
        (Err(error), _) => (Value::Null, Some(error.num.0)),
    }
}

/// Checks name, arguments and result of each call; the result may be or have a warning, `[1] and warning 1542`.
#[track_caller]
pub(in crate::embedded::functions) fn check(cases: &[(&str, &str, &str)]) {
    for (name, arguments, expected) in cases {
        let (value, warning) = call(name, arguments);
        let shown = match warning {
            Some(number) if value.is_null() => format!("warning {number}"),
            Some(number) => format!("{} and warning {number}", json::to_string(&value)),
            None => json::to_string(&value),
        };
        assert_eq!(&shown, expected, "{name}{arguments}");
    }
}

//! `CALL()` and `APPLY()`: functions whose name is only known when the query runs.

use crate::{
    embedded::{error::Error, value::Value},
    wire::ErrorNum,
};

use super::{ANY, Context, Function, Outcome, arg, lookup};

/// This category's functions.
pub const FUNCTIONS: &[Function] =
    &[Function::volatile("APPLY", 1, 2, apply), Function::volatile("CALL", 1, ANY, call)];

/// Functions that may not be called in this way.
const REFUSED: &[&str] = &["APPLY", "CALL", "FULLTEXT", "NEAR", "V8", "WITHIN", "WITHIN_RECTANGLE"];

fn apply(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    match args {
        [_, Value::Array(values)] => by_name(context, "APPLY", arg(args, 0), values),
        [_] => by_name(context, "APPLY", arg(args, 0), &[]),
        _ => context.wrong_type("APPLY"),
    }
}

fn call(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (name, values) = args.split_first().unwrap_or((&Value::Null, &[]));
    by_name(context, "CALL", name, values)
}

fn by_name(context: &mut Context<'_>, caller: &str, name: &Value, args: &[Value]) -> Outcome {
    let Some(name) = name.as_str() else { return context.wrong_type(caller) };
    let name = name.to_ascii_uppercase();
    if REFUSED.contains(&&*name) {
        return Err(Error::about(ErrorNum::QUERY_DISALLOWED_DYNAMIC_CALL, &name));
    }
    let Some(function) = lookup(&name) else {
        let num = if name.contains("::") {
            ErrorNum::QUERY_FUNCTION_NOT_FOUND
        } else {
            ErrorNum::QUERY_FUNCTION_NAME_UNKNOWN
        };
        return Err(Error::about(num, &name));
    };
    function.check_count(args.len())?;
    (function.call)(context, args)
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check},
        wire::ErrorNum,
    };

    #[test]
    fn functions_are_called_by_name_in_any_case() {
        check("CALL", r#"["concat", "a", 1]"#, r#""a1""#);
        check("APPLY", r#"["Left", ["abc", 2]]"#, r#""ab""#);
        check("APPLY", r#"["PI"]"#, "3.141592653589793");
    }

    #[test]
    fn what_cannot_be_called_is_an_error() {
        let error = |name: &str, args: &str| call(name, args).0.unwrap_err().num;
        assert_eq!(error("CALL", r#"["apply", "PI"]"#), ErrorNum::QUERY_DISALLOWED_DYNAMIC_CALL);
        assert_eq!(error("CALL", r#"["nosuch"]"#), ErrorNum::QUERY_FUNCTION_NAME_UNKNOWN);
        assert_eq!(error("CALL", r#"["my::nosuch"]"#), ErrorNum::QUERY_FUNCTION_NOT_FOUND);
        assert_eq!(error("CALL", r#"["LEFT", "x"]"#), ErrorNum::QUERY_FUNCTION_ARGUMENT_NUMBER_MISMATCH);
    }
}

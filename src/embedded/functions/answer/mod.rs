//! How functions of values say that they have no answer, so that most of them are plain functions from arguments to a
//! value and only one place knows which fault becomes which warning.

use super::Context;
use crate::{
    embedded::{error::Error, value::Value},
    wire::ErrorNum,
};

/// Why a function has no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// An argument has a wrong type: null and warning 1542.
    Type,
    /// Something else stands where an array is needed: null and warning 1563.
    NotArray,
    /// What should be a shape on Earth is none: null and warning 1505.
    Shape,
    /// What should be a date, or what was computed, is none: null and warning 1572.
    Date,
    /// The query cannot go on.
    Fatal(Error),
}

/// What a function gives.
pub(super) type Answer = Result<Value, Fault>;

/// Turns an answer into what the query sees of it.
pub(super) fn report(context: &mut Context<'_>, name: &str, answer: Answer) -> Result<Value, Error> {
    let num = match answer {
        Ok(value) => return Ok(value),
        Err(Fault::Type) => return context.wrong_type(name),
        Err(Fault::Fatal(error)) => return Err(error),
        Err(Fault::Shape) => ErrorNum::QUERY_INVALID_GEO_VALUE,
        Err(Fault::NotArray) => ErrorNum::QUERY_ARRAY_EXPECTED,
        Err(Fault::Date) => ErrorNum::QUERY_INVALID_DATE_VALUE,
    };
    context.warn(num, num.text())?;
    Ok(Value::Null)
}

/// An argument; null when it was left out.
pub(super) fn argument(arguments: &[Value], at: usize) -> &Value {
    static NULL: Value = Value::Null;
    arguments.get(at).unwrap_or(&NULL)
}

/// A deterministic function that needs its arguments only: name, fewest and most of them, and what answers it.
macro_rules! function {
    ($name:literal, $min:literal.., $call:expr) => {
        function!($name, $min, usize::MAX, $call)
    };
    ($name:literal, $min:literal..=$max:literal, $call:expr) => {
        function!($name, $min, $max, $call)
    };
    ($name:literal, $min:expr, $max:expr, $call:expr) => {
        $crate::embedded::functions::Function {
            name: $name,
            min: $min,
            max: $max,
            deterministic: true,
            call: |context, arguments| {
                let answer = $call(arguments);
                $crate::embedded::functions::answer::report(context, $name, answer)
            },
        }
    };
}
pub(super) use function;

#[cfg(test)]
pub(super) mod harness;
#[cfg(test)]
mod tests;

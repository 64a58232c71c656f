//! Truth, casts and arithmetic of values, as the manual's chapters "Operators" and "Type check and cast functions" say.
//!
//! Whole numbers stay whole numbers until they no longer fit; what is not a number is cast to one before it is computed
//! with; a result that is not finite is null.

use crate::wire::ErrorNum;

use super::{Value, json, order};

/// How many elements a range or another generated array may have.
pub const MAX_RANGE: u64 = 10_000_000;

/// Whether a value counts as true: everything but null, false, 0 and "".
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Int(number) => *number != 0,
        Value::Double(number) => *number != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The value as a number, as `TO_NUMBER()` and every arithmetic operator see it: an `Int` or a `Double`.
pub fn to_number(value: &Value) -> Value {
    match value {
        Value::Int(_) | Value::Double(_) => value.clone(),
        Value::Bool(value) => Value::Int(i64::from(*value)),
        Value::String(text) => parse_number(text),
        Value::Array(items) => match items.as_slice() {
            [only] => to_number(only),
            _ => Value::Int(0),
        },
        Value::Null | Value::Object(_) => Value::Int(0),
    }
}

/// The value as a double, cast by the rules of [`to_number`].
pub fn to_f64(value: &Value) -> f64 {
    to_number(value).as_f64().unwrap_or(0.0)
}

/// The value as a whole number, cast by the rules of [`to_number`] and cut towards zero.
pub fn to_i64(value: &Value) -> i64 {
    match to_number(value) {
        Value::Int(number) => number,
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        Value::Double(number) => number as i64,
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => 0,
    }
}

/// The value as a text, as `TO_STRING()` and `CONCAT()` see it.
pub fn to_text(value: &Value) -> super::Str {
    match value {
        Value::Null => super::Str::from(""),
        Value::Bool(true) => super::Str::from("true"),
        Value::Bool(false) => super::Str::from("false"),
        Value::Int(number) => number.to_string().into(),
        Value::Double(number) => double_text(*number).into(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => json::to_string(value).into(),
    }
}

/// The value as an array: null becomes an empty one, an object its values, anything else its only element.
pub fn to_array(value: &Value) -> Value {
    match value {
        Value::Null => Value::array(Vec::new()),
        Value::Array(_) => value.clone(),
        Value::Object(object) => Value::array(object.values().cloned().collect()),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) => Value::array(vec![value.clone()]),
    }
}

/// `left + right`
pub fn add(left: &Value, right: &Value) -> Value {
    arithmetic(left, right, i64::checked_add, |left, right| left + right)
}

/// `left - right`
pub fn sub(left: &Value, right: &Value) -> Value {
    arithmetic(left, right, i64::checked_sub, |left, right| left - right)
}

/// `left * right`
pub fn mul(left: &Value, right: &Value) -> Value {
    arithmetic(left, right, i64::checked_mul, |left, right| left * right)
}

/// `left / right`
///
/// # Errors
/// 1562 when the divisor is zero; a query goes on with null and a warning.
pub fn div(left: &Value, right: &Value) -> Result<Value, ErrorNum> {
    let whole = |left: i64, right: i64| if left.checked_rem(right)? == 0 { left.checked_div(right) } else { None };
    divide(left, right, whole, |left, right| left / right)
}

/// `left % right`, with the sign of `left`.
///
/// # Errors
/// 1562 when the divisor is zero; a query goes on with null and a warning.
pub fn modulo(left: &Value, right: &Value) -> Result<Value, ErrorNum> {
    divide(left, right, i64::checked_rem, |left, right| left % right)
}

/// `-value`
pub fn negate(value: &Value) -> Value {
    match to_number(value) {
        Value::Int(number) =>
        {
            #[expect(clippy::cast_precision_loss, reason = "only for the one number that has no negative")]
            number.checked_neg().map_or(Value::Double(-(number as f64)), Value::Int)
        }
        other => other.as_f64().map_or(Value::Int(0), |number| Value::number(-number)),
    }
}

/// `+value`
pub fn plus(value: &Value) -> Value {
    to_number(value)
}

/// Whether an array has an element equal to the value (`IN`).
pub fn contains(list: &[Value], value: &Value) -> bool {
    list.iter().any(|item| order::equal(item, value))
}

/// `low..high`, downwards if `high` is the smaller one.
///
/// # Errors
/// 32 when it would have more than [`MAX_RANGE`] elements.
pub fn range(low: &Value, high: &Value) -> Result<Value, ErrorNum> {
    let (low, high) = (to_i64(low), to_i64(high));
    if low.abs_diff(high) >= MAX_RANGE {
        return Err(ErrorNum::RESOURCE_LIMIT);
    }
    Ok(Value::array(if low <= high {
        (low..=high).map(Value::Int).collect()
    } else {
        (high..=low).rev().map(Value::Int).collect()
    }))
}

/// A number as ArangoDB writes it: shortest digits that read back the same, plain up to seven places beyond them,
/// with an exponent after that.
pub fn double_text(number: f64) -> String {
    if number == 0.0 {
        return if number.is_sign_negative() { "-0".to_owned() } else { "0".to_owned() };
    }
    let scientific = format!("{:e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let count = i32::try_from(digits.len()).unwrap_or(0);
    // The power of ten of the last digit.
    let last = exponent - count + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    if last >= 0 && exponent.abs() < count + 7 {
        format!("{sign}{digits}{}", zeros(last))
    } else if last < 0 && (last > -7 || exponent.abs() < 4) {
        let point = count + last;
        if point <= 0 {
            format!("{sign}0.{}{digits}", zeros(-point))
        } else {
            let (before, after) = digits.split_at_checked(usize::try_from(point).unwrap_or(0)).unwrap_or((&digits, ""));
            format!("{sign}{before}.{after}")
        }
    } else {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{mantissa}e{exponent_sign}{}", exponent.abs())
    }
}

/// The number a text stands for, with white space around it allowed; 0 if it is not wholly a number.
fn parse_number(text: &str) -> Value {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{B}');
    if let Ok(number) = text.parse::<i64>() {
        return Value::Int(number);
    }
    let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if let Some(digits) = unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X"))
        && !digits.starts_with(['+', '-'])
    {
        let number = i64::from_str_radix(digits, 16).unwrap_or(0);
        return Value::Int(if negative { -number } else { number });
    }
    // Rust reads "inf" and "NaN" as well, which are no numbers here.
    let numeric = unsigned.starts_with(|c: char| c == '.' || c.is_ascii_digit());
    match unsigned.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => Value::Double(if negative { -number } else { number }),
        _ => Value::Int(0),
    }
}

fn arithmetic(
    left: &Value,
    right: &Value,
    whole: impl Fn(i64, i64) -> Option<i64>,
    double: impl Fn(f64, f64) -> f64,
) -> Value {
    let (left, right) = (to_number(left), to_number(right));
    if let (Value::Int(left), Value::Int(right)) = (&left, &right)
        && let Some(result) = whole(*left, *right)
    {
        return Value::Int(result);
    }
    Value::number(double(left.as_f64().unwrap_or(0.0), right.as_f64().unwrap_or(0.0)))
}

fn divide(
    left: &Value,
    right: &Value,
    whole: impl Fn(i64, i64) -> Option<i64>,
    double: impl Fn(f64, f64) -> f64,
) -> Result<Value, ErrorNum> {
    if to_f64(right) == 0.0 {
        return Err(ErrorNum::QUERY_DIVISION_BY_ZERO);
    }
    Ok(arithmetic(left, right, whole, double))
}

#[cfg(test)]
mod tests;

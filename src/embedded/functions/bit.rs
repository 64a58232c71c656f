//! Bit functions, on whole numbers from 0 to 2^32 - 1. Anything else gives null and a warning.

use crate::embedded::value::Value;

use super::{Context, Function, Outcome, arg};

/// A function that works on numbers it may not get: `None` becomes null and a warning.
macro_rules! bits {
    ($name:literal, $min:literal, $max:literal, $compute:expr) => {
        Function::new($name, $min, $max, |context, args| {
            let compute: fn(&[Value]) -> Option<Value> = $compute;
            warn_unless(context, $name, compute(args))
        })
    };
}

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    bits!("BIT_AND", 1, 2, |args| combine(args, |left, right| left & right)),
    bits!("BIT_CONSTRUCT", 1, 1, construct),
    bits!("BIT_DECONSTRUCT", 1, 1, |args| {
        let number = bits(arg(args, 0))?;
        Some(Value::array((0..32_i64).filter(|at| number >> at & 1 == 1).map(Value::Int).collect()))
    }),
    bits!("BIT_FROM_STRING", 1, 1, from_string),
    bits!("BIT_NEGATE", 2, 2, |args| Some(number(!bits(arg(args, 0))? & mask(arg(args, 1))?))),
    bits!("BIT_OR", 1, 2, |args| combine(args, |left, right| left | right)),
    bits!("BIT_POPCOUNT", 1, 1, |args| Some(Value::Int(i64::from(bits(arg(args, 0))?.count_ones())))),
    bits!("BIT_SHIFT_LEFT", 3, 3, |args| {
        let shifted = bits(arg(args, 0))?.checked_shl(up_to(arg(args, 1), 32)?).unwrap_or(0);
        Some(number(shifted & mask(arg(args, 2))?))
    }),
    bits!("BIT_SHIFT_RIGHT", 3, 3, |args| {
        let shifted = bits(arg(args, 0))?.checked_shr(up_to(arg(args, 1), 32)?).unwrap_or(0);
        Some(number(shifted & mask(arg(args, 2))?))
    }),
    bits!("BIT_TEST", 2, 2, |args| Some((bits(arg(args, 0))? >> up_to(arg(args, 1), 31)? & 1 == 1).into())),
    bits!("BIT_TO_STRING", 2, 2, |args| {
        let width = up_to(arg(args, 1), 32)?;
        let number = bits(arg(args, 0))?;
        Some(Value::string(
            (0..width).rev().map(|at| if number >> at & 1 == 1 { '1' } else { '0' }).collect::<String>(),
        ))
    }),
    bits!("BIT_XOR", 1, 2, |args| combine(args, |left, right| left ^ right)),
];

fn warn_unless(context: &mut Context<'_>, name: &str, result: Option<Value>) -> Outcome {
    match result {
        Some(result) => Ok(result),
        None => context.wrong_type(name),
    }
}

/// The argument as bits, if it is a number in range; a fraction is cut off.
pub(crate) fn bits(value: &Value) -> Option<u32> {
    match value {
        Value::Int(number) => u32::try_from(*number).ok(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
        Value::Double(number) if (0.0..=f64::from(u32::MAX)).contains(number) => Some(*number as u32),
        Value::Null | Value::Bool(_) | Value::Double(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn up_to(value: &Value, max: u32) -> Option<u32> {
    bits(value).filter(|number| *number <= max)
}

/// As many low bits as the argument says.
fn mask(count: &Value) -> Option<u32> {
    up_to(count, 32).map(|count| u32::MAX.checked_shr(32 - count).unwrap_or(0))
}

fn number(bits: u32) -> Value {
    Value::Int(i64::from(bits))
}

fn combine(args: &[Value], both: fn(u32, u32) -> u32) -> Option<Value> {
    if let [left, right] = args {
        return Some(number(both(bits(left)?, bits(right)?)));
    }
    let mut result = None;
    for item in arg(args, 0).as_array()?.iter().filter(|item| !item.is_null()) {
        let item = bits(item)?;
        result = Some(result.map_or(item, |result| both(result, item)));
    }
    Some(result.map_or(Value::Null, number))
}

fn construct(args: &[Value]) -> Option<Value> {
    let mut result = 0_u32;
    for place in arg(args, 0).as_array()? {
        result |= 1 << up_to(place, 31)?;
    }
    Some(number(result))
}

fn from_string(args: &[Value]) -> Option<Value> {
    let text = arg(args, 0).as_str()?;
    let valid = text.len() <= 32 && text.bytes().all(|byte| matches!(byte, b'0' | b'1'));
    valid.then(|| number(u32::from_str_radix(text, 2).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn numbers_are_combined_bit_by_bit() {
        check("BIT_AND", "[[12, null, 10]]", "8");
        check("BIT_OR", "[12, 10]", "14");
        check("BIT_XOR", "[[12, 10, 1]]", "7");
        check("BIT_AND", "[[null]]", "null");
        check("BIT_NEGATE", "[5, 4]", "10");
        check("BIT_NEGATE", "[0, 0]", "0");
        check("BIT_NEGATE", "[0, 32]", "4294967295");
    }

    #[test]
    fn shifts_drop_what_does_not_fit() {
        check("BIT_SHIFT_LEFT", "[3, 31, 32]", "2147483648");
        check("BIT_SHIFT_LEFT", "[3, 32, 32]", "0");
        check("BIT_SHIFT_LEFT", "[255, 4, 8]", "240");
        check("BIT_SHIFT_RIGHT", "[4294967295, 28, 32]", "15");
    }

    #[test]
    fn bits_are_taken_apart_and_put_together() {
        check("BIT_CONSTRUCT", "[[0, 31, 31]]", "2147483649");
        check("BIT_DECONSTRUCT", "[2147483649]", "[0,31]");
        check("BIT_POPCOUNT", "[4294967295]", "32");
        check("BIT_TEST", "[4, 2]", "true");
        check("BIT_TO_STRING", "[5, 6]", "\"000101\"");
        check("BIT_FROM_STRING", "[\"0101\"]", "5");
    }

    #[test]
    fn what_is_out_of_range_is_warned_about() {
        for (name, args) in [
            ("BIT_AND", "[\"x\"]"),
            ("BIT_AND", "[[1, -1]]"),
            ("BIT_OR", "[1, 4294967296]"),
            ("BIT_NEGATE", "[1, 33]"),
            ("BIT_TEST", "[1, 32]"),
            ("BIT_CONSTRUCT", "[[32]]"),
            ("BIT_FROM_STRING", "[\"012\"]"),
            ("BIT_POPCOUNT", "[true]"),
        ] {
            check_warns(name, args, "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        }
    }
}

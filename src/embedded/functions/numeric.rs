//! Numeric functions of single numbers (chapter "Numeric functions" of the manual). Those of lists are in `stats`.
//!
//! Arguments are cast to numbers; what has no finite result is null.

use crate::{
    embedded::value::{Value, ops},
    wire::ErrorNum,
};

use super::{Context, Function, Outcome, arg};

/// A function of one number.
macro_rules! real {
    ($name:literal, $compute:expr) => {
        Function::new($name, 1, 1, |_, args| {
            let compute: fn(f64) -> f64 = $compute;
            Ok(Value::number(compute(ops::to_f64(arg(args, 0)))))
        })
    };
}

/// A function that gives a whole number for any number; whole numbers are taken as they are.
macro_rules! rounding {
    ($name:literal, $round:expr) => {
        Function::new($name, 1, 1, |_, args| {
            let round: fn(f64) -> f64 = $round;
            Ok(match ops::to_number(arg(args, 0)) {
                Value::Double(number) => Value::whole_or_double(round(number)),
                whole => whole,
            })
        })
    };
}

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("ABS", 1, 1, abs),
    real!("ACOS", f64::acos),
    real!("ASIN", f64::asin),
    real!("ATAN", f64::atan),
    Function::new("ATAN2", 2, 2, |_, args| {
        Ok(Value::number(ops::to_f64(arg(args, 0)).atan2(ops::to_f64(arg(args, 1)))))
    }),
    rounding!("CEIL", f64::ceil),
    real!("COS", f64::cos),
    real!("DEGREES", f64::to_degrees),
    real!("EXP", f64::exp),
    real!("EXP2", f64::exp2),
    rounding!("FLOOR", f64::floor),
    real!("LOG", |number| positive_only(number, f64::ln)),
    real!("LOG2", |number| positive_only(number, f64::log2)),
    real!("LOG10", |number| positive_only(number, f64::log10)),
    Function::new("PI", 0, 0, |_, _| Ok(Value::Double(std::f64::consts::PI))),
    Function::new("POW", 2, 2, pow),
    real!("RADIANS", f64::to_radians),
    Function::volatile("RAND", 0, 0, rand),
    Function::volatile("RANDOM", 0, 0, rand),
    Function::new("RANGE", 2, 3, range),
    // Halves are rounded up, also below zero.
    rounding!("ROUND", |number| (number + 0.5).floor()),
    real!("SIN", f64::sin),
    real!("SQRT", f64::sqrt),
    real!("TAN", f64::tan),
];

fn positive_only(number: f64, compute: impl Fn(f64) -> f64) -> f64 {
    if number > 0.0 { compute(number) } else { f64::NAN }
}

fn abs(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    Ok(match ops::to_number(arg(args, 0)) {
        Value::Int(number) if number < 0 => ops::negate(&Value::Int(number)),
        Value::Double(number) => Value::Double(number.abs()),
        number => number,
    })
}

fn pow(_: &mut Context<'_>, args: &[Value]) -> Outcome {
    let (base, exponent) = (ops::to_number(arg(args, 0)), ops::to_number(arg(args, 1)));
    if let (Value::Int(base), Value::Int(exponent)) = (&base, &exponent)
        && let Some(power) = u32::try_from(*exponent).ok().and_then(|exponent| base.checked_pow(exponent))
    {
        return Ok(Value::Int(power));
    }
    Ok(Value::number(ops::to_f64(&base).powf(ops::to_f64(&exponent))))
}

fn rand(context: &mut Context<'_>, _: &[Value]) -> Outcome {
    // 53 random bits: as many as a double between 0 and 1 holds evenly.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
    let number = (context.random.next_u64() >> 11) as f64;
    Ok(Value::Double(number / 9_007_199_254_740_992.0))
}

fn range(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let [start, stop, step] = args else {
        return Ok(ops::range(arg(args, 0), arg(args, 1))?);
    };
    let (from, to, by) = (ops::to_f64(start), ops::to_f64(stop), ops::to_f64(step));
    if by == 0.0 || (from < to && by < 0.0) || (from > to && by > 0.0) {
        return context.wrong_type("RANGE");
    }
    let steps = (to - from) / by;
    #[expect(clippy::cast_precision_loss, reason = "the limit is small")]
    if steps >= ops::MAX_RANGE as f64 {
        return Err(ErrorNum::RESOURCE_LIMIT.into());
    }
    // Counting the steps, too, ends a range whose step is too small to change its numbers.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the limit, not negative")]
    let steps = steps as usize + 1;
    let mut numbers = Vec::new();
    let mut at = from;
    while numbers.len() <= steps && if by > 0.0 { at <= to } else { at >= to } {
        numbers.push(Value::whole_or_double(at));
        at += by;
    }
    Ok(Value::array(numbers))
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{call, check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn rounding_goes_up_at_a_half() {
        check("ROUND", "[2.5]", "3");
        check("ROUND", "[-2.5]", "-2");
        check("ROUND", "[-2.51]", "-3");
        check("FLOOR", "[-0.5]", "-1");
        check("CEIL", "[1.01]", "2");
        check("FLOOR", "[9007199254740993]", "9007199254740993");
        check("ABS", "[\"-3\"]", "3");
    }

    #[test]
    fn what_has_no_finite_result_is_null() {
        for (name, args) in [
            ("LOG", "[0]"),
            ("LOG10", "[-1]"),
            ("SQRT", "[-1]"),
            ("ACOS", "[2]"),
            ("EXP", "[1e9]"),
            ("POW", "[-8, 0.5]"),
        ] {
            check(name, args, "null");
        }
    }

    #[test]
    fn powers_of_whole_numbers_are_whole_while_they_fit() {
        check("POW", "[2, 10]", "1024");
        check("POW", "[3, 39]", "4052555153018976267");
        check("POW", "[2, 64]", "18446744073709551616");
        check("POW", "[5, -1]", "0.2");
        check("POW", "[0, null]", "1");
    }

    #[test]
    fn ranges_take_a_step_and_refuse_one_that_leads_nowhere() {
        check("RANGE", "[1.5, 3.9]", "[1,2,3]");
        check("RANGE", "[1, 2, 0.25]", "[1,1.25,1.5,1.75,2]");
        check("RANGE", "[5, 1, -2]", "[5,3,1]");
        check("RANGE", "[1, 1, 5]", "[1]");
        assert!(call("RANGE", "[1e17, 1.00000000000000016e17, 1]").0.unwrap().as_array().unwrap().len() < 20);
        check_warns("RANGE", "[1, 2, 0]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        check_warns("RANGE", "[1, 2, -1]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        assert_eq!(call("RANGE", "[0, 1, 1e-9]").0.unwrap_err().num, ErrorNum::RESOURCE_LIMIT);
        assert_eq!(call("RANGE", "[-1e300, 1e300]").0.unwrap_err().num, ErrorNum::RESOURCE_LIMIT);
    }

    #[test]
    fn random_numbers_are_between_zero_and_one() {
        let number = call("RAND", "[]").0.unwrap().as_f64().unwrap();
        assert!((0.0..1.0).contains(&number));
    }
}

//! Statistics of lists of numbers, and least and greatest elements ("Numeric functions" of the manual).
//!
//! Null elements do not count. What is no list gives null and warning 1563, an element that is no number null and 1561.

use crate::{
    embedded::value::{Value, ops, order},
    wire::ErrorNum,
};

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("AVERAGE", 1, 1, average),
    Function::new("AVG", 1, 1, average),
    Function::new("MAX", 1, 1, |context, args| {
        with_list(context, args, |list| extreme(list, std::cmp::Ordering::Greater))
    }),
    Function::new("MEDIAN", 1, 1, |context, args| with_numbers(context, args, median)),
    Function::new("MIN", 1, 1, |context, args| {
        with_list(context, args, |list| extreme(list, std::cmp::Ordering::Less))
    }),
    Function::new("PERCENTILE", 2, 3, percentile),
    Function::new("PRODUCT", 1, 1, |context, args| with_list(context, args, |list| fold(list, 1, ops::mul))),
    Function::new("STDDEV", 1, 1, |context, args| with_numbers(context, args, |all| deviation(all, Of::Population))),
    Function::new("STDDEV_POPULATION", 1, 1, |context, args| {
        with_numbers(context, args, |all| deviation(all, Of::Population))
    }),
    Function::new("STDDEV_SAMPLE", 1, 1, |context, args| with_numbers(context, args, |all| deviation(all, Of::Sample))),
    Function::new("SUM", 1, 1, |context, args| with_list(context, args, |list| fold(list, 0, ops::add))),
    Function::new("VARIANCE", 1, 1, |context, args| with_numbers(context, args, |all| spread(all, Of::Population))),
    Function::new("VARIANCE_POPULATION", 1, 1, |context, args| {
        with_numbers(context, args, |all| spread(all, Of::Population))
    }),
    Function::new("VARIANCE_SAMPLE", 1, 1, |context, args| with_numbers(context, args, |all| spread(all, Of::Sample))),
];

/// What the numbers are: all there are, or a sample of more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// All there are.
    Population,
    /// A sample.
    Sample,
}

/// Mean and variance of numbers that come one after the other (Welford's method, which does not lose precision).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// Takes in one more number.
    pub(crate) fn add(&mut self, number: f64) {
        self.count += 1.0;
        let delta = number - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (number - self.mean);
    }

    /// The variance, if there are enough numbers for one.
    pub(crate) fn variance(&self, of: Of) -> Option<f64> {
        let divisor = match of {
            Of::Population => self.count,
            Of::Sample => self.count - 1.0,
        };
        (divisor > 0.0).then(|| self.squares / divisor)
    }
}

/// Whether the left value is a better least (`Less`) or greatest (`Greater`) one than the right.
pub(crate) fn better(left: &Value, right: &Value, wanted: std::cmp::Ordering) -> bool {
    order::compare(left, right) == wanted
}

fn with_list(
    context: &mut Context<'_>,
    args: &[Value],
    compute: impl Fn(&[Value]) -> Result<Value, ErrorNum>,
) -> Outcome {
    let result = arg(args, 0).as_array().ok_or(ErrorNum::QUERY_ARRAY_EXPECTED).and_then(compute);
    result.or_else(|num| context.warn(num, num.text()).map(|()| Value::Null))
}

fn with_numbers(context: &mut Context<'_>, args: &[Value], compute: impl Fn(&[f64]) -> Option<f64>) -> Outcome {
    with_list(context, args, |list| Ok(compute(&numbers(list)?).map_or(Value::Null, Value::whole_or_double)))
}

fn numbers(list: &[Value]) -> Result<Vec<f64>, ErrorNum> {
    let present = list.iter().filter(|item| !item.is_null());
    present.map(|item| item.as_f64().ok_or(ErrorNum::QUERY_INVALID_ARITHMETIC_VALUE)).collect()
}

/// Sums and products that overflow are 0, as in ArangoDB.
fn fold(list: &[Value], start: i64, step: fn(&Value, &Value) -> Value) -> Result<Value, ErrorNum> {
    let mut result = Value::Int(start);
    for item in list.iter().filter(|item| !item.is_null()) {
        if !matches!(item, Value::Int(_) | Value::Double(_)) {
            return Err(ErrorNum::QUERY_INVALID_ARITHMETIC_VALUE);
        }
        result = step(&result, item);
        if result.is_null() {
            return Ok(Value::Int(0));
        }
    }
    Ok(result)
}

fn extreme(list: &[Value], wanted: std::cmp::Ordering) -> Result<Value, ErrorNum> {
    let present = list.iter().filter(|item| !item.is_null());
    let best = present.reduce(|best, item| if better(item, best, wanted) { item } else { best });
    Ok(best.cloned().unwrap_or_default())
}

fn average(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    with_numbers(context, args, |all| (!all.is_empty()).then(|| all.iter().sum::<f64>() / length(all)))
}

fn spread(all: &[f64], of: Of) -> Option<f64> {
    let mut moments = Moments::default();
    for number in all {
        moments.add(*number);
    }
    moments.variance(of)
}

fn deviation(all: &[f64], of: Of) -> Option<f64> {
    spread(all, of).map(f64::sqrt)
}

fn sorted(all: &[f64]) -> Vec<f64> {
    let mut sorted = all.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[expect(clippy::cast_precision_loss, reason = "no list is that long")]
fn length(all: &[f64]) -> f64 {
    all.len() as f64
}

fn median(all: &[f64]) -> Option<f64> {
    let sorted = sorted(all);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get((sorted.len() / 2).checked_sub(1)?)?;
    Some(f64::midpoint(lower, upper))
}

fn percentile(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let interpolate = match (args.get(2), args.get(2).and_then(Value::as_str)) {
        (None, _) | (_, Some("rank")) => false,
        (_, Some("interpolation")) => true,
        _ => return context.wrong_type("PERCENTILE"),
    };
    let Some(percent) = arg(args, 1).as_f64().filter(|percent| (0.0..=100.0).contains(percent)) else {
        return context.wrong_type("PERCENTILE");
    };
    with_numbers(context, args, |all| {
        let sorted = sorted(all);
        let nth = |position: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and the length")]
            let place = position.clamp(1.0, length(all).max(1.0)) as usize - 1;
            sorted.get(place).copied()
        };
        if !interpolate {
            return nth((percent * length(all) / 100.0).ceil());
        }
        let place = percent * (length(all) + 1.0) / 100.0;
        let (lower, upper) = (nth(place.floor())?, nth(place.floor() + 1.0)?);
        Some(if place < 1.0 { lower } else { lower + (upper - lower) * place.fract() })
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn nulls_do_not_count() {
        check("SUM", "[[1, null, 2]]", "3");
        check("AVG", "[[null, 1, 2, null]]", "1.5");
        check("PRODUCT", "[[]]", "1");
        check("MIN", "[[null, \"b\", 3]]", "3");
        check("MAX", "[[null, \"b\", 3]]", "\"b\"");
        for name in ["AVERAGE", "MIN", "MAX", "MEDIAN", "STDDEV", "VARIANCE"] {
            check(name, "[[null, null]]", "null");
        }
    }

    #[test]
    fn sums_of_whole_numbers_are_exact_and_overflowing_ones_become_doubles() {
        check("SUM", "[[9007199254740992, 1]]", "9007199254740993");
        check("SUM", "[[9223372036854775807, 1]]", "9223372036854775808");
        check("SUM", "[[1e308, 1e308]]", "0");
    }

    #[test]
    fn medians_and_percentiles_follow_the_manual() {
        check("MEDIAN", "[[5, 1, 3]]", "3");
        check("MEDIAN", "[[1, 2, 3, 10]]", "2.5");
        check("PERCENTILE", "[[10, 20, 30, 40], 26]", "20");
        check("PERCENTILE", "[[10, 20, 30, 40], 0]", "10");
        check("PERCENTILE", "[[10, 20, 30, 40], 100]", "40");
        check("PERCENTILE", "[[10, 20, 30], 50, \"interpolation\"]", "20");
        check("PERCENTILE", "[[10, 20, 30, 40], 30, \"interpolation\"]", "15");
        check("PERCENTILE", "[[10, 20], 1, \"interpolation\"]", "10");
        check("PERCENTILE", "[[10, 20], 99, \"interpolation\"]", "20");
        check("PERCENTILE", "[[], 50]", "null");
        check_warns("PERCENTILE", "[[1], 101]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        check_warns("PERCENTILE", "[[1], 50, \"x\"]", "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
    }

    #[test]
    fn a_sample_needs_two_numbers() {
        check("VARIANCE_SAMPLE", "[[1]]", "null");
        check("VARIANCE_SAMPLE", "[[1, 3]]", "2");
        check("VARIANCE_POPULATION", "[[1, 3]]", "1");
        check("STDDEV_SAMPLE", "[[1, 3, 5]]", "2");
    }

    #[test]
    fn what_is_no_list_of_numbers_is_warned_about() {
        check_warns("SUM", "[3]", "null", ErrorNum::QUERY_ARRAY_EXPECTED);
        check_warns("MAX", "[{}]", "null", ErrorNum::QUERY_ARRAY_EXPECTED);
        check_warns("STDDEV", "[[1, \"2\"]]", "null", ErrorNum::QUERY_INVALID_ARITHMETIC_VALUE);
    }
}

//! Distances and similarities of vectors of numbers; one of the two may also be a list of vectors.
//!
//! `APPROX_NEAR_…` is answered exactly: without a vector index there is nothing to approximate with.

use crate::embedded::value::Value;

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] = &[
    Function::new("COSINE_SIMILARITY", 2, 2, |context, args| pairwise(context, args, "COSINE_SIMILARITY", cosine)),
    Function::new("L1_DISTANCE", 2, 2, |context, args| pairwise(context, args, "L1_DISTANCE", manhattan)),
    Function::new("L2_DISTANCE", 2, 2, |context, args| pairwise(context, args, "L2_DISTANCE", euclid)),
    Function::new("APPROX_NEAR_COSINE", 2, 3, |context, args| pairwise(context, args, "APPROX_NEAR_COSINE", cosine)),
    Function::new("APPROX_NEAR_INNER_PRODUCT", 2, 3, |context, args| {
        pairwise(context, args, "APPROX_NEAR_INNER_PRODUCT", dot)
    }),
    Function::new("APPROX_NEAR_L2", 2, 3, |context, args| pairwise(context, args, "APPROX_NEAR_L2", euclid)),
];

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn cosine(left: &[f64], right: &[f64]) -> f64 {
    dot(left, right) / (dot(left, left).sqrt() * dot(right, right).sqrt())
}

fn manhattan(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).abs()).sum()
}

fn euclid(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum::<f64>().sqrt()
}

fn vector(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}

fn pairwise(context: &mut Context<'_>, args: &[Value], name: &str, measure: fn(&[f64], &[f64]) -> f64) -> Outcome {
    match compute(arg(args, 0), arg(args, 1), measure) {
        Some(result) => Ok(result),
        None => context.wrong_type(name),
    }
}

/// Nothing when the arguments are not vectors of one length.
fn compute(left: &Value, right: &Value, measure: fn(&[f64], &[f64]) -> f64) -> Option<Value> {
    let is_matrix =
        |value: &Value| value.as_array().is_some_and(|rows| rows.first().is_some_and(|row| row.as_array().is_some()));
    let (rows, single) = if is_matrix(right) { (right, left) } else { (left, right) };
    let single = vector(single)?;
    let one = |row: &Value| {
        let row = vector(row)?;
        (row.len() == single.len()).then(|| Value::number(measure(&row, &single)))
    };
    if is_matrix(rows) { rows.as_array()?.iter().map(one).collect::<Option<_>>().map(Value::array) } else { one(rows) }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedded::functions::tests::{check, check_warns},
        wire::ErrorNum,
    };

    #[test]
    fn distances_are_measured_between_vectors() {
        check("COSINE_SIMILARITY", "[[3, 4], [4, 3]]", "0.96");
        check("L1_DISTANCE", "[[1, -2], [4, 2]]", "7");
        check("L2_DISTANCE", "[[1, -2], [4, 2]]", "5");
        check("APPROX_NEAR_INNER_PRODUCT", "[[1, 2], [3, 4]]", "11");
        check("COSINE_SIMILARITY", "[[0, 0], [1, 1]]", "null");
    }

    #[test]
    fn a_list_of_vectors_gives_a_list() {
        check("L2_DISTANCE", "[[[3, 4], [6, 8]], [0, 0]]", "[5,10]");
        check("L2_DISTANCE", "[[0, 0], [[3, 4], [6, 8]]]", "[5,10]");
    }

    #[test]
    fn vectors_of_different_lengths_or_of_other_things_are_warned_about() {
        for args in ["[[1], [1, 2]]", "[[\"1\"], [1]]", "[1, [1]]", "[[[1]], [[1]]]", "[[[1], 2], [1]]"] {
            check_warns("L1_DISTANCE", args, "null", ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH);
        }
    }
}

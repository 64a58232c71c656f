//! `ANY`, `ALL`, `NONE` and `AT LEAST (n)` in array comparisons.

use super::{Host, Row, eval, operators};
use crate::embedded::{
    error::Error,
    plan::expr::{ArrayComparison, Quantifier},
    value::{Value, ops},
};

pub(super) fn array_comparison(node: &ArrayComparison, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let left = eval(&node.left, row, host)?;
    let right = eval(&node.right, row, host)?;
    let Value::Array(items) = left else {
        return Ok(Value::Bool(false));
    };
    let mut matches = 0;
    for item in items.iter() {
        host.tick()?;
        matches += usize::from(operators::compare(node.operator, item, &right, host)?);
    }
    is_met(&node.quantifier, matches, items.len(), row, host).map(Value::Bool)
}

/// Whether so many matches are what the quantifier asks for.
pub(super) fn is_met(
    quantifier: &Quantifier,
    matches: usize,
    of: usize,
    row: &Row,
    host: &mut dyn Host,
) -> Result<bool, Error> {
    Ok(match quantifier {
        Quantifier::Any => matches > 0,
        Quantifier::All => matches == of,
        Quantifier::None => matches == 0,
        Quantifier::AtLeast(count) => {
            let count = ops::to_i64(&eval(count, row, host)?);
            i64::try_from(matches).unwrap_or(i64::MAX) >= count
        }
    })
}

//! `[*]`, `[**]`, `[? …]` and what stands in the brackets.

use std::sync::Arc;

use super::{Host, Row, eval, holds, quantifier};
use crate::embedded::{
    error::Error,
    plan::expr::{ArrayFilter, ArrayFilterQuantifier, Expansion, Expr},
    value::{Value, ops},
};

pub(super) fn expansion(node: &Expansion, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let Value::Array(items) = eval(&node.value, row, host)? else {
        return Ok(Value::array(Vec::new()));
    };
    let items = if node.depth > 1 { Arc::new(flatten(&items, node.depth - 1)) } else { items };
    if node.filter.is_none() && node.limit.is_none() && node.map.is_none() && node.suffix.is_none() {
        return Ok(Value::Array(items));
    }
    let (offset, count) = match &node.limit {
        None => (0, usize::MAX),
        Some((offset, count)) => (rows(&eval(offset, row, host)?), rows(&eval(count, row, host)?)),
    };
    let mut result = Vec::new();
    let mut met = 0_usize;
    let mut bytes = 0_usize;
    for item in items.iter() {
        if result.len() >= count {
            break;
        }
        host.tick()?;
        let depth = host.currents().len();
        host.currents().push(item.clone());
        let value = element(node, row, host, &mut met, offset);
        host.currents().truncate(depth);
        if let Some(value) = value? {
            bytes = bytes.saturating_add(host.measure(&value, bytes)?);
            result.push(value);
        }
    }
    Ok(Value::array(result))
}

/// What becomes of one element, which is the innermost `CURRENT`.
fn element(
    node: &Expansion,
    row: &Row,
    host: &mut dyn Host,
    met: &mut usize,
    offset: usize,
) -> Result<Option<Value>, Error> {
    if let Some(filter) = &node.filter
        && !holds(filter, row, host)?
    {
        return Ok(None);
    }
    *met += 1;
    if *met <= offset {
        return Ok(None);
    }
    for step in [&node.map, &node.suffix].into_iter().flatten() {
        let value = eval(step, row, host)?;
        host.currents().pop();
        host.currents().push(value);
    }
    Ok(host.currents().last().cloned())
}

fn rows(value: &Value) -> usize {
    usize::try_from(ops::to_i64(value)).unwrap_or(0)
}

/// Arrays within the array give way to their elements, so many levels deep.
fn flatten(items: &[Value], levels: u32) -> Vec<Value> {
    let mut current = items.to_vec();
    for _ in 0..levels {
        if !current.iter().any(|item| matches!(item, Value::Array(_))) {
            break;
        }
        current = current
            .into_iter()
            .flat_map(|item| match item {
                Value::Array(inner) => inner.to_vec(),
                other => vec![other],
            })
            .collect();
    }
    current
}

pub(super) fn array_filter(node: &ArrayFilter, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let value = eval(&node.value, row, host)?;
    let Value::Array(items) = value else {
        return Ok(Value::Bool(false));
    };
    let mut matches = 0_usize;
    for item in items.iter() {
        host.tick()?;
        let matched = match &node.condition {
            None => true,
            Some(condition) => {
                let depth = host.currents().len();
                host.currents().push(item.clone());
                let matched = holds(condition, row, host);
                host.currents().truncate(depth);
                matched?
            }
        };
        matches += usize::from(matched);
    }
    let met = match &node.quantifier {
        ArrayFilterQuantifier::Quantifier(quantifier) => {
            quantifier::is_met(quantifier, matches, items.len(), row, host)?
        }
        ArrayFilterQuantifier::Count(Expr::Range(bounds)) => {
            let low = ops::to_i64(&eval(&bounds.0, row, host)?);
            let high = ops::to_i64(&eval(&bounds.1, row, host)?);
            let matches = i64::try_from(matches).unwrap_or(i64::MAX);
            low <= matches && matches <= high
        }
        ArrayFilterQuantifier::Count(count) => {
            let count = ops::to_i64(&eval(count, row, host)?);
            i64::try_from(matches).is_ok_and(|matches| matches == count)
        }
    };
    Ok(Value::Bool(met))
}

//! Access to attributes and elements. What is not there, or of another type, is null.

use super::{Host, Row, eval, peek};
use crate::embedded::{
    error::Error,
    plan::expr::{Attribute, Index},
    value::{Value, ops},
};

pub(super) fn attribute(node: &Attribute, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    if let Some(value) = peek(&node.value, row, host) {
        return Ok(value.get(&node.name).clone());
    }
    Ok(eval(&node.value, row, host)?.get(&node.name).clone())
}

pub(super) fn index(node: &Index, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let index = eval(&node.index, row, host)?;
    if let Some(value) = peek(&node.value, row, host) {
        return Ok(element(value, &index));
    }
    Ok(element(&eval(&node.value, row, host)?, &index))
}

/// `value[index]`
fn element(value: &Value, index: &Value) -> Value {
    match (value, index) {
        (Value::Object(object), Value::String(name)) => object.get(name).cloned().unwrap_or_default(),
        (Value::Object(object), Value::Int(_) | Value::Double(_)) => {
            object.get(&ops::to_text(index)).cloned().unwrap_or_default()
        }
        (Value::Array(items), Value::Int(_) | Value::Double(_) | Value::String(_)) => {
            // A text counts as an index only when it reads as a number.
            if let Value::String(text) = index
                && text.trim().parse::<f64>().is_err()
            {
                return Value::Null;
            }
            let at = ops::to_i64(index);
            let at = if at < 0 { i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_add(at) } else { at };
            usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
        }
        _ => Value::Null,
    }
}

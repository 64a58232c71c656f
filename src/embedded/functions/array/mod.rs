//! Functions over single arrays: taking elements, adding and removing them, slicing, sorting. Those that treat arrays
//! as sets are in `array_sets`.

use super::{
    Context, Function,
    answer::{Answer, Fault, argument, function, report},
};
use crate::{
    embedded::{
        error::Error,
        value::{Value, ops, order, sort::sort_while},
    },
    wire::ErrorNum,
};

/// What this file defines.
pub(super) const FUNCTIONS: &[Function] = &[
    function!("APPEND", 2..=3, append),
    function!("LENGTH", 1..=1, |arguments| Ok(length(argument(arguments, 0)))),
    function!("COUNT", 1..=1, |arguments| Ok(length(argument(arguments, 0)))),
    function!("FIRST", 1..=1, |arguments| Ok(array(arguments, 0)?.first().cloned().unwrap_or_default())),
    function!("LAST", 1..=1, |arguments| Ok(array(arguments, 0)?.last().cloned().unwrap_or_default())),
    function!("NTH", 2..=2, nth),
    function!("FLATTEN", 1..=2, flatten),
    function!("INTERLEAVE", 2.., interleave),
    function!("POP", 1..=1, pop),
    function!("SHIFT", 1..=1, |arguments| Ok(Value::array(array(arguments, 0)?.iter().skip(1).cloned().collect()))),
    function!("PUSH", 2..=3, push),
    function!("UNSHIFT", 2..=3, unshift),
    function!("POSITION", 2..=3, position),
    function!("CONTAINS_ARRAY", 2..=3, position),
    function!("REMOVE_NTH", 2..=2, remove_nth),
    function!("REMOVE_VALUE", 2..=3, remove_value),
    function!("REPLACE_NTH", 3..=4, replace_nth),
    function!("REVERSE", 1..=1, reverse),
    function!("SLICE", 2..=3, slice),
    Function::new("SORTED", 1, 1, |context, arguments| {
        let answer = sorted(context, arguments).map(Value::array);
        report(context, "SORTED", answer)
    }),
    Function::new("SORTED_UNIQUE", 1, 1, |context, arguments| {
        let answer = sorted(context, arguments).map(|mut items| {
            items.dedup_by(|right, left| order::equal(left, right));
            Value::array(items)
        });
        report(context, "SORTED_UNIQUE", answer)
    }),
];

/// An argument that has to be an array.
pub(super) fn array(arguments: &[Value], at: usize) -> Result<&[Value], Fault> {
    argument(arguments, at).as_array().ok_or(Fault::NotArray)
}

/// The first argument of those functions that take null for an empty array.
pub(super) fn array_or_null(arguments: &[Value]) -> Result<&[Value], Fault> {
    match argument(arguments, 0) {
        Value::Null => Ok(&[]),
        Value::Array(items) => Ok(items),
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Object(_) => Err(Fault::Type),
    }
}

/// The place a number names, when it is within the array; from the end when negative.
fn place(items: &[Value], position: &Value) -> Option<usize> {
    let position = ops::to_i64(position);
    let from_start = if position < 0 { position.checked_add_unsigned(items.len() as u64)? } else { position };
    usize::try_from(from_start).ok().filter(|at| *at < items.len())
}

fn append(arguments: &[Value]) -> Answer {
    let added = argument(arguments, 1);
    let items = match argument(arguments, 0) {
        Value::Null => return Ok(ops::to_array(added)),
        Value::Array(items) => items,
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Object(_) => {
            return Err(Fault::Type);
        }
    };
    let added = match added {
        Value::Null => &[],
        Value::Array(added) => added.as_slice(),
        other => std::slice::from_ref(other),
    };
    if added.is_empty() {
        return Ok(Value::Array(items.clone()));
    }
    let all = items.iter().chain(added);
    if ops::truth(argument(arguments, 2)) {
        return Ok(super::array_sets::distinct(all));
    }
    Ok(Value::array(all.cloned().collect()))
}

/// The length of any value.
fn length(value: &Value) -> Value {
    let length = match value {
        Value::Null => 0,
        Value::Bool(value) => usize::from(*value),
        number @ (Value::Int(_) | Value::Double(_)) => ops::to_text(number).chars().count(),
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
    };
    count(length)
}

/// A count as a value.
pub(super) fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn nth(arguments: &[Value]) -> Answer {
    let items = array(arguments, 0)?;
    let at = usize::try_from(ops::to_i64(argument(arguments, 1))).ok();
    Ok(at.and_then(|at| items.get(at)).cloned().unwrap_or_default())
}

fn flatten(arguments: &[Value]) -> Answer {
    let depth = usize::try_from(ops::to_i64(argument(arguments, 1)).max(1)).unwrap_or(usize::MAX);
    let mut flat = Vec::new();
    // The arrays being walked, outermost first: no recursion, so nesting cannot exhaust the stack.
    let mut open = vec![array(arguments, 0)?.iter()];
    while let Some(items) = open.last_mut() {
        match items.next() {
            None => {
                open.pop();
            }
            Some(Value::Array(inner)) if open.len() <= depth => open.push(inner.iter()),
            Some(item) => flat.push(item.clone()),
        }
    }
    Ok(Value::array(flat))
}

fn interleave(arguments: &[Value]) -> Answer {
    let arrays = arrays(arguments)?;
    let mut iterators: Vec<_> = arrays.iter().map(|items| items.iter()).collect();
    let mut mixed = Vec::with_capacity(arrays.iter().map(|items| items.len()).sum());
    while !iterators.is_empty() {
        iterators.retain_mut(|items| {
            let item = items.next();
            mixed.extend(item.cloned());
            item.is_some()
        });
    }
    Ok(Value::array(mixed))
}

/// All arguments, which have to be arrays.
pub(super) fn arrays(arguments: &[Value]) -> Result<Vec<&[Value]>, Fault> {
    arguments.iter().map(|value| value.as_array().ok_or(Fault::Type)).collect()
}

fn pop(arguments: &[Value]) -> Answer {
    let items = array(arguments, 0)?;
    Ok(Value::array(items.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default()))
}

fn push(arguments: &[Value]) -> Answer {
    let items = array_or_null(arguments)?;
    let value = argument(arguments, 1);
    let present = ops::truth(argument(arguments, 2)) && ops::contains(items, value);
    Ok(Value::array(items.iter().chain((!present).then_some(value)).cloned().collect()))
}

fn unshift(arguments: &[Value]) -> Answer {
    let items = array_or_null(arguments)?;
    let value = argument(arguments, 1);
    let present = ops::truth(argument(arguments, 2)) && ops::contains(items, value);
    Ok(Value::array((!present).then_some(value).into_iter().chain(items).cloned().collect()))
}

fn position(arguments: &[Value]) -> Answer {
    let items = argument(arguments, 0).as_array().ok_or(Fault::Type)?;
    let value = argument(arguments, 1);
    let at = items.iter().position(|item| order::equal(item, value));
    Ok(if ops::truth(argument(arguments, 2)) { at.map_or(Value::Int(-1), count) } else { Value::Bool(at.is_some()) })
}

fn remove_nth(arguments: &[Value]) -> Answer {
    let mut items = array_or_null(arguments)?.to_vec();
    if let Some(at) = place(&items, argument(arguments, 1)) {
        items.remove(at);
    }
    Ok(Value::array(items))
}

fn remove_value(arguments: &[Value]) -> Answer {
    let items = array_or_null(arguments)?;
    let value = argument(arguments, 1);
    let mut left = match argument(arguments, 2) {
        Value::Null => u64::MAX,
        // As many as there are, when negative.
        limit => u64::try_from(ops::to_i64(limit)).unwrap_or(u64::MAX),
    };
    let mut keep = |item: &&Value| {
        let remove = left > 0 && order::equal(item, value);
        left -= u64::from(remove);
        !remove
    };
    Ok(Value::array(items.iter().filter(|item| keep(item)).cloned().collect()))
}

fn replace_nth(arguments: &[Value]) -> Answer {
    let mut items = argument(arguments, 0).as_array().ok_or(Fault::Type)?.to_vec();
    let position = ops::to_i64(argument(arguments, 1));
    let value = argument(arguments, 2).clone();
    // A negative position beyond the start means the first element.
    let from_start = if position < 0 { position.saturating_add_unsigned(items.len() as u64).max(0) } else { position };
    let at = u64::try_from(from_start).unwrap_or(0);
    if at > ops::MAX_RANGE {
        return Err(Fault::Fatal(ErrorNum::RESOURCE_LIMIT.into()));
    }
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    if let Some(item) = items.get_mut(at) {
        *item = value;
        return Ok(Value::array(items));
    }
    if at > items.len() {
        let num = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
        let padding = arguments.get(3).ok_or_else(|| Fault::Fatal(Error::about(num, "REPLACE_NTH")))?;
        items.resize(at, padding.clone());
    }
    items.push(value);
    Ok(Value::array(items))
}

fn reverse(arguments: &[Value]) -> Answer {
    match argument(arguments, 0) {
        Value::Array(items) => Ok(Value::array(items.iter().rev().cloned().collect())),
        Value::String(text) => Ok(Value::string(text.chars().rev().collect::<String>())),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Object(_) => Err(Fault::Type),
    }
}

fn slice(arguments: &[Value]) -> Answer {
    let items = array(arguments, 0)?;
    let size = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let start = ops::to_i64(argument(arguments, 1));
    let start = if start < 0 { start.saturating_add(size).max(0) } else { start };
    let end = match argument(arguments, 2) {
        Value::Null => size,
        // A negative length counts where to stop from the end.
        length => match ops::to_i64(length) {
            length if length < 0 => length.saturating_add(size),
            length => start.saturating_add(length),
        },
    };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let end = usize::try_from(end).unwrap_or(0).min(items.len());
    Ok(Value::array(items.get(start..end).unwrap_or_default().to_vec()))
}

/// The items in order; nothing when the query has to end, which it does on its own after this call.
fn sorted(context: &Context<'_>, arguments: &[Value]) -> Result<Vec<Value>, Fault> {
    let go_on = || if (context.is_over)() { Err(()) } else { Ok(()) };
    Ok(sort_while(array(arguments, 0)?.to_vec(), order::compare, go_on).unwrap_or_default())
}

#[cfg(test)]
mod tests;

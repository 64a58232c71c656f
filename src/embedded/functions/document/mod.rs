//! Functions over objects: their attributes, parts of them, merging, and the identifiers of documents.

use std::collections::HashSet;

use super::{
    Function,
    answer::{Answer, Fault, argument, function},
    array::count,
};
use crate::embedded::{
    functions::Context,
    value::{Object, Str, Value, ops, order},
};

/// What this file defines. `LENGTH()` and `COUNT()` of objects are in `array`.
pub(super) const FUNCTIONS: &[Function] = &[
    function!("ATTRIBUTES", 1..=3, attributes),
    function!("KEYS", 1..=3, attributes),
    function!("VALUES", 1..=2, values),
    function!("ENTRIES", 1..=1, entries),
    function!("HAS", 2..=2, |arguments| Ok(Value::Bool(has(arguments)))),
    function!("IS_SAME_COLLECTION", 2..=2, is_same_collection),
    function!("KEEP", 2.., |arguments| select(arguments, Select { keep: true, recursive: false })),
    function!("KEEP_RECURSIVE", 2.., |arguments| select(arguments, Select { keep: true, recursive: true })),
    function!("UNSET", 2.., |arguments| select(arguments, Select { keep: false, recursive: false })),
    function!("UNSET_RECURSIVE", 2.., |arguments| select(arguments, Select { keep: false, recursive: true })),
    Function { name: "MATCHES", min: 2, max: 3, deterministic: true, call: matches },
    function!("MERGE", 1.., |arguments| merge_all(arguments, merge)),
    function!("MERGE_RECURSIVE", 1.., |arguments| merge_all(arguments, merge_recursive)),
    function!("PARSE_IDENTIFIER", 1..=1, parse_identifier),
    function!("PARSE_COLLECTION", 1..=1, |arguments| Ok(Value::from(identifier(argument(arguments, 0))?.0))),
    function!("PARSE_KEY", 1..=1, |arguments| Ok(Value::from(identifier(argument(arguments, 0))?.1))),
    function!("TRANSLATE", 2..=3, translate),
    function!("VALUE", 2..=2, value),
    function!("ZIP", 2..=2, zip),
];

fn object(arguments: &[Value], at: usize) -> Result<&Object, Fault> {
    argument(arguments, at).as_object().ok_or(Fault::Type)
}

/// The attributes, without those ArangoDB sets itself if a flag says so.
fn public<'a>(object: &'a Object, without_system: &Value) -> impl Iterator<Item = (&'a Str, &'a Value)> {
    let all = !ops::truth(without_system);
    object.iter().filter(move |(name, _)| all || !name.starts_with('_'))
}

fn attributes(arguments: &[Value]) -> Answer {
    let mut names: Vec<&Str> = public(object(arguments, 0)?, argument(arguments, 1)).map(|(name, _)| name).collect();
    if ops::truth(argument(arguments, 2)) {
        names.sort_unstable_by(|left, right| order::compare_text(left, right));
    }
    Ok(Value::array(names.into_iter().cloned().map(Value::String).collect()))
}

fn values(arguments: &[Value]) -> Answer {
    let values = public(object(arguments, 0)?, argument(arguments, 1)).map(|(_, value)| value.clone());
    Ok(Value::array(values.collect()))
}

fn entries(arguments: &[Value]) -> Answer {
    let pair = |(name, value): (&Str, &Value)| Value::array(vec![Value::String(name.clone()), value.clone()]);
    Ok(Value::array(object(arguments, 0)?.iter().map(pair).collect()))
}

fn has(arguments: &[Value]) -> bool {
    let name = ops::to_text(argument(arguments, 1));
    argument(arguments, 0).as_object().is_some_and(|object| object.contains_key(&name))
}

/// The `_id` that an identifier or a document gives.
fn id(value: &Value) -> Result<&str, Fault> {
    match value {
        Value::Object(_) => value.get("_id").as_str(),
        other => other.as_str(),
    }
    .ok_or(Fault::Type)
}

/// Collection and key of an identifier or a document.
fn identifier(value: &Value) -> Result<(&str, &str), Fault> {
    id(value)?.split_once('/').filter(|(_, key)| !key.contains('/')).ok_or(Fault::Type)
}

fn is_same_collection(arguments: &[Value]) -> Answer {
    let collection = |value| id(value).map(|id| id.split_once('/').map_or(id, |(collection, _)| collection));
    Ok(Value::Bool(collection(argument(arguments, 0))? == collection(argument(arguments, 1))?))
}

fn parse_identifier(arguments: &[Value]) -> Answer {
    let (collection, key) = identifier(argument(arguments, 0))?;
    let mut parts = Object::default();
    parts.insert(Str::from("collection"), Value::from(collection));
    parts.insert(Str::from("key"), Value::from(key));
    Ok(Value::object(parts))
}

/// Which attributes stay.
#[derive(Clone, Copy)]
struct Select {
    /// Whether the attributes named stay, or all others.
    keep: bool,
    /// Whether objects that stay are treated alike.
    recursive: bool,
}

fn select(arguments: &[Value], how: Select) -> Answer {
    let object = object(arguments, 0)?;
    let mut names = HashSet::new();
    for value in arguments.iter().skip(1) {
        match value {
            Value::Array(items) => names.extend(items.iter().filter_map(Value::as_str).map(Str::from)),
            Value::String(name) => {
                names.insert(name.clone());
            }
            Value::Int(_) | Value::Double(_) => {
                names.insert(ops::to_text(value));
            }
            Value::Null | Value::Bool(_) | Value::Object(_) => return Err(Fault::Type),
        }
    }
    Ok(Value::object(select_from(object, &names, how)))
}

fn select_from(object: &Object, names: &HashSet<Str>, how: Select) -> Object {
    let stays = |(name, value): (&Str, &Value)| {
        let value = match value {
            Value::Object(inner) if how.recursive => Value::object(select_from(inner, names, how)),
            other => other.clone(),
        };
        (name.clone(), value)
    };
    object.iter().filter(|(name, _)| names.contains(*name) == how.keep).map(stays).collect()
}

fn matches(context: &mut Context<'_>, arguments: &[Value]) -> Result<Value, crate::embedded::Error> {
    let Some(document) = argument(arguments, 0).as_object() else { return Ok(Value::Null) };
    let examples = match argument(arguments, 1) {
        Value::Array(examples) => examples.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut found = None;
    for (at, example) in examples.iter().enumerate() {
        let Some(example) = example.as_object() else {
            context.wrong_type("MATCHES")?;
            continue;
        };
        // An attribute that the example wants to be null may be missing.
        let fits = |(name, wanted): (&Str, &Value)| {
            document.get(name).map_or(wanted.is_null(), |value| order::equal(value, wanted))
        };
        if example.iter().all(fits) {
            found = Some(at);
            break;
        }
    }
    let wants_index = ops::truth(argument(arguments, 2));
    Ok(if wants_index { found.map_or(Value::Int(-1), count) } else { Value::Bool(found.is_some()) })
}

/// Merges all arguments, or all elements of the only argument.
fn merge_all(arguments: &[Value], merge: fn(&mut Object, &Object)) -> Answer {
    let documents = match arguments {
        [Value::Array(documents)] => documents.as_slice(),
        _ => arguments,
    };
    let mut merged = Object::default();
    for document in documents {
        merge(&mut merged, document.as_object().ok_or(Fault::Type)?);
    }
    Ok(Value::object(merged))
}

fn merge(into: &mut Object, from: &Object) {
    into.extend(from.iter().map(|(name, value)| (name.clone(), value.clone())));
}

fn merge_recursive(into: &mut Object, from: &Object) {
    for (name, value) in from {
        match (into.get_mut(name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                merge_recursive(std::sync::Arc::make_mut(old), new);
            }
            (Some(old), _) => *old = value.clone(),
            (None, _) => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}

fn translate(arguments: &[Value]) -> Answer {
    let wanted = argument(arguments, 0);
    let found = object(arguments, 1)?.get(&ops::to_text(wanted));
    Ok(found.or(arguments.get(2)).unwrap_or(wanted).clone())
}

fn value(arguments: &[Value]) -> Answer {
    let mut at = argument(arguments, 0);
    if at.as_object().is_none() {
        return Err(Fault::Type);
    }
    let path = argument(arguments, 1).as_array().ok_or(Fault::Type)?;
    if path.is_empty() {
        return Ok(Value::Null);
    }
    for step in path {
        at = match step {
            Value::String(name) => at.get(name),
            Value::Int(_) | Value::Double(_) => match at {
                Value::Array(items) => element(items, ops::to_i64(step)),
                other => other.get(&ops::to_text(step)),
            },
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(Fault::Type),
        };
    }
    Ok(at.clone())
}

/// The element at a place, from the end when negative; null when there is none.
fn element(items: &[Value], place: i64) -> &Value {
    static NULL: Value = Value::Null;
    let from_start = if place < 0 { place.saturating_add_unsigned(items.len() as u64) } else { place };
    usize::try_from(from_start).ok().and_then(|at| items.get(at)).unwrap_or(&NULL)
}

fn zip(arguments: &[Value]) -> Answer {
    let (Some(names), Some(values)) = (argument(arguments, 0).as_array(), argument(arguments, 1).as_array()) else {
        return Err(Fault::Type);
    };
    if names.len() != values.len() {
        return Err(Fault::Type);
    }
    let mut zipped = Object::default();
    for (name, value) in names.iter().zip(values) {
        // The first of several equal names wins.
        zipped.entry(ops::to_text(name)).or_insert_with(|| value.clone());
    }
    Ok(Value::object(zipped))
}

#[cfg(test)]
mod tests;

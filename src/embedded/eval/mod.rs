//! What expressions give: one value for one row.
//!
//! Where subqueries are run, functions find their data and warnings go is behind [`Host`], so this knows nothing of how
//! rows come about.

mod access;
mod expansion;
mod operators;
mod quantifier;

use std::sync::Arc;

use super::{
    error::Error,
    functions::Function,
    plan::{
        expr::{Expr, ObjectEntry, ObjectKey, Once, Subquery},
        key::Key,
    },
    value::{Object, Value, ops},
};
use crate::wire::{CollectionName, ErrorNum};

/// So many arguments of a function may be as large as they like.
const FEW: usize = 2;

/// A row: one value for each register.
pub type Row = Vec<Value>;

/// What evaluation needs of the query it is part of.
pub trait Host {
    /// The elements that `CURRENT` stands for, outermost first.
    fn currents(&mut self) -> &mut Vec<Value>;

    /// The element that `CURRENT` stands for at this depth.
    fn current(&self, depth: usize) -> Option<&Value>;

    /// Calls a function; the number of arguments has been checked.
    fn call(&mut self, function: &Function, arguments: &[Value]) -> Result<Value, Error>;

    /// Runs a subquery for a row.
    fn subquery(&mut self, subquery: &Subquery, row: &Row) -> Result<Value, Error>;

    /// How many documents a collection holds.
    fn count(&mut self, collection: &CollectionName) -> Result<usize, Error>;

    /// The value kept in a slot, if it has been computed.
    fn kept(&self, slot: usize) -> Option<Value>;

    /// Keeps a value in a slot.
    fn keep(&mut self, slot: usize, value: &Value);

    /// The memory a value takes that the query has just made.
    ///
    /// # Errors
    /// 32 when it takes more than the query may use, together with what is `beside` it, or nests too deeply.
    fn measure(&mut self, value: &Value, beside: usize) -> Result<usize, Error>;

    /// Whether a value is in a list that may be long and may be asked about for every row.
    ///
    /// # Errors
    /// When there is not enough memory for a quick answer.
    fn contains(&mut self, list: &Arc<Vec<Value>>, value: &Value) -> Result<bool, Error>;

    /// Registers a warning.
    ///
    /// # Errors
    /// The warning itself, when the query is to fail on warnings.
    fn warn(&mut self, num: ErrorNum, message: String) -> Result<(), Error>;

    /// Called in loops that may be long: fails when the query is to end.
    fn tick(&mut self) -> Result<(), Error>;
}

/// The value of an expression.
///
/// # Errors
/// Those of functions and subqueries, and warnings when the query is to fail on them.
pub fn eval(expr: &Expr, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    match expr {
        Expr::Constant(value) => Ok(value.clone()),
        Expr::Register(register) => Ok(row.get(register.index()).cloned().unwrap_or_default()),
        Expr::Current(depth) => Ok(host.current(*depth).cloned().unwrap_or_default()),
        Expr::Array(items) => {
            let items = eval_all(items, row, host)?;
            made(Value::array(items), host)
        }
        Expr::Object(entries) => {
            let value = object(entries, row, host)?;
            made(value, host)
        }
        Expr::Attribute(node) => access::attribute(node, row, host),
        Expr::Index(node) => access::index(node, row, host),
        Expr::Expansion(node) => expansion::expansion(node, row, host),
        Expr::ArrayFilter(node) => expansion::array_filter(node, row, host),
        Expr::Unary(node) => operators::unary(node, row, host),
        Expr::Binary(node) => operators::binary(node, row, host),
        Expr::Member(node) => {
            let value = eval(&node.value, row, host)?;
            Ok(Value::Bool(node.set.contains(&Key(vec![value])) != node.negated))
        }
        Expr::ArrayComparison(node) => quantifier::array_comparison(node, row, host),
        Expr::Ternary(node) => {
            let condition = eval(&node.condition, row, host)?;
            match (ops::truth(&condition), &node.then) {
                (true, None) => Ok(condition),
                (true, Some(then)) => eval(then, row, host),
                (false, _) => eval(&node.otherwise, row, host),
            }
        }
        Expr::Range(bounds) => {
            let low = eval(&bounds.0, row, host)?;
            let high = eval(&bounds.1, row, host)?;
            ops::range(&low, &high).map_err(Into::into)
        }
        Expr::Call(node) => {
            let arguments = eval_all(&node.arguments, row, host)?;
            if arguments.len() > FEW {
                // What puts many values together makes one that is as large as all of them.
                let mut bytes = 0_usize;
                for argument in &arguments {
                    bytes = bytes.saturating_add(host.measure(argument, bytes)?);
                }
            }
            let value = host.call(node.function, &arguments)?;
            made(value, host)
        }
        Expr::CollectionCount(name) => host.count(name).map(Value::count),
        Expr::Subquery(node) => host.subquery(node, row),
        Expr::Once(node) => once(node, row, host),
    }
}

/// A value that did not exist before, if it is not too large to go on with.
fn made(value: Value, host: &mut dyn Host) -> Result<Value, Error> {
    if matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_)) {
        host.measure(&value, 0)?;
    }
    Ok(value)
}

/// Whether an expression is true for a row.
///
/// # Errors
/// As [`eval`].
pub fn holds(expr: &Expr, row: &Row, host: &mut dyn Host) -> Result<bool, Error> {
    match peek(expr, row, host) {
        Some(value) => Ok(ops::truth(value)),
        None => Ok(ops::truth(&eval(expr, row, host)?)),
    }
}

/// The value of an expression that only points into the row, without copying it.
fn peek<'a>(expr: &'a Expr, row: &'a Row, host: &'a dyn Host) -> Option<&'a Value> {
    match expr {
        Expr::Constant(value) => Some(value),
        Expr::Register(register) => row.get(register.index()),
        Expr::Current(depth) => host.current(*depth),
        Expr::Attribute(node) => Some(peek(&node.value, row, host)?.get(&node.name)),
        _ => None,
    }
}

fn eval_all(items: &[Expr], row: &Row, host: &mut dyn Host) -> Result<Vec<Value>, Error> {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(eval(item, row, host)?);
    }
    Ok(values)
}

fn object(entries: &[ObjectEntry], row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let mut object = Object::with_capacity_and_hasher(entries.len(), foldhash::fast::RandomState::default());
    for entry in entries {
        let name = match &entry.key {
            ObjectKey::Name(name) => name.clone(),
            ObjectKey::Computed(key) => ops::to_text(&eval(key, row, host)?),
        };
        let value = eval(&entry.value, row, host)?;
        object.insert(name, value);
    }
    Ok(Value::object(object))
}

fn once(node: &Once, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    if let Some(value) = host.kept(node.slot) {
        return Ok(value);
    }
    let value = eval(&node.value, row, host)?;
    host.keep(node.slot, &value);
    Ok(value)
}

//! Constant parts of expressions, where computing them now is cheap and cannot warn.

use crate::{
    aql::ast::BinaryOperator,
    embedded::{
        plan::expr::{Expr, ObjectEntry, ObjectKey},
        value::{Object, Value, ops},
    },
};

/// An array, which is a constant when all its elements are.
pub(super) fn array(items: Vec<Expr>) -> Expr {
    let constants: Option<Vec<Value>> = items.iter().map(|item| item.constant().cloned()).collect();
    match constants {
        Some(values) => Expr::Constant(Value::array(values)),
        None => Expr::Array(items),
    }
}

/// An object, which is a constant when all its names and values are.
pub(super) fn object(entries: Vec<ObjectEntry>) -> Expr {
    let mut object = Object::default();
    for entry in &entries {
        let (ObjectKey::Name(name), Some(value)) = (&entry.key, entry.value.constant()) else {
            return Expr::Object(entries);
        };
        object.insert(name.clone(), value.clone());
    }
    Expr::Constant(Value::object(object))
}

/// An operation; numbers are computed at once, unless that would warn.
pub(super) fn binary(operator: BinaryOperator, left: Expr, right: Expr) -> Expr {
    let compute: fn(&Value, &Value) -> Value = match operator {
        BinaryOperator::Add => ops::add,
        BinaryOperator::Subtract => ops::sub,
        BinaryOperator::Multiply => ops::mul,
        _ => return Expr::binary(operator, left, right),
    };
    if let (Some(a), Some(b)) = (left.constant(), right.constant())
        && a.as_f64().is_some()
        && b.as_f64().is_some()
    {
        return Expr::Constant(compute(a, b));
    }
    Expr::binary(operator, left, right)
}

//! Operators.

use std::cmp::Ordering;

use super::{Host, Row, eval, peek};
use crate::{
    aql::ast::{BinaryOperator, UnaryOperator},
    embedded::{
        error::Error,
        functions,
        plan::expr::{Binary, Expr, Unary},
        value::{Value, like::LikePattern, ops, order},
    },
    wire::ErrorNum,
};

/// Lists of at least this length are worth asking the host about, which may remember them.
const LONG: usize = 32;

pub(super) fn unary(node: &Unary, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let operand = eval(&node.operand, row, host)?;
    Ok(match node.operator {
        UnaryOperator::Not => Value::Bool(!ops::truth(&operand)),
        UnaryOperator::Plus => ops::plus(&operand),
        UnaryOperator::Minus => ops::negate(&operand),
    })
}

pub(super) fn binary(node: &Binary, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    match node.operator {
        BinaryOperator::Or | BinaryOperator::And => return logical(node, row, host),
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => return arithmetic(node, row, host),
        BinaryOperator::In | BinaryOperator::NotIn if matches!(node.right, Expr::Range(_)) => {
            return in_range(node, row, host);
        }
        BinaryOperator::Eq
        | BinaryOperator::Ne
        | BinaryOperator::Lt
        | BinaryOperator::Le
        | BinaryOperator::Gt
        | BinaryOperator::Ge
        | BinaryOperator::In
        | BinaryOperator::NotIn => {
            if let (Some(left), Some(right)) = (peek(&node.left, row, host), peek(&node.right, row, host))
                && let Some(result) = compare_plain(node.operator, left, right)
            {
                return Ok(Value::Bool(result));
            }
        }
        BinaryOperator::Like | BinaryOperator::NotLike | BinaryOperator::Matches | BinaryOperator::NotMatches => {}
    }
    let left = eval(&node.left, row, host)?;
    let right = eval(&node.right, row, host)?;
    compare(node.operator, &left, &right, host).map(Value::Bool)
}

/// `AND` and `OR` give one of their operands; the right one is looked at only if needed.
fn logical(node: &Binary, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let left = eval(&node.left, row, host)?;
    if ops::truth(&left) == (node.operator == BinaryOperator::Or) {
        return Ok(left);
    }
    eval(&node.right, row, host)
}

fn arithmetic(node: &Binary, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let left = eval(&node.left, row, host)?;
    let right = eval(&node.right, row, host)?;
    let result = match node.operator {
        BinaryOperator::Add => Ok(ops::add(&left, &right)),
        BinaryOperator::Subtract => Ok(ops::sub(&left, &right)),
        BinaryOperator::Multiply => Ok(ops::mul(&left, &right)),
        BinaryOperator::Divide => ops::div(&left, &right),
        _ => ops::modulo(&left, &right),
    };
    match result {
        Ok(value) => Ok(value),
        Err(num) => {
            host.warn(num, num.text().to_owned())?;
            Ok(Value::Null)
        }
    }
}

fn in_range(node: &Binary, row: &Row, host: &mut dyn Host) -> Result<Value, Error> {
    let left = eval(&node.left, row, host)?;
    let Expr::Range(bounds) = &node.right else {
        return Ok(Value::Null);
    };
    let low = ops::to_i64(&eval(&bounds.0, row, host)?);
    let high = ops::to_i64(&eval(&bounds.1, row, host)?);
    let whole = match left {
        Value::Int(number) => Some(number),
        Value::Double(number) => order::whole(number),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let found = whole.is_some_and(|number| (low.min(high)..=low.max(high)).contains(&number));
    Ok(Value::Bool(found == (node.operator == BinaryOperator::In)))
}

/// A comparison that needs no host.
fn compare_plain(operator: BinaryOperator, left: &Value, right: &Value) -> Option<bool> {
    Some(match operator {
        BinaryOperator::Eq => order::equal(left, right),
        BinaryOperator::Ne => !order::equal(left, right),
        BinaryOperator::Lt => order::compare(left, right) == Ordering::Less,
        BinaryOperator::Le => order::compare(left, right) != Ordering::Greater,
        BinaryOperator::Gt => order::compare(left, right) == Ordering::Greater,
        BinaryOperator::Ge => order::compare(left, right) != Ordering::Less,
        BinaryOperator::In | BinaryOperator::NotIn => {
            let items = right.as_array().unwrap_or_default();
            if items.len() >= LONG {
                return None;
            }
            ops::contains(items, left) == (operator == BinaryOperator::In)
        }
        BinaryOperator::Or
        | BinaryOperator::And
        | BinaryOperator::Like
        | BinaryOperator::NotLike
        | BinaryOperator::Matches
        | BinaryOperator::NotMatches
        | BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => return None,
    })
}

/// A comparison of two values.
pub(super) fn compare(
    operator: BinaryOperator,
    left: &Value,
    right: &Value,
    host: &mut dyn Host,
) -> Result<bool, Error> {
    if let Some(result) = compare_plain(operator, left, right) {
        return Ok(result);
    }
    let negated = matches!(operator, BinaryOperator::NotIn | BinaryOperator::NotLike | BinaryOperator::NotMatches);
    let matched = match operator {
        BinaryOperator::In | BinaryOperator::NotIn => match right {
            Value::Array(items) => host.contains(items, left)?,
            _ => false,
        },
        BinaryOperator::Like | BinaryOperator::NotLike => {
            LikePattern::new(&ops::to_text(right), false).matches(&ops::to_text(left))
        }
        BinaryOperator::Matches | BinaryOperator::NotMatches => {
            let Some(function) = functions::lookup("REGEX_TEST") else {
                return Err(ErrorNum::INTERNAL_AQL.into());
            };
            let result = host.call(function, &[left.clone(), right.clone()])?;
            ops::truth(&result)
        }
        _ => return Err(ErrorNum::INTERNAL_AQL.into()),
    };
    Ok(matched != negated)
}

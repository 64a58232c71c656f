//! Expressions.

use std::fmt::{Formatter, Result, Write};

use super::{
    name::{is_plain, write_name, write_string},
    separated,
};
use crate::aql::{
    ast::{
        ArrayFilter, ArrayFilterQuantifier, AttributeName, BinaryOperator, Call, Expansion, Expr, LiteralValue, Object,
        ObjectEntry, ObjectKey, Quantifier, UnaryOperator,
    },
    parser::CURRENT,
    precedence as power,
};

/// Writes an expression, in brackets if it binds less strongly than its place needs.
pub(super) fn write_expr(f: &mut Formatter<'_>, expr: &Expr, least: u8) -> Result {
    if power_of(expr) < least { write_bracketed(f, expr) } else { write_plain(f, expr) }
}

fn write_bracketed(f: &mut Formatter<'_>, expr: &Expr) -> Result {
    f.write_char('(')?;
    write_plain(f, expr)?;
    f.write_char(')')
}

/// How strongly the outermost operator of an expression binds.
fn power_of(expr: &Expr) -> u8 {
    match expr {
        Expr::Ternary(_) => power::TERNARY,
        Expr::Binary(node) => power::of(node.operator),
        Expr::ArrayComparison(_) => power::QUANTIFIED,
        Expr::Range(_) => power::RANGE,
        Expr::Unary(_) => power::UNARY,
        Expr::Literal(_)
        | Expr::Array(_)
        | Expr::Object(_)
        | Expr::Name(_)
        | Expr::Bind(_)
        | Expr::Attribute(_)
        | Expr::Index(_)
        | Expr::Expansion(_)
        | Expr::ArrayFilter(_)
        | Expr::Call(_)
        | Expr::Subquery(_) => power::OPERAND,
    }
}

fn write_plain(f: &mut Formatter<'_>, expr: &Expr) -> Result {
    match expr {
        Expr::Literal(node) => write_literal(f, &node.value),
        Expr::Array(node) => {
            f.write_char('[')?;
            separated(f, &node.items, ", ", write_any)?;
            f.write_char(']')
        }
        Expr::Object(node) => write_object(f, node),
        Expr::Name(name) => write_name(f, &name.text),
        Expr::Bind(bind) => write!(f, "{bind}"),
        Expr::Attribute(_) | Expr::Index(_) | Expr::ArrayFilter(_) | Expr::Expansion(_) => write_chain(f, expr, false),
        Expr::Unary(node) => {
            f.write_str(match node.operator {
                UnaryOperator::Not => "NOT ",
                UnaryOperator::Plus => "+",
                UnaryOperator::Minus => "-",
            })?;
            write_expr(f, &node.operand, power::UNARY)
        }
        Expr::Binary(node) => {
            let own = power::of(node.operator);
            write_expr(f, &node.left, own)?;
            write!(f, " {} ", operator_text(node.operator))?;
            write_expr(f, &node.right, own + 1)
        }
        Expr::ArrayComparison(node) => {
            write_expr(f, &node.left, power::QUANTIFIED)?;
            f.write_char(' ')?;
            write_quantifier(f, &node.quantifier)?;
            write!(f, " {} ", operator_text(node.operator))?;
            write_expr(f, &node.right, power::of(node.operator) + 1)
        }
        Expr::Ternary(node) => {
            write_expr(f, &node.condition, power::TERNARY + 1)?;
            match &node.then {
                Some(then) => {
                    f.write_str(" ? ")?;
                    write_any(f, then)?;
                    f.write_str(" : ")?;
                }
                None => f.write_str(" ?: ")?,
            }
            write_expr(f, &node.otherwise, power::TERNARY)
        }
        Expr::Range(node) => {
            write_expr(f, &node.low, power::RANGE)?;
            f.write_str("..")?;
            write_expr(f, &node.high, power::RANGE + 1)
        }
        Expr::Call(node) => write_call(f, node),
        Expr::Subquery(node) => write!(f, "({})", node.query),
    }
}

fn write_any(f: &mut Formatter<'_>, expr: &Expr) -> Result {
    write_expr(f, expr, power::LOWEST)
}

fn write_literal(f: &mut Formatter<'_>, value: &LiteralValue) -> Result {
    match value {
        LiteralValue::Null => f.write_str("null"),
        LiteralValue::Bool(value) => write!(f, "{value}"),
        LiteralValue::Int(value) => write!(f, "{value}"),
        LiteralValue::Double(value) if value.is_finite() => write!(f, "{value:?}"),
        LiteralValue::Double(_) => f.write_str("1e999"),
        LiteralValue::String(text) => write_string(f, text),
    }
}

fn write_object(f: &mut Formatter<'_>, object: &Object) -> Result {
    if object.entries.is_empty() {
        return f.write_str("{}");
    }
    f.write_str("{ ")?;
    separated(f, &object.entries, ", ", write_entry)?;
    f.write_str(" }")
}

fn write_entry(f: &mut Formatter<'_>, entry: &ObjectEntry) -> Result {
    match &entry.key {
        ObjectKey::Name(key) => {
            if matches!(&entry.value, Expr::Name(value) if value.text == key.text) {
                return write_name(f, &key.text);
            }
            if is_plain(&key.text) { f.write_str(&key.text)? } else { write_string(f, &key.text)? }
        }
        ObjectKey::Bind(bind) => write!(f, "{bind}")?,
        ObjectKey::Computed(key) => write!(f, "[{key}]")?,
    }
    write!(f, ": {}", entry.value)
}

/// A call; a query that is the only argument needs no brackets of its own.
fn write_call(f: &mut Formatter<'_>, call: &Call) -> Result {
    for (at, part) in call.name.split("::").enumerate() {
        f.write_str(if at > 0 { "::" } else { "" })?;
        // The one keyword that is a function as well.
        if part == "LIKE" && !call.name.contains("::") { f.write_str(part)? } else { write_name(f, part)? }
    }
    f.write_char('(')?;
    match call.arguments.as_slice() {
        [Expr::Subquery(only)] => write!(f, "{}", only.query)?,
        arguments => separated(f, arguments, ", ", write_any)?,
    }
    f.write_char(')')
}

fn write_quantifier(f: &mut Formatter<'_>, quantifier: &Quantifier) -> Result {
    match quantifier {
        Quantifier::Any => f.write_str("ANY"),
        Quantifier::All => f.write_str("ALL"),
        Quantifier::None => f.write_str("NONE"),
        Quantifier::AtLeast(count) => write!(f, "AT LEAST ({count})"),
    }
}

/// An operand with its suffixes. `suffix`: the chain begins behind an expansion, at the element `CURRENT`.
fn write_chain(f: &mut Formatter<'_>, expr: &Expr, suffix: bool) -> Result {
    match expr {
        Expr::Name(name) if suffix && name.text == CURRENT => Ok(()),
        Expr::Attribute(node) => {
            write_base(f, &node.value, suffix)?;
            match &node.name {
                AttributeName::Name(name) => write!(f, ".{name}"),
                AttributeName::Bind(bind) => write!(f, ".{bind}"),
            }
        }
        Expr::Index(node) => {
            write_base(f, &node.value, suffix)?;
            write!(f, "[{}]", node.index)
        }
        Expr::ArrayFilter(node) => {
            write_base(f, &node.value, suffix)?;
            write_array_filter(f, node)
        }
        Expr::Expansion(node) => write_expansion(f, node, suffix),
        other => write_base(f, other, suffix),
    }
}

/// What suffixes follow: in brackets unless it is an operand that can have some, and stays apart from them.
fn write_base(f: &mut Formatter<'_>, expr: &Expr, suffix: bool) -> Result {
    match expr {
        Expr::Name(_) | Expr::Attribute(_) | Expr::Index(_) | Expr::ArrayFilter(_) if suffix => {
            write_chain(f, expr, true)
        }
        Expr::Attribute(_) | Expr::Index(_) | Expr::ArrayFilter(_) => write_chain(f, expr, false),
        Expr::Array(_) | Expr::Object(_) | Expr::Name(_) | Expr::Bind(_) | Expr::Call(_) | Expr::Subquery(_) => {
            write_plain(f, expr)
        }
        Expr::Literal(_)
        | Expr::Unary(_)
        | Expr::Binary(_)
        | Expr::ArrayComparison(_)
        | Expr::Ternary(_)
        | Expr::Range(_)
        | Expr::Expansion(_) => write_bracketed(f, expr),
    }
}

fn write_expansion(f: &mut Formatter<'_>, node: &Expansion, suffix: bool) -> Result {
    let apart = match &node.suffix {
        Some(accesses) if !is_suffix(accesses) => Some(accesses),
        _ => None,
    };
    if apart.is_some() {
        f.write_char('(')?;
    }
    write_base(f, &node.value, suffix)?;
    f.write_char('[')?;
    for _ in 0..node.depth.max(1) {
        f.write_char('*')?;
    }
    if let Some(condition) = &node.filter {
        write!(f, " FILTER {condition}")?;
    }
    match &node.limit {
        Some((Some(offset), count)) => write!(f, " LIMIT {offset}, {count}")?,
        Some((None, count)) => write!(f, " LIMIT {count}")?,
        None => {}
    }
    if let Some(projection) = &node.map {
        write!(f, " RETURN {projection}")?;
    }
    f.write_char(']')?;
    match (apart, &node.suffix) {
        // No accesses on the element, so no text has it as a suffix: a second projection means the same.
        (Some(projection), _) => write!(f, ")[* RETURN {projection}]"),
        (None, Some(accesses)) => write_chain(f, accesses, true),
        (None, None) => Ok(()),
    }
}

/// Whether an expression is a chain of accesses on `CURRENT`, as the parser makes them.
fn is_suffix(mut expr: &Expr) -> bool {
    loop {
        expr = match expr {
            Expr::Name(name) => return name.text == CURRENT,
            Expr::Attribute(node) => &node.value,
            Expr::Index(node) => &node.value,
            Expr::ArrayFilter(node) => &node.value,
            Expr::Expansion(node) if node.depth == 1 && node.suffix.as_deref().is_none_or(is_suffix) => &node.value,
            _ => return false,
        };
        if matches!(expr, Expr::Expansion(_)) {
            return false;
        }
    }
}

fn write_array_filter(f: &mut Formatter<'_>, node: &ArrayFilter) -> Result {
    f.write_str("[?")?;
    match &node.quantifier {
        Some(ArrayFilterQuantifier::Quantifier(quantifier)) => {
            f.write_char(' ')?;
            write_quantifier(f, quantifier)?;
        }
        Some(ArrayFilterQuantifier::Count(count)) => write!(f, " {count}")?,
        None => {}
    }
    if let Some(condition) = &node.condition {
        write!(f, " FILTER {condition}")?;
    }
    f.write_char(']')
}

/// An operator as it is printed.
fn operator_text(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Or => "OR",
        BinaryOperator::And => "AND",
        BinaryOperator::Eq => "==",
        BinaryOperator::Ne => "!=",
        BinaryOperator::Lt => "<",
        BinaryOperator::Le => "<=",
        BinaryOperator::Gt => ">",
        BinaryOperator::Ge => ">=",
        BinaryOperator::In => "IN",
        BinaryOperator::NotIn => "NOT IN",
        BinaryOperator::Like => "LIKE",
        BinaryOperator::NotLike => "NOT LIKE",
        BinaryOperator::Matches => "=~",
        BinaryOperator::NotMatches => "!~",
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
        BinaryOperator::Modulo => "%",
    }
}

//! Expressions as trees of ArangoDB's syntax nodes.

use super::nodes::Explainer;
use crate::{
    aql::ast::{BinaryOperator, UnaryOperator},
    embedded::{
        plan::expr::{
            ArrayFilter, ArrayFilterQuantifier, Expansion, Expr, ObjectEntry, ObjectKey, Quantifier, Ternary,
        },
        value::{Object, Str, Value},
    },
};

/// A node with its parts.
pub(super) fn node(kind: &str, id: i64, more: Vec<(&str, Value)>, parts: Vec<Value>) -> Value {
    let mut object = Object::default();
    object.insert(Str::from("type"), Value::from(kind));
    object.insert(Str::from("typeID"), Value::Int(id));
    object.extend(more.into_iter().map(|(name, value)| (Str::from(name), value)));
    if !parts.is_empty() {
        object.insert(Str::from("subNodes"), Value::array(parts));
    }
    Value::object(object)
}

impl Explainer<'_> {
    /// The tree of an expression. Its subqueries become steps of their own before it.
    pub(super) fn expression(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Constant(value) => constant(value),
            Expr::Register(register) => self.reference(*register),
            Expr::Current(depth) => {
                node("reference", 45, vec![("name", Value::string(format!("CURRENT{depth}")))], Vec::new())
            }
            Expr::Array(items) => {
                let items = items.iter().map(|item| self.expression(item)).collect();
                node("array", 41, Vec::new(), items)
            }
            Expr::Object(entries) => self.object(entries),
            Expr::Attribute(access) => {
                let value = self.expression(&access.value);
                node("attribute access", 35, vec![("name", Value::String(access.name.clone()))], vec![value])
            }
            Expr::Index(access) => {
                let parts = vec![self.expression(&access.value), self.expression(&access.index)];
                node("indexed access", 37, Vec::new(), parts)
            }
            Expr::Expansion(expansion) => self.expansion(expansion),
            Expr::ArrayFilter(filter) => self.array_filter(filter),
            Expr::Unary(unary) => {
                let (kind, id) = match unary.operator {
                    UnaryOperator::Plus => ("unary plus", 15),
                    UnaryOperator::Minus => ("unary minus", 16),
                    UnaryOperator::Not => ("unary not", 17),
                };
                let operand = self.expression(&unary.operand);
                node(kind, id, Vec::new(), vec![operand])
            }
            Expr::Binary(binary) if matches!(binary.operator, BinaryOperator::And | BinaryOperator::Or) => {
                let (kind, id) = match binary.operator {
                    BinaryOperator::And => ("n-ary and", 62),
                    _ => ("n-ary or", 63),
                };
                let mut operands = Vec::new();
                chain(expr, binary.operator, &mut operands);
                let parts = operands.into_iter().map(|operand| self.expression(operand)).collect();
                node(kind, id, Vec::new(), parts)
            }
            Expr::Binary(binary) => {
                let parts = vec![self.expression(&binary.left), self.expression(&binary.right)];
                operation(binary.operator, parts)
            }
            Expr::Member(member) => {
                let operator = if member.negated { BinaryOperator::NotIn } else { BinaryOperator::In };
                let parts = vec![self.expression(&member.value), constant(&member.list)];
                operation(operator, parts)
            }
            Expr::ArrayComparison(comparison) => {
                let (kind, id) = operator(comparison.operator);
                let quantifier = self.quantifier(&comparison.quantifier);
                let parts = vec![self.expression(&comparison.left), self.expression(&comparison.right), quantifier];
                node(&format!("array {kind}"), id + 41, Vec::new(), parts)
            }
            Expr::Ternary(ternary) => self.ternary(ternary),
            Expr::Range(bounds) => {
                let parts = vec![self.expression(&bounds.0), self.expression(&bounds.1)];
                node("range", 49, Vec::new(), parts)
            }
            Expr::Call(call) => {
                let arguments = call.arguments.iter().map(|argument| self.expression(argument)).collect();
                let arguments = node("array", 41, Vec::new(), arguments);
                node("function call", 47, vec![("name", Value::from(call.function.name))], vec![arguments])
            }
            Expr::CollectionCount(name) => {
                let collection = node("collection", 44, vec![("name", Value::string(name.as_str()))], Vec::new());
                let arguments = node("array", 41, Vec::new(), vec![collection]);
                node("function call", 47, vec![("name", Value::from("LENGTH"))], vec![arguments])
            }
            Expr::Subquery(_) => {
                let register = self.subquery(expr);
                self.reference(register)
            }
            Expr::Once(once) => self.expression(&once.value),
        }
    }

    fn ternary(&mut self, ternary: &Ternary) -> Value {
        let mut parts = vec![self.expression(&ternary.condition)];
        parts.extend(ternary.then.as_ref().map(|then| self.expression(then)));
        parts.push(self.expression(&ternary.otherwise));
        node("ternary", 33, Vec::new(), parts)
    }

    fn object(&mut self, entries: &[ObjectEntry]) -> Value {
        let entries = entries
            .iter()
            .map(|entry| match &entry.key {
                ObjectKey::Name(name) => {
                    let value = self.expression(&entry.value);
                    node("object element", 43, vec![("name", Value::String(name.clone()))], vec![value])
                }
                ObjectKey::Computed(key) => {
                    let parts = vec![self.expression(key), self.expression(&entry.value)];
                    node("calculated object element", 53, Vec::new(), parts)
                }
            })
            .collect();
        node("object", 42, Vec::new(), entries)
    }

    fn expansion(&mut self, expansion: &Expansion) -> Value {
        let mut parts = vec![self.expression(&expansion.value)];
        for part in [&expansion.suffix, &expansion.filter, &expansion.map] {
            parts.push(self.optional(part.as_ref()));
        }
        if let Some((offset, count)) = &expansion.limit {
            let bounds = vec![self.expression(offset), self.expression(count)];
            parts.push(node("array limit", 57, Vec::new(), bounds));
        }
        node("expansion", 38, vec![("levels", Value::Int(i64::from(expansion.depth)))], parts)
    }

    fn array_filter(&mut self, filter: &ArrayFilter) -> Value {
        let quantifier = match &filter.quantifier {
            ArrayFilterQuantifier::Quantifier(quantifier) => self.quantifier(quantifier),
            ArrayFilterQuantifier::Count(count) => self.expression(count),
        };
        let value = self.expression(&filter.value);
        let condition = self.optional(filter.condition.as_ref());
        node("expansion", 38, vec![("booleanize", Value::Bool(true))], vec![value, quantifier, condition])
    }

    fn quantifier(&mut self, quantifier: &Quantifier) -> Value {
        let (name, count) = match quantifier {
            Quantifier::Any => ("any", None),
            Quantifier::All => ("all", None),
            Quantifier::None => ("none", None),
            Quantifier::AtLeast(count) => ("at least", Some(count)),
        };
        let parts = count.map(|count| self.expression(count)).into_iter().collect();
        node("quantifier", 74, vec![("quantifier", Value::from(name))], parts)
    }

    fn optional(&mut self, part: Option<&Expr>) -> Value {
        part.map_or_else(|| node("no-op", 50, Vec::new(), Vec::new()), |part| self.expression(part))
    }
}

/// The operands of a chain of the same operator.
fn chain<'e>(expr: &'e Expr, operator: BinaryOperator, operands: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Binary(binary) if binary.operator == operator => {
            chain(&binary.left, operator, operands);
            chain(&binary.right, operator, operands);
        }
        _ => operands.push(expr),
    }
}

/// A constant: texts, numbers and the like as one node, arrays and objects as a tree of them.
fn constant(value: &Value) -> Value {
    let kind = match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Double(_) => 3,
        Value::String(_) => 4,
        Value::Array(items) => return node("array", 41, Vec::new(), items.iter().map(constant).collect()),
        Value::Object(object) => {
            let entries = object.iter().map(|(name, value)| {
                node("object element", 43, vec![("name", Value::String(name.clone()))], vec![constant(value)])
            });
            return node("object", 42, Vec::new(), entries.collect());
        }
    };
    node("value", 40, vec![("value", value.clone()), ("vTypeID", Value::Int(kind))], Vec::new())
}

/// An operation of two operands.
pub(super) fn operation(binary: BinaryOperator, parts: Vec<Value>) -> Value {
    let (kind, id) = operator(binary);
    if kind.is_empty() {
        let name = match binary {
            BinaryOperator::Like | BinaryOperator::NotLike => "LIKE",
            _ => "REGEX_TEST",
        };
        let call =
            node("function call", 47, vec![("name", Value::from(name))], vec![node("array", 41, Vec::new(), parts)]);
        return match binary {
            BinaryOperator::NotLike | BinaryOperator::NotMatches => node("unary not", 17, Vec::new(), vec![call]),
            _ => call,
        };
    }
    let more = if (25..=32).contains(&id) { vec![("excludesNull", Value::Bool(false))] } else { Vec::new() };
    node(kind, id, more, parts)
}

/// Name and number of an operator; no name for those that ArangoDB shows as function calls.
fn operator(operator: BinaryOperator) -> (&'static str, i64) {
    match operator {
        BinaryOperator::And => ("logical and", 18),
        BinaryOperator::Or => ("logical or", 19),
        BinaryOperator::Add => ("plus", 20),
        BinaryOperator::Subtract => ("minus", 21),
        BinaryOperator::Multiply => ("times", 22),
        BinaryOperator::Divide => ("division", 23),
        BinaryOperator::Modulo => ("modulus", 24),
        BinaryOperator::Eq => ("compare ==", 25),
        BinaryOperator::Ne => ("compare !=", 26),
        BinaryOperator::Lt => ("compare <", 27),
        BinaryOperator::Le => ("compare <=", 28),
        BinaryOperator::Gt => ("compare >", 29),
        BinaryOperator::Ge => ("compare >=", 30),
        BinaryOperator::In => ("compare in", 31),
        BinaryOperator::NotIn => ("compare not in", 32),
        BinaryOperator::Like | BinaryOperator::NotLike | BinaryOperator::Matches | BinaryOperator::NotMatches => {
            ("", 0)
        }
    }
}

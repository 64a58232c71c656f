//! Expressions: literals, operators, names.

use super::{Lowerer, after_modification, fold};
use crate::{
    aql::ast::{self, LiteralValue, UnaryOperator},
    embedded::{
        error::Error,
        plan::expr::{
            ArrayComparison, ArrayFilter, ArrayFilterQuantifier, Expr, ObjectEntry, ObjectKey, Quantifier, Subquery,
            Ternary, Unary,
        },
        value::{Str, Value},
    },
    wire::{CollectionName, ErrorNum},
};

/// What a name stands for.
pub(super) enum Named {
    /// A variable or `CURRENT`.
    Value(Expr),
    /// A collection.
    Collection(CollectionName),
}

impl Lowerer<'_> {
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Result<Expr, Error> {
        match expr {
            ast::Expr::Literal(node) => Ok(Expr::Constant(literal(&node.value))),
            ast::Expr::Array(node) => self.array(&node.items),
            ast::Expr::Object(node) => self.object(&node.entries),
            ast::Expr::Name(_) => match self.named(expr)? {
                Some(Named::Value(value)) => Ok(value),
                Some(Named::Collection(name)) => Err(self.collection_as_value(&name)),
                None => Ok(Expr::NULL),
            },
            ast::Expr::Bind(node) if node.collection => {
                let name = self.binds.text(node)?.clone();
                let name = self.existing(&name)?;
                Err(self.collection_as_value(&name))
            }
            ast::Expr::Bind(node) => Ok(Expr::Constant(self.binds.value(node)?.clone())),
            ast::Expr::Attribute(node) => self.attribute(node),
            ast::Expr::Index(node) => self.index(node),
            ast::Expr::Expansion(node) => self.expansion(node),
            ast::Expr::ArrayFilter(node) => self.array_filter(node),
            ast::Expr::Unary(node) => self.unary(node),
            ast::Expr::Binary(node) => {
                let left = self.expr(&node.left)?;
                let right = self.expr(&node.right)?;
                Ok(fold::binary(node.operator, left, right))
            }
            ast::Expr::ArrayComparison(node) => self.array_comparison(node),
            ast::Expr::Ternary(node) => self.ternary(node),
            ast::Expr::Range(node) => {
                let low = self.expr(&node.low)?;
                let high = self.expr(&node.high)?;
                Ok(Expr::Range(Box::new((low, high))))
            }
            ast::Expr::Call(node) => self.call(node),
            ast::Expr::Subquery(node) => self.subquery(&node.query),
        }
    }

    fn unary(&mut self, node: &ast::Unary) -> Result<Expr, Error> {
        let operand = self.expr(&node.operand)?;
        Ok(match (node.operator, operand) {
            (UnaryOperator::Minus, Expr::Constant(Value::Int(number))) => match number.checked_neg() {
                Some(negative) => Expr::Constant(Value::Int(negative)),
                None => Expr::Constant(Value::Double(9_223_372_036_854_775_808.0)),
            },
            (UnaryOperator::Minus, Expr::Constant(Value::Double(number))) => Expr::Constant(Value::Double(-number)),
            (operator, operand) => Expr::Unary(Box::new(Unary { operator, operand })),
        })
    }

    fn ternary(&mut self, node: &ast::Ternary) -> Result<Expr, Error> {
        let condition = self.expr(&node.condition)?;
        let then = match &node.then {
            Some(then) => Some(self.expr(then)?),
            None => None,
        };
        let otherwise = self.expr(&node.otherwise)?;
        Ok(Expr::Ternary(Box::new(Ternary { condition, then, otherwise })))
    }

    fn array(&mut self, items: &[ast::Expr]) -> Result<Expr, Error> {
        let items = items.iter().map(|item| self.expr(item)).collect::<Result<Vec<_>, _>>()?;
        Ok(fold::array(items))
    }

    fn object(&mut self, entries: &[ast::ObjectEntry]) -> Result<Expr, Error> {
        let mut lowered = Vec::with_capacity(entries.len());
        for entry in entries {
            let key = match &entry.key {
                ast::ObjectKey::Name(name) => ObjectKey::Name(Str::from(name.text.as_str())),
                ast::ObjectKey::Bind(bind) => ObjectKey::Name(self.binds.text(bind)?.clone()),
                ast::ObjectKey::Computed(key) => ObjectKey::Computed(self.expr(key)?),
            };
            // The shorthand `{ a }` is about variables only.
            if let (ast::ObjectKey::Name(name), ast::Expr::Name(value)) = (&entry.key, &entry.value)
                && name.span == value.span
                && self.scopes.find(&value.text).is_none()
                && !(self.currents > 0 && value.text == "CURRENT")
            {
                return Err(Error::about(ErrorNum::QUERY_VARIABLE_NAME_UNKNOWN, &value.text));
            }
            lowered.push(ObjectEntry { key, value: self.expr(&entry.value)? });
        }
        Ok(fold::object(lowered))
    }

    fn array_filter(&mut self, node: &ast::ArrayFilter) -> Result<Expr, Error> {
        let value = self.expr(&node.value)?;
        let quantifier = match &node.quantifier {
            None => ArrayFilterQuantifier::Quantifier(Quantifier::Any),
            Some(ast::ArrayFilterQuantifier::Quantifier(quantifier)) => {
                ArrayFilterQuantifier::Quantifier(self.quantifier(quantifier)?)
            }
            Some(ast::ArrayFilterQuantifier::Count(count)) => ArrayFilterQuantifier::Count(self.expr(count)?),
        };
        self.currents += 1;
        let condition = node.condition.as_ref().map(|condition| self.expr(condition)).transpose();
        self.currents -= 1;
        Ok(Expr::ArrayFilter(Box::new(ArrayFilter { value, quantifier, condition: condition? })))
    }

    fn quantifier(&mut self, quantifier: &ast::Quantifier) -> Result<Quantifier, Error> {
        Ok(match quantifier {
            ast::Quantifier::Any => Quantifier::Any,
            ast::Quantifier::All => Quantifier::All,
            ast::Quantifier::None => Quantifier::None,
            ast::Quantifier::AtLeast(count) => Quantifier::AtLeast(self.expr(count)?),
        })
    }

    fn array_comparison(&mut self, node: &ast::ArrayComparison) -> Result<Expr, Error> {
        let left = self.expr(&node.left)?;
        let quantifier = self.quantifier(&node.quantifier)?;
        let right = self.expr(&node.right)?;
        Ok(Expr::ArrayComparison(Box::new(ArrayComparison { left, quantifier, operator: node.operator, right })))
    }

    pub(super) fn subquery(&mut self, query: &ast::Query) -> Result<Expr, Error> {
        let outside = std::mem::replace(&mut self.access.writes_outside, self.access.writes.len());
        self.access.level += 1;
        let block = self.block(query);
        self.access.level -= 1;
        let modifies = self.access.writes.len() > self.access.writes_outside;
        self.access.writes_outside = outside;
        Ok(Expr::Subquery(Box::new(Subquery { block: block?, modifies })))
    }

    /// What a bare name, or a collection parameter, stands for; `None` when the expression is something else.
    pub(super) fn named(&mut self, expr: &ast::Expr) -> Result<Option<Named>, Error> {
        match expr {
            ast::Expr::Name(name) => {
                if self.currents > 0 && name.text == "CURRENT" {
                    return Ok(Some(Named::Value(Expr::Current(self.currents - 1))));
                }
                if let Some(register) = self.scopes.find(&name.text) {
                    return Ok(Some(Named::Value(Expr::Register(register))));
                }
                if self.scopes.is_hidden(&name.text) {
                    return Err(Error::about(ErrorNum::QUERY_VARIABLE_NAME_UNKNOWN, &name.text));
                }
                Ok(Some(Named::Collection(self.existing(&name.text)?)))
            }
            ast::Expr::Bind(bind) if bind.collection => {
                let name = self.binds.text(bind)?.clone();
                Ok(Some(Named::Collection(self.existing(&name)?)))
            }
            _ => Ok(None),
        }
    }

    fn collection_as_value(&self, name: &CollectionName) -> Error {
        if self.access.writes.contains(name) {
            return after_modification(&format!("collection '{}'", name.as_str()));
        }
        Error::about(ErrorNum::QUERY_COLLECTION_USED_IN_EXPRESSION, name.as_str())
    }
}

fn literal(value: &LiteralValue) -> Value {
    match value {
        LiteralValue::Null => Value::Null,
        LiteralValue::Bool(value) => Value::Bool(*value),
        LiteralValue::Int(value) => Value::Int(*value),
        LiteralValue::Double(value) => Value::number(*value),
        LiteralValue::String(value) => Value::string(value),
    }
}

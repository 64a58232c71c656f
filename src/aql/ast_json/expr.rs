//! The nodes of expressions.

use serde_json::{Value, json};

use super::{Builder, node, nothing, value, with};
use crate::aql::{
    ast::{
        ArrayComparison, ArrayFilter, ArrayFilterQuantifier, Attribute, AttributeName, Binary, BinaryOperator, Bind,
        Call, Expansion, Expr, LiteralValue, Object, ObjectEntry, ObjectKey, Quantifier, UnaryOperator,
    },
    parser::CURRENT,
};

impl Builder {
    pub(super) fn expr(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Literal(node) => literal(&node.value),
            Expr::Array(array) => {
                let items = array.items.iter().map(|item| self.expr(item)).collect();
                node("array", items)
            }
            Expr::Object(node) => self.object(node),
            Expr::Name(name) => self.name(&name.text),
            Expr::Bind(bind) => parameter(bind),
            Expr::Attribute(node) => self.attribute(node),
            Expr::Index(index) => node("indexed access", self.exprs([&index.value, &index.index])),
            Expr::Expansion(node) => self.expansion(node),
            Expr::ArrayFilter(node) => self.array_filter(node),
            Expr::Unary(unary) => {
                let kind = match unary.operator {
                    UnaryOperator::Not => "unary not",
                    UnaryOperator::Plus => "unary plus",
                    UnaryOperator::Minus => "unary minus",
                };
                node(kind, self.exprs([&unary.operand]))
            }
            Expr::Binary(node) => self.binary(node),
            Expr::ArrayComparison(node) => self.array_comparison(node),
            Expr::Ternary(ternary) => {
                let mut parts = self.exprs([&ternary.condition]);
                parts.extend(ternary.then.iter().map(|then| self.expr(then)));
                parts.push(self.expr(&ternary.otherwise));
                node("ternary", parts)
            }
            Expr::Range(range) => node("range", self.exprs([&range.low, &range.high])),
            Expr::Call(node) => self.call(node),
            Expr::Subquery(node) => self.subquery(&node.query),
        }
    }

    pub(super) fn exprs<const N: usize>(&mut self, exprs: [&Expr; N]) -> Vec<Value> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr>) -> Value {
        expr.map_or_else(nothing, |expr| self.expr(expr))
    }

    pub(super) fn object(&mut self, object: &Object) -> Value {
        node("object", object.entries.iter().map(|entry| self.entry(entry)).collect())
    }

    fn entry(&mut self, entry: &ObjectEntry) -> Value {
        let key = match &entry.key {
            ObjectKey::Name(name) => {
                let element = self.exprs([&entry.value]);
                return with(node("object element", element), "name", name.text.as_str());
            }
            ObjectKey::Bind(bind) => parameter(bind),
            ObjectKey::Computed(key) => self.expr(key),
        };
        let content = self.expr(&entry.value);
        node("calculated object element", vec![key, content])
    }

    fn attribute(&mut self, attribute: &Attribute) -> Value {
        let accessed = self.expr(&attribute.value);
        match &attribute.name {
            AttributeName::Name(name) => with(node("attribute access", vec![accessed]), "name", name.text.as_str()),
            AttributeName::Bind(bind) => node("bound attribute access", vec![accessed, parameter(bind)]),
        }
    }

    /// ArangoDB's tree knows pattern matching as a function call.
    fn binary(&mut self, binary: &Binary) -> Value {
        let operands = self.exprs([&binary.left, &binary.right]);
        match binary.operator {
            BinaryOperator::Like => call("LIKE", operands),
            BinaryOperator::NotLike => node("unary not", vec![call("LIKE", operands)]),
            BinaryOperator::Matches => call("REGEX_TEST", operands),
            BinaryOperator::NotMatches => node("unary not", vec![call("REGEX_TEST", operands)]),
            operator => node(operator_name(operator), operands),
        }
    }

    fn array_comparison(&mut self, comparison: &ArrayComparison) -> Value {
        let mut parts = self.exprs([&comparison.left, &comparison.right]);
        parts.push(self.quantifier(&comparison.quantifier));
        node(&format!("array {}", operator_name(comparison.operator)), parts)
    }

    fn quantifier(&mut self, quantifier: &Quantifier) -> Value {
        let name = match quantifier {
            Quantifier::Any => "any",
            Quantifier::All => "all",
            Quantifier::None => "none",
            Quantifier::AtLeast(count) => {
                let count = self.exprs([count]);
                return with(node("quantifier", count), "quantifier", "at least");
            }
        };
        json!({ "type": "quantifier", "quantifier": name })
    }

    fn call(&mut self, function: &Call) -> Value {
        let arguments = function.arguments.iter().map(|argument| self.expr(argument)).collect();
        if function.name.contains("::") {
            return with(node("user function call", vec![node("array", arguments)]), "name", function.name.as_str());
        }
        call(&function.name, arguments)
    }

    fn expansion(&mut self, expansion: &Expansion) -> Value {
        let source = self.expr(&expansion.value);
        let element = self.temporary(true);
        let iterator = node("iterator", vec![element.node(), source]);
        let limit = match &expansion.limit {
            Some((offset, count)) => {
                let offset = offset.as_ref().map_or_else(|| value(0), |offset| self.expr(offset));
                let count = self.expr(count);
                node("array limit", vec![offset, count])
            }
            None => nothing(),
        };
        let reference = element.reference(false);
        self.show(CURRENT, element);
        let accessed = expansion.suffix.as_ref().map_or(reference, |suffix| self.expr(suffix));
        let filter = self.optional(expansion.filter.as_deref());
        let map = self.optional(expansion.map.as_deref());
        self.hide();
        expansion_node(expansion.depth, false, vec![iterator, accessed, filter, limit, map])
    }

    /// The question mark operator is an expansion that is turned into a boolean.
    fn array_filter(&mut self, filter: &ArrayFilter) -> Value {
        let source = self.expr(&filter.value);
        let element = self.temporary(true);
        let iterator = node("iterator", vec![element.node(), source]);
        let quantifier = match &filter.quantifier {
            Some(ArrayFilterQuantifier::Quantifier(quantifier)) => self.quantifier(quantifier),
            Some(ArrayFilterQuantifier::Count(count)) => self.expr(count),
            None => nothing(),
        };
        let reference = element.reference(false);
        self.show(CURRENT, element);
        let condition = self.optional(filter.condition.as_deref());
        self.hide();
        let conditions = node("array filter", vec![quantifier, condition]);
        expansion_node(1, true, vec![iterator, reference, conditions, nothing(), nothing()])
    }
}

fn expansion_node(levels: u32, booleanize: bool, parts: Vec<Value>) -> Value {
    with(with(node("expansion", parts), "levels", levels), "booleanize", booleanize)
}

fn literal(literal: &LiteralValue) -> Value {
    match literal {
        LiteralValue::Null => value(Value::Null),
        LiteralValue::Bool(truth) => value(*truth),
        LiteralValue::Int(number) => value(*number),
        LiteralValue::Double(number) => value(*number),
        LiteralValue::String(text) => value(text.as_str()),
    }
}

fn parameter(bind: &Bind) -> Value {
    if bind.collection {
        json!({ "type": "datasource parameter", "name": format!("@{}", bind.name) })
    } else {
        json!({ "type": "parameter", "name": bind.name })
    }
}

fn call(name: &str, arguments: Vec<Value>) -> Value {
    with(node("function call", vec![node("array", arguments)]), "name", name)
}

fn operator_name(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Or => "logical or",
        BinaryOperator::And => "logical and",
        BinaryOperator::Eq => "compare ==",
        BinaryOperator::Ne => "compare !=",
        BinaryOperator::Lt => "compare <",
        BinaryOperator::Le => "compare <=",
        BinaryOperator::Gt => "compare >",
        BinaryOperator::Ge => "compare >=",
        BinaryOperator::In => "compare in",
        BinaryOperator::NotIn => "compare not in",
        BinaryOperator::Like => "compare like",
        BinaryOperator::NotLike => "compare not like",
        BinaryOperator::Matches => "compare =~",
        BinaryOperator::NotMatches => "compare !~",
        BinaryOperator::Add => "plus",
        BinaryOperator::Subtract => "minus",
        BinaryOperator::Multiply => "times",
        BinaryOperator::Divide => "division",
        BinaryOperator::Modulo => "modulus",
    }
}

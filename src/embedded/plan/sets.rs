//! Makes sets of long constant arrays that values are looked for in: `x.name IN [… a thousand …]`.

use std::sync::Arc;

use super::{
    expr::{Expr, Member},
    key::Key,
    node::Block,
};
use crate::{aql::ast::BinaryOperator, embedded::value::Value};

/// Shorter arrays are searched as quickly element by element.
const WORTH_A_SET: usize = 12;

/// Goes through all expressions of a query and its subqueries.
pub(super) fn use_sets(block: &mut Block) {
    block.expressions(&mut visit);
}

fn visit(expr: &mut Expr) {
    expr.children(&mut visit);
    let Expr::Binary(node) = expr else {
        return;
    };
    let negated = match node.operator {
        BinaryOperator::In => false,
        BinaryOperator::NotIn => true,
        _ => return,
    };
    if let Expr::Constant(Value::Array(items)) = &node.right
        && items.len() >= WORTH_A_SET
    {
        let set = items.iter().map(|item| Key(vec![item.clone()])).collect();
        let list = Value::Array(items.clone());
        let value = std::mem::replace(&mut node.left, Expr::NULL);
        *expr = Expr::Member(Box::new(Member { value, set: Arc::new(set), list, negated }));
    }
}

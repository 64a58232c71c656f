//! Reads the elements of an array. A range is counted through without ever being an array.

use std::sync::Arc;

use super::{Context, Operator, set};
use crate::{
    embedded::{
        error::Error,
        eval::{Row, eval},
        plan::{expr::Expr, node::EnumerateList},
        value::{Value, ops},
    },
    wire::ErrorNum,
};

pub(super) struct ListReader<'p, 'a> {
    node: &'p EnumerateList,
    input: Box<dyn Operator<'a> + 'p>,
    items: Items,
}

enum Items {
    None,
    Array(Arc<Vec<Value>>, usize),
    /// The next number, the last one.
    Range(i64, i64),
}

impl Items {
    fn next(&mut self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Array(items, at) => {
                let item = items.get(*at).cloned();
                *at += 1;
                item
            }
            Self::Range(next, last) => {
                let (number, end) = (*next, *last);
                match number.cmp(&end) {
                    std::cmp::Ordering::Less => *next += 1,
                    std::cmp::Ordering::Greater => *next -= 1,
                    std::cmp::Ordering::Equal => *self = Self::None,
                }
                Some(Value::Int(number))
            }
        }
    }
}

impl<'p, 'a> ListReader<'p, 'a> {
    pub(super) fn new(node: &'p EnumerateList, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, items: Items::None }
    }
}

impl<'a> Operator<'a> for ListReader<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            if let Some(item) = self.items.next() {
                context.poll()?;
                set(row, self.node.out, item);
                return Ok(true);
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            self.items = items(&self.node.list, row, context)?;
        }
    }
}

fn items(list: &Expr, row: &Row, context: &mut Context<'_>) -> Result<Items, Error> {
    let inner = if let Expr::Once(once) = list { &once.value } else { list };
    if let Expr::Range(bounds) = inner {
        let low = ops::to_i64(&eval(&bounds.0, row, context)?);
        let high = ops::to_i64(&eval(&bounds.1, row, context)?);
        return Ok(Items::Range(low, high));
    }
    if let Value::Array(items) = eval(list, row, context)? {
        return Ok(Items::Array(items, 0));
    }
    context.warnings.add(
        ErrorNum::QUERY_ARRAY_EXPECTED,
        "collection or array expected as operand to FOR loop; you provided a value of type other than array".to_owned(),
    )?;
    Ok(Items::None)
}

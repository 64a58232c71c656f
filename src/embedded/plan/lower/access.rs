//! Attribute access and array operators.

use super::Lowerer;
use crate::{
    aql::ast,
    embedded::{
        error::Error,
        plan::expr::{Attribute, Expansion, Expr, Index},
        value::{Str, Value},
    },
};

impl Lowerer<'_> {
    pub(super) fn attribute(&mut self, node: &ast::Attribute) -> Result<Expr, Error> {
        let value = self.expr(&node.value)?;
        match &node.name {
            ast::AttributeName::Name(name) => Ok(attribute(value, Str::from(name.text.as_str()))),
            ast::AttributeName::Bind(bind) => Ok(self.binds.path(bind)?.into_iter().fold(value, attribute)),
        }
    }

    pub(super) fn index(&mut self, node: &ast::Index) -> Result<Expr, Error> {
        let value = self.expr(&node.value)?;
        let index = self.expr(&node.index)?;
        // A text of digits may count elements of an array; any other names an attribute.
        if let Expr::Constant(Value::String(name)) = &index
            && name.starts_with(|first: char| !first.is_ascii_digit())
        {
            return Ok(attribute(value, name.clone()));
        }
        Ok(Expr::Index(Box::new(Index { value, index })))
    }

    pub(super) fn expansion(&mut self, node: &ast::Expansion) -> Result<Expr, Error> {
        let value = self.expr(&node.value)?;
        let limit = match &node.limit {
            None => None,
            Some((offset, count)) => {
                let offset = match offset {
                    Some(offset) => self.expr(offset)?,
                    None => Expr::Constant(Value::Int(0)),
                };
                Some((offset, self.expr(count)?))
            }
        };
        self.currents += 1;
        let parts = self.element_parts(node);
        self.currents -= 1;
        let [filter, map, suffix] = parts?;
        Ok(Expr::Expansion(Box::new(Expansion { value, depth: node.depth, filter, limit, map, suffix })))
    }

    fn element_parts(&mut self, node: &ast::Expansion) -> Result<[Option<Expr>; 3], Error> {
        let mut part = |expr: &Option<Box<ast::Expr>>| expr.as_ref().map(|expr| self.expr(expr)).transpose();
        Ok([part(&node.filter)?, part(&node.map)?, part(&node.suffix)?])
    }
}

fn attribute(value: Expr, name: Str) -> Expr {
    if let Expr::Constant(known) = &value {
        return Expr::Constant(known.get(&name).clone());
    }
    Expr::Attribute(Box::new(Attribute { value, name }))
}

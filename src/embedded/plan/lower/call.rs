//! Function calls: which function, how many arguments, and collections among them.

use super::{Lowerer, expr::Named};
use crate::{
    aql::ast,
    embedded::{
        error::Error,
        functions,
        plan::expr::{Call, Expr},
    },
    wire::ErrorNum,
};

/// Functions that take the name of a collection.
const TAKE_COLLECTION: &[&str] = &[
    "COLLECTION_COUNT",
    "DOCUMENT",
    "FULLTEXT",
    "IS_SAME_COLLECTION",
    "NEAR",
    "SCHEMA_GET",
    "WITHIN",
    "WITHIN_RECTANGLE",
];

/// Functions that look into collections the query text need not name.
const READ_ANYTHING: &[&str] =
    &["APPLY", "CALL", "COLLECTION_COUNT", "DOCUMENT", "FULLTEXT", "NEAR", "WITHIN", "WITHIN_RECTANGLE"];

impl Lowerer<'_> {
    pub(super) fn call(&mut self, node: &ast::Call) -> Result<Expr, Error> {
        if node.name.contains("::") {
            return Err(Error::about(ErrorNum::QUERY_FUNCTION_NOT_FOUND, &node.name));
        }
        match node.name.as_str() {
            "LENGTH" | "COUNT" => {
                if let [argument] = node.arguments.as_slice()
                    && let Some(Named::Collection(name)) = self.named(argument)?
                {
                    self.access.read(&name)?;
                    return Ok(Expr::CollectionCount(name));
                }
            }
            _ => {}
        }
        let Some(function) = functions::lookup(&node.name) else {
            return Err(unknown(&node.name));
        };
        function.check_count(node.arguments.len())?;
        if READ_ANYTHING.contains(&function.name) {
            self.access.read_any(function.name)?;
        }
        let takes_collection = TAKE_COLLECTION.contains(&function.name);
        let mut arguments = Vec::with_capacity(node.arguments.len());
        for argument in &node.arguments {
            let argument = match argument {
                ast::Expr::Name(_) | ast::Expr::Bind(_) if takes_collection => match self.named(argument)? {
                    Some(Named::Collection(name)) => {
                        self.access.read(&name)?;
                        Expr::text(name.as_str())
                    }
                    Some(Named::Value(value)) => value,
                    None => self.expr(argument)?,
                },
                _ => self.expr(argument)?,
            };
            arguments.push(argument);
        }
        Ok(Expr::Call(Box::new(Call { function, arguments })))
    }
}

fn unknown(name: &str) -> Error {
    Error::about(ErrorNum::QUERY_FUNCTION_NAME_UNKNOWN, name)
}

//! `UPSERT`.

use super::Lowerer;
use crate::{
    aql::ast::{self, BinaryOperator},
    embedded::{
        error::Error,
        plan::{
            expr::{Attribute, Expr, ObjectEntry, ObjectKey, Register},
            modify::Upsert,
            node::{Block, Node},
        },
        value::{Str, Value},
    },
    wire::ErrorNum,
};

impl Lowerer<'_> {
    pub(super) fn upsert(&mut self, node: &ast::Upsert, block: &mut Block) -> Result<(), Error> {
        let current;
        let mut equal = Vec::new();
        let condition = if node.by_filter {
            current = self.scopes.declare_over("CURRENT");
            let condition = self.expr(&node.search);
            self.scopes.forget("CURRENT");
            Some(condition?)
        } else {
            current = self.helper("upsert");
            let search = self.expr(&node.search)?;
            attributes(search, &mut Vec::new(), &mut equal)?;
            equal
                .iter()
                .map(|(path, value)| equals(current, path, value.clone()))
                .reduce(|left, right| Expr::binary(BinaryOperator::And, left, right))
        };
        let key = equal
            .iter()
            .find(|(path, _)| matches!(path.as_slice(), [name] if &**name == "_key"))
            .map(|(_, value)| value.clone());
        let insert = self.expr(&node.insert)?;
        let old = self.scopes.declare_over("OLD");
        let update = self.expr(&node.update)?;
        let new = self.scopes.declare_over("NEW");
        let collection = self.target(&node.target)?;
        let options = self.modify_options(node.options.as_ref(), "UPSERT")?;
        let kind = node.kind;
        block.nodes.push(Node::Upsert(Upsert {
            key,
            equal,
            index: None,
            condition,
            current,
            insert,
            kind,
            update,
            collection,
            options,
            old,
            new,
        }));
        Ok(())
    }
}

/// The attribute paths of a search document with the values looked for.
fn attributes(search: Expr, path: &mut Vec<Str>, found: &mut Vec<(Vec<Str>, Expr)>) -> Result<(), Error> {
    let entries: Vec<ObjectEntry> = match search {
        Expr::Object(entries) => entries,
        Expr::Constant(Value::Object(object)) => object
            .iter()
            .map(|(name, value)| ObjectEntry {
                key: ObjectKey::Name(name.clone()),
                value: Expr::Constant(value.clone()),
            })
            .collect(),
        _ if path.is_empty() => {
            return Err(Error::new(
                ErrorNum::QUERY_PARSE,
                "UPSERT search condition must be an object literal whose attribute names are known",
            ));
        }
        value => {
            found.push((path.clone(), value));
            return Ok(());
        }
    };
    if entries.is_empty() && !path.is_empty() {
        found.push((path.clone(), Expr::Constant(Value::object(crate::embedded::value::Object::default()))));
        return Ok(());
    }
    for entry in entries {
        let ObjectKey::Name(name) = entry.key else {
            return Err(Error::new(
                ErrorNum::QUERY_PARSE,
                "UPSERT search condition must be an object literal whose attribute names are known",
            ));
        };
        path.push(name);
        attributes(entry.value, path, found)?;
        path.pop();
    }
    Ok(())
}

fn equals(document: Register, path: &[Str], value: Expr) -> Expr {
    let attribute = path.iter().fold(Expr::Register(document), |value, name| {
        Expr::Attribute(Box::new(Attribute { value, name: name.clone() }))
    });
    Expr::binary(BinaryOperator::Eq, attribute, value)
}

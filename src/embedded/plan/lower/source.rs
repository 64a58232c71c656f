//! `FOR … IN …` over collections and arrays.

use super::{Lowerer, expr::Named, options};
use crate::{
    aql::ast,
    embedded::{
        error::Error,
        plan::{
            node::{Block, EnumerateCollection, EnumerateList, IndexHint, Node},
            scope::ScopeKind,
        },
    },
    wire::ErrorNum,
};

impl Lowerer<'_> {
    pub(super) fn for_in(&mut self, node: &ast::For, block: &mut Block) -> Result<(), Error> {
        if node.search.is_some() {
            return Err(Error::new(
                ErrorNum::NOT_IMPLEMENTED,
                "the embedded engine does not support SEARCH; it only keeps what views are defined as: use FILTER",
            ));
        }
        let named = self.named(&node.source)?;
        let list = match &named {
            Some(Named::Collection(name)) => {
                self.access.read(name)?;
                None
            }
            Some(Named::Value(_)) | None => Some(self.expr(&node.source)?),
        };
        let hint = match &node.options {
            Some(options) => Self::index_hint(&self.options(options, "FOR", options::FOR)?),
            None => IndexHint::default(),
        };
        self.scopes.open(ScopeKind::For);
        let out = self.scopes.declare(&node.variable.text)?;
        block.nodes.push(match (named, list) {
            (Some(Named::Collection(collection)), _) => {
                Node::EnumerateCollection(EnumerateCollection { collection, out, hint })
            }
            (_, Some(list)) => Node::EnumerateList(EnumerateList { list, out }),
            (_, None) => return Err(ErrorNum::INTERNAL_AQL.into()),
        });
        Ok(())
    }
}

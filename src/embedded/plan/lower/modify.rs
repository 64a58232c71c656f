//! `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`.

use super::Lowerer;
use crate::{
    aql::ast::{self, UpdateKind},
    embedded::{
        error::Error,
        plan::{
            modify::{Change, Modify, ModifyOptions},
            node::{Block, Node},
        },
    },
    wire::CollectionName,
};

impl Lowerer<'_> {
    pub(super) fn insert(&mut self, node: &ast::Insert, block: &mut Block) -> Result<(), Error> {
        let document = self.expr(&node.document)?;
        let collection = self.target(&node.target)?;
        let options = self.modify_options(node.options.as_ref(), "INSERT")?;
        self.push_modify(Change::Insert(document), collection, options, block);
        Ok(())
    }

    pub(super) fn update(&mut self, node: &ast::Update, block: &mut Block) -> Result<(), Error> {
        let key = node.key.as_ref().map(|key| self.expr(key)).transpose()?;
        let document = self.expr(&node.document)?;
        let collection = self.target(&node.target)?;
        let clause = match node.kind {
            UpdateKind::Update => "UPDATE",
            UpdateKind::Replace => "REPLACE",
        };
        let options = self.modify_options(node.options.as_ref(), clause)?;
        self.push_modify(Change::Update { kind: node.kind, key, document }, collection, options, block);
        Ok(())
    }

    pub(super) fn remove(&mut self, node: &ast::Remove, block: &mut Block) -> Result<(), Error> {
        let key = self.expr(&node.key)?;
        let collection = self.target(&node.target)?;
        let options = self.modify_options(node.options.as_ref(), "REMOVE")?;
        self.push_modify(Change::Remove(key), collection, options, block);
        Ok(())
    }

    /// The collection a clause writes to.
    pub(super) fn target(&mut self, target: &ast::ModificationTarget) -> Result<CollectionName, Error> {
        let name = self.source_name(target)?;
        let name = self.existing(&name)?;
        self.access.write(&name)?;
        Ok(name)
    }

    fn push_modify(&mut self, change: Change, collection: CollectionName, options: ModifyOptions, block: &mut Block) {
        let old = match change {
            Change::Insert(_) | Change::Update { .. } | Change::Remove(_) => self.scopes.declare_over("OLD"),
        };
        let new = match change {
            Change::Insert(_) | Change::Update { .. } => self.scopes.declare_over("NEW"),
            Change::Remove(_) => self.helper("NEW"),
        };
        block.nodes.push(Node::Modify(Modify { change, collection, options, old, new }));
    }
}

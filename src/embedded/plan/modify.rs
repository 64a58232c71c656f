//! The steps that write.

use super::{
    expr::{ChildVisitor, Expr, Register},
    node::{IndexHint, Search},
};
use crate::{
    aql::ast::UpdateKind,
    embedded::{store::WriteOptions, value::Str},
    wire::CollectionName,
};

/// `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`
#[derive(Debug, Clone)]
pub struct Modify {
    /// What is done.
    pub change: Change,
    /// The collection.
    pub collection: CollectionName,
    /// How it is done.
    pub options: ModifyOptions,
    /// Where the document before goes.
    pub old: Register,
    /// Where the document after goes.
    pub new: Register,
}

/// What is done to a document.
#[derive(Debug, Clone)]
pub enum Change {
    /// `INSERT document`
    Insert(Expr),
    /// `UPDATE key WITH document`, `REPLACE …`
    Update {
        /// Update or replace.
        kind: UpdateKind,
        /// The key; the document's own without.
        key: Option<Expr>,
        /// The patch or new document.
        document: Expr,
    },
    /// `REMOVE key`
    Remove(Expr),
}

/// `UPSERT search INSERT insert UPDATE update`
#[derive(Debug, Clone)]
pub struct Upsert {
    /// The key looked for, when the search names it.
    pub key: Option<Expr>,
    /// The attribute paths looked for and their values, for an index.
    pub equal: Vec<(Vec<Str>, Expr)>,
    /// The persistent index that is asked for candidates, by its number, and what it is asked for.
    pub index: Option<(Str, Search)>,
    /// What the document in `current` has to meet.
    pub condition: Option<Expr>,
    /// Where a candidate document goes.
    pub current: Register,
    /// What is inserted when nothing is found.
    pub insert: Expr,
    /// Update or replace.
    pub kind: UpdateKind,
    /// The patch or new document.
    pub update: Expr,
    /// The collection.
    pub collection: CollectionName,
    /// How it is done.
    pub options: ModifyOptions,
    /// Where the document found goes.
    pub old: Register,
    /// Where the document after goes.
    pub new: Register,
}

/// `OPTIONS` of a modification.
#[derive(Debug, Clone)]
pub struct ModifyOptions {
    /// What the store is told.
    pub write: WriteOptions,
    /// Errors with single documents are counted instead of raised.
    pub ignore_errors: bool,
    /// `_rev` in the document given is not compared.
    pub ignore_revs: bool,
    /// What the query says about indexes.
    pub hint: IndexHint,
}

impl Default for ModifyOptions {
    fn default() -> Self {
        let (write, hint) = (WriteOptions::default(), IndexHint::default());
        Self { write, ignore_errors: false, ignore_revs: true, hint }
    }
}

impl Modify {
    /// Shows every expression to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        match &mut self.change {
            Change::Insert(value) | Change::Remove(value) => visitor(value),
            Change::Update { kind: _, key, document } => {
                key.iter_mut().for_each(&mut *visitor);
                visitor(document);
            }
        }
    }
}

impl Upsert {
    /// Shows every expression to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        self.key.iter_mut().for_each(&mut *visitor);
        self.equal.iter_mut().for_each(|(_, value)| visitor(value));
        self.index.iter_mut().for_each(|(_, search)| search.expressions(visitor));
        self.condition.iter_mut().for_each(&mut *visitor);
        visitor(&mut self.insert);
        visitor(&mut self.update);
    }
}

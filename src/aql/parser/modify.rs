//! `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`, `UPSERT`.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    ast::{Clause, Expr, Insert, Remove, Update, UpdateKind, Upsert},
    token::Fixed,
};

impl Parser<'_> {
    /// An expression that `IN collection` may follow.
    fn expr_before_target(&mut self) -> Parsed<Expr> {
        self.before_target = true;
        let value = self.expr_here();
        self.before_target = false;
        value
    }

    /// `INSERT document INTO collection`
    pub(super) fn insert(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let document = self.expr_before_target()?;
        let target = self.target()?;
        let options = self.options()?;
        Ok(Clause::Insert(Insert { document, target, options, span: start.to(self.previous()) }))
    }

    /// `UPDATE [key WITH] document IN collection`, and the same with `REPLACE`.
    pub(super) fn update(&mut self) -> Parsed<Clause> {
        let kind = if self.at(Fixed::Update) { UpdateKind::Update } else { UpdateKind::Replace };
        let start = self.bump();
        let first = self.expr_before_target()?;
        let (key, document) = if self.eat(Fixed::With) {
            let document = self.expr_before_target()?;
            (Some(first), document)
        } else if self.at(Fixed::In) || self.at(Fixed::Into) {
            (None, first)
        } else {
            return Err(self.unexpected(&["WITH", "IN", "INTO"]));
        };
        let target = self.target()?;
        let options = self.options()?;
        Ok(Clause::Update(Update { kind, key, document, target, options, span: start.to(self.previous()) }))
    }

    /// `REMOVE key IN collection`
    pub(super) fn remove(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let key = self.expr_before_target()?;
        let target = self.target()?;
        let options = self.options()?;
        Ok(Clause::Remove(Remove { key, target, options, span: start.to(self.previous()) }))
    }

    /// `UPSERT search INSERT document UPDATE|REPLACE patch IN collection`
    pub(super) fn upsert(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let by_filter = self.eat(Fixed::Filter);
        let search = self.expr()?;
        if !by_filter && !matches!(search, Expr::Object(_) | Expr::Bind(_)) {
            return Err(self.invalid("UPSERT needs an object literal to search for, or FILTER", search.span()));
        }
        self.expect(Fixed::Insert)?;
        let insert = self.expr()?;
        let kind = match self.fixed() {
            Some(Fixed::Update) => UpdateKind::Update,
            Some(Fixed::Replace) => UpdateKind::Replace,
            _ => return Err(self.unexpected(&["UPDATE", "REPLACE"])),
        };
        self.bump();
        let update = self.expr_before_target()?;
        let target = self.target()?;
        let options = self.options()?;
        let span = start.to(self.previous());
        Ok(Clause::Upsert(Upsert { search, by_filter, insert, kind, update, target, options, span }))
    }
}

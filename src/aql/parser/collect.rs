//! `COLLECT` in all its forms.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    ast::{AggregateVariable, Clause, Collect, CollectInto, Expr, GroupVariable, Name},
    token::{Fixed, TokenKind},
};

impl Parser<'_> {
    /// `COLLECT groups [WITH COUNT INTO n | AGGREGATE … ] [INTO … [KEEP …]] [OPTIONS …]`
    pub(super) fn collect(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let groups = self.groups()?;
        let aggregates = if self.eat(Fixed::Aggregate) { self.aggregates()? } else { Vec::new() };
        let count_into = if aggregates.is_empty() && self.at(Fixed::With) { Some(self.count_into()?) } else { None };
        let into = if count_into.is_none() && self.at(Fixed::Into) && !(groups.is_empty() && aggregates.is_empty()) {
            Some(self.collect_into()?)
        } else {
            None
        };
        if groups.is_empty() && aggregates.is_empty() && count_into.is_none() {
            return Err(self.unexpected(&["a variable", "WITH COUNT INTO", "AGGREGATE"]));
        }
        if into.is_none() && self.at_word(0, "KEEP") {
            return Err(self.invalid("use of 'KEEP' without 'INTO'", self.span()));
        }
        let options = self.options()?;
        let span = start.to(self.previous());
        Ok(Clause::Collect(Collect { groups, aggregates, into, count_into, options, span }))
    }

    /// `a = expr, …`, or nothing.
    fn groups(&mut self) -> Parsed<Vec<GroupVariable>> {
        let mut groups = Vec::new();
        if !matches!(self.kind(), TokenKind::Identifier(_) | TokenKind::QuotedIdentifier(_)) {
            return Ok(groups);
        }
        loop {
            let (variable, value) = self.assignment()?;
            groups.push(GroupVariable { variable, value });
            if !self.eat(Fixed::Comma) {
                return Ok(groups);
            }
        }
    }

    /// `a = FUNCTION(expr), …`
    pub(super) fn aggregates(&mut self) -> Parsed<Vec<AggregateVariable>> {
        let mut aggregates = Vec::new();
        loop {
            let (variable, value) = self.assignment()?;
            aggregates.push(AggregateVariable { variable, value });
            if !self.eat(Fixed::Comma) {
                return Ok(aggregates);
            }
        }
    }

    /// `variable = expression`
    fn assignment(&mut self) -> Parsed<(Name, Expr)> {
        let variable = self.name("a variable")?;
        self.expect(Fixed::Assign)?;
        let value = self.expr()?;
        Ok((variable, value))
    }

    /// `WITH COUNT INTO variable`
    fn count_into(&mut self) -> Parsed<Name> {
        self.expect(Fixed::With)?;
        self.expect_word("COUNT")?;
        self.expect(Fixed::Into)?;
        self.name("a variable")
    }

    /// `INTO groups [= projection] [KEEP a, b]`
    fn collect_into(&mut self) -> Parsed<CollectInto> {
        self.expect(Fixed::Into)?;
        let variable = self.name("a variable")?;
        let projection = if self.eat(Fixed::Assign) { Some(self.expr()?) } else { None };
        let mut keep = Vec::new();
        if projection.is_none() && self.eat_word("KEEP") {
            keep.push(self.name("a variable")?);
            while self.eat(Fixed::Comma) {
                keep.push(self.name("a variable")?);
            }
        }
        Ok(CollectInto { variable, projection, keep })
    }
}

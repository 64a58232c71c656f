//! The short clauses: `FILTER`, `LET`, `SORT`, `LIMIT`, `RETURN`.

use super::{
    cursor::{Parsed, Parser},
    pattern::Pattern,
};
use crate::aql::{
    Span,
    ast::{Clause, Expr, Filter, Let, Limit, Literal, LiteralValue, Return, Sort, SortKey},
    token::{Fixed, TokenKind},
};

impl Parser<'_> {
    /// `FILTER condition`
    pub(super) fn filter(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let condition = self.expr()?;
        Ok(Clause::Filter(Filter { condition, span: start.to(self.previous()) }))
    }

    /// `LET variable = value, pattern = value, …`
    pub(super) fn let_in(&mut self, clauses: &mut Vec<Clause>) -> Parsed<()> {
        let mut start = self.bump();
        loop {
            let pattern = self.pattern()?;
            self.expect(Fixed::Assign)?;
            let value = self.expr()?;
            let span = start.to(self.previous());
            match pattern {
                Pattern::Name(variable) => clauses.push(Clause::Let(Let { variable, value, span })),
                Pattern::Parts(parts) => parts.assign(value, span, clauses),
            }
            start = self.span();
            if !self.eat(Fixed::Comma) {
                return Ok(());
            }
        }
    }

    /// `SORT key [direction], …`
    pub(super) fn sort(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let mut keys = Vec::new();
        loop {
            let value = self.expr()?;
            let direction = self.sort_direction();
            keys.push(SortKey { value, direction });
            if !self.eat(Fixed::Comma) {
                return Ok(Clause::Sort(Sort { keys, span: start.to(self.previous()) }));
            }
        }
    }

    /// `ASC`, `DESC`, a literal or a bind parameter.
    fn sort_direction(&mut self) -> Option<Expr> {
        let fixed = match self.fixed() {
            Some(token @ (Fixed::Asc | Fixed::Desc)) => Some(token),
            _ => None,
        };
        if let Some(token) = fixed {
            let span = self.bump();
            return Some(string(token.text(), span));
        }
        if matches!(self.kind(), TokenKind::Bind(_)) {
            Some(self.bind_parameter())
        } else {
            self.literal().map(Expr::Literal)
        }
    }

    /// `LIMIT [offset,] count`
    pub(super) fn limit(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let (offset, count) = self.limits()?;
        Ok(Clause::Limit(Limit { offset, count, span: start.to(self.previous()) }))
    }

    /// `[offset,] count`
    pub(super) fn limits(&mut self) -> Parsed<(Option<Expr>, Expr)> {
        let first = self.expr()?;
        if !self.eat(Fixed::Comma) {
            return Ok((None, first));
        }
        let count = self.expr()?;
        Ok((Some(first), count))
    }

    /// `RETURN [DISTINCT] value`
    pub(super) fn return_value(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let distinct = self.eat(Fixed::Distinct);
        let value = self.expr()?;
        Ok(Clause::Return(Return { distinct, value, span: start.to(self.previous()) }))
    }
}

/// A string literal.
pub(super) fn string(text: &str, span: Span) -> Expr {
    Expr::Literal(Literal { value: LiteralValue::String(text.to_owned()), span })
}

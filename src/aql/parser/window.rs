//! `WINDOW`, by rows and by ranges.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    ast::{Clause, Expr, Window},
    token::Fixed,
};

impl Parser<'_> {
    /// `WINDOW [range WITH] { preceding: …, following: … } AGGREGATE …`
    pub(super) fn window(&mut self) -> Parsed<Clause> {
        let start = self.bump();
        let first = self.expr()?;
        let (range, bounds) = if self.eat(Fixed::With) {
            let bounds = self.expr()?;
            (Some(first), bounds)
        } else {
            (None, first)
        };
        if !matches!(bounds, Expr::Object(_)) {
            return Err(self.invalid("WINDOW needs an object { preceding, following }", bounds.span()));
        }
        if !self.eat(Fixed::Aggregate) {
            return Err(self.unexpected(if range.is_none() { &["WITH", "AGGREGATE"] } else { &["AGGREGATE"] }));
        }
        let aggregates = self.aggregates()?;
        Ok(Clause::Window(Window { range, bounds, aggregates, span: start.to(self.previous()) }))
    }
}

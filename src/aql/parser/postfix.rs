//! What follows an operand: `.name`, `[index]`, `[*]`, `[**]`, `[? …]`.
//!
//! Suffixes behind `[*]` apply to each element: they are collected as an expression over `CURRENT`. `[**]` flattens
//! what an earlier `[*]` gave as a whole, so it ends the collecting; so do round brackets.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    Span,
    ast::{ArrayFilter, ArrayFilterQuantifier, Attribute, AttributeName, Expansion, Expr, Index, Name},
    token::{Fixed, TokenKind},
};

/// The name of the element in inline expressions.
pub(crate) const CURRENT: &str = "CURRENT";

/// Offset and count.
type InlineLimit = (Option<Box<Expr>>, Box<Expr>);

/// An expansion whose suffixes are still being read; its own suffix is filled in at the end.
struct Open {
    expansion: Expansion,
    touched: bool,
}

impl Parser<'_> {
    /// An operand with all that follows it.
    pub(super) fn operand(&mut self) -> Parsed<Expr> {
        let start = self.span();
        let value = self.primary()?;
        if matches!(value, Expr::Literal(_)) && self.previous().start == start.start {
            return Ok(value);
        }
        self.suffixes(value, start)
    }

    fn suffixes(&mut self, mut value: Expr, start: Span) -> Parsed<Expr> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            match self.fixed() {
                Some(Fixed::Dot) => value = self.attribute(value, start)?,
                Some(Fixed::ArrayOpen) if self.fixed_ahead(1) == Some(Fixed::Times) => {
                    let expansion = self.expansion(value, start, &mut open)?;
                    open.push(Open { expansion, touched: false });
                    value = Expr::Name(Name { text: CURRENT.to_owned(), span: self.previous() });
                    self.grow()?;
                    continue;
                }
                Some(Fixed::ArrayOpen) if self.fixed_ahead(1) == Some(Fixed::Question) => {
                    value = self.array_filter(value, start)?;
                }
                Some(Fixed::ArrayOpen) => value = self.index(value, start)?,
                _ => return Ok(close(value, &mut open)),
            }
            if let Some(last) = open.last_mut() {
                last.touched = true;
                last.expansion.span.end = self.previous().end;
            }
            self.grow()?;
        }
    }

    /// `.name` or `.@name`
    fn attribute(&mut self, value: Expr, start: Span) -> Parsed<Expr> {
        self.bump();
        let name = if matches!(self.kind(), TokenKind::Bind(_)) {
            AttributeName::Bind(self.bind())
        } else {
            AttributeName::Name(self.name("an attribute")?)
        };
        Ok(Expr::Attribute(Attribute { value: Box::new(value), name, span: start.to(self.previous()) }))
    }

    /// `[index]`
    fn index(&mut self, value: Expr, start: Span) -> Parsed<Expr> {
        self.bump();
        let index = self.boxed_expr()?;
        self.expect(Fixed::ArrayClose)?;
        Ok(Expr::Index(Index { value: Box::new(value), index, span: start.to(self.previous()) }))
    }

    /// `[* FILTER … LIMIT … RETURN …]`
    fn expansion(&mut self, value: Expr, start: Span, open: &mut Vec<Open>) -> Parsed<Expansion> {
        self.bump();
        let mut depth = 0_u32;
        while self.eat(Fixed::Times) {
            depth += 1;
        }
        let value = if depth > 1 { close(value, open) } else { value };
        let filter = self.expr_after(Fixed::Filter)?;
        let limit = self.inline_limit()?;
        let map = self.expr_after(Fixed::Return)?;
        self.expect(Fixed::ArrayClose)?;
        let span = start.to(self.previous());
        Ok(Expansion { value: Box::new(value), depth, filter, limit, map, suffix: None, span })
    }

    /// `LIMIT offset, count`
    fn inline_limit(&mut self) -> Parsed<Option<InlineLimit>> {
        if !self.eat(Fixed::Limit) {
            return Ok(None);
        }
        let (offset, count) = self.limits()?;
        Ok(Some((offset.map(Box::new), Box::new(count))))
    }

    /// An expression if this keyword announces one.
    fn expr_after(&mut self, token: Fixed) -> Parsed<Option<Box<Expr>>> {
        if self.eat(token) { self.boxed_expr().map(Some) } else { Ok(None) }
    }

    /// An expression on the heap.
    pub(super) fn boxed_expr(&mut self) -> Parsed<Box<Expr>> {
        self.expr().map(Box::new)
    }

    /// `[?]` or `[? quantifier FILTER condition]`
    fn array_filter(&mut self, value: Expr, start: Span) -> Parsed<Expr> {
        self.bump();
        self.bump();
        let quantifier = self.filter_quantifier()?;
        if quantifier.is_some() && !self.at(Fixed::Filter) {
            return Err(self.unexpected(&["FILTER"]));
        }
        let condition = self.expr_after(Fixed::Filter)?;
        self.expect(Fixed::ArrayClose)?;
        let span = start.to(self.previous());
        Ok(Expr::ArrayFilter(ArrayFilter { value: Box::new(value), quantifier, condition, span }))
    }

    fn filter_quantifier(&mut self) -> Parsed<Option<ArrayFilterQuantifier>> {
        let word = match self.fixed() {
            Some(Fixed::ArrayClose | Fixed::Filter) => return Ok(None),
            Some(Fixed::Any | Fixed::All | Fixed::None) => true,
            _ => self.at_word(0, "AT") && self.at_word(1, "LEAST"),
        };
        if word {
            self.quantifier().map(|quantifier| Some(ArrayFilterQuantifier::Quantifier(quantifier)))
        } else {
            self.boxed_expr().map(|count| Some(ArrayFilterQuantifier::Count(count)))
        }
    }
}

/// Ends all expansions that are still open; `value` is the suffix of the innermost one.
fn close(mut value: Expr, open: &mut Vec<Open>) -> Expr {
    let end = value.span().end;
    let mut touched_inside = false;
    while let Some(Open { mut expansion, touched }) = open.pop() {
        if touched || touched_inside {
            expansion.suffix = Some(Box::new(value));
        }
        expansion.span.end = expansion.span.end.max(end);
        value = Expr::Expansion(expansion);
        touched_inside = true;
    }
    value
}

//! What stands left of `=` and `IN`: a variable, or a pattern that takes a value apart (`[a, b]`, `{ name, age: years }`).
//!
//! A pattern needs no node of its own: `LET [a, b] = x` becomes `LET a = x[0]`, `LET b = x[1]`. A value that is no
//! variable is kept in one whose name nobody would choose, since it begins with a digit.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    Span,
    ast::{Attribute, AttributeName, Clause, Expr, Index, Let, Literal, LiteralValue, Name},
    token::{Fixed, TokenKind},
};

/// A variable, or several.
pub(super) enum Pattern {
    /// `x`
    Name(Name),
    /// `[…]` or `{…}`
    Parts(Parts),
}

/// The parts a value is taken apart into.
pub(super) struct Parts {
    parts: Vec<(Key, Pattern)>,
    span: Span,
}

/// Which part of a value.
enum Key {
    Position(i64),
    Attribute(Name),
}

impl Parser<'_> {
    /// A variable or a pattern.
    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        let outer = self.enter(1)?;
        let pattern = match self.fixed() {
            Some(Fixed::ArrayOpen) => self.array_pattern()?,
            Some(Fixed::ObjectOpen) => self.object_pattern()?,
            _ => Pattern::Name(self.name("a variable")?),
        };
        self.leave(1, outer);
        Ok(pattern)
    }

    /// `[a, , [b]]`
    fn array_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.bump();
        let mut parts = Vec::new();
        let mut position = 0;
        while !self.at(Fixed::ArrayClose) {
            if !self.at(Fixed::Comma) {
                parts.push((Key::Position(position), self.pattern()?));
            }
            position += 1;
            if !self.eat(Fixed::Comma) {
                break;
            }
        }
        self.expect(Fixed::ArrayClose)?;
        Ok(Pattern::Parts(Parts { parts, span: start.to(self.previous()) }))
    }

    /// `{ a, b: c, d: [e] }`
    fn object_pattern(&mut self) -> Parsed<Pattern> {
        let start = self.bump();
        let mut parts = Vec::new();
        while !self.at(Fixed::ObjectClose) {
            let key = match self.kind() {
                TokenKind::String(text) => {
                    let text = text.clone();
                    Name { text, span: self.bump() }
                }
                _ => self.name("an attribute")?,
            };
            let pattern = if self.eat(Fixed::Colon) { self.pattern()? } else { Pattern::Name(key.clone()) };
            parts.push((Key::Attribute(key), pattern));
            if !self.eat(Fixed::Comma) {
                break;
            }
        }
        self.expect(Fixed::ObjectClose)?;
        Ok(Pattern::Parts(Parts { parts, span: start.to(self.previous()) }))
    }
}

impl Parts {
    /// A name for the whole value.
    pub(super) fn hidden_name(&self) -> Name {
        Name { text: format!("0_{}", self.span.start), span: self.span }
    }

    /// Assigns the parts of a value to their variables.
    pub(super) fn assign(self, value: Expr, span: Span, clauses: &mut Vec<Clause>) {
        let whole = match value {
            Expr::Name(name) => name,
            value => {
                let variable = self.hidden_name();
                clauses.push(Clause::Let(Let { variable: variable.clone(), value, span }));
                variable
            }
        };
        self.assign_from(&Expr::Name(whole), span, clauses);
    }

    fn assign_from(self, whole: &Expr, span: Span, clauses: &mut Vec<Clause>) {
        for (key, pattern) in self.parts {
            let part = key.of(whole.clone());
            match pattern {
                Pattern::Name(variable) => clauses.push(Clause::Let(Let { variable, value: part, span })),
                Pattern::Parts(parts) => parts.assign_from(&part, span, clauses),
            }
        }
    }
}

impl Key {
    /// This part of a value.
    fn of(self, value: Expr) -> Expr {
        let span = value.span();
        let value = Box::new(value);
        match self {
            Self::Position(position) => {
                let index = Literal { value: LiteralValue::Int(position), span };
                Expr::Index(Index { value, index: Box::new(Expr::Literal(index)), span })
            }
            Self::Attribute(name) => Expr::Attribute(Attribute { value, name: AttributeName::Name(name), span }),
        }
    }
}

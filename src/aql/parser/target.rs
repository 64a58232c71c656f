//! What several clauses end with: a collection, `INTO collection`, `OPTIONS { … }`.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    ast::{Bind, DataSource, Expr, Name},
    token::{Fixed, TokenKind},
};

impl Parser<'_> {
    /// Whether a collection's name or bind parameter is next.
    pub(super) fn at_data_source(&self) -> bool {
        is_data_source(self.kind())
    }

    /// A collection: a name, `@@bind`, or `@bind`.
    pub(super) fn data_source(&mut self) -> Parsed<DataSource> {
        if matches!(self.kind(), TokenKind::Bind(_) | TokenKind::CollectionBind(_)) {
            return Ok(DataSource::Bind(self.bind()));
        }
        self.name("a collection").map(DataSource::Name)
    }

    /// The bind parameter that is next.
    pub(super) fn bind(&mut self) -> Bind {
        let (name, collection) = match self.kind() {
            TokenKind::Bind(name) => (name.clone(), false),
            TokenKind::CollectionBind(name) => (name.clone(), true),
            _ => (String::new(), false),
        };
        Bind { name, collection, span: self.bump() }
    }

    /// The bind parameter that is next, as an expression.
    pub(super) fn bind_parameter(&mut self) -> Expr {
        Expr::Bind(self.bind())
    }

    /// `IN collection` or `INTO collection`.
    pub(super) fn target(&mut self) -> Parsed<DataSource> {
        if !self.eat(Fixed::Into) && !self.eat(Fixed::In) {
            return Err(self.unexpected(&["INTO", "IN"]));
        }
        if let TokenKind::String(text) = self.kind() {
            let text = text.clone();
            return Ok(DataSource::Name(Name { text, span: self.bump() }));
        }
        self.data_source()
    }

    /// Whether the next token is the `IN` of a modification clause's collection: after `REMOVE doc`, `IN users` could
    /// be an operator as well. It is taken as the collection when the clause could end there.
    pub(super) fn at_target(&self) -> bool {
        let names = is_data_source(self.peek(1)) || matches!(self.peek(1), TokenKind::String(_));
        let ends = match self.peek(2) {
            TokenKind::Fixed(Fixed::Close | Fixed::Comma) | TokenKind::End => true,
            TokenKind::Fixed(token) => token.starts_clause(),
            TokenKind::Identifier(_) => self.at_word(2, "OPTIONS"),
            _ => false,
        };
        self.before_target && self.at(Fixed::In) && names && ends
    }

    /// `OPTIONS { … }`, if it is there.
    pub(super) fn options(&mut self) -> Parsed<Option<Expr>> {
        if !self.eat_word("OPTIONS") {
            return Ok(None);
        }
        if !self.at(Fixed::ObjectOpen) {
            return Err(self.unexpected(&["{"]));
        }
        self.object_only().map(Some)
    }
}

fn is_data_source(kind: &TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Identifier(_) | TokenKind::QuotedIdentifier(_) | TokenKind::Bind(_) | TokenKind::CollectionBind(_)
    )
}

//! Operands without their suffixes: literals, names, bind parameters, arrays, objects, calls.
//!
//! Spreading (`[...a, 1]`, `{ ...a, b: 1 }`) is what later servers have; it is read as the `UNION` or `MERGE` it means.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    Span,
    ast::{Array, Call, Expr, Literal, LiteralValue, Name, Object, ObjectEntry, ObjectKey},
    token::{Fixed, TokenKind},
};

/// What an operand can begin with, for error messages.
const OPERANDS: &[&str] = &["an expression"];

impl Parser<'_> {
    /// An operand without its suffixes. A literal cannot have any.
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        match self.kind() {
            TokenKind::Identifier(_) | TokenKind::QuotedIdentifier(_) => {
                if matches!(self.fixed_ahead(1), Some(Fixed::Open | Fixed::Scope)) {
                    return self.call();
                }
                self.name("a name").map(Expr::Name)
            }
            TokenKind::Bind(_) | TokenKind::CollectionBind(_) => Ok(self.bind_parameter()),
            TokenKind::Fixed(Fixed::Open) => self.bracketed(),
            TokenKind::Fixed(Fixed::ArrayOpen) => self.array(),
            TokenKind::Fixed(Fixed::ObjectOpen) => self.object(),
            TokenKind::Fixed(Fixed::Like) if self.fixed_ahead(1) == Some(Fixed::Open) => {
                let start = self.bump();
                self.arguments("LIKE".to_owned(), start)
            }
            _ => match self.literal() {
                Some(literal) => Ok(Expr::Literal(literal)),
                None => Err(self.unexpected(OPERANDS)),
            },
        }
    }

    /// An object literal where nothing else can stand.
    pub(super) fn object_only(&mut self) -> Parsed<Expr> {
        let outer = self.enter(1)?;
        let before_target = std::mem::take(&mut self.before_target);
        let object = self.object()?;
        self.before_target = before_target;
        self.leave(1, outer);
        Ok(object)
    }

    /// The literal that is next, if one is.
    pub(super) fn literal(&mut self) -> Option<Literal> {
        let value = match self.kind() {
            TokenKind::Fixed(Fixed::Null) => LiteralValue::Null,
            TokenKind::Fixed(Fixed::True) => LiteralValue::Bool(true),
            TokenKind::Fixed(Fixed::False) => LiteralValue::Bool(false),
            TokenKind::Int(value) => LiteralValue::Int(*value),
            TokenKind::Double(value) => LiteralValue::Double(*value),
            TokenKind::String(text) => LiteralValue::String(text.clone()),
            _ => return None,
        };
        Some(Literal { value, span: self.bump() })
    }

    /// `NAME(…)` or `space::name(…)`
    fn call(&mut self) -> Parsed<Expr> {
        let first = self.name("a function")?;
        let start = first.span;
        let mut name = first.text.to_ascii_uppercase();
        while self.eat(Fixed::Scope) {
            let part = self.name("a function")?;
            name.push_str("::");
            name.push_str(&part.text.to_ascii_uppercase());
        }
        self.arguments(name, start)
    }

    /// `(argument, …)`; each is an expression or a query.
    fn arguments(&mut self, name: String, start: Span) -> Parsed<Expr> {
        self.expect(Fixed::Open)?;
        let mut arguments = Vec::new();
        if !self.at(Fixed::Close) {
            loop {
                let start = self.span();
                arguments.push(self.expr_or_query(start)?);
                if !self.eat(Fixed::Comma) {
                    break;
                }
            }
        }
        if !self.eat(Fixed::Close) {
            return Err(self.unexpected(&[",", ")"]));
        }
        self.grow()?;
        Ok(Expr::Call(Call { name, arguments, span: start.to(self.previous()) }))
    }

    /// `[a, b, ...c]`
    fn array(&mut self) -> Parsed<Expr> {
        let start = self.bump();
        let mut parts = Parts::new("UNION");
        let mut items = Vec::new();
        while !self.at(Fixed::ArrayClose) {
            if self.eat(Fixed::Spread) {
                let before = std::mem::take(&mut items);
                parts.push_nonempty(before, |items| Expr::Array(Array { items, span: start }));
                parts.spread(self.expr()?);
            } else {
                items.push(self.expr()?);
            }
            if !self.eat(Fixed::Comma) {
                break;
            }
        }
        if !self.eat(Fixed::ArrayClose) {
            return Err(self.unexpected(&[",", "]"]));
        }
        self.grow()?;
        let span = start.to(self.previous());
        parts.finish(self, Expr::Array(Array { items, span }), span)
    }

    /// `{ a: 1, b, [c]: 2, "d": 3, @e: 4, ...f }`
    fn object(&mut self) -> Parsed<Expr> {
        let start = self.bump();
        let mut parts = Parts::new("MERGE");
        let mut entries = Vec::new();
        while !self.at(Fixed::ObjectClose) {
            if self.eat(Fixed::Spread) {
                let before = std::mem::take(&mut entries);
                parts.push_nonempty(before, |entries| Expr::Object(Object { entries, span: start }));
                parts.spread(self.expr()?);
            } else {
                entries.push(self.object_entry()?);
            }
            if !self.eat(Fixed::Comma) {
                break;
            }
        }
        if !self.eat(Fixed::ObjectClose) {
            return Err(self.unexpected(&[",", "}"]));
        }
        self.grow()?;
        let span = start.to(self.previous());
        parts.finish(self, Expr::Object(Object { entries, span }), span)
    }

    fn object_entry(&mut self) -> Parsed<ObjectEntry> {
        let key = self.object_key()?;
        if let ObjectKey::Name(name) = &key
            && matches!(self.fixed(), Some(Fixed::Comma | Fixed::ObjectClose))
            && !matches!(self.before(), TokenKind::String(_))
        {
            let value = Expr::Name(name.clone());
            return Ok(ObjectEntry { key, value });
        }
        if !self.eat(Fixed::Colon) {
            return Err(self.unexpected(&[":"]));
        }
        self.expr().map(|value| ObjectEntry { key, value })
    }

    fn object_key(&mut self) -> Parsed<ObjectKey> {
        match self.kind() {
            TokenKind::Identifier(_) | TokenKind::QuotedIdentifier(_) => self.name("an attribute").map(ObjectKey::Name),
            TokenKind::String(text) => {
                let text = text.clone();
                Ok(ObjectKey::Name(Name { text, span: self.bump() }))
            }
            TokenKind::Bind(_) => Ok(ObjectKey::Bind(self.bind())),
            TokenKind::Fixed(Fixed::ArrayOpen) => {
                self.bump();
                let name = self.boxed_expr()?;
                self.expect(Fixed::ArrayClose)?;
                Ok(ObjectKey::Computed(name))
            }
            _ => Err(self.unexpected(&["an attribute", "}"])),
        }
    }
}

/// The parts of an array or object that others are spread into.
struct Parts {
    function: &'static str,
    parts: Vec<Expr>,
}

impl Parts {
    fn new(function: &'static str) -> Self {
        Self { function, parts: Vec::new() }
    }

    fn push_nonempty<T>(&mut self, items: Vec<T>, literal: impl FnOnce(Vec<T>) -> Expr) {
        if !items.is_empty() {
            self.parts.push(literal(items));
        }
    }

    fn spread(&mut self, value: Expr) {
        self.parts.push(value);
    }

    /// The literal itself when nothing was spread, else a call that joins the parts with it.
    fn finish(mut self, parser: &mut Parser<'_>, last: Expr, span: Span) -> Parsed<Expr> {
        if self.parts.is_empty() {
            return Ok(last);
        }
        let empty = match &last {
            Expr::Array(array) => array.items.is_empty(),
            Expr::Object(object) => object.entries.is_empty(),
            _ => false,
        };
        if !empty || self.parts.len() == 1 {
            self.parts.push(last);
        }
        parser.grow()?;
        Ok(Expr::Call(Call { name: self.function.to_owned(), arguments: self.parts, span }))
    }
}

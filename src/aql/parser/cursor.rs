//! The parser's place among the tokens, and the measures that keep trees shallow.

use super::super::{
    Span,
    error::ParseError,
    hint,
    token::{Fixed, Token, TokenKind},
};
use crate::{aql::ast::Name, wire::ErrorNum};

/// Results inside the parser; errors are boxed, since they are rare and large.
pub(super) type Parsed<T> = Result<T, Fault>;

/// Why parsing stopped.
pub(super) struct Fault(pub(super) Box<ParseError>);

impl From<ParseError> for Fault {
    fn from(error: ParseError) -> Self {
        Self(Box::new(error))
    }
}

/// How many levels a tree may have. ArangoDB allows as many for an expression, and counts them the same way: `1 + 2 + 3`
/// has two.
pub(super) const MAX_LEVELS: u32 = 500;

/// How deep brackets, calls and subqueries may nest: an unoptimised build then needs less than 1.5 MiB of stack, of the
/// 2 MiB that threads have.
const MAX_DEPTH: u32 = 300;

/// Reads tokens one after the other.
pub(super) struct Parser<'t> {
    /// The query.
    pub(super) text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    /// How deep the parser has recursed.
    depth: u32,
    /// How many levels the largest tree has that was completed inside the node being parsed.
    height: u32,
    /// `IN` may be followed by the collection of a modification clause here, rather than by an operand.
    pub(super) before_target: bool,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, tokens: Vec<Token>) -> Self {
        Self { text, tokens, at: 0, depth: 0, height: 0, before_target: false }
    }

    /// The kind of the token so many places ahead; behind the last one there are only ends.
    pub(super) fn peek(&self, places: usize) -> &TokenKind {
        self.tokens.get(self.at + places).map_or(&TokenKind::End, |token| &token.kind)
    }

    /// The kind of the next token.
    pub(super) fn kind(&self) -> &TokenKind {
        self.peek(0)
    }

    /// The next token if it is a keyword, operator or bracket.
    pub(super) fn fixed(&self) -> Option<Fixed> {
        self.fixed_ahead(0)
    }

    /// The same for a token further ahead.
    pub(super) fn fixed_ahead(&self, places: usize) -> Option<Fixed> {
        match self.peek(places) {
            TokenKind::Fixed(token) => Some(*token),
            _ => None,
        }
    }

    /// The kind of the token before.
    pub(super) fn before(&self) -> &TokenKind {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(&TokenKind::End, |token| &token.kind)
    }

    /// Where the next token stands.
    pub(super) fn span(&self) -> Span {
        self.tokens.get(self.at).or_else(|| self.tokens.last()).map_or_else(Span::default, |token| token.span)
    }

    /// Where the token before stands.
    pub(super) fn previous(&self) -> Span {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or_else(Span::default, |token| token.span)
    }

    /// Goes on by one token and gives where that stood.
    pub(super) fn bump(&mut self) -> Span {
        let span = self.span();
        if self.at < self.tokens.len() {
            self.at += 1;
        }
        span
    }

    /// Whether the next token is this one.
    pub(super) fn at(&self, token: Fixed) -> bool {
        self.fixed() == Some(token)
    }

    /// Takes the next token if it is this one.
    pub(super) fn eat(&mut self, token: Fixed) -> bool {
        let found = self.at(token);
        if found {
            self.bump();
        }
        found
    }

    /// Takes the next token, which has to be this one.
    pub(super) fn expect(&mut self, token: Fixed) -> Parsed<Span> {
        if self.at(token) { Ok(self.bump()) } else { Err(self.unexpected(&[token.text()])) }
    }

    /// Whether the token so many places ahead is this word, which is a keyword only in its context.
    pub(super) fn at_word(&self, places: usize, word: &str) -> bool {
        matches!(self.peek(places), TokenKind::Identifier(name) if name.eq_ignore_ascii_case(word))
    }

    /// Takes the next token if it is this word.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.at_word(0, word);
        if found {
            self.bump();
        }
        found
    }

    /// Takes the next token, which has to be this word.
    pub(super) fn expect_word(&mut self, word: &'static str) -> Parsed<Span> {
        if self.at_word(0, word) { Ok(self.bump()) } else { Err(self.unexpected(&[word])) }
    }

    /// Takes a name if one is next.
    pub(super) fn eat_name(&mut self) -> Option<Name> {
        let text = match self.kind() {
            TokenKind::Identifier(text) | TokenKind::QuotedIdentifier(text) => text.clone(),
            _ => return None,
        };
        Some(Name { text, span: self.bump() })
    }

    /// Takes a name, which has to be next; `what` says what kind of name.
    pub(super) fn name(&mut self, what: &'static str) -> Parsed<Name> {
        match self.eat_name() {
            Some(name) => Ok(name),
            None => Err(self.unexpected(&[what])),
        }
    }

    /// The error that the next token cannot stand where it stands.
    pub(super) fn unexpected(&self, expected: &[&'static str]) -> Fault {
        let mut error = ParseError::unexpected(self.text, self.kind(), self.span(), expected);
        error.hint = hint::hint(&self.tokens, self.at);
        error.into()
    }

    /// The error that what stands at a place makes no sense.
    pub(super) fn invalid(&self, reason: &str, span: Span) -> Fault {
        ParseError::invalid(self.text, reason, span).into()
    }

    /// Goes one level down, and gives what [`Self::leave`] needs.
    pub(super) fn enter(&mut self, levels: u32) -> Parsed<u32> {
        self.depth += levels;
        if self.depth > MAX_DEPTH {
            return Err(self.too_deep());
        }
        Ok(std::mem::take(&mut self.height))
    }

    /// Comes up again: what was completed below counts for the level above.
    pub(super) fn leave(&mut self, levels: u32, outer: u32) {
        self.depth -= levels;
        self.height = self.height.max(outer);
    }

    /// Puts a node on top of what was completed since the last [`Self::enter`].
    pub(super) fn grow(&mut self) -> Parsed<()> {
        self.height += 1;
        if self.height > MAX_LEVELS { Err(self.too_deep()) } else { Ok(()) }
    }

    fn too_deep(&self) -> Fault {
        ParseError::numbered(ErrorNum::QUERY_TOO_MUCH_NESTING, self.span()).into()
    }
}

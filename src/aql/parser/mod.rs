//! The parser: by recursive descent for clauses, by operator precedence for expressions.
//!
//! It follows the grammar of ArangoDB 3.12 and answers with the same error numbers. It never recurses or builds a tree
//! deeper than [`cursor::MAX_LEVELS`], so that whoever walks a tree later may recurse. Two forms of newer servers have
//! no nodes of their own: destructuring becomes `LET`s ([`pattern`]), spreading becomes calls ([`literal`]).

mod collect;
mod cursor;
mod expr;
mod for_in;
mod literal;
mod modify;
mod pattern;
mod postfix;
mod simple;
mod target;
mod traversal;
mod window;

#[cfg(test)]
mod tests;

use super::{
    Span,
    ast::{Clause, DataSource, Query},
    error::ParseError,
    lexer::lex,
    token::{Fixed, TokenKind},
};
use crate::wire::ErrorNum;
use cursor::{Parsed, Parser};
pub(super) use postfix::CURRENT;

/// What a clause can begin with, for error messages.
const CLAUSES: &[&str] = &["FOR", "LET", "FILTER", "SORT", "LIMIT", "COLLECT", "WINDOW", "a modification", "RETURN"];

/// A subquery needs more stack than an expression does.
const SUBQUERY_LEVELS: u32 = 2;

/// Parses one query.
///
/// # Errors
/// With ArangoDB's numbers: 1502 for the empty text, 1501 for what is no query, 1524 for more than 500 levels of nesting.
pub fn parse(text: &str) -> Result<Query, ParseError> {
    let end = Span { start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
    if text.is_empty() {
        return Err(ParseError::numbered(ErrorNum::QUERY_EMPTY, end));
    }
    if end.end == u32::MAX {
        return Err(ParseError::numbered(ErrorNum::RESOURCE_LIMIT, end));
    }
    let mut parser = Parser::new(text, lex(text));
    parser.whole_query().map_err(|fault| *fault.0)
}

impl Parser<'_> {
    /// `[WITH collections] clauses`, and nothing behind them.
    fn whole_query(&mut self) -> Parsed<Query> {
        let start = self.span();
        let with = if self.eat(Fixed::With) { self.with()? } else { Vec::new() };
        let clauses = self.clauses()?;
        if *self.kind() != TokenKind::End {
            return Err(self.unexpected(&["end of query string"]));
        }
        self.check_distinct(&clauses)?;
        Ok(Query { with, clauses, span: start.to(self.previous()) })
    }

    /// The collections after `WITH`; commas between them are optional.
    fn with(&mut self) -> Parsed<Vec<DataSource>> {
        let mut collections = vec![self.data_source()?];
        while self.eat(Fixed::Comma) || self.at_data_source() {
            collections.push(self.data_source()?);
        }
        Ok(collections)
    }

    /// A query inside another one.
    fn subquery(&mut self) -> Parsed<Query> {
        let outer = self.enter(SUBQUERY_LEVELS)?;
        let before_target = std::mem::take(&mut self.before_target);
        let start = self.span();
        let clauses = self.clauses()?;
        self.before_target = before_target;
        self.leave(SUBQUERY_LEVELS, outer);
        Ok(Query { with: Vec::new(), clauses, span: start.to(self.previous()) })
    }

    /// Clauses up to the one that ends the query: `RETURN`, or a modification that no clause follows.
    fn clauses(&mut self) -> Parsed<Vec<Clause>> {
        let mut clauses = Vec::new();
        loop {
            let Some(token) = self.fixed().filter(|token| token.starts_clause()) else {
                return if clauses.last().is_some_and(is_modification) {
                    Ok(clauses)
                } else {
                    Err(self.unexpected(CLAUSES))
                };
            };
            self.clause(token, &mut clauses)?;
            if token == Fixed::Return {
                return Ok(clauses);
            }
        }
    }

    /// One clause; some forms become several.
    fn clause(&mut self, token: Fixed, clauses: &mut Vec<Clause>) -> Parsed<()> {
        match token {
            Fixed::For => self.for_in(clauses),
            Fixed::Let => self.let_in(clauses),
            other => self.single_clause(other).map(|clause| clauses.push(clause)),
        }
    }

    fn single_clause(&mut self, token: Fixed) -> Parsed<Clause> {
        match token {
            Fixed::Filter => self.filter(),
            Fixed::Sort => self.sort(),
            Fixed::Limit => self.limit(),
            Fixed::Collect => self.collect(),
            Fixed::Window => self.window(),
            Fixed::Return => self.return_value(),
            Fixed::Insert => self.insert(),
            Fixed::Update | Fixed::Replace => self.update(),
            Fixed::Remove => self.remove(),
            Fixed::Upsert => self.upsert(),
            _ => Err(self.unexpected(CLAUSES)),
        }
    }

    /// `RETURN DISTINCT` needs rows to choose from.
    fn check_distinct(&self, clauses: &[Clause]) -> Parsed<()> {
        let loops = |clause: &Clause| matches!(clause, Clause::For(_) | Clause::Traversal(_) | Clause::PathSearch(_));
        match clauses.last() {
            Some(Clause::Return(last)) if last.distinct && !clauses.iter().any(loops) => {
                Err(self.invalid("cannot use DISTINCT modifier on top-level query element", last.span))
            }
            _ => Ok(()),
        }
    }
}

fn is_modification(clause: &Clause) -> bool {
    matches!(clause, Clause::Insert(_) | Clause::Update(_) | Clause::Remove(_) | Clause::Upsert(_))
}

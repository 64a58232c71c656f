//! Expressions by operator precedence, as the 3.12 manual orders the operators.

use super::cursor::{Parsed, Parser};
use crate::aql::{
    Span,
    ast::{ArrayComparison, Binary, BinaryOperator, Expr, Quantifier, RangeExpr, Ternary, Unary, UnaryOperator},
    precedence as power,
    token::Fixed,
};

/// What can follow an operand.
enum Infix {
    /// An operator of so many tokens.
    Binary(BinaryOperator, usize),
    /// `ANY ==` and the like.
    Quantified,
    /// `..`
    Range,
    /// `?`
    Ternary,
}

impl Parser<'_> {
    /// An expression that nothing special follows.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let before_target = std::mem::take(&mut self.before_target);
        let value = self.expr_at(power::LOWEST)?;
        self.before_target = before_target;
        Ok(value)
    }

    /// An expression at the level of the clause.
    pub(super) fn expr_here(&mut self) -> Parsed<Expr> {
        self.expr_at(power::LOWEST)
    }

    /// An expression whose operators all bind at least so strongly.
    ///
    /// Here and below, work is split so that few values are held while the parser recurses: that bounds its stack.
    fn expr_at(&mut self, least: u8) -> Parsed<Expr> {
        let outer = self.enter(1)?;
        let first = self.prefixed()?;
        let value = self.infixes(first, least)?;
        self.leave(1, outer);
        Ok(value)
    }

    /// An operand, or one behind a sign.
    fn prefixed(&mut self) -> Parsed<Expr> {
        let operator = match self.fixed() {
            Some(Fixed::Not) => UnaryOperator::Not,
            Some(Fixed::Plus) => UnaryOperator::Plus,
            Some(Fixed::Minus) => UnaryOperator::Minus,
            _ => return self.operand(),
        };
        self.unary(operator)
    }

    /// The operators behind an operand, with what is on their right.
    fn infixes(&mut self, mut left: Expr, least: u8) -> Parsed<Expr> {
        while let Some((infix, power)) = self.infix().filter(|(_, power)| *power >= least) {
            left = self.infixed(left, &infix, power)?;
            self.grow()?;
        }
        Ok(left)
    }

    fn infixed(&mut self, left: Expr, infix: &Infix, power: u8) -> Parsed<Expr> {
        match *infix {
            Infix::Binary(operator, tokens) => self.binary(left, operator, tokens),
            Infix::Quantified => self.array_comparison(left),
            Infix::Range => self.range(left, power),
            Infix::Ternary => self.ternary(left, power),
        }
    }

    fn unary(&mut self, operator: UnaryOperator) -> Parsed<Expr> {
        let start = self.bump();
        let operand = Box::new(self.expr_at(power::UNARY)?);
        self.grow()?;
        Ok(Expr::Unary(Unary { operator, operand, span: start.to(self.previous()) }))
    }

    /// The operator that is next, and how strongly it binds.
    fn infix(&self) -> Option<(Infix, u8)> {
        if let Some((operator, tokens)) = self.comparison(0) {
            if operator == BinaryOperator::In && self.at_target() {
                return None;
            }
            return Some((Infix::Binary(operator, tokens), power::of(operator)));
        }
        if self.at_word(0, "AT") && self.at_word(1, "LEAST") && self.fixed_ahead(2) == Some(Fixed::Open) {
            return Some((Infix::Quantified, power::QUANTIFIED));
        }
        let operator = match self.fixed()? {
            Fixed::Or => BinaryOperator::Or,
            Fixed::And => BinaryOperator::And,
            Fixed::Plus => BinaryOperator::Add,
            Fixed::Minus => BinaryOperator::Subtract,
            Fixed::Times => BinaryOperator::Multiply,
            Fixed::Divide => BinaryOperator::Divide,
            Fixed::Modulo => BinaryOperator::Modulo,
            Fixed::Question => return Some((Infix::Ternary, power::TERNARY)),
            Fixed::Range => return Some((Infix::Range, power::RANGE)),
            Fixed::Any | Fixed::All | Fixed::None => {
                // Otherwise `ANY` is the direction of a traversal.
                return self.comparison(1).map(|_| (Infix::Quantified, power::QUANTIFIED));
            }
            _ => return None,
        };
        Some((Infix::Binary(operator, 1), power::of(operator)))
    }

    /// The comparison so many tokens ahead, and how many tokens it is.
    fn comparison(&self, ahead: usize) -> Option<(BinaryOperator, usize)> {
        let operator = match self.fixed_ahead(ahead)? {
            Fixed::Eq => BinaryOperator::Eq,
            Fixed::Ne => BinaryOperator::Ne,
            Fixed::Lt => BinaryOperator::Lt,
            Fixed::Le => BinaryOperator::Le,
            Fixed::Gt => BinaryOperator::Gt,
            Fixed::Ge => BinaryOperator::Ge,
            Fixed::In => BinaryOperator::In,
            Fixed::Like => BinaryOperator::Like,
            Fixed::Matches => BinaryOperator::Matches,
            Fixed::NotMatches => BinaryOperator::NotMatches,
            Fixed::Not => {
                return match self.fixed_ahead(ahead + 1)? {
                    Fixed::In => Some((BinaryOperator::NotIn, 2)),
                    Fixed::Like => Some((BinaryOperator::NotLike, 2)),
                    _ => None,
                };
            }
            _ => return None,
        };
        Some((operator, 1))
    }

    fn binary(&mut self, left: Expr, operator: BinaryOperator, tokens: usize) -> Parsed<Expr> {
        self.skip(tokens);
        let right = Box::new(self.expr_at(power::of(operator) + 1)?);
        let span = left.span().to(self.previous());
        Ok(Expr::Binary(Binary { operator, left: Box::new(left), right, span }))
    }

    fn skip(&mut self, tokens: usize) {
        for _ in 0..tokens {
            self.bump();
        }
    }

    /// `left ANY == right`, with the comparison's own precedence to the right.
    fn array_comparison(&mut self, left: Expr) -> Parsed<Expr> {
        let quantifier = self.quantifier()?;
        let Some((operator, tokens)) = self.comparison(0) else {
            return Err(self.unexpected(&["a comparison"]));
        };
        self.skip(tokens);
        let right = Box::new(self.expr_at(power::of(operator) + 1)?);
        let span = left.span().to(self.previous());
        Ok(Expr::ArrayComparison(ArrayComparison { left: Box::new(left), quantifier, operator, right, span }))
    }

    /// `ANY`, `ALL`, `NONE`, `AT LEAST (n)`
    pub(super) fn quantifier(&mut self) -> Parsed<Quantifier> {
        let quantifier = match self.fixed() {
            Some(Fixed::Any) => Quantifier::Any,
            Some(Fixed::All) => Quantifier::All,
            Some(Fixed::None) => Quantifier::None,
            _ => {
                self.expect_word("AT")?;
                self.expect_word("LEAST")?;
                self.expect(Fixed::Open)?;
                let count = self.expr()?;
                self.expect(Fixed::Close)?;
                return Ok(Quantifier::AtLeast(Box::new(count)));
            }
        };
        self.bump();
        Ok(quantifier)
    }

    fn range(&mut self, low: Expr, power: u8) -> Parsed<Expr> {
        self.bump();
        let high = Box::new(self.expr_at(power + 1)?);
        let span = low.span().to(self.previous());
        Ok(Expr::Range(RangeExpr { low: Box::new(low), high, span }))
    }

    fn ternary(&mut self, condition: Expr, power: u8) -> Parsed<Expr> {
        self.bump();
        let then = if self.at(Fixed::Colon) { None } else { Some(Box::new(self.expr()?)) };
        self.expect(Fixed::Colon)?;
        let otherwise = Box::new(self.expr_at(power)?);
        let span = condition.span().to(self.previous());
        Ok(Expr::Ternary(Ternary { condition: Box::new(condition), then, otherwise, span }))
    }

    /// `( expression )` or `( query )`, the opening bracket being next.
    pub(super) fn bracketed(&mut self) -> Parsed<Expr> {
        let start = self.bump();
        let mut value = self.expr_or_query(start)?;
        self.expect(Fixed::Close)?;
        if let Expr::Subquery(subquery) = &mut value
            && subquery.span.start == start.start
        {
            subquery.span = start.to(self.previous());
        }
        Ok(value)
    }

    /// An expression, or a query without brackets of its own (as the argument of a function).
    pub(super) fn expr_or_query(&mut self, start: Span) -> Parsed<Expr> {
        if !self.fixed().is_some_and(Fixed::starts_clause) {
            return self.expr();
        }
        let query = Box::new(self.subquery()?);
        self.grow()?;
        Ok(Expr::Subquery(crate::aql::ast::Subquery { query, span: start.to(self.previous()) }))
    }
}

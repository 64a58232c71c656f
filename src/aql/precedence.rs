//! How strongly operators bind: one table for the parser and the printer, in the order of the 3.12 manual.

use super::ast::BinaryOperator;

/// Binds the least: an expression of any kind.
pub(super) const LOWEST: u8 = 0;
/// `? :`, grouping to the right.
pub(super) const TERNARY: u8 = 1;
/// A comparison with `ANY`, `ALL`, `NONE` or `AT LEAST (n)` before it, towards its left.
pub(super) const QUANTIFIED: u8 = 4;
/// `..`
pub(super) const RANGE: u8 = 8;
/// `NOT`, `+` and `-` before an operand.
pub(super) const UNARY: u8 = 11;
/// Operands with their suffixes.
pub(super) const OPERAND: u8 = 12;

/// How strongly an operator between two operands binds. All of them group to the left.
pub(super) fn of(operator: BinaryOperator) -> u8 {
    match operator {
        BinaryOperator::Or => 2,
        BinaryOperator::And => 3,
        BinaryOperator::Eq
        | BinaryOperator::Ne
        | BinaryOperator::Like
        | BinaryOperator::NotLike
        | BinaryOperator::Matches
        | BinaryOperator::NotMatches => 5,
        BinaryOperator::In | BinaryOperator::NotIn => 6,
        BinaryOperator::Lt | BinaryOperator::Le | BinaryOperator::Gt | BinaryOperator::Ge => 7,
        BinaryOperator::Add | BinaryOperator::Subtract => 9,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Modulo => 10,
    }
}

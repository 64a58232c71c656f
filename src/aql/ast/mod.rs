//! The syntax tree of AQL. It says what was written, not what it means: a [`Name`] may turn out to be a variable or a
//! collection, a [`Call`] may name a function nobody knows. Every node knows its [`Span`].

mod clause;
mod expr;

pub use clause::{
    AggregateVariable, Clause, Collect, CollectInto, Direction, EdgeCollection, Filter, For, GraphSource,
    GroupVariable, Insert, Let, Limit, ModificationTarget, PathSearch, PathSearchKind, Prune, Remove, Return, Sort,
    SortKey, Traversal, Update, UpdateKind, Upsert, Window,
};
pub use expr::{
    Array, ArrayComparison, ArrayFilter, ArrayFilterQuantifier, Attribute, AttributeName, Binary, BinaryOperator, Bind,
    Call, Expansion, Expr, Index, Literal, LiteralValue, Object, ObjectEntry, ObjectKey, Quantifier, RangeExpr,
    Subquery, Ternary, Unary, UnaryOperator,
};

use super::span::Span;

/// A whole query: `WITH` and a sequence of clauses that ends in `RETURN` or a data-modification clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Collections declared with `WITH`.
    pub with: Vec<DataSource>,
    /// The clauses in the order they were written; never empty.
    pub clauses: Vec<Clause>,
    /// The whole text.
    pub span: Span,
}

/// An identifier as it is meant: without backticks or forward ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Name {
    /// The identifier.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A collection or view where only one can stand (`WITH`, `INTO`, edge lists): by name or as `@@parameter`.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSource {
    /// `users`
    Name(Name),
    /// `@@users`: the name without the at signs. `@users` is taken here as well and says so.
    Bind(Bind),
}

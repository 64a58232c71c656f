//! Clauses: what a query is a sequence of.

use super::{DataSource, Expr, Name, Span};

/// One clause of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    /// `FOR x IN …`
    For(For),
    /// `FOR v, e, p IN 1..2 OUTBOUND …`
    Traversal(Traversal),
    /// `FOR v, e IN OUTBOUND SHORTEST_PATH …`
    PathSearch(PathSearch),
    /// `FILTER …`
    Filter(Filter),
    /// `LET x = …`; several in one `LET` become several clauses.
    Let(Let),
    /// `SORT …`
    Sort(Sort),
    /// `LIMIT …`
    Limit(Limit),
    /// `COLLECT …`
    Collect(Collect),
    /// `WINDOW …`
    Window(Window),
    /// `RETURN …`
    Return(Return),
    /// `INSERT …`
    Insert(Insert),
    /// `UPDATE …` and `REPLACE …`
    Update(Update),
    /// `REMOVE …`
    Remove(Remove),
    /// `UPSERT …`
    Upsert(Upsert),
}

/// `FOR variable IN source [SEARCH …] [OPTIONS …]`
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    /// The loop variable.
    pub variable: Name,
    /// An expression; a [`Expr::Name`] that is no variable, or a collection bind parameter, is a collection or view.
    pub source: Expr,
    /// `SEARCH` condition over a view.
    pub search: Option<Expr>,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// Which way edges are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From `_from` to `_to`.
    Outbound,
    /// From `_to` to `_from`.
    Inbound,
    /// Both.
    Any,
}

/// Where the edges come from.
#[derive(Debug, Clone, PartialEq)]
pub enum GraphSource {
    /// `GRAPH "name"`, `GRAPH name` (stored as a string literal) or `GRAPH @name`.
    Graph(Expr),
    /// `OUTBOUND edges1, INBOUND edges2`
    Edges(Vec<EdgeCollection>),
}

/// One edge collection of a traversal.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeCollection {
    /// A direction of its own, if it has one.
    pub direction: Option<Direction>,
    /// The collection.
    pub collection: DataSource,
}

/// `PRUNE [variable =] condition`
#[derive(Debug, Clone, PartialEq)]
pub struct Prune {
    /// The variable that keeps the condition's value.
    pub variable: Option<Name>,
    /// The condition.
    pub condition: Expr,
}

/// `FOR v, e, p IN min..max DIRECTION start source`
#[derive(Debug, Clone, PartialEq)]
pub struct Traversal {
    /// The vertex variable.
    pub vertex: Name,
    /// The edge variable.
    pub edge: Option<Name>,
    /// The path variable.
    pub path: Option<Name>,
    /// The depth: a number, a range, or absent (then 1).
    pub depth: Option<Expr>,
    /// The direction of all edge collections without their own.
    pub direction: Direction,
    /// The start vertex: an id, or an object with `_id`.
    pub start: Expr,
    /// Where the edges come from.
    pub source: GraphSource,
    /// `PRUNE`
    pub prune: Option<Prune>,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// The kinds of path search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathSearchKind {
    /// `SHORTEST_PATH`: a row for each vertex of one path.
    Shortest,
    /// `ALL_SHORTEST_PATHS`: a row for each path.
    AllShortest,
    /// `K_SHORTEST_PATHS`: a row for each path, by length.
    KShortest,
    /// `K_PATHS`: a row for each path within a depth.
    KPaths,
}

/// `FOR v, e IN DIRECTION SHORTEST_PATH start TO end source`
#[derive(Debug, Clone, PartialEq)]
pub struct PathSearch {
    /// Which search.
    pub kind: PathSearchKind,
    /// The vertex variable (`Shortest`), or the path variable (the other kinds).
    pub variable: Name,
    /// The edge variable (`Shortest` only).
    pub edge: Option<Name>,
    /// The range of depths (`KPaths` only).
    pub depth: Option<Expr>,
    /// The direction of all edge collections without their own.
    pub direction: Direction,
    /// The first vertex.
    pub start: Expr,
    /// The last vertex.
    pub end: Expr,
    /// Where the edges come from.
    pub source: GraphSource,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// `FILTER condition`
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The condition.
    pub condition: Expr,
    /// Where the clause stands.
    pub span: Span,
}

/// `LET variable = value`
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// The variable.
    pub variable: Name,
    /// Its value.
    pub value: Expr,
    /// Where the clause stands.
    pub span: Span,
}

/// `SORT key [ASC|DESC], …`
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The keys, most significant first.
    pub keys: Vec<SortKey>,
    /// Where the clause stands.
    pub span: Span,
}

/// One key of a `SORT`.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub value: Expr,
    /// `ASC`, `DESC`, or an expression that must be the constant string `"ASC"` or `"DESC"` (a bind parameter), or a
    /// boolean (true is ascending). `None` is ascending.
    pub direction: Option<Expr>,
}

/// `LIMIT [offset,] count`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// How many rows are skipped.
    pub offset: Option<Expr>,
    /// How many rows are passed on; `null` is all.
    pub count: Expr,
    /// Where the clause stands.
    pub span: Span,
}

/// `COLLECT …`
#[derive(Debug, Clone, PartialEq)]
pub struct Collect {
    /// `a = expr, …`
    pub groups: Vec<GroupVariable>,
    /// `AGGREGATE a = FUNCTION(expr), …`
    pub aggregates: Vec<AggregateVariable>,
    /// `INTO …`
    pub into: Option<CollectInto>,
    /// `WITH COUNT INTO variable`
    pub count_into: Option<Name>,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// One group criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupVariable {
    /// The variable.
    pub variable: Name,
    /// What is grouped by.
    pub value: Expr,
}

/// One aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateVariable {
    /// The variable.
    pub variable: Name,
    /// Usually a [`Expr::Call`]; anything else is refused when the query is planned (1574).
    pub value: Expr,
}

/// `INTO groups [= projection] [KEEP a, b]`
#[derive(Debug, Clone, PartialEq)]
pub struct CollectInto {
    /// The variable.
    pub variable: Name,
    /// What each group element is.
    pub projection: Option<Expr>,
    /// The variables kept; empty is all.
    pub keep: Vec<Name>,
}

/// `WINDOW [range WITH] { preceding, following } AGGREGATE …`
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The value that ranges are measured on; absent in row-based windows.
    pub range: Option<Expr>,
    /// `{ preceding: …, following: … }`
    pub bounds: Expr,
    /// `AGGREGATE a = FUNCTION(expr), …`
    pub aggregates: Vec<AggregateVariable>,
    /// Where the clause stands.
    pub span: Span,
}

/// `RETURN [DISTINCT] value`
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    /// `DISTINCT`
    pub distinct: bool,
    /// The value of each row.
    pub value: Expr,
    /// Where the clause stands.
    pub span: Span,
}

/// The collection that a modification clause writes to.
pub type ModificationTarget = DataSource;

/// `INSERT document INTO collection`
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The document.
    pub document: Expr,
    /// The collection.
    pub target: ModificationTarget,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// Whether documents are patched or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UpdateKind {
    /// `UPDATE`
    Update,
    /// `REPLACE`
    Replace,
}

/// `UPDATE key WITH patch IN collection`, `REPLACE document IN collection`
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// `UPDATE` or `REPLACE`.
    pub kind: UpdateKind,
    /// The key (a string or an object with `_key`); `None` when the document itself holds it.
    pub key: Option<Expr>,
    /// The new attributes.
    pub document: Expr,
    /// The collection.
    pub target: ModificationTarget,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// `REMOVE key IN collection`
#[derive(Debug, Clone, PartialEq)]
pub struct Remove {
    /// The key: a string or an object with `_key`.
    pub key: Expr,
    /// The collection.
    pub target: ModificationTarget,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

/// `UPSERT search INSERT document UPDATE|REPLACE patch IN collection`
#[derive(Debug, Clone, PartialEq)]
pub struct Upsert {
    /// An object literal of attributes to look for, or (the form `UPSERT FILTER …`) a condition over `CURRENT`.
    pub search: Expr,
    /// `search` is a `FILTER` condition.
    pub by_filter: bool,
    /// What is inserted when nothing was found.
    pub insert: Expr,
    /// What is done otherwise: update or replace.
    pub kind: UpdateKind,
    /// The patch or the new document, in which `OLD` is the document found.
    pub update: Expr,
    /// The collection.
    pub target: ModificationTarget,
    /// `OPTIONS` object.
    pub options: Option<Expr>,
    /// Where the clause stands.
    pub span: Span,
}

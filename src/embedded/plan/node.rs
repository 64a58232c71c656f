//! The steps a query is executed in, one after the other.

use super::{
    aggregate::AggregateKind,
    expr::{ChildVisitor, Expr, Register},
    graph::{PathSearch, Traversal},
    modify::{Modify, Upsert},
};
use crate::{embedded::value::Str, wire::CollectionName};

/// A query or subquery: its steps, and what each row that comes out of them gives.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The steps in order; none of them: one row goes in and comes out.
    pub nodes: Vec<Node>,
    /// The value of each row; `None` when the query ends with a modification.
    pub result: Option<Expr>,
}

/// One step.
#[derive(Debug, Clone)]
pub enum Node {
    /// Every document of a collection.
    EnumerateCollection(EnumerateCollection),
    /// Documents found by an index.
    Index(IndexScan),
    /// Every element of an array.
    EnumerateList(EnumerateList),
    /// Rows that meet a condition.
    Filter(Expr),
    /// A value for a register.
    Calculation(Calculation),
    /// Rows in order.
    Sort(Sort),
    /// Some of the rows.
    Limit(Limit),
    /// Rows grouped.
    Collect(Collect),
    /// Each value once (`RETURN DISTINCT`).
    Distinct(Calculation),
    /// Aggregates over neighbouring rows.
    Window(Window),
    /// `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`
    Modify(Modify),
    /// `UPSERT`
    Upsert(Upsert),
    /// Paths from a vertex.
    Traversal(Traversal),
    /// Paths between two vertices.
    PathSearch(PathSearch),
}

/// Every document of a collection.
#[derive(Debug, Clone)]
pub struct EnumerateCollection {
    /// The collection.
    pub collection: CollectionName,
    /// Where the document goes.
    pub out: Register,
    /// What the query says about indexes.
    pub hint: IndexHint,
}

/// What `OPTIONS` say about indexes.
#[derive(Debug, Clone, Default)]
pub struct IndexHint {
    /// `indexHint`: names of indexes, the best first.
    pub names: Vec<Str>,
    /// `forceIndexHint`: none but those.
    pub forced: bool,
    /// `disableIndex`: none at all.
    pub disabled: bool,
}

impl IndexHint {
    /// Whether an index may be used.
    pub fn allows(&self, name: &str) -> bool {
        !self.disabled && (!self.forced || self.names.is_empty() || self.names.iter().any(|known| **known == *name))
    }
}

/// Which index is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexKind {
    /// By `_key`, or by `_id`.
    Primary {
        /// The values looked for are ids.
        by_id: bool,
    },
    /// Edges by `_from` (or `_to`).
    Edge {
        /// `_to`
        to: bool,
    },
    /// A persistent index, by its number.
    Persistent {
        /// The index's number.
        id: Str,
    },
}

/// Documents found by an index.
#[derive(Debug, Clone)]
pub struct IndexScan {
    /// The collection.
    pub collection: CollectionName,
    /// Where the document goes.
    pub out: Register,
    /// The index.
    pub index: IndexKind,
    /// What is looked for.
    pub search: Search,
    /// The parts of filters that say so.
    pub conditions: Vec<Expr>,
    /// Filters that ask for nothing but this, by how many steps behind this one they stand.
    pub covers: Vec<usize>,
}

/// What is looked for in an index. What is found comes in the order of the index.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// For each leading field, the values it may have.
    pub fields: Vec<Vec<Lookup>>,
    /// Where the field behind those begins.
    pub lower: Option<End>,
    /// Where the field behind those ends.
    pub upper: Option<End>,
    /// From the largest to the smallest.
    pub reverse: bool,
    /// Elements of arrays are indexed, so a document can be found more than once.
    pub repeats: bool,
}

/// Values a field may have.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// This one.
    Equal(Expr),
    /// Each element of an array.
    In(Expr),
}

/// One end of a range.
#[derive(Debug, Clone)]
pub struct End {
    /// The value.
    pub value: Expr,
    /// Whether the value itself is within the range.
    pub inclusive: bool,
}

/// Every element of an array.
#[derive(Debug, Clone)]
pub struct EnumerateList {
    /// The array.
    pub list: Expr,
    /// Where the element goes.
    pub out: Register,
}

/// A value for a register.
#[derive(Debug, Clone)]
pub struct Calculation {
    /// Where the value goes.
    pub out: Register,
    /// The value.
    pub value: Expr,
}

/// Rows in order.
#[derive(Debug, Clone)]
pub struct Sort {
    /// What is compared, most significant first.
    pub keys: Vec<SortKey>,
    /// No more than this many rows are asked for.
    pub limit: Option<usize>,
}

/// One key of a sort.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// What is compared.
    pub value: Expr,
    /// The direction.
    pub ascending: bool,
}

/// Some of the rows.
#[derive(Debug, Clone)]
pub struct Limit {
    /// How many are skipped.
    pub offset: usize,
    /// How many are passed on.
    pub count: usize,
    /// Whether all rows are counted (`fullCount`).
    pub full_count: bool,
    /// Whether a step before it writes, and has to go on for all rows when the limit is reached.
    pub drain: bool,
}

/// Rows grouped.
#[derive(Debug, Clone)]
pub struct Collect {
    /// The criteria.
    pub groups: Vec<Calculation>,
    /// The aggregates.
    pub aggregates: Vec<Aggregate>,
    /// The array of the group's members: where it goes and what each member is.
    pub into: Option<Calculation>,
    /// Where the number of the group's members goes.
    pub count: Option<Register>,
}

/// One aggregate.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// Where the result goes.
    pub out: Register,
    /// The function.
    pub kind: AggregateKind,
    /// Its argument, evaluated for each row.
    pub argument: Expr,
}

/// Aggregates over neighbouring rows.
#[derive(Debug, Clone)]
pub struct Window {
    /// What distance is measured on; by the number of rows without.
    pub range: Option<Expr>,
    /// `{ preceding: …, following: … }`, constant.
    pub bounds: Expr,
    /// The aggregates.
    pub aggregates: Vec<Aggregate>,
}

impl Lookup {
    /// The value or the array of values.
    pub fn expression(&self) -> &Expr {
        let (Self::Equal(expr) | Self::In(expr)) = self;
        expr
    }
}

impl Search {
    /// Shows every expression to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        for lookup in self.fields.iter_mut().flatten() {
            let (Lookup::Equal(expr) | Lookup::In(expr)) = lookup;
            visitor(expr);
        }
        for end in self.lower.iter_mut().chain(&mut self.upper) {
            visitor(&mut end.value);
        }
    }

    /// Whether a field has one value in everything that is found.
    pub fn fixes(&self, field: usize) -> bool {
        matches!(self.fields.get(field).map(Vec::as_slice), Some([Lookup::Equal(_)]))
    }
}

impl Block {
    /// Shows every expression of the block, those directly in its steps and its result, to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        for node in &mut self.nodes {
            node.expressions(visitor);
        }
        self.result.iter_mut().for_each(visitor);
    }
}

impl Node {
    /// Shows every expression directly in the step to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        match self {
            Self::EnumerateCollection(_) | Self::Limit(_) => {}
            Self::Index(node) => node.search.expressions(visitor),
            Self::EnumerateList(node) => visitor(&mut node.list),
            Self::Filter(condition) => visitor(condition),
            Self::Calculation(node) | Self::Distinct(node) => visitor(&mut node.value),
            Self::Sort(node) => node.keys.iter_mut().for_each(|key| visitor(&mut key.value)),
            Self::Collect(node) => {
                node.groups.iter_mut().for_each(|group| visitor(&mut group.value));
                node.aggregates.iter_mut().for_each(|aggregate| visitor(&mut aggregate.argument));
                node.into.iter_mut().for_each(|into| visitor(&mut into.value));
            }
            Self::Window(node) => {
                node.range.iter_mut().for_each(&mut *visitor);
                visitor(&mut node.bounds);
                node.aggregates.iter_mut().for_each(|aggregate| visitor(&mut aggregate.argument));
            }
            Self::Modify(node) => node.expressions(visitor),
            Self::Upsert(node) => node.expressions(visitor),
            Self::Traversal(node) => node.expressions(visitor),
            Self::PathSearch(node) => node.expressions(visitor),
        }
    }

    /// Adds the registers the step writes to.
    pub fn defines(&self, registers: &mut Vec<Register>) {
        match self {
            Self::EnumerateCollection(node) => registers.push(node.out),
            Self::Index(node) => registers.push(node.out),
            Self::EnumerateList(node) => registers.push(node.out),
            Self::Filter(_) | Self::Sort(_) | Self::Limit(_) => {}
            Self::Calculation(node) | Self::Distinct(node) => registers.push(node.out),
            Self::Collect(node) => {
                registers.extend(node.groups.iter().map(|group| group.out));
                registers.extend(node.aggregates.iter().map(|aggregate| aggregate.out));
                registers.extend(node.into.iter().map(|into| into.out));
                registers.extend(node.count);
            }
            Self::Window(node) => registers.extend(node.aggregates.iter().map(|aggregate| aggregate.out)),
            Self::Modify(node) => registers.extend([node.old, node.new]),
            Self::Upsert(node) => registers.extend([node.old, node.new, node.current]),
            Self::Traversal(node) => node.defines(registers),
            Self::PathSearch(node) => node.defines(registers),
        }
    }
}

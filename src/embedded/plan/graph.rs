//! The steps that walk along edges.

use super::expr::{ChildVisitor, Expr, Register};
use crate::{
    aql::ast::{Direction, PathSearchKind},
    embedded::value::Str,
    wire::CollectionName,
};

/// Where the edges come from.
#[derive(Debug, Clone)]
pub struct EdgeSources {
    /// The named graph, if one was named.
    pub graph: Option<Str>,
    /// The edge collections with their directions.
    pub edges: Vec<(CollectionName, Direction)>,
    /// The vertex collections of the named graph.
    pub vertices: Vec<CollectionName>,
}

/// In which order a traversal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Depth first.
    #[default]
    Dfs,
    /// Breadth first.
    Bfs,
    /// Lightest path first.
    Weighted,
}

/// What may not occur twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// Nothing is checked.
    None,
    /// Within a path.
    Path,
    /// In the whole traversal.
    Global,
}

/// `OPTIONS` of a traversal or path search.
#[derive(Debug, Clone)]
pub struct GraphOptions {
    /// The order.
    pub order: Order,
    /// Vertices.
    pub unique_vertices: Uniqueness,
    /// Edges.
    pub unique_edges: Uniqueness,
    /// The attribute that holds an edge's weight.
    pub weight_attribute: Option<Str>,
    /// The weight of edges without one.
    pub default_weight: f64,
    /// Only vertices of these collections are visited.
    pub vertex_collections: Option<Vec<Str>>,
    /// Only edges of these collections are followed.
    pub edge_collections: Option<Vec<Str>>,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self {
            order: Order::Dfs,
            unique_vertices: Uniqueness::None,
            unique_edges: Uniqueness::Path,
            weight_attribute: None,
            default_weight: 1.0,
            vertex_collections: None,
            edge_collections: None,
        }
    }
}

/// `FOR v, e, p IN min..max DIRECTION start edges`
#[derive(Debug, Clone)]
pub struct Traversal {
    /// Where the vertex goes.
    pub vertex: Register,
    /// Where the edge goes.
    pub edge: Option<Register>,
    /// Where the path goes.
    pub path: Option<Register>,
    /// The fewest edges of a path.
    pub min: u64,
    /// The most edges of a path.
    pub max: u64,
    /// The first vertex.
    pub start: Expr,
    /// The edges.
    pub sources: EdgeSources,
    /// `PRUNE`: where its value goes, and the condition over the registers above.
    pub prune: Option<(Option<Register>, Expr)>,
    /// `OPTIONS`
    pub options: GraphOptions,
}

/// `FOR v, e IN DIRECTION SHORTEST_PATH start TO end edges` and its relatives
#[derive(Debug, Clone)]
pub struct PathSearch {
    /// Which search.
    pub kind: PathSearchKind,
    /// Where the vertex or the path goes.
    pub out: Register,
    /// Where the edge goes.
    pub edge: Option<Register>,
    /// The fewest edges.
    pub min: u64,
    /// The most edges.
    pub max: u64,
    /// The first vertex.
    pub start: Expr,
    /// The last vertex.
    pub end: Expr,
    /// The edges.
    pub sources: EdgeSources,
    /// `OPTIONS`
    pub options: GraphOptions,
}

impl Traversal {
    /// Shows every expression to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        visitor(&mut self.start);
        if let Some((_, condition)) = &mut self.prune {
            visitor(condition);
        }
    }

    /// Adds the registers the step writes to.
    pub fn defines(&self, registers: &mut Vec<Register>) {
        registers.push(self.vertex);
        registers.extend(self.edge);
        registers.extend(self.path);
        registers.extend(self.prune.as_ref().and_then(|(variable, _)| *variable));
    }
}

impl PathSearch {
    /// Shows every expression to the visitor.
    pub fn expressions(&mut self, visitor: &mut ChildVisitor<'_>) {
        visitor(&mut self.start);
        visitor(&mut self.end);
    }

    /// Adds the registers the step writes to.
    pub fn defines(&self, registers: &mut Vec<Register>) {
        registers.push(self.out);
        registers.extend(self.edge);
    }
}

//! The graph that a traversal sees: edge collections with directions, over the query's snapshot.

use super::{Context, context::Watch};
use crate::{
    aql::ast::Direction,
    embedded::{
        error::Error,
        graph::{Edges, Step},
        plan::graph::{EdgeSources, GraphOptions},
        store::{Collection, EdgeEnd, Snapshot},
        value::{Str, Value, ops},
    },
};

/// What a path takes that waits to be followed, in bytes; what it has in common with others is shared.
const PATH: usize = 160;

/// Reads edges and vertices from a snapshot.
#[derive(Clone)]
pub(super) struct Walker<'a> {
    snapshot: Snapshot,
    edges: Vec<(Collection, Direction)>,
    watch: Watch<'a>,
    /// Edges and vertices read since this was last asked for.
    pub(super) read: u64,
}

impl<'a> Walker<'a> {
    pub(super) fn new(sources: &EdgeSources, options: &GraphOptions, context: &Context<'a>) -> Self {
        let snapshot = context.view.snapshot.clone();
        let wanted = |name: &str| {
            options.edge_collections.as_ref().is_none_or(|only| only.iter().any(|allowed| &**allowed == name))
        };
        let edges = sources
            .edges
            .iter()
            .filter(|(name, _)| wanted(name.as_str()))
            .filter_map(|(name, direction)| Some((snapshot.collection(name.as_str())?.clone(), *direction)))
            .collect();
        Self { snapshot, edges, watch: context.watch(), read: 0 }
    }

    fn steps(&mut self, vertex: &Str, back: bool, out: &mut Vec<Step>) {
        for (collection, direction) in &self.edges {
            let (outbound, inbound) = match (direction, back) {
                (Direction::Any, _) => (true, true),
                (Direction::Outbound, false) | (Direction::Inbound, true) => (true, false),
                (Direction::Inbound, false) | (Direction::Outbound, true) => (false, true),
            };
            if outbound {
                for edge in collection.edges(vertex, EdgeEnd::Out) {
                    self.read += 1;
                    push(edge, "_to", out);
                }
            }
            if inbound {
                for edge in collection.edges(vertex, EdgeEnd::In) {
                    // An edge from a vertex to itself was met on the way out already.
                    if outbound && edge.get("_from").as_str() == Some(&**vertex) {
                        continue;
                    }
                    self.read += 1;
                    push(edge, "_from", out);
                }
            }
        }
    }
}

fn push(edge: Value, end: &str, out: &mut Vec<Step>) {
    if let (Value::String(to), Value::String(edge_id)) = (edge.get(end).clone(), edge.get("_id").clone()) {
        out.push(Step { edge, edge_id, to });
    }
}

impl Edges for Walker<'_> {
    fn expand(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        self.steps(vertex, false, out);
        Ok(())
    }

    fn expand_back(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error> {
        self.steps(vertex, true, out);
        Ok(())
    }

    fn vertex(&mut self, id: &Str) -> Result<Value, Error> {
        self.read += 1;
        Ok(self.snapshot.document(id).cloned().unwrap_or_default())
    }

    fn tick(&mut self) -> Result<(), Error> {
        self.watch.poll()
    }

    fn keeps(&mut self, paths: usize) -> Result<(), Error> {
        self.watch.allows(paths.saturating_mul(PATH))
    }
}

/// The vertex that a start or end expression names: an id, or an object with one.
pub(super) fn vertex_id(value: &Value) -> Option<Str> {
    let id = match value {
        Value::String(id) => id.clone(),
        Value::Object(object) => ops::to_text(object.get("_id")?),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Array(_) => return None,
    };
    id.contains('/').then_some(id)
}

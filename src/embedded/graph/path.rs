//! Paths as linked lists from their end to their start, so that the many paths of a search share what they begin with.

use std::sync::Arc;

use super::{Edges, Step};
use crate::embedded::{
    error::Error,
    value::{Object, Str, Value},
};

/// A path through a graph. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Path(Arc<Node>);

#[derive(Debug)]
struct Node {
    vertex: Str,
    depth: usize,
    weight: f64,
    /// The path up to here and the edge that leads here; none at the start.
    before: Option<Before>,
}

#[derive(Debug)]
struct Before {
    path: Path,
    edge: Value,
    edge_id: Str,
}

/// Dropping a chain link by link would recurse as deep as the path is long.
impl Drop for Node {
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(link) = before {
            before = Arc::into_inner(link.path.0).and_then(|mut node| node.before.take());
        }
    }
}

impl Path {
    /// The path that is only its start.
    pub(super) fn start(vertex: Str) -> Self {
        Self(Arc::new(Node { vertex, depth: 0, weight: 0.0, before: None }))
    }

    /// The path that goes one edge further.
    pub(super) fn extend(&self, step: Step, weight: f64) -> Self {
        let Step { edge, edge_id, to } = step;
        Self(Arc::new(Node {
            vertex: to,
            depth: self.depth() + 1,
            weight: self.weight() + weight,
            before: Some(Before { path: self.clone(), edge, edge_id }),
        }))
    }

    /// The `_id` of the last vertex.
    pub fn vertex(&self) -> &Str {
        &self.0.vertex
    }

    /// The last edge; none when the path is only its start.
    pub fn edge(&self) -> Option<&Value> {
        self.0.before.as_ref().map(|before| &before.edge)
    }

    /// The `_id` of the last edge.
    pub fn edge_id(&self) -> Option<&Str> {
        self.0.before.as_ref().map(|before| &before.edge_id)
    }

    /// How many edges it has.
    pub fn depth(&self) -> usize {
        self.0.depth
    }

    /// The sum of its edges' weights.
    pub fn weight(&self) -> f64 {
        self.0.weight
    }

    /// The path without its last edge.
    pub fn parent(&self) -> Option<&Self> {
        self.0.before.as_ref().map(|before| &before.path)
    }

    /// This path and all it begins with, the longest first.
    fn backwards(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |path| path.parent())
    }

    /// The path's beginnings by their length: only the start first, the whole path last.
    pub fn beginnings(&self) -> Vec<&Self> {
        let mut all: Vec<&Self> = self.backwards().collect();
        all.reverse();
        all
    }

    /// Whether it comes through a vertex.
    pub fn has_vertex(&self, id: &str) -> bool {
        self.backwards().any(|path| &**path.vertex() == id)
    }

    /// Whether it takes an edge.
    pub fn has_edge(&self, id: &str) -> bool {
        self.backwards().filter_map(Self::edge_id).any(|edge| &**edge == id)
    }

    /// The `_id`s of its vertices.
    pub fn vertex_ids(&self) -> Vec<Str> {
        self.beginnings().into_iter().map(|path| path.vertex().clone()).collect()
    }

    /// Its edges.
    pub fn edges(&self) -> Vec<Value> {
        self.beginnings().into_iter().filter_map(Self::edge).cloned().collect()
    }

    /// The documents of its vertices.
    ///
    /// # Errors
    /// Whatever reading them meets.
    pub fn vertices(&self, graph: &mut dyn Edges) -> Result<Vec<Value>, Error> {
        self.beginnings().into_iter().map(|path| graph.vertex(path.vertex())).collect()
    }

    /// What it has cost at each vertex, 0 at the start.
    pub fn weights(&self) -> Vec<Value> {
        self.beginnings().into_iter().map(|path| number(path.weight())).collect()
    }

    /// `{vertices, edges, weights}`, the path variable of a traversal.
    ///
    /// # Errors
    /// Whatever reading the vertices meets.
    pub fn to_traversal_value(&self, graph: &mut dyn Edges) -> Result<Value, Error> {
        let mut object = self.to_object(graph)?;
        object.insert(Str::from("weights"), Value::array(self.weights()));
        Ok(Value::object(object))
    }

    /// `{vertices, edges, weight}`, a path of `K_SHORTEST_PATHS`.
    ///
    /// # Errors
    /// Whatever reading the vertices meets.
    pub fn to_weighted_value(&self, graph: &mut dyn Edges) -> Result<Value, Error> {
        let mut object = self.to_object(graph)?;
        object.insert(Str::from("weight"), number(self.weight()));
        Ok(Value::object(object))
    }

    /// `{vertices, edges}`, a path of `K_PATHS` and `ALL_SHORTEST_PATHS`.
    ///
    /// # Errors
    /// Whatever reading the vertices meets.
    pub fn to_value(&self, graph: &mut dyn Edges) -> Result<Value, Error> {
        Ok(Value::object(self.to_object(graph)?))
    }

    fn to_object(&self, graph: &mut dyn Edges) -> Result<Object, Error> {
        let mut object = Object::default();
        object.insert(Str::from("vertices"), Value::array(self.vertices(graph)?));
        object.insert(Str::from("edges"), Value::array(self.edges()));
        Ok(object)
    }
}

/// A weight, as a whole number where it is one.
fn number(weight: f64) -> Value {
    crate::embedded::value::order::whole(weight).map_or_else(|| Value::number(weight), Value::Int)
}

//! Walking graphs: traversals, shortest paths, all paths between two vertices. Pure algorithms over a trait. And named
//! graphs, as they stand in the store: `definition` reads them, `edit` changes them, `elements` writes through them.
//!
//! None of the algorithms knows collections, indexes or AQL: [`Edges`] tells what is next to a vertex. Nothing recurses, so that
//! the depth of a graph cannot exhaust the stack, and every search asks [`Edges::tick`] as it goes, so that a query can
//! be stopped. Where ArangoDB leaves open which of several equal paths comes first, the order of edges decides.

use std::collections::{HashMap, HashSet};

use super::{
    error::Error,
    value::{Str, Value},
};
use crate::wire::ErrorNum;

mod all_shortest;
pub mod definition;
pub mod edit;
pub mod elements;
mod k_paths;
mod k_shortest;
#[cfg(test)]
mod named_tests;
mod path;
mod shortest;
mod walk;

pub use all_shortest::AllShortestPaths;
pub use k_paths::KPaths;
pub use k_shortest::KShortestPaths;
pub use path::Path;
pub use shortest::{lightest_path, shortest_path};
pub use walk::{Free, Guide, Options, Order, UniqueEdges, UniqueVertices, Visit, Walk};

/// Something by vertex.
type ByVertex<T> = HashMap<Str, T, foldhash::fast::RandomState>;
/// Identifiers of vertices or edges.
type Ids = HashSet<Str, foldhash::fast::RandomState>;

/// An edge as seen from a vertex.
#[derive(Debug, Clone)]
pub struct Step {
    /// The edge document.
    pub edge: Value,
    /// Its `_id`.
    pub edge_id: Str,
    /// The `_id` of the vertex at the other end.
    pub to: Str,
}

/// A graph with directions chosen.
pub trait Edges {
    /// Adds the edges that lead on from a vertex, in a stable order.
    ///
    /// # Errors
    /// Whatever reading them meets.
    fn expand(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error>;

    /// Adds the edges that lead to a vertex: those whose [`Self::expand`] at the other end gives this vertex.
    ///
    /// # Errors
    /// Whatever reading them meets.
    fn expand_back(&mut self, vertex: &Str, out: &mut Vec<Step>) -> Result<(), Error>;

    /// A vertex's document; null when it is missing.
    ///
    /// # Errors
    /// Whatever reading it meets.
    fn vertex(&mut self, id: &Str) -> Result<Value, Error>;

    /// Called again and again during a search, to stop it or to count its cost.
    ///
    /// # Errors
    /// Why the search has to stop.
    fn tick(&mut self) -> Result<(), Error> {
        Ok(())
    }

    /// Told how many paths a search keeps, when they become more.
    ///
    /// # Errors
    /// Why they are too many.
    fn keeps(&mut self, _paths: usize) -> Result<(), Error> {
        Ok(())
    }
}

/// What an edge costs.
#[derive(Debug, Clone)]
pub struct Weights {
    attribute: Option<Str>,
    default: f64,
}

impl Weights {
    /// The weight is the number in an attribute at the edge's top level, or the default where there is none.
    ///
    /// # Errors
    /// 1948 when the default is negative.
    pub fn new(attribute: Option<Str>, default: f64) -> Result<Self, Error> {
        if default < 0.0 {
            return Err(ErrorNum::GRAPH_NEGATIVE_EDGE_WEIGHT.into());
        }
        Ok(Self { attribute, default })
    }

    /// Each edge costs 1, so that the weight of a path is its length.
    pub fn uniform() -> Self {
        Self { attribute: None, default: 1.0 }
    }

    /// # Errors
    /// 1948 when the edge's weight is negative.
    fn of(&self, edge: &Value) -> Result<f64, Error> {
        let number = self.attribute.as_ref().and_then(|name| edge.get(name).as_f64());
        match number.unwrap_or(self.default) {
            weight if weight < 0.0 => Err(ErrorNum::GRAPH_NEGATIVE_EDGE_WEIGHT.into()),
            weight => Ok(weight),
        }
    }
}

#[cfg(test)]
mod tests;

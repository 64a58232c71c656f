//! Paths between two vertices by growing weight that come through no vertex twice (`K_SHORTEST_PATHS`).
//!
//! Yen's algorithm with Lawler's improvement: each path given out is left at each of its vertices, from the one at which
//! it left its own predecessor on, and the lightest other way from there becomes a candidate. So no candidate comes twice.

use super::{
    Edges, Path, Weights,
    shortest::{Closed, lightest_from},
    walk::Heap,
};
use crate::embedded::{error::Error, value::Str};

/// A search for shortest paths under way.
#[derive(Debug)]
pub struct KShortestPaths {
    from: Str,
    to: Str,
    weights: Weights,
    /// The paths given out.
    given: Vec<Path>,
    candidates: Heap,
    started: bool,
}

impl KShortestPaths {
    /// A search from one vertex to another.
    pub fn new(from: Str, to: Str, weights: Weights) -> Self {
        Self { from, to, weights, given: Vec::new(), candidates: Heap::default(), started: false }
    }

    /// The next path. What follows a path is only looked for when somebody asks.
    ///
    /// # Errors
    /// What the graph reports, and 1948 for a negative weight.
    pub fn next(&mut self, graph: &mut dyn Edges) -> Result<Option<Path>, Error> {
        if !self.started {
            self.started = true;
            let root = Path::start(self.from.clone());
            if let Some(path) = lightest_from(graph, root, &self.to, &self.weights, &Closed::default())? {
                self.candidates.push(path);
            }
        } else if let Some(last) = self.given.last().cloned() {
            self.leave(graph, &last)?;
        }
        let next = self.candidates.pop();
        self.given.extend(next.clone());
        Ok(next)
    }

    /// Finds the candidates that leave a path given out.
    fn leave(&mut self, graph: &mut dyn Edges, path: &Path) -> Result<(), Error> {
        let beginnings = path.beginnings();
        let from = self.branch(path);
        let mut closed = Closed::default();
        for (at, root) in beginnings.iter().take(path.depth()).enumerate() {
            closed.vertices.insert(root.vertex().clone());
            if at < from {
                continue;
            }
            closed.first_edges.clear();
            for given in &self.given {
                let others = given.beginnings();
                if others.get(at).is_some_and(|other| same_edges(other, root)) {
                    closed.first_edges.extend(others.get(at + 1).and_then(|other| other.edge_id()).cloned());
                }
            }
            let root = Path::clone(root);
            if let Some(candidate) = lightest_from(graph, root, &self.to, &self.weights, &closed)? {
                self.candidates.push(candidate);
            }
        }
        // Unlike those of a traversal, they have little in common.
        graph.keeps(self.candidates.len().saturating_mul(path.depth()))
    }

    /// How many edges a path has in common with the beginning of one given out before it, at most.
    fn branch(&self, path: &Path) -> usize {
        let beginnings = path.beginnings();
        let earlier = self.given.split_last().map(|(_, earlier)| earlier).unwrap_or_default();
        let common = |given: &Path| {
            let others = given.beginnings();
            let same = |(left, right): &(&&Path, &&Path)| left.edge_id() == right.edge_id();
            beginnings.iter().zip(&others).take_while(same).count().saturating_sub(1)
        };
        earlier.iter().map(common).max().unwrap_or(0)
    }
}

fn same_edges(left: &Path, right: &Path) -> bool {
    let (left, right) = (left.beginnings(), right.beginnings());
    left.len() == right.len() && left.iter().zip(&right).all(|(left, right)| left.edge_id() == right.edge_id())
}

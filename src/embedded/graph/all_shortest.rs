//! All paths between two vertices that have the fewest edges.

use super::{ByVertex, Edges, Path, Step};
use crate::embedded::{error::Error, value::Str};

/// A search for all shortest paths under way.
#[derive(Debug)]
pub struct AllShortestPaths {
    to: Str,
    /// The start, until the graph has been searched.
    from: Option<Str>,
    /// From each vertex the steps that lead closer to the end.
    closer: ByVertex<Vec<Step>>,
    /// Beginnings of shortest paths.
    stack: Vec<Path>,
}

impl AllShortestPaths {
    /// A search from one vertex to another.
    pub fn new(from: Str, to: Str) -> Self {
        Self { to, from: Some(from), closer: ByVertex::default(), stack: Vec::new() }
    }

    /// The next path. The first call searches the graph, all others only put paths together.
    ///
    /// # Errors
    /// What the graph reports.
    pub fn next(&mut self, graph: &mut dyn Edges) -> Result<Option<Path>, Error> {
        if let Some(from) = self.from.take()
            && self.search(graph, &from)?
        {
            self.stack.push(Path::start(from));
        }
        while let Some(path) = self.stack.pop() {
            graph.tick()?;
            if *path.vertex() == self.to {
                return Ok(Some(path));
            }
            let steps = self.closer.get(path.vertex()).map(Vec::as_slice).unwrap_or_default();
            self.stack.extend(steps.iter().rev().map(|step| path.extend(step.clone(), 1.0)));
        }
        Ok(None)
    }

    /// Goes back from the end level by level until the start is reached; whether it is.
    fn search(&mut self, graph: &mut dyn Edges, from: &Str) -> Result<bool, Error> {
        let mut distances: ByVertex<usize> = ByVertex::default();
        distances.insert(self.to.clone(), 0);
        let mut rim = vec![self.to.clone()];
        let mut distance = 0;
        let mut steps = Vec::new();
        while !rim.is_empty() && !distances.contains_key(from) {
            distance += 1;
            for vertex in std::mem::take(&mut rim) {
                graph.tick()?;
                graph.expand_back(&vertex, &mut steps)?;
                for Step { edge, edge_id, to: before } in steps.drain(..) {
                    let known = distances.get(&before).copied();
                    if known.is_none() {
                        distances.insert(before.clone(), distance);
                        rim.push(before.clone());
                    }
                    if known.is_none_or(|known| known == distance) {
                        let step = Step { edge, edge_id, to: vertex.clone() };
                        self.closer.entry(before).or_default().push(step);
                    }
                }
            }
        }
        Ok(distances.contains_key(from))
    }
}

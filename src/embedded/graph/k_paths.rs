//! All paths between two vertices within a range of lengths that come through no vertex twice (`K_PATHS`).

use super::{ByVertex, Edges, Path};
use crate::embedded::{error::Error, value::Str};

/// A search for all paths under way.
#[derive(Debug)]
pub struct KPaths {
    to: Str,
    min: usize,
    max: usize,
    /// The start, until the graph has been searched.
    from: Option<Str>,
    /// How many edges it takes at least from a vertex to the end, where that is at most `max`.
    distances: ByVertex<usize>,
    /// Beginnings that may lead to the end.
    stack: Vec<Path>,
}

impl KPaths {
    /// A search for paths with `min` to `max` edges.
    pub fn new(from: Str, to: Str, min: usize, max: usize) -> Self {
        Self { to, min, max, from: Some(from), distances: ByVertex::default(), stack: Vec::new() }
    }

    /// The next path.
    ///
    /// # Errors
    /// What the graph reports.
    pub fn next(&mut self, graph: &mut dyn Edges) -> Result<Option<Path>, Error> {
        if let Some(from) = self.from.take() {
            self.measure(graph, &from)?;
            if self.distances.contains_key(&from) {
                self.stack.push(Path::start(from));
            }
        }
        let mut steps = Vec::new();
        while let Some(path) = self.stack.pop() {
            graph.tick()?;
            if *path.vertex() == self.to {
                if (self.min..=self.max).contains(&path.depth()) {
                    return Ok(Some(path));
                }
                continue;
            }
            graph.expand(path.vertex(), &mut steps)?;
            for step in steps.drain(..).rev() {
                // A beginning that cannot reach the end in time is given up at once.
                let in_time = self
                    .distances
                    .get(&step.to)
                    .is_some_and(|distance| (path.depth() + 1).saturating_add(*distance) <= self.max);
                if in_time && !path.has_vertex(&step.to) {
                    self.stack.push(path.extend(step, 1.0));
                }
            }
        }
        Ok(None)
    }

    /// Goes back from the end to find the distances. Vertices beyond the start matter as well, as detours.
    fn measure(&mut self, graph: &mut dyn Edges, from: &Str) -> Result<(), Error> {
        self.distances.insert(self.to.clone(), 0);
        if *from == self.to {
            return Ok(());
        }
        let mut rim = vec![self.to.clone()];
        let mut steps = Vec::new();
        for distance in 1..=self.max {
            for vertex in std::mem::take(&mut rim) {
                graph.tick()?;
                graph.expand_back(&vertex, &mut steps)?;
                for step in steps.drain(..) {
                    if !self.distances.contains_key(&step.to) {
                        self.distances.insert(step.to.clone(), distance);
                        rim.push(step.to);
                    }
                }
            }
            if rim.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

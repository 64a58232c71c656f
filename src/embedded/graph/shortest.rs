//! One shortest or lightest path between two vertices.

use super::{ByVertex, Edges, Ids, Path, Step, Weights, walk::Heap};
use crate::embedded::{error::Error, value::Str};

/// A path with the fewest edges, searched from both ends at once.
///
/// # Errors
/// What the graph reports.
pub fn shortest_path(graph: &mut dyn Edges, from: &Str, to: &Str) -> Result<Option<Path>, Error> {
    if from == to {
        return Ok(Some(Path::start(from.clone())));
    }
    let mut forward = Side::new(from);
    let mut backward = Side::new(to);
    let mut steps = Vec::new();
    while !forward.rim.is_empty() && !backward.rim.is_empty() {
        let ahead = forward.rim.len() <= backward.rim.len();
        let (side, other) = if ahead { (&mut forward, &backward) } else { (&mut backward, &forward) };
        for vertex in std::mem::take(&mut side.rim) {
            graph.tick()?;
            if ahead {
                graph.expand(&vertex, &mut steps)?;
            } else {
                graph.expand_back(&vertex, &mut steps)?;
            }
            for step in steps.drain(..) {
                let reached = step.to.clone();
                if !side.reach(&vertex, step) {
                    continue;
                }
                // Whatever the whole level would still find is as long: a shorter way had met one level earlier.
                if other.reached.contains_key(&reached) {
                    return Ok(Some(join(&forward, &backward, &reached)));
                }
            }
        }
    }
    Ok(None)
}

/// What a search from one end has reached.
struct Side {
    /// How each vertex was reached; none at the end itself.
    reached: ByVertex<Option<Arrival>>,
    /// The vertices of the last level.
    rim: Vec<Str>,
}

/// The vertex a search came from and the edge it took.
struct Arrival {
    from: Str,
    step: Step,
}

impl Side {
    fn new(end: &Str) -> Self {
        let mut reached = ByVertex::default();
        reached.insert(end.clone(), None);
        Self { reached, rim: vec![end.clone()] }
    }

    /// Notes a step; whether it led to a new vertex.
    fn reach(&mut self, from: &Str, step: Step) -> bool {
        let to = step.to.clone();
        if self.reached.contains_key(&to) {
            return false;
        }
        self.reached.insert(to.clone(), Some(Arrival { from: from.clone(), step }));
        self.rim.push(to);
        true
    }

    fn arrival(&self, vertex: &Str) -> Option<&Arrival> {
        self.reached.get(vertex).and_then(Option::as_ref)
    }
}

/// The path over the vertex at which two searches met.
fn join(forward: &Side, backward: &Side, met: &Str) -> Path {
    let mut steps = Vec::new();
    let mut at = met;
    while let Some(arrival) = forward.arrival(at) {
        steps.push(arrival.step.clone());
        at = &arrival.from;
    }
    let mut path = Path::start(at.clone());
    for step in steps.into_iter().rev() {
        path = path.extend(step, 1.0);
    }
    let mut at = met;
    while let Some(arrival) = backward.arrival(at) {
        // The search went against the edge, so the path goes to where the search came from.
        let Step { edge, edge_id, .. } = arrival.step.clone();
        path = path.extend(Step { edge, edge_id, to: arrival.from.clone() }, 1.0);
        at = &arrival.from;
    }
    path
}

/// A path with the least sum of weights.
///
/// # Errors
/// What the graph reports, and 1948 for a negative weight.
pub fn lightest_path(graph: &mut dyn Edges, from: &Str, to: &Str, weights: &Weights) -> Result<Option<Path>, Error> {
    lightest_from(graph, Path::start(from.clone()), to, weights, &Closed::default())
}

/// What a search must not use.
#[derive(Debug, Default)]
pub(super) struct Closed {
    /// Vertices that no step may lead to.
    pub(super) vertices: Ids,
    /// Edges that may not be the first.
    pub(super) first_edges: Ids,
}

/// The lightest way to go on from the end of a path.
pub(super) fn lightest_from(
    graph: &mut dyn Edges,
    root: Path,
    to: &Str,
    weights: &Weights,
    closed: &Closed,
) -> Result<Option<Path>, Error> {
    let first = root.depth();
    let mut heap = Heap::default();
    let mut done = Ids::default();
    let mut steps = Vec::new();
    heap.push(root);
    while let Some(path) = heap.pop() {
        graph.tick()?;
        if !done.insert(path.vertex().clone()) {
            continue;
        }
        if path.vertex() == to {
            return Ok(Some(path));
        }
        graph.expand(path.vertex(), &mut steps)?;
        for step in steps.drain(..) {
            let shut = done.contains(&step.to)
                || closed.vertices.contains(&step.to)
                || (path.depth() == first && closed.first_edges.contains(&step.edge_id));
            if !shut {
                let weight = weights.of(&step.edge)?;
                heap.push(path.extend(step, weight));
            }
        }
    }
    Ok(None)
}

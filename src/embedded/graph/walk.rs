//! Traversals: all paths from a start vertex within a range of depths, one at a time.

use std::{
    cmp::Ordering,
    collections::{BinaryHeap, VecDeque},
};

use super::{Edges, Ids, Path, Step, Weights};
use crate::embedded::{error::Error, value::Str};

/// In which order paths come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// A path is followed by those that begin with it.
    #[default]
    Dfs,
    /// Shorter paths come first.
    Bfs,
    /// Lighter paths come first.
    Weighted,
}

/// How often a vertex may be visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UniqueVertices {
    /// Any number of times.
    #[default]
    None,
    /// Once on each path.
    Path,
    /// Once altogether. Only for [`Order::Bfs`] and [`Order::Weighted`]; otherwise the same as `Path`.
    Global,
}

/// How often an edge may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UniqueEdges {
    /// Any number of times, so that cycles are followed up to the greatest depth.
    None,
    /// Once on each path.
    #[default]
    Path,
}

/// How to traverse.
#[derive(Debug, Clone)]
pub struct Options {
    /// The least number of edges of a path in the result.
    pub min: usize,
    /// The greatest number of edges of a path.
    pub max: usize,
    /// In which order paths come.
    pub order: Order,
    /// How often a vertex may be visited.
    pub unique_vertices: UniqueVertices,
    /// How often an edge may be taken.
    pub unique_edges: UniqueEdges,
    /// What edges cost; looked at by [`Order::Weighted`] only, all others count 1 an edge.
    pub weights: Weights,
}

/// What the caller decides on the way.
pub trait Guide {
    /// Whether a path may be in the result or lead to one that is. The start always may.
    ///
    /// # Errors
    /// Ends the traversal.
    fn admit(&mut self, _path: &Path) -> Result<bool, Error> {
        Ok(true)
    }

    /// Whether the traversal stops at the end of this path, which itself may be in the result (`PRUNE`). Asked once for
    /// each path, the start included, before it is given out.
    ///
    /// # Errors
    /// Ends the traversal.
    fn prune(&mut self, _path: &Path) -> Result<bool, Error> {
        Ok(false)
    }
}

/// A guide that lets everything pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Free;

impl Guide for Free {}

/// A path in the result.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The path.
    pub path: Path,
    /// What [`Guide::prune`] said about it.
    pub pruned: bool,
}

/// A traversal under way.
#[derive(Debug)]
pub struct Walk {
    options: Options,
    frontier: Frontier,
    /// The path given out last; what lies behind it is only looked at when somebody wants to go on.
    unexpanded: Option<Path>,
    trail: Trail,
    visited: Ids,
    steps: Vec<Step>,
}

impl Walk {
    /// A traversal from a vertex.
    pub fn new(start: Str, options: Options) -> Self {
        let mut frontier = Frontier::new(options.order);
        frontier.push(Path::start(start));
        let trail = Trail::default();
        Self { options, frontier, unexpanded: None, trail, visited: Ids::default(), steps: Vec::new() }
    }

    /// The next path.
    ///
    /// # Errors
    /// What the graph or the guide report, and 1948 for a negative weight.
    pub fn next(&mut self, graph: &mut dyn Edges, guide: &mut dyn Guide) -> Result<Option<Visit>, Error> {
        loop {
            graph.tick()?;
            if let Some(path) = self.unexpanded.take() {
                self.expand(&path, graph, guide)?;
            }
            let Some(path) = self.frontier.pop() else { return Ok(None) };
            if path.depth() == 0 {
                self.visited.insert(path.vertex().clone());
            } else if self.visits_once() && self.options.order == Order::Weighted {
                // Only now is it sure that no lighter path leads here.
                if !self.visited.insert(path.vertex().clone()) {
                    continue;
                }
            }
            self.trail.move_to(&path, &self.options);
            let pruned = guide.prune(&path)?;
            let wanted = path.depth() >= self.options.min;
            if !pruned && path.depth() < self.options.max {
                self.unexpanded = Some(path.clone());
            }
            if wanted && path.depth() <= self.options.max {
                return Ok(Some(Visit { path, pruned }));
            }
        }
    }

    fn visits_once(&self) -> bool {
        self.options.unique_vertices == UniqueVertices::Global && self.options.order != Order::Dfs
    }

    fn expand(&mut self, path: &Path, graph: &mut dyn Edges, guide: &mut dyn Guide) -> Result<(), Error> {
        let mut steps = std::mem::take(&mut self.steps);
        graph.expand(path.vertex(), &mut steps)?;
        for step in steps.drain(..) {
            if !self.is_open(path, &step) {
                continue;
            }
            let weight = match self.options.order {
                Order::Weighted => self.options.weights.of(&step.edge)?,
                Order::Dfs | Order::Bfs => 1.0,
            };
            let next = path.extend(step, weight);
            if !guide.admit(&next)? {
                continue;
            }
            if self.visits_once() && self.options.order == Order::Bfs {
                self.visited.insert(next.vertex().clone());
            }
            self.frontier.push(next);
        }
        self.steps = steps;
        graph.keeps(self.frontier.len())
    }

    /// Whether uniqueness allows a step at the end of a path.
    fn is_open(&self, path: &Path, step: &Step) -> bool {
        let depth_first = self.options.order == Order::Dfs;
        let edge_is_open = match self.options.unique_edges {
            UniqueEdges::None => true,
            UniqueEdges::Path if depth_first => !self.trail.edges.contains(&step.edge_id),
            UniqueEdges::Path => !path.has_edge(&step.edge_id),
        };
        edge_is_open
            && match self.options.unique_vertices {
                UniqueVertices::None => true,
                UniqueVertices::Path | UniqueVertices::Global if depth_first => !self.trail.vertices.contains(&step.to),
                UniqueVertices::Path => !path.has_vertex(&step.to),
                UniqueVertices::Global => !self.visited.contains(&step.to),
            }
    }
}

/// What lies on the path that a depth-first traversal is at, so that uniqueness on long paths is looked up and not
/// searched for. Unused in other orders, which jump from path to path.
#[derive(Debug, Default)]
struct Trail {
    paths: Vec<Path>,
    vertices: Ids,
    edges: Ids,
}

impl Trail {
    /// Goes to the next path, which is one edge longer than one of those on the trail.
    fn move_to(&mut self, path: &Path, options: &Options) {
        let vertices = options.unique_vertices != UniqueVertices::None;
        let edges = options.unique_edges != UniqueEdges::None;
        if options.order != Order::Dfs || !(vertices || edges) {
            return;
        }
        while self.paths.len() > path.depth() {
            let Some(left) = self.paths.pop() else { break };
            self.vertices.remove(left.vertex());
            if let Some(edge) = left.edge_id() {
                self.edges.remove(edge);
            }
        }
        self.paths.push(path.clone());
        if vertices {
            self.vertices.insert(path.vertex().clone());
        }
        if edges {
            self.edges.extend(path.edge_id().cloned());
        }
    }
}

/// Paths that are still to be visited.
#[derive(Debug)]
enum Frontier {
    /// The newest first: of several edges at a vertex the last is taken first, as ArangoDB does.
    Stack(Vec<Path>),
    Queue(VecDeque<Path>),
    Heap(Heap),
}

impl Frontier {
    fn new(order: Order) -> Self {
        match order {
            Order::Dfs => Self::Stack(Vec::new()),
            Order::Bfs => Self::Queue(VecDeque::new()),
            Order::Weighted => Self::Heap(Heap::default()),
        }
    }

    fn push(&mut self, path: Path) {
        match self {
            Self::Stack(paths) => paths.push(path),
            Self::Queue(paths) => paths.push_back(path),
            Self::Heap(paths) => paths.push(path),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Stack(paths) => paths.len(),
            Self::Queue(paths) => paths.len(),
            Self::Heap(paths) => paths.len(),
        }
    }

    fn pop(&mut self) -> Option<Path> {
        match self {
            Self::Stack(paths) => paths.pop(),
            Self::Queue(paths) => paths.pop_front(),
            Self::Heap(paths) => paths.pop(),
        }
    }
}

/// Paths by weight; among equal ones the one that came first.
#[derive(Debug, Default)]
pub(super) struct Heap {
    paths: BinaryHeap<Weighed>,
    count: u64,
}

impl Heap {
    pub(super) fn push(&mut self, path: Path) {
        self.paths.push(Weighed { number: self.count, path });
        self.count += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.paths.len()
    }

    pub(super) fn pop(&mut self) -> Option<Path> {
        self.paths.pop().map(|weighed| weighed.path)
    }
}

#[derive(Debug)]
struct Weighed {
    number: u64,
    path: Path,
}

impl Ord for Weighed {
    /// The heap gives the greatest first, so the lightest is the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.path.weight().total_cmp(&self.path.weight()).then_with(|| other.number.cmp(&self.number))
    }
}

impl PartialOrd for Weighed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Weighed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Weighed {}

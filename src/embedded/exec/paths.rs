//! `SHORTEST_PATH`, `ALL_SHORTEST_PATHS`, `K_SHORTEST_PATHS`, `K_PATHS`

use super::{
    Context, Operator, set,
    walker::{Walker, vertex_id},
};
use crate::{
    aql::ast::PathSearchKind,
    embedded::{
        error::Error,
        eval::{Row, eval},
        graph::{AllShortestPaths, Edges, KPaths, KShortestPaths, Path, Weights, lightest_path, shortest_path},
        plan::graph::PathSearch,
        value::{Str, Value},
    },
    wire::ErrorNum,
};

pub(super) struct PathFinder<'p, 'a> {
    node: &'p PathSearch,
    input: Box<dyn Operator<'a> + 'p>,
    search: Option<(Search, Walker<'a>)>,
}

/// A search under way.
enum Search {
    /// The vertices of the one path with the edge that leads to each.
    Shortest(std::vec::IntoIter<(Str, Value)>),
    AllShortest(AllShortestPaths),
    KShortest(KShortestPaths),
    KPaths(KPaths),
}

impl<'p, 'a> PathFinder<'p, 'a> {
    pub(super) fn new(node: &'p PathSearch, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, search: None }
    }

    fn start(&self, row: &Row, context: &mut Context<'a>) -> Result<Option<(Search, Walker<'a>)>, Error> {
        let from = eval(&self.node.start, row, context)?;
        let to = eval(&self.node.end, row, context)?;
        let (Some(from), Some(to)) = (vertex_id(&from), vertex_id(&to)) else {
            context.warnings.add(
                ErrorNum::BAD_PARAMETER,
                "Invalid input for Shortest Path: Only id strings or objects with _id are allowed".to_owned(),
            )?;
            return Ok(None);
        };
        let options = &self.node.options;
        let mut walker = Walker::new(&self.node.sources, options, context);
        let weights = || Weights::new(options.weight_attribute.clone(), options.default_weight);
        let weighted = options.weight_attribute.is_some();
        let search = match self.node.kind {
            PathSearchKind::Shortest => {
                let path = if weighted {
                    lightest_path(&mut walker, &from, &to, &weights()?)?
                } else {
                    shortest_path(&mut walker, &from, &to)?
                };
                Search::Shortest(steps(path.as_ref()).into_iter())
            }
            PathSearchKind::AllShortest => Search::AllShortest(AllShortestPaths::new(from, to)),
            PathSearchKind::KShortest => {
                let weights = if weighted { weights()? } else { Weights::uniform() };
                Search::KShortest(KShortestPaths::new(from, to, weights))
            }
            PathSearchKind::KPaths => {
                let bound = |depth: u64| usize::try_from(depth).unwrap_or(usize::MAX);
                Search::KPaths(KPaths::new(from, to, bound(self.node.min), bound(self.node.max)))
            }
        };
        Ok(Some((search, walker)))
    }
}

fn steps(path: Option<&Path>) -> Vec<(Str, Value)> {
    let beginnings = path.map(Path::beginnings).unwrap_or_default();
    beginnings.into_iter().map(|path| (path.vertex().clone(), path.edge().cloned().unwrap_or_default())).collect()
}

impl<'a> Operator<'a> for PathFinder<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            if let Some((search, walker)) = &mut self.search {
                let found = advance(search, walker)?;
                context.counters.scanned_index += std::mem::take(&mut walker.read);
                if let Some((value, edge)) = found {
                    set(row, self.node.out, value);
                    if let Some(register) = self.node.edge {
                        set(row, register, edge);
                    }
                    return Ok(true);
                }
                self.search = None;
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            self.search = self.start(row, context)?;
        }
    }
}

/// The next vertex with its edge, or the next path.
fn advance(search: &mut Search, walker: &mut Walker<'_>) -> Result<Option<(Value, Value)>, Error> {
    let path = match search {
        Search::Shortest(steps) => {
            return match steps.next() {
                Some((vertex, edge)) => Ok(Some((walker.vertex(&vertex)?, edge))),
                None => Ok(None),
            };
        }
        Search::AllShortest(paths) => paths.next(walker)?.map(|path| path.to_value(walker)),
        Search::KShortest(paths) => paths.next(walker)?.map(|path| path.to_weighted_value(walker)),
        Search::KPaths(paths) => paths.next(walker)?.map(|path| path.to_value(walker)),
    };
    Ok(path.transpose()?.map(|path| (path, Value::Null)))
}

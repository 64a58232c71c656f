//! `FOR v, e, p IN 1..3 OUTBOUND …`

use super::{
    Context, Operator, set,
    walker::{Walker, vertex_id},
};
use crate::{
    embedded::{
        error::Error,
        eval::{Row, eval, holds},
        graph::{Edges, Guide, Options, Order, Path, UniqueEdges, UniqueVertices, Walk, Weights},
        plan::graph::{self as plan, Traversal, Uniqueness},
        value::{Str, Value},
    },
    wire::ErrorNum,
};

pub(super) struct Traverser<'p, 'a> {
    node: &'p Traversal,
    input: Box<dyn Operator<'a> + 'p>,
    walk: Option<(Walk, Walker<'a>)>,
}

impl<'p, 'a> Traverser<'p, 'a> {
    pub(super) fn new(node: &'p Traversal, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input, walk: None }
    }

    fn start(&self, row: &Row, context: &mut Context<'a>) -> Result<Option<(Walk, Walker<'a>)>, Error> {
        let start = eval(&self.node.start, row, context)?;
        let Some(id) = vertex_id(&start) else {
            context.warnings.add(
                ErrorNum::BAD_PARAMETER,
                "Invalid input for traversal: Only id strings or objects with _id are allowed".to_owned(),
            )?;
            return Ok(None);
        };
        let options = &self.node.options;
        let walk = Walk::new(
            id,
            Options {
                min: usize::try_from(self.node.min).unwrap_or(usize::MAX),
                max: usize::try_from(self.node.max).unwrap_or(usize::MAX),
                order: match options.order {
                    plan::Order::Dfs => Order::Dfs,
                    plan::Order::Bfs => Order::Bfs,
                    plan::Order::Weighted => Order::Weighted,
                },
                unique_vertices: match options.unique_vertices {
                    Uniqueness::None => UniqueVertices::None,
                    Uniqueness::Path => UniqueVertices::Path,
                    Uniqueness::Global => UniqueVertices::Global,
                },
                unique_edges: match options.unique_edges {
                    Uniqueness::None => UniqueEdges::None,
                    Uniqueness::Path | Uniqueness::Global => UniqueEdges::Path,
                },
                weights: Weights::new(options.weight_attribute.clone(), options.default_weight)?,
            },
        );
        Ok(Some((walk, Walker::new(&self.node.sources, options, context))))
    }
}

impl<'a> Operator<'a> for Traverser<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        loop {
            if let Some((walk, walker)) = &mut self.walk {
                let mut guide =
                    Pruner { node: self.node, row, context, walker: self.node.prune.is_some().then(|| walker.clone()) };
                let visit = walk.next(walker, &mut guide)?;
                if let Some(visit) = visit {
                    show(self.node, &visit.path, row, walker)?;
                    if let Some((Some(variable), _)) = &self.node.prune {
                        set(row, *variable, Value::Bool(visit.pruned));
                    }
                    context.counters.scanned_index += std::mem::take(&mut walker.read);
                    return Ok(true);
                }
                context.counters.scanned_index += std::mem::take(&mut walker.read);
                self.walk = None;
            }
            if !self.input.next(row, context)? {
                return Ok(false);
            }
            self.walk = self.start(row, context)?;
        }
    }
}

/// Decides where a traversal stops.
struct Pruner<'n, 'r, 'c, 'a> {
    node: &'n Traversal,
    row: &'r mut Row,
    context: &'c mut Context<'a>,
    /// Reads what the condition looks at.
    walker: Option<Walker<'a>>,
}

impl Guide for Pruner<'_, '_, '_, '_> {
    fn admit(&mut self, path: &Path) -> Result<bool, Error> {
        Ok(admits(self.node.options.vertex_collections.as_deref(), path.vertex()))
    }

    fn prune(&mut self, path: &Path) -> Result<bool, Error> {
        let (Some((_, condition)), Some(walker)) = (&self.node.prune, &mut self.walker) else {
            return Ok(false);
        };
        show(self.node, path, self.row, walker)?;
        holds(condition, self.row, self.context)
    }
}

/// Whether a vertex is in one of the collections asked for.
fn admits(only: Option<&[Str]>, id: &str) -> bool {
    let collection = id.split_once('/').map_or(id, |(collection, _)| collection);
    only.is_none_or(|only| only.iter().any(|allowed| &**allowed == collection))
}

/// Puts the end of a path into a row.
fn show(node: &Traversal, path: &Path, row: &mut Row, walker: &mut Walker<'_>) -> Result<(), Error> {
    set(row, node.vertex, walker.vertex(path.vertex())?);
    if let Some(edge) = node.edge {
        set(row, edge, path.edge().cloned().unwrap_or_default());
    }
    if let Some(register) = node.path {
        set(row, register, path.to_traversal_value(walker)?);
    }
    Ok(())
}

//! `COLLECT` and `WINDOW`.

use super::{Lowerer, options};
use crate::{
    aql::ast,
    embedded::{
        error::Error,
        plan::{
            aggregate::AggregateKind,
            expr::{Expr, ObjectEntry, ObjectKey, Register},
            node::{Aggregate, Block, Calculation, Collect, Node, Window},
        },
        value::Str,
    },
    wire::ErrorNum,
};

/// The functions and arguments of the aggregates, and what a group's members are.
type Lowered = (Vec<(AggregateKind, Expr)>, Option<Expr>);

impl Lowerer<'_> {
    pub(super) fn collect(&mut self, node: &ast::Collect, block: &mut Block) -> Result<(), Error> {
        let mut groups = Vec::with_capacity(node.groups.len());
        for group in &node.groups {
            groups.push(self.expr(&group.value)?);
        }
        for group in &node.groups {
            self.scopes.hide(&group.variable.text);
        }
        let rest = self.collect_rest(node);
        self.scopes.show();
        let (aggregates, element) = rest?;
        if let Some(options) = &node.options {
            self.options(options, "COLLECT", options::COLLECT)?;
        }
        self.scopes.start_collect();
        let groups = groups
            .into_iter()
            .zip(&node.groups)
            .map(|(value, group)| Ok(Calculation { out: self.scopes.declare(&group.variable.text)?, value }))
            .collect::<Result<Vec<_>, Error>>()?;
        let aggregates = self.declare_aggregates(aggregates, &node.aggregates)?;
        let into = match (element, &node.into) {
            (Some(value), Some(into)) => Some(Calculation { out: self.scopes.declare(&into.variable.text)?, value }),
            _ => None,
        };
        let count = match &node.count_into {
            Some(name) => Some(self.scopes.declare(&name.text)?),
            None => None,
        };
        block.nodes.push(Node::Collect(Collect { groups, aggregates, into, count }));
        Ok(())
    }

    /// What is lowered among the variables of before: the aggregates' arguments and what a group's members are.
    fn collect_rest(&mut self, node: &ast::Collect) -> Result<Lowered, Error> {
        let aggregates = self.aggregates(&node.aggregates)?;
        let element = match &node.into {
            None => None,
            Some(into) => Some(match &into.projection {
                Some(projection) => self.expr(projection)?,
                None if into.keep.is_empty() => variables(self.scopes.for_groups()),
                None => {
                    let mut kept = Vec::with_capacity(into.keep.len());
                    for name in &into.keep {
                        let Some(register) = self.scopes.find(&name.text) else {
                            return Err(Error::about(ErrorNum::QUERY_VARIABLE_NAME_UNKNOWN, &name.text));
                        };
                        kept.push((Str::from(name.text.as_str()), register));
                    }
                    variables(kept)
                }
            }),
        };
        Ok((aggregates, element))
    }

    fn aggregates(&mut self, nodes: &[ast::AggregateVariable]) -> Result<Vec<(AggregateKind, Expr)>, Error> {
        nodes
            .iter()
            .map(|node| {
                let ast::Expr::Call(call) = &node.value else {
                    return Err(ErrorNum::QUERY_INVALID_AGGREGATE_EXPRESSION.into());
                };
                let (Some(kind), [argument]) = (AggregateKind::named(&call.name), call.arguments.as_slice()) else {
                    return Err(ErrorNum::QUERY_INVALID_AGGREGATE_EXPRESSION.into());
                };
                Ok((kind, self.expr(argument)?))
            })
            .collect()
    }

    fn declare_aggregates(
        &mut self,
        lowered: Vec<(AggregateKind, Expr)>,
        nodes: &[ast::AggregateVariable],
    ) -> Result<Vec<Aggregate>, Error> {
        lowered
            .into_iter()
            .zip(nodes)
            .map(|((kind, argument), node)| {
                Ok(Aggregate { out: self.scopes.declare(&node.variable.text)?, kind, argument })
            })
            .collect()
    }

    pub(super) fn window(&mut self, node: &ast::Window, block: &mut Block) -> Result<(), Error> {
        if !self.access.writes.is_empty() {
            return Err(ErrorNum::QUERY_WINDOW_AFTER_MODIFICATION.into());
        }
        let range = node.range.as_ref().map(|range| self.expr(range)).transpose()?;
        let bounds = self.expr(&node.bounds)?;
        let aggregates = self.aggregates(&node.aggregates)?;
        let aggregates = self.declare_aggregates(aggregates, &node.aggregates)?;
        block.nodes.push(Node::Window(Window { range, bounds, aggregates }));
        Ok(())
    }
}

fn variables(variables: Vec<(Str, Register)>) -> Expr {
    let entries = variables
        .into_iter()
        .map(|(name, register)| ObjectEntry { key: ObjectKey::Name(name), value: Expr::Register(register) });
    Expr::Object(entries.collect())
}

//! Plans: what a query does, step by step, with every name resolved. No text of the query is left in one.

pub mod aggregate;
mod bind;
pub mod explain;
pub mod expr;
pub mod graph;
pub mod key;
mod lower;
pub mod modify;
pub mod node;
mod once;
mod optimise;
mod scope;
mod sets;

use std::collections::BTreeSet;

use super::{
    error::Error,
    functions::Warnings,
    store::Snapshot,
    value::{Object, Str},
};
use crate::{
    aql::ast,
    wire::{CollectionName, ErrorNum},
};
use node::Block;

/// A query, ready to be executed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The steps.
    pub block: Block,
    /// The name of each register.
    pub registers: Vec<Str>,
    /// How many values are computed once.
    pub once: usize,
    /// The collections read.
    pub reads: BTreeSet<CollectionName>,
    /// The collections written to.
    pub writes: BTreeSet<CollectionName>,
    /// The optimiser rules that changed something.
    pub rules: Vec<&'static str>,
}

/// What planning depends on besides the query.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// The bind parameters.
    pub bind_vars: &'a Object,
    /// Whether the last `LIMIT` counts all rows.
    pub full_count: bool,
}

/// The names of the optimiser's rules, in the order they are applied.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    optimise::names()
}

/// Makes a plan for a query, step by step as it is written.
///
/// # Errors
/// Whatever is wrong with the query beyond its syntax: names, bind parameters, arguments, options.
pub fn instantiate(
    query: &ast::Query,
    snapshot: &Snapshot,
    settings: Settings<'_>,
    warnings: &mut Warnings,
) -> Result<Plan, Error> {
    lower::query(query, snapshot, settings, warnings)
}

/// Makes a plan faster, and ready to be executed. Optimiser rules are switched off (`-name`, `-all`) and on (`+name`).
///
/// # Errors
/// 1577 when the query insists on an index that is of no use to it.
pub fn optimise(mut plan: Plan, snapshot: &Snapshot, rules: &[String]) -> Result<Plan, Error> {
    optimise::optimise(&mut plan, snapshot, rules);
    if let Some(hint) = optimise::forced_in_vain(&mut plan.block) {
        let names = hint.names.join(", ");
        let message = format!("could not use index hint to serve query; index hint: {names}");
        return Err(Error::new(ErrorNum::QUERY_FORCED_INDEX_HINT_UNUSABLE, message));
    }
    sets::use_sets(&mut plan.block);
    plan.once = once::hoist(&mut plan.block);
    Ok(plan)
}

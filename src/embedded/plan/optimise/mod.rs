//! Rules that make a plan faster without changing what it gives: one file a rule. Each can be switched off by name, as
//! in ArangoDB, whose names they have.

mod conditions;
mod covered_filters;
mod index_choice;
mod index_order;
mod index_sorts;
mod limit_sorts;
mod move_filters;
mod use_indexes;

use std::collections::HashSet;

use super::{
    Plan,
    expr::{Expr, Register},
    node::{Block, IndexHint, Node},
};
use crate::embedded::store::Snapshot;

struct Rule {
    name: &'static str,
    /// Changes a block, not its subqueries; whether it changed anything.
    apply: fn(&mut Block, &Snapshot) -> bool,
}

const RULES: &[Rule] = &[
    Rule { name: "move-filters-up", apply: move_filters::apply },
    Rule { name: "use-indexes", apply: use_indexes::apply },
    Rule { name: "remove-filter-covered-by-index", apply: covered_filters::apply },
    Rule { name: "use-index-for-sort", apply: index_sorts::apply },
    Rule { name: "sort-limit", apply: limit_sorts::apply },
];

/// The names of the rules, in the order they are applied.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

/// How many rules there are.
pub(super) const COUNT: usize = RULES.len();

/// Applies the rules that are switched on.
pub(super) fn optimise(plan: &mut Plan, snapshot: &Snapshot, settings: &[String]) {
    let mut applied = Vec::new();
    for rule in RULES.iter().filter(|rule| is_on(rule.name, settings)) {
        if apply_everywhere(rule, &mut plan.block, snapshot) {
            applied.push(rule.name);
        }
    }
    plan.rules = applied;
}

/// The hint of a scan that insists on an index and got none.
pub(super) fn forced_in_vain(block: &mut Block) -> Option<IndexHint> {
    fn in_expression(expr: &mut Expr, found: &mut Option<IndexHint>) {
        if let Expr::Subquery(subquery) = expr {
            *found = found.take().or_else(|| forced_in_vain(&mut subquery.block));
            return;
        }
        expr.children(&mut |child| in_expression(child, found));
    }
    let mut found = block.nodes.iter().find_map(|node| {
        match node {
            Node::EnumerateCollection(scan) => Some(&scan.hint),
            Node::Upsert(upsert) if upsert.index.is_none() && upsert.key.is_none() => Some(&upsert.options.hint),
            _ => None,
        }
        .filter(|hint| hint.forced && !hint.names.is_empty())
        .cloned()
    });
    block.expressions(&mut |expr| in_expression(expr, &mut found));
    found
}

fn is_on(name: &str, settings: &[String]) -> bool {
    settings.iter().fold(true, |on, setting| match setting.as_str() {
        "-all" => false,
        "all" | "+all" => true,
        _ if setting.strip_prefix('-') == Some(name) => false,
        _ if setting == name || setting.strip_prefix('+') == Some(name) => true,
        _ => on,
    })
}

fn apply_everywhere(rule: &Rule, block: &mut Block, snapshot: &Snapshot) -> bool {
    fn into_subqueries(expr: &mut Expr, rule: &Rule, snapshot: &Snapshot) -> bool {
        if let Expr::Subquery(subquery) = expr {
            return apply_everywhere(rule, &mut subquery.block, snapshot);
        }
        let mut changed = false;
        expr.children(&mut |child| changed |= into_subqueries(child, rule, snapshot));
        changed
    }
    let mut changed = (rule.apply)(block, snapshot);
    block.expressions(&mut |expr| changed |= into_subqueries(expr, rule, snapshot));
    changed
}

/// What an expression depends on.
#[derive(Debug, Default)]
struct Dependencies {
    registers: HashSet<Register>,
    /// It may give another value next time, writes, or is too much to look into (a subquery).
    fixed: bool,
}

impl Dependencies {
    fn of(expr: &mut Expr) -> Self {
        let mut found = Self::default();
        found.add(expr);
        found
    }

    fn add(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Register(register) => {
                self.registers.insert(*register);
            }
            Expr::Call(call) => self.fixed |= !call.function.deterministic,
            Expr::Subquery(subquery) => self.fixed |= subquery.modifies,
            _ => {}
        }
        expr.children(&mut |child| self.add(child));
    }

    fn touches(&self, registers: &[Register]) -> bool {
        registers.iter().any(|register| self.registers.contains(register))
    }
}

/// Whether the expression writes or may give another value next time.
fn is_fixed(expr: &mut Expr) -> bool {
    Dependencies::of(expr).fixed
}

/// Whether a step only adds to each row or takes rows away, one by one, so that a filter may go before it.
fn lets_filters_pass(node: &mut Node) -> bool {
    match node {
        Node::EnumerateCollection(_) | Node::Index(_) | Node::Traversal(_) | Node::PathSearch(_) => true,
        Node::EnumerateList(list) => !is_fixed(&mut list.list),
        Node::Calculation(calculation) => !is_fixed(&mut calculation.value),
        Node::Sort(sort) => sort.limit.is_none() && !sort.keys.iter_mut().any(|key| is_fixed(&mut key.value)),
        Node::Filter(_)
        | Node::Limit(_)
        | Node::Collect(_)
        | Node::Distinct(_)
        | Node::Window(_)
        | Node::Modify(_)
        | Node::Upsert(_) => false,
    }
}

//! Finds the parts of expressions that depend on no row, so that they are computed once in a query and not for each row:
//! `FILTER d.day >= DATE_TRUNC(@day, "d")`, subqueries that refer to nothing around them.
//!
//! Computed when first needed and not before, so nothing fails that would not have been evaluated.

use std::collections::HashSet;

use super::expr::{Expr, Once, Register};

/// What is known of an expression.
#[derive(Debug, Default)]
struct Facts {
    /// The registers it reads that it does not write itself.
    reads: HashSet<Register>,
    /// It stands on an element of an array around it: the outermost such array, by how many are around that one.
    current: Option<usize>,
    /// It may give another value next time, or writes.
    volatile: bool,
    /// It is worth keeping.
    costly: bool,
}

impl Facts {
    fn is_constant(&self) -> bool {
        self.reads.is_empty() && self.current.is_none() && !self.volatile
    }

    fn add(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.current = outermost(self.current, other.current);
        self.volatile |= other.volatile;
        self.costly |= other.costly;
    }
}

fn outermost(one: Option<usize>, other: Option<usize>) -> Option<usize> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Marks what is computed once; gives how many such values there are.
pub(super) fn hoist(block: &mut super::Block) -> usize {
    let mut slots = 0;
    block.expressions(&mut |expr| {
        let facts = visit(expr, 0, &mut slots);
        wrap(expr, &facts, &mut slots);
    });
    slots
}

fn wrap(expr: &mut Expr, facts: &Facts, slots: &mut usize) {
    if facts.costly && facts.is_constant() && !matches!(expr, Expr::Once(_)) {
        let value = std::mem::replace(expr, Expr::NULL);
        *expr = Expr::Once(Box::new(Once { slot: *slots, value }));
        *slots += 1;
    }
}

/// Looks into an expression with so many array operators around it. Parts that depend on no row are wrapped as soon as what is around them does depend on one.
fn visit(expr: &mut Expr, around: usize, slots: &mut usize) -> Facts {
    let mut facts = Facts::default();
    match expr {
        Expr::Register(register) => {
            facts.reads.insert(*register);
        }
        Expr::Current(depth) => facts.current = Some(*depth),
        Expr::Call(call) => {
            facts.costly = true;
            facts.volatile = !call.function.deterministic;
        }
        Expr::Subquery(subquery) => {
            facts.costly = true;
            facts.volatile = subquery.modifies;
        }
        Expr::CollectionCount(_) | Expr::ArrayFilter(_) | Expr::Expansion(_) => {
            facts.costly = true;
        }
        Expr::Constant(_)
        | Expr::Array(_)
        | Expr::Object(_)
        | Expr::Attribute(_)
        | Expr::Index(_)
        | Expr::Unary(_)
        | Expr::Binary(_)
        | Expr::Member(_)
        | Expr::ArrayComparison(_)
        | Expr::Ternary(_)
        | Expr::Range(_)
        | Expr::Once(_) => {}
    }
    let is_array_operator = matches!(expr, Expr::Expansion(_) | Expr::ArrayFilter(_));
    let around_children = around + usize::from(is_array_operator);
    let mut parts = Vec::new();
    expr.children(&mut |child| {
        let found = visit(child, around_children, slots);
        parts.push(found);
    });
    let mut constant = Vec::with_capacity(parts.len());
    for part in parts {
        constant.push(part.costly && part.is_constant());
        facts.add(part);
    }
    if let Expr::Subquery(subquery) = expr {
        let mut own = Vec::new();
        subquery.block.nodes.iter().for_each(|node| node.defines(&mut own));
        for register in own {
            facts.reads.remove(&register);
        }
    }
    if is_array_operator {
        // Its own CURRENT is no dependency, but one of an operator around it is.
        facts.current = facts.current.filter(|depth| *depth < around);
    }
    if !facts.is_constant() && constant.iter().any(|constant| *constant) {
        let mut flags = constant.into_iter();
        expr.children(&mut |child| {
            if flags.next().unwrap_or(false) && !matches!(child, Expr::Once(_)) {
                let value = std::mem::replace(child, Expr::NULL);
                *child = Expr::Once(Box::new(Once { slot: *slots, value }));
                *slots += 1;
            }
        });
    }
    facts
}

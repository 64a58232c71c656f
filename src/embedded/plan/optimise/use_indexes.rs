//! Replaces a scan of a whole collection by an index lookup, when a filter behind it asks for certain values of indexed
//! attributes.

use std::collections::HashSet;

use super::Dependencies;
use crate::{
    aql::ast::BinaryOperator,
    embedded::{
        plan::{
            expr::{Expr, Register},
            node::{Block, IndexKind, IndexScan, Lookup, Node},
        },
        store::{Collection, CollectionKind, IndexInfo, Snapshot},
        value::{Str, Value, ops},
    },
};

pub(super) fn apply(block: &mut Block, snapshot: &Snapshot) -> bool {
    let mut changed = false;
    let mut later = HashSet::new();
    for at in (0..block.nodes.len()).rev() {
        let mut defined = Vec::new();
        if let Some(node) = block.nodes.get(at) {
            node.defines(&mut defined);
        }
        later.extend(defined);
        if let Some(Node::Upsert(upsert)) = block.nodes.get_mut(at) {
            if let Some(collection) = snapshot.collection(upsert.collection.as_str())
                && upsert.key.is_none()
            {
                let conditions = upsert.equal.iter().map(|(path, value)| Condition {
                    path: path.clone(),
                    lookups: vec![Lookup::Equal(vec![value.clone()])],
                    filter: None,
                });
                let chosen = persistent(collection, &conditions.collect::<Vec<_>>());
                upsert.index = chosen.map(|(id, chosen)| (id, chosen.lookups));
                changed |= upsert.index.is_some();
            }
            continue;
        }
        let Some(Node::EnumerateCollection(scan)) = block.nodes.get(at) else {
            continue;
        };
        let (name, out) = (scan.collection.clone(), scan.out);
        let Some(collection) = snapshot.collection(name.as_str()) else {
            continue;
        };
        let conditions = conditions(block, at, out, &later);
        if let Some((index, Chosen { lookups, covers })) = choose(collection, &conditions)
            && let Some(node) = block.nodes.get_mut(at)
        {
            *node = Node::Index(IndexScan { collection: name, out, index, lookups, covers });
            changed = true;
        }
    }
    changed
}

/// An attribute, and the values it has to have one of.
struct Condition {
    path: Vec<Str>,
    lookups: Vec<Lookup>,
    /// The filter that says this and nothing else, by how many steps behind the scan it stands.
    filter: Option<usize>,
}

/// What an index is asked for, and the filters that need not be asked any more.
struct Chosen {
    lookups: Vec<Lookup>,
    covers: Vec<usize>,
}

impl Chosen {
    fn one(condition: &Condition) -> Self {
        Self { lookups: condition.lookups.clone(), covers: condition.filter.into_iter().collect() }
    }
}

/// The conditions that all documents of the scan at `at` have to meet, over values known before it.
fn conditions(block: &mut Block, at: usize, document: Register, later: &HashSet<Register>) -> Vec<Condition> {
    let mut found = Vec::new();
    for (distance, node) in block.nodes.iter_mut().skip(at).enumerate().skip(1) {
        match node {
            Node::Filter(condition) => {
                if let Some(whole) = condition_of(condition, document, later) {
                    found.push(Condition { filter: Some(distance), ..whole });
                    continue;
                }
                conjuncts(condition, &mut |part| found.extend(condition_of(part, document, later)));
            }
            Node::Calculation(_)
            | Node::Sort(_)
            | Node::EnumerateCollection(_)
            | Node::EnumerateList(_)
            | Node::Index(_)
            | Node::Traversal(_)
            | Node::PathSearch(_) => {}
            Node::Limit(_)
            | Node::Collect(_)
            | Node::Distinct(_)
            | Node::Window(_)
            | Node::Modify(_)
            | Node::Upsert(_) => break,
        }
    }
    found
}

fn conjuncts(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    if let Expr::Binary(node) = expr
        && node.operator == BinaryOperator::And
    {
        conjuncts(&mut node.left, visit);
        conjuncts(&mut node.right, visit);
        return;
    }
    visit(expr);
}

fn condition_of(expr: &mut Expr, document: Register, later: &HashSet<Register>) -> Option<Condition> {
    let Expr::Binary(node) = expr else {
        return None;
    };
    let known = |expr: &mut Expr| {
        let needs = Dependencies::of(expr);
        !needs.fixed && needs.registers.is_disjoint(later)
    };
    match node.operator {
        BinaryOperator::Eq => {
            if let Some(path) = path_of(&node.left, document)
                && known(&mut node.right)
            {
                return Some(Condition { path, lookups: vec![Lookup::Equal(vec![node.right.clone()])], filter: None });
            }
            if let Some(path) = path_of(&node.right, document)
                && known(&mut node.left)
            {
                return Some(Condition { path, lookups: vec![Lookup::Equal(vec![node.left.clone()])], filter: None });
            }
            None
        }
        BinaryOperator::In => {
            let path = path_of(&node.left, document)?;
            known(&mut node.right).then(|| Condition {
                path,
                lookups: vec![Lookup::In(node.right.clone())],
                filter: None,
            })
        }
        BinaryOperator::Or => {
            let left = condition_of(&mut node.left, document, later)?;
            let right = condition_of(&mut node.right, document, later)?;
            (left.path == right.path).then(|| {
                let lookups = left.lookups.into_iter().chain(right.lookups).collect();
                Condition { path: left.path, lookups, filter: None }
            })
        }
        _ => None,
    }
}

/// The attribute path of `document.a.b`.
fn path_of(expr: &Expr, document: Register) -> Option<Vec<Str>> {
    match expr {
        Expr::Register(register) if *register == document => Some(Vec::new()),
        Expr::Attribute(node) => {
            let mut path = path_of(&node.value, document)?;
            path.push(node.name.clone());
            Some(path)
        }
        _ => None,
    }
}

fn choose(collection: &Collection, conditions: &[Condition]) -> Option<(IndexKind, Chosen)> {
    let by_name =
        |name: &str| conditions.iter().find(|condition| matches!(condition.path.as_slice(), [only] if &**only == name));
    if let Some(condition) = by_name("_key") {
        return Some((IndexKind::Primary { by_id: false }, Chosen::one(condition)));
    }
    if let Some(condition) = by_name("_id") {
        return Some((IndexKind::Primary { by_id: true }, Chosen::one(condition)));
    }
    if collection.kind() == CollectionKind::Edge {
        if let Some(condition) = by_name("_from") {
            return Some((IndexKind::Edge { to: false }, Chosen::one(condition)));
        }
        if let Some(condition) = by_name("_to") {
            return Some((IndexKind::Edge { to: true }, Chosen::one(condition)));
        }
    }
    persistent(collection, conditions).map(|(id, chosen)| (IndexKind::Persistent { id }, chosen))
}

/// The persistent index of which most leading fields are asked for.
fn persistent(collection: &Collection, conditions: &[Condition]) -> Option<(Str, Chosen)> {
    let mut best: Option<(usize, Str, Chosen)> = None;
    for index in collection.indexes().iter().filter(|index| &*index.kind == "persistent") {
        let Some((fields, chosen)) = lookups(index, conditions) else {
            continue;
        };
        if best.as_ref().is_none_or(|(most, _, _)| fields > *most) {
            best = Some((fields, index.id.clone(), chosen));
        }
    }
    best.map(|(_, id, chosen)| (id, chosen))
}

/// How many leading fields of an index are asked for, and what is looked up.
fn lookups(index: &IndexInfo, conditions: &[Condition]) -> Option<(usize, Chosen)> {
    let by_path = |field: &Str| {
        conditions.iter().find(|condition| condition.path.iter().map(|part| &**part).eq(field.split('.')))
    };
    let sparse = index.definition.get("sparse").is_some_and(ops::truth);
    let mut values = Vec::new();
    let mut covers = Vec::new();
    for (at, field) in index.fields.iter().enumerate() {
        let Some(condition) = by_path(field) else {
            break;
        };
        match condition.lookups.as_slice() {
            [Lookup::Equal(value)] => {
                values.extend(value.iter().cloned());
                covers.extend(condition.filter);
            }
            // Several values are looked up one after the other, by the first field only.
            _ if at == 0 && !sparse => return Some((1, Chosen::one(condition))),
            _ => break,
        }
    }
    // A sparse index knows nothing of documents where one of its attributes is null.
    let complete = values.len() == index.fields.len() && values.iter().all(is_something);
    (!values.is_empty() && (!sparse || complete))
        .then(|| (values.len(), Chosen { lookups: vec![Lookup::Equal(values)], covers }))
}

fn is_something(value: &Expr) -> bool {
    value.constant().is_some_and(|value| !matches!(value, Value::Null))
}

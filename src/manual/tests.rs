//! The manual against the engine: every function, every number of arguments, every example; and what searching finds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Kind, Topic, topics};
use crate::embedded::functions::{self, unsupported};

/// The functions of ArangoDB that the embedded engine runs.
fn engine() -> BTreeMap<&'static str, (usize, usize)> {
    let refused: HashSet<_> = unsupported::FUNCTIONS.iter().map(|function| function.name).collect();
    functions::all()
        .filter(|function| !refused.contains(function.name))
        .map(|function| (function.name, (function.min, function.max)))
        .collect()
}

fn described(topic: &&Topic) -> bool {
    topic.kind == Kind::Function && !topic.server_only
}

/// The fewest and the most arguments that the forms of a function take.
fn arity(topic: &Topic) -> (usize, usize) {
    let forms = topic.syntax.lines().map(|form| {
        let inside = form.split_once('(').unwrap().1.strip_suffix(')').unwrap();
        let names: Vec<&str> = inside.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let needed = names.iter().filter(|name| !name.ends_with('?') && !name.ends_with("...")).count();
        let any = names.iter().any(|name| name.ends_with("..."));
        (needed, if any { functions::ANY } else { names.len() })
    });
    forms.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))).unwrap()
}

#[test]
fn every_function_of_the_engine_is_described_and_no_other() {
    let described: BTreeSet<_> = topics().filter(described).flat_map(Topic::names).collect();
    let engine = engine();
    let missing: Vec<_> = engine.iter().filter(|(name, _)| !described.contains(**name)).collect();
    let invented: Vec<_> = described.iter().filter(|name| !engine.contains_key(**name)).collect();
    assert!(missing.is_empty() && invented.is_empty(), "missing: {missing:?}\ninvented: {invented:?}");
}

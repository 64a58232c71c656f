//! Which index answers conditions best.

use super::conditions::{Condition, Conditions, Test};
use crate::embedded::{
    plan::{
        expr::Expr,
        node::{IndexHint, IndexKind, Lookup, Search},
    },
    store::{Collection, CollectionKind, IndexInfo},
    value::{Str, Value, ops},
};

/// An index, what it is asked for, and what need not be asked any more.
pub(super) struct Chosen {
    pub(super) index: IndexKind,
    pub(super) search: Search,
    pub(super) conditions: Vec<Expr>,
    pub(super) covers: Vec<usize>,
}

/// How good an index is, most important first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// It finds one document for each value.
    unique: bool,
    /// Fields that have to equal one value.
    equal: usize,
    /// Fields that have to equal one of several.
    among: usize,
    /// Ends of a range.
    ends: usize,
    /// How many values tell its documents apart, where values are asked for: the bits of ArangoDB's estimate, which are in
    /// the order of the numbers they stand for.
    selectivity: u64,
    /// Its order is the one asked for.
    ordered: bool,
}

/// Says of an index that is asked for something whether what comes out of it is in the right order already.
pub(super) type Ordered<'a> = dyn Fn(&IndexInfo, &Search) -> bool + 'a;

/// The best index for conditions, if any helps.
pub(super) fn choose(
    collection: &Collection,
    conditions: &Conditions,
    hint: &IndexHint,
    ordered: &Ordered<'_>,
) -> Option<Chosen> {
    let mut best: Option<(Option<usize>, Rank, Chosen)> = None;
    for info in collection.indexes().iter().filter(|info| hint.allows(&info.name)) {
        for (rank, chosen) in candidates(collection, info, conditions, ordered) {
            // An index that was hinted at goes before any other, an earlier hint before a later one.
            let hinted = hint.names.iter().rev().position(|name| *name == info.name);
            if best.as_ref().is_none_or(|(by, most, _)| (hinted, rank) > (*by, *most)) {
                best = Some((hinted, rank, chosen));
            }
        }
    }
    best.map(|(_, _, chosen)| chosen)
}

fn candidates(
    collection: &Collection,
    info: &IndexInfo,
    conditions: &Conditions,
    ordered: &Ordered<'_>,
) -> Vec<(Rank, Chosen)> {
    let built_in = |names: [(&str, IndexKind); 2], unique: bool| {
        let found = names.into_iter().filter_map(|(name, index)| {
            let (rank, chosen) = by_value(index, name, conditions)?;
            Some((Rank { unique, selectivity: selectivity(info), ..rank }, chosen))
        });
        found.collect()
    };
    match &*info.kind {
        "primary" => {
            built_in([("_key", IndexKind::Primary { by_id: false }), ("_id", IndexKind::Primary { by_id: true })], true)
        }
        "edge" if collection.kind() == CollectionKind::Edge => {
            built_in([("_from", IndexKind::Edge { to: false }), ("_to", IndexKind::Edge { to: true })], false)
        }
        "persistent" => persistent(info, conditions, ordered).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// An index by one attribute that knows no order.
fn by_value(index: IndexKind, name: &str, conditions: &Conditions) -> Option<(Rank, Chosen)> {
    let (condition, lookups) = among(conditions, |condition| condition.path.is_top(name))?;
    let single = is_single(lookups);
    let rank = Rank { equal: usize::from(single), among: usize::from(!single), ..Rank::default() };
    let search = Search { fields: vec![lookups.clone()], ..Search::default() };
    Some((rank, chosen(index, search, &[condition], conditions)))
}

fn chosen(index: IndexKind, search: Search, used: &[&Condition], conditions: &Conditions) -> Chosen {
    let covers = conditions.covered(used);
    Chosen { index, search, conditions: used.iter().map(|condition| condition.expr.clone()).collect(), covers }
}

fn selectivity(info: &IndexInfo) -> u64 {
    info.definition.get("selectivityEstimate").and_then(Value::as_f64).unwrap_or(0.0).max(0.0).to_bits()
}

fn is_single(lookups: &[Lookup]) -> bool {
    matches!(lookups, [Lookup::Equal(_)])
}

/// The condition that says which values there may be; best one that leaves only one.
fn among(conditions: &Conditions, fits: impl Fn(&Condition) -> bool) -> Option<(&Condition, &Vec<Lookup>)> {
    let all = || {
        conditions.list.iter().filter(|condition| fits(condition)).filter_map(|condition| match &condition.test {
            Test::Among(lookups) => Some((condition, lookups)),
            Test::Above(_) | Test::Below(_) | Test::NotNull => None,
        })
    };
    all().find(|(_, lookups)| is_single(lookups)).or_else(|| all().next())
}

/// What a persistent index is asked for: values for leading fields, then a range of the next one.
fn persistent(info: &IndexInfo, conditions: &Conditions, ordered: &Ordered<'_>) -> Option<(Rank, Chosen)> {
    let mut search = Search { repeats: has_arrays(info), ..Search::default() };
    let mut used: Vec<&Condition> = Vec::new();
    for field in &info.fields {
        let many = search.fields.iter().any(|lookups| !is_single(lookups));
        match among(conditions, |condition| condition.path.is_field(field)) {
            // Several values of several fields would be too many combinations.
            Some((condition, lookups)) if is_single(lookups) || !many => {
                search.fields.push(lookups.clone());
                used.push(condition);
            }
            _ => {
                range(field, conditions, &mut search, &mut used);
                break;
            }
        }
    }
    if used.is_empty() || !is_complete(info, &search, conditions) {
        return None;
    }
    let equal = search.fields.iter().filter(|lookups| is_single(lookups)).count();
    let rank = Rank {
        unique: equal == info.fields.len() && info.definition.get("unique").is_some_and(ops::truth),
        equal,
        among: search.fields.len() - equal,
        ends: usize::from(search.lower.is_some()) + usize::from(search.upper.is_some()),
        selectivity: if search.fields.is_empty() { 0 } else { selectivity(info) },
        ordered: ordered(info, &search),
    };
    let index = IndexKind::Persistent { id: Str::clone(&info.id) };
    Some((rank, chosen(index, search, &used, conditions)))
}

fn range<'c>(field: &str, conditions: &'c Conditions, search: &mut Search, used: &mut Vec<&'c Condition>) {
    for condition in conditions.list.iter().filter(|condition| condition.path.is_field(field)) {
        match &condition.test {
            Test::Above(end) if search.lower.is_none() => search.lower = Some(end.clone()),
            Test::Below(end) if search.upper.is_none() => search.upper = Some(end.clone()),
            Test::Among(_) | Test::Above(_) | Test::Below(_) | Test::NotNull => continue,
        }
        used.push(condition);
    }
}

/// Whether an index goes through arrays.
pub(super) fn has_arrays(info: &IndexInfo) -> bool {
    info.fields.iter().any(|field| field.contains("[*]"))
}

/// Whether every document that is looked for has an entry: a sparse index knows none that has null in one of its fields,
/// and an empty array has no elements to be found by.
fn is_complete(info: &IndexInfo, search: &Search, conditions: &Conditions) -> bool {
    let sparse = info.definition.get("sparse").is_some_and(ops::truth);
    info.fields.iter().enumerate().all(|(at, field)| {
        (!sparse || conditions.exclude_null(field)) && (!field.contains("[*]") || at < search.fields.len())
    })
}

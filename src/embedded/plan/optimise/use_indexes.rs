//! Replaces a scan of a whole collection by an index lookup, when filters behind it ask for certain values or ranges of
//! indexed attributes.

use std::collections::HashSet;

use super::{
    conditions::Conditions,
    index_choice::{Chosen, choose},
    index_order::{Wanted, wanted},
};
use crate::embedded::{
    plan::node::{Block, IndexKind, IndexScan, Node},
    store::Snapshot,
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
        match block.nodes.get_mut(at) {
            Some(Node::Upsert(upsert)) if upsert.key.is_none() => {
                let Some(collection) = snapshot.collection(upsert.collection.as_str()) else { continue };
                let conditions = Conditions::equal(upsert.equal.iter().cloned());
                let chosen = choose(collection, &conditions, &upsert.options.hint, &|_, _| false);
                upsert.index = chosen.and_then(|chosen| match chosen.index {
                    IndexKind::Persistent { id } => Some((id, chosen.search)),
                    IndexKind::Primary { .. } | IndexKind::Edge { .. } => None,
                });
                changed |= upsert.index.is_some();
            }
            Some(Node::EnumerateCollection(scan)) => {
                let scan = scan.clone();
                let Some(collection) = snapshot.collection(scan.collection.as_str()) else { continue };
                let conditions = Conditions::of(block, at, scan.out, &later);
                let order = wanted(block, at, scan.out);
                let ordered = |info: &_, search: &_| {
                    order.as_ref().and_then(|order: &Wanted| order.reverse(info, search)).is_some()
                };
                if let Some(chosen) = choose(collection, &conditions, &scan.hint, &ordered)
                    && let Some(node) = block.nodes.get_mut(at)
                {
                    let Chosen { index, search, conditions, covers } = chosen;
                    let (collection, out) = (scan.collection, scan.out);
                    *node = Node::Index(IndexScan { collection, out, index, search, conditions, covers });
                    changed = true;
                }
            }
            _ => {}
        }
    }
    changed
}

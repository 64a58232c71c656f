//! Removes filters that ask for nothing but what an index has already been asked for.

use std::collections::BTreeSet;

use crate::embedded::{
    plan::node::{Block, Node},
    store::Snapshot,
};

pub(super) fn apply(block: &mut Block, _snapshot: &Snapshot) -> bool {
    let mut covered = BTreeSet::new();
    for (at, node) in block.nodes.iter_mut().enumerate() {
        if let Node::Index(scan) = node {
            covered.extend(std::mem::take(&mut scan.covers).into_iter().map(|distance| at + distance));
        }
    }
    let mut at = 0;
    block.nodes.retain(|node| {
        let keep = !(covered.contains(&at) && matches!(node, Node::Filter(_)));
        at += 1;
        keep
    });
    !covered.is_empty()
}

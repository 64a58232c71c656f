//! Moves each `FILTER` up to the step that gives it what it looks at, so that later steps see fewer rows.

use super::{Dependencies, lets_filters_pass};
use crate::embedded::{
    plan::node::{Block, Node},
    store::Snapshot,
};

pub(super) fn apply(block: &mut Block, _snapshot: &Snapshot) -> bool {
    let mut changed = false;
    for at in 0..block.nodes.len() {
        let Some(Node::Filter(condition)) = block.nodes.get_mut(at) else {
            continue;
        };
        let needs = Dependencies::of(condition);
        if needs.fixed {
            continue;
        }
        let mut to = at;
        while let Some(before) = to.checked_sub(1)
            && let Some(node) = block.nodes.get_mut(before)
        {
            let mut defined = Vec::new();
            node.defines(&mut defined);
            if !lets_filters_pass(node) || needs.touches(&defined) {
                break;
            }
            to = before;
        }
        if to < at {
            let filter = block.nodes.remove(at);
            block.nodes.insert(to, filter);
            changed = true;
        }
    }
    changed
}

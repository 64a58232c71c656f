//! `SORT` right before `LIMIT`: only as many rows are kept as the limit lets through.

use crate::embedded::{
    plan::node::{Block, Node},
    store::Snapshot,
};

pub(super) fn apply(block: &mut Block, _snapshot: &Snapshot) -> bool {
    let mut changed = false;
    let mut pairs = block.nodes.iter_mut().peekable();
    while let Some(node) = pairs.next() {
        if let (Node::Sort(sort), Some(Node::Limit(limit))) = (node, pairs.peek())
            && !limit.full_count
            && limit.count < usize::MAX
        {
            sort.limit = Some(limit.offset.saturating_add(limit.count));
            changed = true;
        }
    }
    changed
}

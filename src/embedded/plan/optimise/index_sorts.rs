//! Removes a `SORT` whose order an index has anyway: the one that is asked already, or one that is walked from one end to
//! the other. A `LIMIT` behind it then stops early.

use super::index_order::wanted;
use crate::embedded::{
    plan::node::{Block, EnumerateCollection, IndexKind, IndexScan, Node, Search},
    store::Snapshot,
    value::{Str, ops},
};

pub(super) fn apply(block: &mut Block, snapshot: &Snapshot) -> bool {
    let source = block.nodes.iter().position(|node| !matches!(node, Node::Calculation(_) | Node::Filter(_)));
    let Some((at, ordered)) = source.and_then(|at| Some((at, ordered(block, at, snapshot)?))) else { return false };
    let Some(place) = block.nodes.get_mut(at) else { return false };
    *place = Node::Index(ordered.scan);
    block.nodes.remove(ordered.sort);
    true
}

/// An index scan instead of the source at `at`, and the sort it makes superfluous.
struct Ordered {
    scan: IndexScan,
    sort: usize,
}

fn ordered(block: &Block, at: usize, snapshot: &Snapshot) -> Option<Ordered> {
    match block.nodes.get(at)? {
        Node::Index(scan) => {
            let IndexKind::Persistent { id } = &scan.index else { return None };
            let wanted = wanted(block, at, scan.out)?;
            let indexes = snapshot.collection(scan.collection.as_str())?.indexes();
            let info = indexes.iter().find(|info| info.id == *id)?;
            let mut scan = scan.clone();
            scan.search.reverse = wanted.reverse(info, &scan.search)?;
            Some(Ordered { scan, sort: wanted.sort })
        }
        Node::EnumerateCollection(scan) => {
            let wanted = wanted(block, at, scan.out)?;
            let indexes = snapshot.collection(scan.collection.as_str())?.indexes();
            // Documents with nulls are not in a sparse index.
            let usable = indexes.iter().filter(|info| {
                let sparse = info.definition.get("sparse").is_some_and(ops::truth);
                &*info.kind == "persistent" && !sparse && scan.hint.allows(&info.name)
            });
            let (id, reverse) = usable
                .filter_map(|info| {
                    let reverse = wanted.reverse(info, &Search::default())?;
                    // The hints from the first on, then the others.
                    let hint = scan.hint.names.iter().position(|name| *name == info.name).unwrap_or(usize::MAX);
                    Some((hint, info, reverse))
                })
                .min_by_key(|(hint, _, _)| *hint)
                .map(|(_, info, reverse)| (Str::clone(&info.id), reverse))?;
            Some(Ordered { scan: whole(scan, id, reverse), sort: wanted.sort })
        }
        _ => None,
    }
}

/// A walk through a whole index.
fn whole(scan: &EnumerateCollection, id: Str, reverse: bool) -> IndexScan {
    IndexScan {
        collection: scan.collection.clone(),
        out: scan.out,
        index: IndexKind::Persistent { id },
        search: Search { reverse, ..Search::default() },
        conditions: Vec::new(),
        covers: Vec::new(),
    }
}

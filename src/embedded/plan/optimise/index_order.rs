//! The order a query wants its documents in, and whether an index has them in it.

use super::{conditions::path_of, index_choice::has_arrays};
use crate::embedded::{
    plan::{
        expr::Register,
        node::{Block, Node, Search},
    },
    store::IndexInfo,
    value::Str,
};

/// A `SORT` by attributes of the documents of a scan.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The step that sorts.
    pub(super) sort: usize,
    keys: Vec<Vec<Str>>,
    descending: bool,
}

/// The order that the documents of the scan at `at` are sorted into before anything else depends on it. Later loops only
/// repeat a document, which keeps the order; a scan within another loop begins anew, so it has none.
pub(super) fn wanted(block: &Block, at: usize, document: Register) -> Option<Wanted> {
    let mut before = block.nodes.iter().take(at);
    if !before.all(|node| matches!(node, Node::Calculation(_) | Node::Filter(_))) {
        return None;
    }
    for (sort, node) in block.nodes.iter().enumerate().skip(at + 1) {
        match node {
            Node::Sort(node) => {
                let descending = node.keys.first().is_some_and(|key| !key.ascending);
                if node.limit.is_some() || node.keys.iter().any(|key| key.ascending == descending) {
                    return None;
                }
                let keys = node.keys.iter().map(|key| path_of(&key.value, document)).collect::<Option<_>>()?;
                return Some(Wanted { sort, keys, descending });
            }
            Node::Filter(_)
            | Node::Calculation(_)
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
            | Node::Upsert(_) => return None,
        }
    }
    None
}

impl Wanted {
    /// Whether an index that is asked for something gives this order, and if so, whether it has to be walked backwards.
    pub(super) fn reverse(&self, info: &IndexInfo, search: &Search) -> Option<bool> {
        if has_arrays(info) {
            return None;
        }
        let is_field = |key: &[Str], field: &str| key.iter().map(|name| &**name).eq(field.split('.'));
        let is_fixed = |key: &[Str]| {
            let mut fields = info.fields.iter().enumerate();
            fields.any(|(at, field)| search.fixes(at) && is_field(key, field))
        };
        let mut fields = info.fields.iter().enumerate().filter(|(at, _)| !search.fixes(*at)).map(|(_, field)| field);
        let mut keys = self.keys.iter().filter(|key| !is_fixed(key));
        keys.all(|key| fields.next().is_some_and(|field| is_field(key, field))).then_some(self.descending)
    }
}

//! The edge index: the edges that leave a vertex and those that reach it.

use super::ids::Places;
use crate::embedded::{
    store::{collection::EdgeEnd, state::Map},
    value::{Str, Value},
};

/// Both directions of the edges of one collection.
#[derive(Clone, Default)]
pub(in crate::embedded::store) struct EdgeIndex {
    from: Map<Str, Places>,
    to: Map<Str, Places>,
}

impl EdgeIndex {
    /// Where the edges with this vertex at this end are.
    pub(in crate::embedded::store) fn places(&self, vertex: &str, end: EdgeEnd) -> Option<&Places> {
        match end {
            EdgeEnd::Out => self.from.get(vertex),
            EdgeEnd::In => self.to.get(vertex),
        }
    }

    /// Makes the index follow a change of the document at a place.
    pub(in crate::embedded::store) fn replace(&mut self, old: Option<&Value>, new: Option<&Value>, place: u64) {
        for (map, attribute) in [(&mut self.from, "_from"), (&mut self.to, "_to")] {
            let old = old.and_then(|document| text(document, attribute));
            let new = new.and_then(|document| text(document, attribute));
            if old == new {
                continue;
            }
            if let Some(vertex) = old
                && let Some(places) = map.get_mut(vertex)
            {
                places.remove(place);
                if places.is_empty() {
                    map.remove(vertex);
                }
            }
            if let Some(vertex) = new {
                map.entry(Str::clone(vertex)).or_default().insert(place);
            }
        }
    }

    /// The share of distinct ends among all edges, as ArangoDB estimates it.
    pub(in crate::embedded::store) fn selectivity(&self, edges: usize) -> f64 {
        let share = |distinct| super::selectivity(distinct, edges);
        f64::midpoint(share(self.from.len()), share(self.to.len()))
    }
}

fn text<'a>(document: &'a Value, attribute: &str) -> Option<&'a Str> {
    if let Value::String(text) = document.get(attribute) { Some(text) } else { None }
}

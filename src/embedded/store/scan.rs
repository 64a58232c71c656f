//! Walking the documents of a collection in their order.

use std::{collections::VecDeque, fmt, ops::Bound, sync::Arc};

use super::state::State;
use crate::embedded::value::Value;

/// Iterator over the documents of a collection. Owns what it reads: later changes do not show.
pub struct Scan {
    state: Arc<State>,
    after: Bound<u64>,
    buffer: VecDeque<Value>,
    chunk: usize,
    left: usize,
}

impl Scan {
    pub(super) fn new(state: &Arc<State>) -> Self {
        let left = state.documents.len();
        // A first small chunk, as many scans are cut short by a LIMIT.
        Self { state: Arc::clone(state), after: Bound::Unbounded, buffer: VecDeque::new(), chunk: 8, left }
    }
}

impl Iterator for Scan {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        if self.buffer.is_empty() {
            let documents = self.state.documents.range((self.after, Bound::Unbounded)).take(self.chunk);
            for (&place, document) in documents {
                self.after = Bound::Excluded(place);
                self.buffer.push_back(document.clone());
            }
            self.chunk = (self.chunk * 4).min(1024);
        }
        let document = self.buffer.pop_front()?;
        self.left = self.left.saturating_sub(1);
        Some(document)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Scan {}

impl fmt::Debug for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scan").field("left", &self.left).finish_non_exhaustive()
    }
}

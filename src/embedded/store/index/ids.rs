//! Sets of places. Nearly all hold one or a few, so those are kept in a plain vector; the large ones share structure.

use imbl::OrdSet;

/// Above this many members a set becomes a tree.
const FEW: usize = 16;

/// A set of places, in ascending order.
#[derive(Debug, Clone)]
pub(in crate::embedded::store) enum Places {
    Few(Vec<u64>),
    Many(OrdSet<u64>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Places {
    pub(super) fn insert(&mut self, place: u64) {
        match self {
            Self::Few(few) => {
                if let Err(at) = few.binary_search(&place) {
                    few.insert(at, place);
                    if few.len() > FEW {
                        *self = Self::Many(few.iter().copied().collect());
                    }
                }
            }
            Self::Many(many) => {
                many.insert(place);
            }
        }
    }

    pub(super) fn remove(&mut self, place: u64) {
        match self {
            Self::Few(few) => few.retain(|&other| other != place),
            Self::Many(many) => {
                many.remove(&place);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Any member but `place`.
    pub(super) fn other_than(&self, place: u64) -> Option<u64> {
        self.iter().find(|&other| other != place)
    }

    pub(in crate::embedded::store) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let (few, many) = match self {
            Self::Few(few) => (Some(few), None),
            Self::Many(many) => (None, Some(many)),
        };
        few.into_iter().flatten().chain(many.into_iter().flatten()).copied()
    }
}

//! Makes `value IN list` fast when one list is asked about again and again, as in a filter behind `LET list = (…)`: from
//! the second time on a long list is looked up in a set instead of being searched from its beginning.

use std::{collections::HashSet, sync::Arc};

use crate::embedded::value::{Value, ops, order::ByValue};

/// How many lists are remembered; a query rarely looks into more of them in turn.
const LISTS: usize = 4;

/// The lists that were looked into last, the latest first.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<Known>);

#[derive(Debug)]
struct Known {
    /// Kept alive, so that no other list can have its address.
    list: Arc<Vec<Value>>,
    set: Option<HashSet<ByValue, foldhash::fast::RandomState>>,
}

impl Lists {
    /// Whether a value is in a list, and the bytes newly set aside for the answer.
    pub(super) fn contains(&mut self, list: &Arc<Vec<Value>>, value: &Value) -> (bool, usize) {
        let Some(at) = self.0.iter().position(|known| Arc::ptr_eq(&known.list, list)) else {
            self.0.truncate(LISTS - 1);
            self.0.insert(0, Known { list: Arc::clone(list), set: None });
            return (ops::contains(list, value), 0);
        };
        let Some(known) = self.0.get_mut(at) else { return (ops::contains(list, value), 0) };
        let bytes = if known.set.is_none() { list.len().saturating_mul(2 * size_of::<Value>()) } else { 0 };
        let set = known.set.get_or_insert_with(|| list.iter().cloned().map(ByValue).collect());
        (set.contains(&ByValue(value.clone())), bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_gives_the_same_answers_every_time_and_sets_memory_aside_once() {
        let mut lists = Lists::default();
        let list = Arc::new((0..100).map(Value::Int).collect::<Vec<_>>());
        let answers: Vec<_> = (0..4).map(|_| lists.contains(&list, &Value::Double(7.0))).collect();
        assert!(answers.iter().all(|(found, _)| *found));
        assert_eq!(answers.iter().filter(|(_, bytes)| *bytes > 0).count(), 1);
        assert!(!lists.contains(&list, &Value::string("7")).0);
    }

    #[test]
    fn many_lists_in_turn_are_told_apart() {
        let mut lists = Lists::default();
        let all: Vec<_> = (0..10).map(|n| Arc::new(vec![Value::Int(n); 50])).collect();
        for _ in 0..3 {
            for (list, n) in all.iter().zip(0..) {
                assert!(lists.contains(list, &Value::Int(n)).0);
                assert!(!lists.contains(list, &Value::Int(n + 1)).0);
            }
        }
        assert_eq!(lists.0.len(), LISTS);
    }
}

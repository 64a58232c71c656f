//! What a persistent index is ordered by, and how it comes out of a document.

use std::{cmp::Ordering, sync::Arc};

use super::path::Path;
use crate::embedded::value::{Value, date, order};

/// Where a key that is a prefix stands among the keys that begin with it. Entries are always whole keys (`At`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edge {
    Before,
    At,
    After,
}

/// The values of the indexed attributes, or a bound in the order of those.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) values: Arc<[Value]>,
    edge: Edge,
}

impl Key {
    pub(super) fn whole(values: Vec<Value>) -> Self {
        Self { values: Arc::from(values), edge: Edge::At }
    }

    pub(super) fn before(values: &[Value]) -> Self {
        Self { values: Arc::from(values), edge: Edge::Before }
    }

    pub(super) fn after(values: &[Value]) -> Self {
        Self { values: Arc::from(values), edge: Edge::After }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        for (left, right) in self.values.iter().zip(other.values.iter()) {
            let order = order::compare(left, right);
            if order.is_ne() {
                return order;
            }
        }
        match self.values.len().cmp(&other.values.len()) {
            Ordering::Equal => self.edge.cmp(&other.edge),
            // The shorter one is a bound: its edge says on which side of all its continuations it is.
            Ordering::Less => self.edge.cmp(&Edge::At),
            Ordering::Greater => Edge::At.cmp(&other.edge),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

/// The keys a document has in an index over `paths`: one, or one for each combination of the members of arrays. Nothing
/// when they are more than `most`.
pub(super) fn keys_of(document: &Value, paths: &[Path], sparse: bool, most: usize) -> Option<Vec<Key>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::with_capacity(paths.len())];
    for path in paths {
        let values = path.values(document);
        if let [value] = values.as_slice() {
            for row in &mut rows {
                row.push(value.clone());
            }
            continue;
        }
        if rows.len().saturating_mul(values.len()) > most {
            return None;
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                values.iter().map(move |value| {
                    let mut longer = row.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    rows.retain(|row| !sparse || !row.iter().any(Value::is_null));
    Some(rows.into_iter().map(Key::whole).collect())
}

/// The key of a document in a TTL index: the seconds since 1970 that its value stands for. Moments before 1970 have none,
/// as in ArangoDB.
pub(super) fn moment_of(document: &Value, paths: &[Path]) -> Option<Key> {
    let value = paths.first()?.values(document).into_iter().next()?;
    let seconds = match &value {
        Value::Int(_) | Value::Double(_) => value.as_f64()?,
        #[expect(clippy::cast_precision_loss, reason = "exact within the range of dates")]
        Value::String(text) => date::millis(text)? as f64 / 1000.0,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (seconds >= 0.0).then(|| Key::whole(vec![Value::Double(seconds)]))
}

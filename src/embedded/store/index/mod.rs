//! Indexes: what they are defined by, and how documents are found with them.
//!
//! The primary index and the edge index belong to the collection itself; `secondary` holds those that users make.
//! Persistent indexes (also under their old names `hash` and `skiplist`) keep entries and answer lookups, TTL indexes know
//! which documents expire next; the other kinds are kept and listed as ArangoDB shows them, and queries do without them.

use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::{CollectionName, ErrorNum},
};

mod define;
pub(super) mod edge;
mod ids;
mod key;
mod path;
pub mod range;
pub(super) mod secondary;

pub(super) use define::{Requested, define};

/// An index as ArangoDB shows it.
#[derive(Debug, Clone)]
pub struct IndexInfo {
    /// The number part of the id, e.g. `0` for the primary index.
    pub id: Str,
    /// `primary`, `edge`, `persistent`, …
    pub kind: Str,
    /// The name.
    pub name: Str,
    /// The attribute paths, written with dots.
    pub fields: Vec<Str>,
    /// The whole definition as `GET /_api/index/{collection}/{number}` shows it.
    pub definition: Object,
}

impl IndexInfo {
    /// Puts the id into the definition, which names the collection as it is called now.
    pub(super) fn in_collection(mut self, collection: &CollectionName) -> Self {
        self.definition.insert(Str::from("id"), Value::string(format!("{collection}/{}", self.id)));
        self
    }
}

/// The share of distinct values, as ArangoDB estimates it: 1 is the best.
pub(super) fn selectivity(distinct: usize, all: usize) -> f64 {
    if all == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let share = distinct as f64 / all as f64;
    share.min(1.0)
}

/// The primary index.
pub(super) fn primary() -> IndexInfo {
    builtin("0", "primary", &["_key"], true, 1.0)
}

/// The edge index, with its estimate.
pub(super) fn edge_info(selectivity: f64) -> IndexInfo {
    builtin("1", "edge", &["_from", "_to"], false, selectivity)
}

fn builtin(id: &str, kind: &str, fields: &[&str], unique: bool, selectivity: f64) -> IndexInfo {
    let fields: Vec<Str> = fields.iter().map(|field| Str::from(*field)).collect();
    let definition = [
        ("fields", Value::array(fields.iter().cloned().map(Value::String).collect())),
        ("id", Value::Null),
        ("name", Value::from(kind)),
        ("selectivityEstimate", Value::Double(selectivity)),
        ("sparse", Value::Bool(false)),
        ("type", Value::from(kind)),
        ("unique", Value::Bool(unique)),
    ];
    let definition = definition.into_iter().map(|(name, value)| (Str::from(name), value)).collect();
    IndexInfo { id: Str::from(id), kind: Str::from(kind), name: Str::from(kind), fields, definition }
}

/// A definition that cannot be.
fn bad(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorNum::BAD_PARAMETER, why)
}

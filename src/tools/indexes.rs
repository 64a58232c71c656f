//! What the tools on indexes share: an index as they show it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::arango::Index;

/// An index as the database shows it, with what only its kind has.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    fields: Vec<Value>,
    unique: bool,
    sparse: bool,
    name: String,
    selectivity_estimate: Option<f64>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

impl From<Index> for Shown {
    fn from(index: Index) -> Self {
        Self {
            id: index.id,
            kind: index.kind,
            fields: index.fields,
            unique: index.unique,
            sparse: index.sparse,
            name: index.name,
            selectivity_estimate: index.selectivity_estimate,
            more: index.more,
        }
    }
}

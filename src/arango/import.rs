//! Bulk import: many documents in one request, as the JSON text they came in.

use serde::Deserialize;

use super::{call::Call, database::Database, error::Error};
use crate::wire::CollectionName;

/// What to do with a document whose key (or another unique value) is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDuplicate {
    /// It is an error.
    Error,
    /// Keep the one that is there.
    Ignore,
    /// Put the new one in its place.
    Replace,
}

impl OnDuplicate {
    const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Ignore => "ignore",
            Self::Replace => "replace",
        }
    }
}

/// What became of the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Imported {
    /// New ones.
    pub created: u64,
    /// Those that could not be stored.
    pub errors: u64,
    /// Those put in the place of others.
    pub updated: u64,
    /// Those left out because of others.
    pub ignored: u64,
    /// What was wrong, one text an error.
    pub details: Vec<String>,
}

impl Database {
    /// Stores documents, one JSON object a line. With `complete`, all of them or none.
    ///
    /// # Errors
    /// 1203 when there is no such collection; with `complete` what is wrong with any document; what any call can meet.
    pub async fn import(
        &self,
        collection: &CollectionName,
        lines: String,
        on_duplicate: OnDuplicate,
        complete: bool,
    ) -> Result<Imported, Error> {
        let call = Call::post(&["_api", "import"])
            .query("collection", collection)
            .query("type", "documents")
            .query("onDuplicate", on_duplicate.name())
            .query("complete", complete)
            .query("details", true);
        self.call(call.json_text(lines)).await
    }
}

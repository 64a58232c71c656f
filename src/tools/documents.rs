//! What the tools on single documents share: the result, and the error for a collection that is not there.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::error::{Kind, ToolError};
use crate::{
    arango::{self, DocumentMeta},
    wire::{CollectionName, DocumentId, DocumentKey, ErrorNum},
};

/// What a write returns.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Meta {
    /// The document's id: collection/key.
    #[serde(rename = "_id")]
    id: String,
    /// The document's key.
    #[serde(rename = "_key")]
    key: String,
    /// The document's revision.
    #[serde(rename = "_rev")]
    rev: String,
}

impl From<DocumentMeta> for Meta {
    fn from(meta: DocumentMeta) -> Self {
        Self { id: meta.id, key: meta.key, rev: meta.rev }
    }
}

/// An error of a call on a collection, in the words of the Python original where the collection is missing.
pub(crate) fn on_collection(name: &CollectionName, error: arango::Error) -> ToolError {
    let mut failure = ToolError::from(error);
    if failure.code() == Some(ErrorNum::DATA_SOURCE_NOT_FOUND) {
        failure.kind = Kind::CollectionNotFound;
        failure.message = format!("Collection '{name}' does not exist");
    }
    failure
}

/// A document's key, which models like to give as the whole id.
pub(crate) fn key_within(collection: &CollectionName, text: &str) -> Result<DocumentKey, ToolError> {
    let own = text.strip_prefix(collection.as_str()).and_then(|rest| rest.strip_prefix('/'));
    Ok(DocumentKey::parse(own.unwrap_or(text))?)
}

/// Takes `_key` and `_id` out of the update, where they may only repeat the arguments.
pub(crate) fn without_identity(
    mut update: Map<String, Value>,
    collection: &CollectionName,
    key: &DocumentKey,
) -> Result<Map<String, Value>, ToolError> {
    let id = DocumentId::new(collection, key);
    for (name, meant) in [("_key", key.as_str()), ("_id", id.as_str())] {
        let Some(given) = update.shift_remove(name) else { continue };
        if given != meant {
            let problem =
                format!("`{name}` inside `update` is {given}, but the call names {meant:?}; a document keeps its key");
            return Err(ToolError::argument("update", "value_error", problem)
                .hint("leave it out of `update`; to change another document, give its key in `key`"));
        }
    }
    Ok(update)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_may_come_as_an_id_of_the_same_collection_only() {
        let users = CollectionName::parse("users").unwrap();
        assert_eq!(key_within(&users, "users/a").unwrap().as_str(), "a");
        assert_eq!(key_within(&users, "a").unwrap().as_str(), "a");
        assert!(key_within(&users, "others/a").is_err());
    }

    fn checked(update: &Value) -> Result<Value, String> {
        let (collection, key) = (CollectionName::parse("c").unwrap(), DocumentKey::parse("k").unwrap());
        without_identity(update.as_object().unwrap().clone(), &collection, &key)
            .map(Value::Object)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn another_key_inside_the_update_is_refused_and_the_same_is_dropped() {
        assert_eq!(checked(&json!({"_key": "k", "_id": "c/k", "a": null})), Ok(json!({"a": null})));
        assert!(checked(&json!({"_key": "other"})).unwrap_err().contains("keeps its key"));
        assert!(checked(&json!({"_id": "d/k"})).is_err());
        assert!(checked(&json!({"_key": 5})).is_err());
    }
}

//! The JSON Schemas the tools keep: documents of the collection `mcp_schemas`, which holds those of the Python original, too.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::ToolError;
use crate::{
    arango::{self, CollectionType, Database, WriteOptions},
    wire::{CollectionName, DocumentKey, ErrorNum, NameError, json_schema::SchemaError},
};

const COLLECTION: &str = "mcp_schemas";

fn collection() -> Result<CollectionName, NameError> {
    CollectionName::parse(COLLECTION)
}

/// The key a schema is kept under.
pub(crate) fn key(of: &CollectionName, name: &str) -> Result<DocumentKey, ToolError> {
    DocumentKey::parse(format!("{of}:{name}")).map_err(|error| {
        ToolError::argument("name", "value_error", format!("{name:?} cannot name a schema: {}", error.rule))
    })
}

/// The error for a value that is no schema.
pub(crate) fn refused(argument: &str, error: &SchemaError) -> ToolError {
    ToolError::argument(argument, "value_error", format!("not a valid JSON Schema: {error}"))
}

/// Keeps a schema in place of what is there under its key.
pub(crate) async fn keep(
    database: &Database,
    key: &DocumentKey,
    of: &CollectionName,
    name: &str,
    schema: &Value,
) -> Result<(), ToolError> {
    let place = collection()?;
    let document = json!({"_key": key, "collection": of, "name": name, "schema": schema});
    let options = WriteOptions { overwrite_mode: Some("replace"), ..WriteOptions::default() };
    match database.insert(&place, &document, &options).await {
        Err(error) if error.is(ErrorNum::DATA_SOURCE_NOT_FOUND) => {}
        other => return Ok(other.map(drop)?),
    }
    match database.create_collection(&place, CollectionType::Document, &Map::new()).await {
        // Another caller made it in the meantime.
        Err(error) if !error.is(ErrorNum::DUPLICATE_NAME) => return Err(error.into()),
        _ => {}
    }
    Ok(database.insert(&place, &document, &options).await.map(drop)?)
}

/// The schema kept under a key, if there is one.
pub(crate) async fn find(database: &Database, key: &DocumentKey) -> Result<Option<Value>, ToolError> {
    #[derive(Deserialize)]
    struct Kept {
        schema: Value,
    }
    let found: Result<Kept, arango::Error> = database.document(&collection()?, key).await;
    match found {
        Ok(kept) => Ok(Some(kept.schema)),
        Err(error) if error.is(ErrorNum::DATA_SOURCE_NOT_FOUND) || error.is(ErrorNum::DOCUMENT_NOT_FOUND) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

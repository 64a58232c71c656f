//! `arango_update`: merges attributes into one document. The arguments say which; nothing inside the update can redirect it.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{
    documents::{Meta, key_within, on_collection, without_identity},
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{arango::WriteOptions, wire::CollectionName};

#[derive(Debug)]
pub(crate) struct Update;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    key: String,
    /// Nested objects merge; null is stored.
    update: Map<String, Value>,
}

impl DatabaseTool for Update {
    const NAME: &'static str = "arango_update";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Update a document";
    const DESCRIPTION: &'static str = "Merge attributes into one document; others stay. Returns _id, _key, _rev. For \
many use arango_bulk_update, or arango_query with UPDATE.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Overwrite;
    type Args = Args;
    type Output = Fixed<Meta>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        let key = key_within(&args.collection, &args.key)?;
        let change = without_identity(args.update, &args.collection, &key)?;
        let options = WriteOptions { keep_null: Some(true), merge_objects: Some(true), ..WriteOptions::default() };
        let updated = target.database.update(&args.collection, &key, &change, &options).await;
        Ok(Fixed(updated.map_err(|error| on_collection(&args.collection, error))?.into()))
    }
}

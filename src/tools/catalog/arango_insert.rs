//! `arango_insert`: stores one new document.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{
    documents::{Meta, on_collection},
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{arango::WriteOptions, wire::CollectionName};

#[derive(Debug)]
pub(crate) struct Insert;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// `_key` is optional; an edge needs `_from` and `_to`.
    document: Map<String, Value>,
}

impl DatabaseTool for Insert {
    const NAME: &'static str = "arango_insert";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Insert a document";
    const DESCRIPTION: &'static str = "Store one new document or edge; returns _id, _key, _rev. Error 1210: the key is \
taken, use arango_update. For many use arango_bulk_insert.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Add;
    type Args = Args;
    type Output = Fixed<Meta>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        let stored = target.database.insert(&args.collection, &args.document, &WriteOptions::default()).await;
        Ok(Fixed(stored.map_err(|error| on_collection(&args.collection, error))?.into()))
    }
}

//! `arango_remove`: removes one document.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    confirm::Destruction,
    documents::{Meta, key_within, on_collection},
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::{arango::WriteOptions, wire::CollectionName};

#[derive(Debug)]
pub(crate) struct Remove;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    key: String,
}

impl DatabaseTool for Remove {
    const NAME: &'static str = "arango_remove";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Remove a document";
    const DESCRIPTION: &'static str =
        "Delete one document for good; returns _id, _key, _rev. Error 1202: no such document. Edges to it stay.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Delete;
    type Args = Args;
    type Output = Fixed<Meta>;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| {
        let key = args.key.strip_prefix(args.collection.as_str()).and_then(|rest| rest.strip_prefix('/'));
        let key = key.unwrap_or(&args.key);
        Some(Destruction::new(format!("remove the document {}/{key}", args.collection)))
    });

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        let key = key_within(&args.collection, &args.key)?;
        let removed = target.database.remove(&args.collection, &key, &WriteOptions::default()).await;
        Ok(Fixed(removed.map_err(|error| on_collection(&args.collection, error))?.into()))
    }
}

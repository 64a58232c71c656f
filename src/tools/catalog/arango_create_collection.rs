//! `arango_create_collection`: makes sure that a collection exists.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::super::{
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{Collection, CollectionType},
    wire::{CollectionName, ErrorNum},
};

#[derive(Debug)]
pub(crate) struct CreateCollection;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Holds {
    /// Ordinary documents.
    #[default]
    Document,
    /// Edges, which have `_from` and `_to`.
    Edge,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    name: CollectionName,
    /// Default document.
    #[serde(rename = "type", default)]
    #[schemars(with = "Option<Holds>")]
    holds: Holds,
    #[serde(rename = "waitForSync", default)]
    wait_for_sync: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Created {
    name: String,
    #[serde(rename = "type")]
    holds: Holds,
    wait_for_sync: bool,
}

impl DatabaseTool for CreateCollection {
    const NAME: &'static str = "arango_create_collection";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Create a collection";
    const DESCRIPTION: &'static str = "Make sure a collection exists; returns name, type, waitForSync. One that exists \
is left as it is; the other type is an error.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Ensure;
    type Args = Args;
    type Output = Fixed<Created>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Created>, ToolError> {
        let kind = match args.holds {
            Holds::Document => CollectionType::Document,
            Holds::Edge => CollectionType::Edge,
        };
        let options = args.wait_for_sync.map(|sync| ("waitForSync".to_owned(), sync.into()));
        let made = target.database.create_collection(&args.name, kind, &Map::from_iter(options)).await;
        let collection = match made {
            Err(error) if error.is(ErrorNum::DUPLICATE_NAME) => existing(target, &args.name, kind).await?,
            other => other?,
        };
        let holds = match collection.kind {
            CollectionType::Document => Holds::Document,
            CollectionType::Edge => Holds::Edge,
        };
        Ok(Fixed(Created { name: collection.name, holds, wait_for_sync: collection.wait_for_sync.unwrap_or(false) }))
    }
}

/// The collection that has the name already, if it is of the type asked for.
async fn existing(target: &Target<'_>, name: &CollectionName, kind: CollectionType) -> Result<Collection, ToolError> {
    let collection = target.database.collection(name).await?;
    if collection.kind == kind {
        return Ok(collection);
    }
    let (is, wanted) = match kind {
        CollectionType::Document => ("an edge", "a document"),
        CollectionType::Edge => ("a document", "an edge"),
    };
    let problem = format!("Collection '{name}' exists already as {is} collection, not {wanted} collection");
    Err(ToolError::new(Kind::Conflict, problem)
        .numbered(ErrorNum::DUPLICATE_NAME, 409)
        .hint("choose another name; the type of a collection cannot be changed"))
}

//! `arango_list_collections`: the names of the collections, without those of the system.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Items},
};

#[derive(Debug)]
pub(crate) struct ListCollections;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

impl DatabaseTool for ListCollections {
    const NAME: &'static str = "arango_list_collections";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List collections";
    const DESCRIPTION: &'static str =
        "List the names of all collections, without system ones. arango_describe_database tells more in one call.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Items<String>;

    async fn call(target: &Target<'_>, _args: Args) -> Result<Items<String>, ToolError> {
        let collections = target.database.collections(false).await?;
        let mut names: Vec<String> =
            collections.into_iter().filter(|each| !each.is_system).map(|each| each.name).collect();
        names.sort_unstable();
        Ok(Items(names))
    }
}

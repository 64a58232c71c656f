//! `arango_list_indexes`: the indexes of a collection, as the database shows them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    documents::on_collection,
    effect::Effect,
    error::ToolError,
    indexes::Shown,
    on_database::Target,
    tool::{Category, DatabaseTool, Items},
};
use crate::wire::CollectionName;

#[derive(Debug)]
pub(crate) struct ListIndexes;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
}

impl DatabaseTool for ListIndexes {
    const NAME: &'static str = "arango_list_indexes";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List indexes";
    const DESCRIPTION: &'static str = "List a collection's indexes, primary and edge ones too: id, type, fields, \
unique, sparse, name, selectivityEstimate (1 is best).";
    const CATEGORY: Category = Category::Indexing;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Items<Shown>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Items<Shown>, ToolError> {
        let indexes = target.database.indexes(&args.collection).await;
        let indexes = indexes.map_err(|error| on_collection(&args.collection, error))?;
        Ok(Items(indexes.into_iter().map(Shown::from).collect()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::tools::testing::Bench;

    #[tokio::test]
    async fn indexes_are_listed_with_prefixed_ids_estimates_and_what_only_their_kind_has() {
        let bench = Bench::new();
        bench.fill("c", json!([{"a": 1}, {"a": 1}])).await;
        let ttl = json!({"collection": "c", "fields": ["at"], "type": "ttl", "ttl": 60});
        bench.result("arango_create_index", ttl).await;
        bench.result("arango_create_index", json!({"collection": "c", "fields": ["a"]})).await;
        let list = bench.result("arango_list_indexes", json!({"collection": "c"})).await;
        assert_eq!(list[0]["id"], "c/0");
        assert_eq!(list[0]["type"], "primary");
        assert_eq!(list[1]["expireAfter"], 60);
        assert!(list[1]["id"].as_str().unwrap().starts_with("c/"));
        assert_eq!(list[2]["fields"], json!(["a"]));
        assert_eq!(list[2]["selectivityEstimate"], 0.5);
    }

    #[tokio::test]
    async fn a_missing_collection_is_named() {
        let error = Bench::new().error("arango_list_indexes", json!({"collection": "nope"})).await;
        assert_eq!(error["type"], "CollectionNotFound");
        assert_eq!(error["error"], "Collection 'nope' does not exist");
    }
}

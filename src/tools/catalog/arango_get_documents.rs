//! `arango_get_documents`: reads documents of one collection by key, and names those that are not there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{
    documents::{key_within, on_collection},
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    rows::Room,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::{CollectionName, ErrorNum};

/// Documents one call may ask for.
const MOST: usize = 1000;

#[derive(Debug)]
pub(crate) struct GetDocuments;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// Up to 1000.
    keys: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// In the order of the keys.
    documents: Vec<Value>,
    /// Keys that no document has.
    missing: Vec<String>,
    /// Keys that were not read, since the result is full: ask for these next.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remaining: Vec<String>,
}

impl DatabaseTool for GetDocuments {
    const NAME: &'static str = "arango_get_documents";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Get documents by key";
    const DESCRIPTION: &'static str = "Read documents by key or id; returns them and the missing keys. To search by \
other attributes use arango_query.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Found>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Found>, ToolError> {
        if args.keys.len() > MOST {
            let problem = format!("{} keys are too many; a call may ask for {MOST}", args.keys.len());
            return Err(ToolError::argument("keys", "too_long", problem).hint("ask in several calls"));
        }
        let keys = args.keys.iter().map(|key| key_within(&args.collection, key)).collect::<Result<Vec<_>, _>>()?;
        let outcomes = target.database.documents(&args.collection, &keys).await;
        let outcomes = outcomes.map_err(|error| on_collection(&args.collection, error))?;
        let mut found = Found { documents: Vec::with_capacity(keys.len()), missing: Vec::new(), remaining: Vec::new() };
        let mut left = Room::new(None, target.entry).bytes;
        for (key, outcome) in keys.into_iter().zip(outcomes) {
            match outcome {
                _ if !found.remaining.is_empty() => found.remaining.push(key.into()),
                Ok(document) => {
                    let bytes = serde_json::to_string(&document).map_or(0, |text| text.len());
                    if bytes > left && !found.documents.is_empty() {
                        found.remaining.push(key.into());
                    } else {
                        found.documents.push(document);
                        left = left.saturating_sub(bytes);
                    }
                }
                Err(refused) if refused.num == ErrorNum::DOCUMENT_NOT_FOUND => found.missing.push(key.into()),
                Err(refused) => {
                    let problem = format!("{key}: {}", refused.message);
                    return Err(ToolError::new(Kind::Arango, problem).with("code", refused.num.0));
                }
            }
        }
        Ok(Fixed(found))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.collection("things").await;
        bench.query("FOR k IN ['a', 'b'] INSERT {_key: k, error: true, errorNum: 1202} INTO things").await;
        bench
    }

    #[tokio::test]
    async fn documents_come_in_the_order_asked_for_and_missing_ones_are_named() {
        let asked = json!({"collection": "things", "keys": ["b", "none", "things/a", "b"]});
        let found = bench().await.result(GetDocuments::NAME, asked).await;
        let keys: Vec<_> = found["documents"].as_array().unwrap().iter().map(|one| one["_key"].clone()).collect();
        assert_eq!(keys, ["b", "a", "b"]);
        assert_eq!(found["missing"], json!(["none"]));
    }

    #[tokio::test]
    async fn a_full_result_names_the_keys_that_remain() {
        let bench = Bench::with(|entry| entry.max_bytes = std::num::NonZero::new(300));
        bench.fill("things", json!([{"_key": "a", "x": "x".repeat(400)}, {"_key": "b"}, {"_key": "c"}])).await;
        let mut keys = vec!["a".to_owned(), "b".to_owned(), "none".to_owned(), "c".to_owned()];
        let mut read = Vec::new();
        while !keys.is_empty() {
            let found = bench.result(GetDocuments::NAME, json!({"collection": "things", "keys": keys})).await;
            read.push(found["documents"].as_array().unwrap().len());
            keys = serde_json::from_value(found.get("remaining").cloned().unwrap_or(json!([]))).unwrap();
        }
        assert_eq!(read, [1, 2]);
    }

    #[tokio::test]
    async fn what_cannot_be_read_is_told() {
        let bench = bench().await;
        let asked = json!({"collection": "nothing", "keys": ["a"]});
        assert_eq!(bench.error(GetDocuments::NAME, asked).await["type"], "CollectionNotFound");
        let asked = json!({"collection": "things", "keys": ["others/a"]});
        assert_eq!(bench.error(GetDocuments::NAME, asked).await["type"], "ValidationError");
        let asked = json!({"collection": "things", "keys": vec!["a"; 1001]});
        assert!(bench.error(GetDocuments::NAME, asked).await["error"].as_str().unwrap().contains("1000"));
        let none = bench.result(GetDocuments::NAME, json!({"collection": "things", "keys": []})).await;
        assert_eq!(none, json!({"documents": [], "missing": []}));
    }
}

//! `arango_bulk_update`: merges attributes into many documents, each given by its key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    bulk::{Bulk, Failure, OnError, Prepared, Verb},
    documents::{key_within, without_identity},
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::CollectionName;

#[derive(Debug)]
pub(crate) struct BulkUpdate;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// `{key, update: {…}}` or `{key, attribute: value, …}`.
    updates: Vec<Map<String, Value>>,
    /// Default 1000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000))]
    batch_size: Option<u16>,
    /// `stop` (default) after a batch with errors; `ignore`: missing keys are no errors.
    #[serde(default)]
    #[schemars(with = "Option<OnError>")]
    on_error: OnError,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    total_updates: usize,
    updated_count: usize,
    error_count: usize,
    /// Missing documents passed over with `ignore`.
    ignored_count: usize,
    /// Updates without any attribute.
    unchanged_count: usize,
    /// The first 100.
    errors: Vec<Failure>,
}

impl DatabaseTool for BulkUpdate {
    const NAME: &'static str = "arango_bulk_update";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Update many documents";
    const DESCRIPTION: &'static str =
        "Merge attributes into many documents, each on its own; null is stored. Returns counts, and errors by index.";
    const CATEGORY: Category = Category::Validation;
    const EFFECT: Effect = Effect::Overwrite;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Report>, ToolError> {
        let bulk = Bulk {
            database: &target.database,
            collection: &args.collection,
            verb: Verb::Update,
            on_error: args.on_error,
            batch_size: args.batch_size.unwrap_or(1000).into(),
            references: None,
            progress: &target.context.progress,
        };
        let total_updates = args.updates.len();
        let prepared = args.updates.into_iter().map(|item| prepare(&args.collection, item)).collect();
        let done = bulk.run(prepared).await?;
        Ok(Fixed(Report {
            total_updates,
            updated_count: done.written.len(),
            error_count: done.failed,
            ignored_count: done.ignored,
            unchanged_count: done.unchanged,
            errors: done.failures,
        }))
    }
}

/// What the protocol wants for an item: its attributes, and the `_key` beside them.
fn prepare(collection: &CollectionName, mut item: Map<String, Value>) -> Prepared {
    let given = match (item.shift_remove("_key"), item.shift_remove("key")) {
        (Some(one), Some(other)) if one != other => {
            return Err("both `key` and `_key` are given; put attributes into `update`".to_owned());
        }
        (Some(key), _) | (None, Some(key)) => key,
        (None, None) => return Err("the item has no `key`".to_owned()),
    };
    let Value::String(text) = given else { return Err("`key` must be a string".to_owned()) };
    let key = key_within(collection, &text).map_err(|error| error.message)?;
    let change = match (item.shift_remove("update"), item.is_empty()) {
        (Some(Value::Object(update)), true) => update,
        (Some(_), false) => return Err("give either `update` or single attributes, not both".to_owned()),
        (Some(_), true) => return Err("`update` must be an object".to_owned()),
        (None, _) => item,
    };
    let mut change = without_identity(change, collection, &key).map_err(|error| error.message)?;
    if change.is_empty() {
        return Ok(None);
    }
    change.insert("_key".to_owned(), key.as_str().into());
    Ok(Some(change))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.collection("things").await;
        bench.query("FOR k IN ['a', 'b', 'c'] INSERT {_key: k, n: 1, o: {x: 1}} INTO things").await;
        bench
    }

    fn shown(item: Value) -> Result<Value, String> {
        let Value::Object(item) = item else { return Err(String::new()) };
        prepare(&CollectionName::parse("things").unwrap(), item).map(|change| json!(change))
    }

    #[tokio::test]
    async fn both_forms_of_an_item_merge_objects_and_keep_nulls() {
        let bench = bench().await;
        let updates = json!([{"key": "a", "update": {"o": {"y": 2}, "n": null}}, {"_key": "things/b", "m": 2}]);
        let report = bench.result(BulkUpdate::NAME, json!({"collection": "things", "updates": updates})).await;
        assert_eq!((&report["updated_count"], &report["error_count"]), (&json!(2), &json!(0)));
        let stored = bench.query("FOR d IN things SORT d._key RETURN UNSET(d, '_id', '_rev')").await;
        assert_eq!(stored[0], json!({"_key": "a", "n": null, "o": {"x": 1, "y": 2}}));
        assert_eq!(stored[1], json!({"_key": "b", "n": 1, "o": {"x": 1}, "m": 2}));
    }

    #[tokio::test]
    async fn an_empty_update_changes_nothing_and_writes_no_attribute_of_that_name() {
        let bench = bench().await;
        let asked = json!({"collection": "things", "updates": [{"key": "a", "update": {}}, {"key": "b"}]});
        let before = bench.query("FOR d IN things RETURN d").await;
        let report = bench.result(BulkUpdate::NAME, asked).await;
        assert_eq!((&report["unchanged_count"], &report["updated_count"]), (&json!(2), &json!(0)));
        assert_eq!(bench.query("FOR d IN things RETURN d").await, before);
    }

    #[tokio::test]
    async fn updates_that_fail_are_counted_one_by_one() {
        let bench = bench().await;
        let updates = json!([{"key": "a", "n": 2}, {"n": 3}, {"key": "none", "n": 4}, {"key": "c", "n": 5}]);
        let ask = |on_error: &str| json!({"collection": "things", "updates": updates, "on_error": on_error});
        let report = bench.result(BulkUpdate::NAME, ask("continue")).await;
        assert_eq!((&report["updated_count"], &report["error_count"]), (&json!(2), &json!(2)));
        assert_eq!((&report["errors"][0]["index"], &report["errors"][1]["code"]), (&json!(1), &json!(1202)));
        let report = bench.result(BulkUpdate::NAME, ask("ignore")).await;
        assert_eq!((&report["ignored_count"], &report["error_count"]), (&json!(1), &json!(1)));
        let report = bench.result(BulkUpdate::NAME, ask("stop")).await;
        assert_eq!((&report["updated_count"], &report["error_count"]), (&json!(1), &json!(1)));
        let missing = json!({"collection": "nothing", "updates": [{"key": "a", "n": 1}]});
        assert_eq!(bench.error(BulkUpdate::NAME, missing).await["type"], "CollectionNotFound");
        let asked = json!({"collection": "things", "updates": [], "batch_size": 0});
        assert_eq!(bench.error(BulkUpdate::NAME, asked).await["type"], "ValidationError");
    }

    #[test]
    fn an_item_must_say_which_document_and_may_not_redirect_it() {
        assert_eq!(shown(json!({"_key": "a", "update": {"_key": "a", "x": 1}})), Ok(json!({"x": 1, "_key": "a"})));
        for (bad, why) in [
            (json!({"x": 1}), "no `key`"),
            (json!({"key": 1, "x": 1}), "a string"),
            (json!({"key": null, "x": 1}), "a string"),
            (json!({"key": "other/a", "x": 1}), "illegal"),
            (json!({"key": "a", "_key": "b"}), "both"),
            (json!({"key": "a", "update": {}, "x": 1}), "either"),
            (json!({"key": "a", "update": 5}), "an object"),
            (json!({"key": "a", "update": {"_key": "b"}}), "keeps its key"),
        ] {
            let problem = shown(bad.clone()).unwrap_err();
            assert!(problem.contains(why), "{bad}: {problem}");
        }
    }
}

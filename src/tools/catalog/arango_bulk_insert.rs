//! `arango_bulk_insert`: stores many documents in batches and tells what became of each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    bulk::{Bulk, Failure, OnError, Verb, rate},
    effect::Effect,
    error::ToolError,
    on_database::Target,
    references::Fields,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::CollectionName;

#[derive(Debug)]
pub(crate) struct BulkInsert;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    documents: Vec<Map<String, Value>>,
    /// Store only those whose references exist.
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    validate_refs: bool,
    /// For `validate_refs`; default `_from`, `_to`.
    #[serde(default)]
    reference_fields: Option<Vec<String>>,
    /// Default 1000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000))]
    batch_size: Option<u16>,
    /// `stop` (default) after a batch with errors; `ignore`: duplicates are no errors.
    #[serde(default)]
    #[schemars(with = "Option<OnError>")]
    on_error: OnError,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    total_documents: usize,
    inserted_count: usize,
    error_count: usize,
    /// Duplicates passed over with `ignore`.
    ignored_count: usize,
    /// The first 100.
    errors: Vec<Failure>,
    inserted_ids: Vec<String>,
    /// From 0 to 1.
    success_rate: f64,
}

impl DatabaseTool for BulkInsert {
    const NAME: &'static str = "arango_bulk_insert";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Insert many documents";
    const DESCRIPTION: &'static str =
        "Insert many documents or edges, each on its own; returns counts, inserted_ids, and errors by index.";
    const CATEGORY: Category = Category::Validation;
    const EFFECT: Effect = Effect::Add;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Report>, ToolError> {
        let fields = args.reference_fields.unwrap_or_else(|| vec!["_from".to_owned(), "_to".to_owned()]);
        let fields = Fields::parse(fields)?;
        let bulk = Bulk {
            database: &target.database,
            collection: &args.collection,
            verb: Verb::Insert,
            on_error: args.on_error,
            batch_size: args.batch_size.unwrap_or(1000).into(),
            references: args.validate_refs.then_some(fields),
            progress: &target.context.progress,
        };
        let total_documents = args.documents.len();
        let done = bulk.run(args.documents.into_iter().map(|document| Ok(Some(document))).collect()).await?;
        Ok(Fixed(Report {
            total_documents,
            inserted_count: done.written.len(),
            error_count: done.failed,
            ignored_count: done.ignored,
            errors: done.failures,
            success_rate: rate(done.written.len(), total_documents),
            inserted_ids: done.written,
        }))
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
        bench.query("INSERT {_key: 'taken'} INTO things").await;
        bench
    }

    fn some(on_error: &str) -> Value {
        json!({"collection": "things", "on_error": on_error, "batch_size": 2, "documents": [
            {"_key": "a"}, {"_key": "taken"}, {"_key": "b c"}, {"_key": "d"}, {"_key": "e", "n": null}
        ]})
    }

    #[tokio::test]
    async fn each_document_that_fails_is_counted_and_named_by_its_place() {
        let bench = bench().await;
        let report = bench.result(BulkInsert::NAME, some("continue")).await;
        assert_eq!((&report["total_documents"], &report["inserted_count"]), (&json!(5), &json!(3)));
        assert_eq!((&report["error_count"], &report["success_rate"]), (&json!(2), &json!(0.6)));
        assert_eq!(report["inserted_ids"], json!(["things/a", "things/d", "things/e"]));
        let errors = report["errors"].as_array().unwrap();
        assert_eq!((&errors[0]["index"], &errors[0]["code"]), (&json!(1), &json!(1210)));
        assert_eq!((&errors[1]["index"], &errors[1]["batch_start"]), (&json!(2), &json!(2)));
        assert_eq!(errors[1]["code"], 1221);
    }

    #[tokio::test]
    async fn stopping_leaves_out_the_batches_after_a_failure() {
        let report = bench().await.result(BulkInsert::NAME, some("stop")).await;
        assert_eq!((&report["inserted_count"], &report["error_count"]), (&json!(1), &json!(1)));
    }

    #[tokio::test]
    async fn ignoring_passes_over_duplicates_only() {
        let report = bench().await.result(BulkInsert::NAME, some("ignore")).await;
        assert_eq!((&report["ignored_count"], &report["error_count"]), (&json!(1), &json!(1)));
        assert_eq!(report["errors"][0]["code"], 1221);
    }

    #[tokio::test]
    async fn references_are_checked_before_a_document_is_stored() {
        let bench = bench().await;
        bench.result("arango_create_collection", json!({"name": "links", "type": "edge"})).await;
        let edge = |to: &str| json!({"_from": "things/taken", "_to": to});
        let mut asked = json!({"collection": "links", "validate_refs": true, "on_error": "continue",
            "documents": [edge("things/taken"), edge("things/none"), edge("none/none")]});
        let report = bench.result(BulkInsert::NAME, asked.clone()).await;
        assert_eq!((&report["inserted_count"], &report["error_count"]), (&json!(1), &json!(2)));
        assert!(report["errors"][0]["error"].as_str().unwrap().contains("_to = \"things/none\""));
        asked["on_error"] = "stop".into();
        asked["documents"] = json!([edge("things/none"), edge("things/taken")]);
        assert_eq!(bench.result(BulkInsert::NAME, asked.clone()).await["inserted_count"], 0);
        asked["reference_fields"] = json!(["other"]);
        assert_eq!(bench.result(BulkInsert::NAME, asked).await["inserted_count"], 2);
    }

    #[tokio::test]
    async fn an_empty_list_has_the_rate_zero_and_a_bad_batch_size_is_refused() {
        let bench = bench().await;
        let report = bench.result(BulkInsert::NAME, json!({"collection": "things", "documents": []})).await;
        assert_eq!(report["success_rate"], 0.0);
        for documents in [json!([]), json!([{}])] {
            let asked = json!({"collection": "nothing", "documents": documents});
            assert_eq!(bench.error(BulkInsert::NAME, asked).await["type"], "CollectionNotFound");
        }
        for size in [0, -1, 10_001] {
            let asked = json!({"collection": "things", "documents": [{}], "batch_size": size});
            assert_eq!(bench.error(BulkInsert::NAME, asked).await["type"], "ValidationError");
        }
        let asked = json!({"collection": "things", "documents": [1]});
        assert_eq!(bench.error(BulkInsert::NAME, asked).await["type"], "ValidationError");
    }

    #[tokio::test]
    async fn the_schema_of_the_collection_refuses_single_documents() {
        let bench = bench().await;
        let schema = json!({"name": "s", "collection": "things", "schema": {"required": ["n"]}, "apply": true});
        bench.result("arango_create_schema", schema).await;
        let asked = json!({"collection": "things", "documents": [{}, {"n": 1}], "on_error": "continue"});
        let report = bench.result(BulkInsert::NAME, asked).await;
        assert_eq!((&report["inserted_count"], &report["errors"][0]["code"]), (&json!(1), &json!(1620)));
    }
}

//! `arango_validate_references`: finds documents whose references lead nowhere, and removes them if told to.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{
    confirm::Destruction,
    documents::on_collection,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    references::{Fields, Reference},
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::{
    arango::{Cursor, Query},
    wire::CollectionName,
};

/// Documents that are told one by one; all are counted.
const SHOWN: usize = 100;

#[derive(Debug)]
pub(crate) struct ValidateReferences;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    /// Paths to ids (`collection/key`) or arrays of ids.
    reference_fields: Vec<String>,
    /// Delete the invalid documents.
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    fix_invalid: bool,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Invalid {
    #[serde(rename = "_id")]
    id: String,
    #[serde(rename = "_key")]
    key: String,
    #[serde(rename = "invalid_references")]
    references: Vec<Reference>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    total_checked: u64,
    invalid_count: u64,
    /// The first 100.
    invalid_documents: Vec<Invalid>,
    validation_passed: bool,
    /// What was really removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64")]
    removed_count: Option<u64>,
}

impl DatabaseTool for ValidateReferences {
    const NAME: &'static str = "arango_validate_references";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Check references";
    const DESCRIPTION: &'static str = "Find documents whose reference_fields point to documents that do not exist; \
returns counts and up to 100. fix_invalid DELETES them all: run without it first.";
    const CATEGORY: Category = Category::Validation;
    const EFFECT: Effect = Effect::Arbitrary;
    type Args = Args;
    type Output = Fixed<Report>;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| {
        let what = || format!("remove every document of `{}` with an invalid reference", args.collection);
        args.fix_invalid.then(|| Destruction::new(what()).within(args.collection.clone()))
    });

    fn writes(args: &Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        Ok(args.fix_invalid.then_some(Cow::Borrowed("`fix_invalid` deletes documents")))
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Report>, ToolError> {
        let fields = Fields::parse(args.reference_fields)?;
        if fields.is_empty() {
            return Err(ToolError::argument("reference_fields", "value_error", "name at least one attribute"));
        }
        let refused = |error| on_collection(&args.collection, error);
        let total_checked = target.database.count(&args.collection).await.map_err(refused)?;
        let search = search(&fields);

        let text = format!("{search} LIMIT {SHOWN} RETURN {{_id: d._id, _key: d._key, invalid_references: broken}}");
        let mut query = bound(text, &args.collection, &fields);
        query.full_count = true;
        let mut cursor = target.database.query(&query).await.map_err(refused)?;
        let mut invalid_documents: Vec<Invalid> = Vec::new();
        while let Some(batch) = cursor.next_batch().await.map_err(refused)? {
            invalid_documents.extend(batch.decode()?);
        }
        let invalid_count = counter(&cursor, "fullCount").max(invalid_documents.len().try_into().unwrap_or(u64::MAX));

        let mut removed_count = args.fix_invalid.then_some(0);
        if args.fix_invalid && invalid_count > 0 {
            // All are found before the first is removed, so that a removal does not make others invalid on the way.
            let text = format!(
                "LET invalid = ({search} RETURN d._key) FOR key IN invalid REMOVE key IN @@collection OPTIONS {{ignoreErrors: true}}"
            );
            let cursor = target.database.query(&bound(text, &args.collection, &fields)).await.map_err(refused)?;
            removed_count = Some(counter(&cursor, "writesExecuted"));
        }
        let validation_passed = invalid_count == 0;
        Ok(Fixed(Report { total_checked, invalid_count, invalid_documents, validation_passed, removed_count }))
    }
}

/// The beginning of a query over the documents `d` with `broken` references. Only numbers go into the text.
fn search(fields: &Fields) -> String {
    let entries: Vec<_> =
        (0..fields.paths().len()).map(|at| format!("{{field: @name{at}, value: d.@path{at}}}")).collect();
    let entries = entries.join(", ");
    format!(
        "FOR d IN @@collection LET broken = (FOR entry IN [{entries}] \
         FOR value IN (IS_ARRAY(entry.value) ? entry.value : [entry.value]) \
         FILTER value != null AND (NOT IS_STRING(value) OR DOCUMENT(value) == null) LIMIT 20 \
         RETURN {{field: entry.field, value: IS_NUMBER(value) OR IS_BOOL(value) ? value : LEFT(TO_STRING(value), 200)}}) \
         FILTER LENGTH(broken) > 0"
    )
}

fn bound(text: String, collection: &CollectionName, fields: &Fields) -> Query {
    let mut query = Query::new(text).bind("@collection", collection.as_str());
    for (at, (name, path)) in fields.paths().enumerate() {
        query = query.bind(format!("name{at}"), name).bind(format!("path{at}"), json!(path));
    }
    query
}

fn counter(cursor: &Cursor, name: &str) -> u64 {
    cursor.extra().stats.get(name).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.collection("people").await;
        bench.collection("posts").await;
        bench.query("FOR i IN 1..3 INSERT {_key: TO_STRING(i)} INTO people").await;
        bench
            .query(
                "FOR p IN [{_key: 'good', author: 'people/1', by: ['people/2', null], x: {y: 'people/3'}},
                 {_key: 'none', author: null}, {_key: 'gone', author: 'people/9'},
                 {_key: 'list', by: ['people/1', 'people/8']}, {_key: 'number', author: 7},
                 {_key: 'deep', x: {y: 'nowhere/1'}}] INSERT p INTO posts",
            )
            .await;
        bench
    }

    fn arguments(fix: bool) -> Value {
        json!({"collection": "posts", "reference_fields": ["author", "by", "x.y"], "fix_invalid": fix})
    }

    #[tokio::test]
    async fn arrays_and_objects_are_checked_and_null_is_fine() {
        let report = bench().await.result(ValidateReferences::NAME, arguments(false)).await;
        assert_eq!((&report["total_checked"], &report["invalid_count"]), (&json!(6), &json!(4)));
        assert_eq!(report["validation_passed"], false);
        assert!(report.get("removed_count").is_none());
        let found: Vec<_> = report["invalid_documents"].as_array().unwrap().iter().collect();
        assert_eq!(found[0]["_id"], "posts/gone");
        assert_eq!(found[1]["invalid_references"], json!([{"field": "by", "value": "people/8"}]));
        assert_eq!(found[2]["invalid_references"], json!([{"field": "author", "value": 7}]));
        assert_eq!(found[3]["invalid_references"], json!([{"field": "x.y", "value": "nowhere/1"}]));
    }

    #[test]
    fn only_fixing_counts_as_a_write() {
        let args = |fix| serde_json::from_value::<Args>(arguments(fix)).unwrap();
        let writes = |fix| ValidateReferences::writes(&args(fix)).unwrap().is_some();
        assert!(writes(true) && !writes(false));
    }

    #[tokio::test]
    async fn fixing_removes_the_invalid_documents_and_tells_how_many() {
        let bench = bench().await;
        let report = bench.result(ValidateReferences::NAME, arguments(true)).await;
        assert_eq!(report["removed_count"], 4);
        let report = bench.result(ValidateReferences::NAME, arguments(true)).await;
        assert_eq!((&report["validation_passed"], &report["removed_count"]), (&json!(true), &json!(0)));
        assert_eq!(bench.query("FOR p IN posts SORT p._key RETURN p._key").await, json!(["good", "none"]));
    }

    #[tokio::test]
    async fn the_count_is_true_where_not_all_invalid_documents_are_shown() {
        let bench = bench().await;
        bench.query("FOR i IN 1..250 INSERT {author: 'people/gone'} INTO posts").await;
        let report = bench.result(ValidateReferences::NAME, arguments(false)).await;
        assert_eq!((report["invalid_count"].as_u64(), report["total_checked"].as_u64()), (Some(254), Some(256)));
        assert_eq!(report["invalid_documents"].as_array().unwrap().len(), 100);
    }

    #[tokio::test]
    async fn names_of_fields_are_values_and_never_part_of_the_query() {
        let bench = bench().await;
        let field = "author == null REMOVE d IN posts //";
        let asked = json!({"collection": "posts", "reference_fields": [field, "`"], "fix_invalid": true});
        assert_eq!(bench.result(ValidateReferences::NAME, asked).await["removed_count"], 0);
        assert_eq!(bench.query("RETURN LENGTH(posts)").await, json!([6]));
        let asked = json!({"collection": "posts REMOVE d IN posts", "reference_fields": ["a"]});
        bench.error(ValidateReferences::NAME, asked).await;
    }

    #[tokio::test]
    async fn what_cannot_be_checked_is_told() {
        let bench = bench().await;
        let missing = json!({"collection": "nothing", "reference_fields": ["a"]});
        assert_eq!(bench.error(ValidateReferences::NAME, missing).await["type"], "CollectionNotFound");
        for fields in [json!([]), json!([""]), json!(["a."])] {
            let asked = json!({"collection": "posts", "reference_fields": fields});
            assert_eq!(bench.error(ValidateReferences::NAME, asked).await["type"], "ValidationError");
        }
    }
}

//! `arango_insert_with_validation`: stores a document if what it refers to exists. Checking and storing are one
//! statement, so nothing can happen in between.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{
    documents::{Meta, on_collection},
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    references::{Fields, Reference},
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{self, DocumentMeta, Query},
    wire::CollectionName,
};

const STATEMENT: &str = "LET missing = (FOR id IN @ids FILTER DOCUMENT(id) == null RETURN id) \
LET stored = (FOR d IN (LENGTH(missing) == 0 ? [@document] : []) INSERT d INTO @@collection \
RETURN KEEP(NEW, '_id', '_key', '_rev')) RETURN {missing, stored: FIRST(stored)}";

#[derive(Debug)]
pub(crate) struct InsertWithValidation;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    document: Map<String, Value>,
    /// Paths to ids or arrays of ids.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    reference_fields: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    missing: Vec<String>,
    stored: Option<DocumentMeta>,
}

impl DatabaseTool for InsertWithValidation {
    const NAME: &'static str = "arango_insert_with_validation";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Insert with checked references";
    const DESCRIPTION: &'static str = "Insert a document only if all its reference_fields point to exists; else fails \
with invalid_references and stores nothing.";
    const CATEGORY: Category = Category::Validation;
    const EFFECT: Effect = Effect::Add;
    type Args = Args;
    type Output = Fixed<Meta>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Meta>, ToolError> {
        let references = Fields::parse(args.reference_fields)?.of(&args.document);
        let malformed: Vec<_> = references.iter().filter(|reference| reference.id().is_none()).collect();
        if !malformed.is_empty() {
            return Err(invalid(&malformed));
        }
        let ids: Vec<&str> = references.iter().filter_map(Reference::id).collect();
        let query = Query::new(STATEMENT)
            .bind("@collection", args.collection.as_str())
            .bind("ids", json!(ids))
            .bind("document", Value::Object(args.document));
        let outcome = run(target, &query).await.map_err(|error| on_collection(&args.collection, error))?;
        match outcome {
            Outcome { missing, stored: Some(stored) } if missing.is_empty() => Ok(Fixed(stored.into())),
            Outcome { missing, .. } => {
                let nowhere = |reference: &&Reference| missing.iter().any(|id| reference.id() == Some(id));
                Err(invalid(&references.iter().filter(nowhere).collect::<Vec<_>>()))
            }
        }
    }
}

async fn run(target: &Target<'_>, query: &Query) -> Result<Outcome, arango::Error> {
    let mut cursor = target.database.query(query).await?;
    let rows = match cursor.next_batch().await? {
        Some(batch) => batch.decode()?,
        None => Vec::new(),
    };
    let nothing = || arango::Error::Decode { status: 201, excerpt: "the statement returned no row".to_owned() };
    rows.into_iter().next().ok_or_else(nothing)
}

fn invalid(references: &[&Reference]) -> ToolError {
    ToolError::new(Kind::Validation, "Invalid references")
        .with("invalid_references", json!(references))
        .hint("a reference is the _id of a document that exists (collection/key); nothing was stored")
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;

    async fn bench() -> Bench {
        let bench = Bench::new();
        bench.collection("people").await;
        bench.collection("posts").await;
        bench.query("INSERT {_key: '1'} INTO people").await;
        bench
    }

    fn arguments(document: &Value) -> Value {
        json!({"collection": "posts", "document": document, "referenceFields": ["author", "by"]})
    }

    #[tokio::test]
    async fn a_document_is_stored_when_everything_it_refers_to_exists() {
        let bench = bench().await;
        let document = json!({"_key": "a", "author": "people/1", "by": ["people/1", null], "n": null});
        let meta = bench.result(InsertWithValidation::NAME, arguments(&document)).await;
        assert_eq!((&meta["_id"], &meta["_key"]), (&json!("posts/a"), &json!("a")));
        assert!(meta["_rev"].is_string());
        assert_eq!(bench.query("FOR p IN posts RETURN KEEP(p, 'n', 'by')").await[0]["by"], document["by"]);
        bench.result(InsertWithValidation::NAME, json!({"collection": "posts", "document": {}})).await;
    }

    #[tokio::test]
    async fn nothing_is_stored_when_a_reference_leads_nowhere_and_all_of_them_are_named() {
        let bench = bench().await;
        for (document, wanted) in [
            (
                json!({"author": "people/2", "by": ["people/1", "nowhere/1"]}),
                json!([{"field": "author", "value": "people/2"}, {"field": "by", "value": "nowhere/1"}]),
            ),
            (
                json!({"author": 5, "by": "people"}),
                json!([{"field": "author", "value": 5}, {"field": "by", "value": "people"}]),
            ),
        ] {
            let body = bench.error(InsertWithValidation::NAME, arguments(&document)).await;
            assert_eq!(body["error"], "Invalid references");
            assert_eq!(body["invalid_references"], wanted);
        }
        assert_eq!(bench.query("RETURN LENGTH(posts)").await, json!([0]));
    }

    #[tokio::test]
    async fn what_the_database_refuses_is_told() {
        let bench = bench().await;
        let asked = json!({"collection": "nothing", "document": {}});
        assert_eq!(bench.error(InsertWithValidation::NAME, asked).await["type"], "CollectionNotFound");
        let document = arguments(&json!({"_key": "a"}));
        bench.result(InsertWithValidation::NAME, document.clone()).await;
        assert_eq!(bench.error(InsertWithValidation::NAME, document).await["code"], 1210);
    }
}

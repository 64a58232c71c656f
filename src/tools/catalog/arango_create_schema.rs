//! `arango_create_schema`: keeps a JSON Schema for `arango_validate_document`, and can make the database enforce it.

use schemars::JsonSchema as Describe;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    documents::on_collection,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    stored_schemas,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::{CollectionName, Dialect, JsonSchema};

#[derive(Debug)]
pub(crate) struct CreateSchema;

#[derive(Debug, Deserialize, Describe)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    name: String,
    #[schemars(with = "String")]
    collection: CollectionName,
    /// Draft 7 unless it has `$schema`.
    schema: Map<String, Value>,
    /// Also enforce it on the collection.
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    apply: bool,
}

#[derive(Debug, Serialize, Describe)]
pub(crate) struct Stored {
    created: bool,
    /// `collection:name`, in the collection `mcp_schemas`.
    key: String,
    applied: bool,
}

impl DatabaseTool for CreateSchema {
    const NAME: &'static str = "arango_create_schema";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Store a schema";
    const DESCRIPTION: &'static str = "Store or replace a named JSON Schema for arango_validate_document. With apply \
the database itself refuses documents that break it (error 1620).";
    const CATEGORY: Category = Category::Schema;
    const EFFECT: Effect = Effect::Overwrite;
    type Args = Args;
    type Output = Fixed<Stored>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Stored>, ToolError> {
        let schema = Value::Object(args.schema);
        JsonSchema::parse(&schema, Dialect::Draft7).map_err(|error| stored_schemas::refused("schema", &error))?;
        let key = stored_schemas::key(&args.collection, &args.name)?;
        if args.apply {
            // First: what the server does not take is not kept either.
            let message = format!("the document does not follow the schema '{}'", args.name);
            let rule = json!({"rule": schema, "level": "moderate", "message": message});
            let changes = Map::from_iter([("schema".to_owned(), rule)]);
            let applied = target.database.set_properties(&args.collection, &changes).await;
            applied.map_err(|error| on_collection(&args.collection, error))?;
        }
        stored_schemas::keep(&target.database, &key, &args.collection, &args.name, &schema).await?;
        Ok(Fixed(Stored { created: true, key: key.into(), applied: args.apply }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;

    fn arguments(schema: &Value, apply: bool) -> Value {
        json!({"name": "base", "collection": "things", "schema": schema, "apply": apply})
    }

    #[tokio::test]
    async fn a_schema_is_stored_and_replaced() {
        let bench = Bench::new();
        for schema in [json!({"required": ["a"]}), json!({"properties": {"b": {"type": "string"}}})] {
            let created = bench.result(CreateSchema::NAME, arguments(&schema, false)).await;
            assert_eq!(created, json!({"created": true, "key": "things:base", "applied": false}));
            let stored = bench.query("FOR s IN mcp_schemas RETURN UNSET(s, '_id', '_rev')").await;
            assert_eq!(
                stored,
                json!([{"_key": "things:base", "collection": "things", "name": "base", "schema": schema}])
            );
        }
    }

    #[tokio::test]
    async fn a_broken_schema_is_refused_before_anything_is_stored() {
        let bench = Bench::new();
        let body = bench.error(CreateSchema::NAME, arguments(&json!({"type": "nonsense"}), false)).await;
        assert_eq!(body["type"], "ValidationError");
        assert!(body["error"].as_str().unwrap().contains("/type"), "{body}");
        assert_eq!(bench.result("arango_list_collections", json!({})).await, json!([]));
        let asked = json!({"name": "a/b", "collection": "things", "schema": {}});
        assert_eq!(bench.error(CreateSchema::NAME, asked).await["type"], "ValidationError");
    }

    #[tokio::test]
    async fn an_applied_schema_is_enforced_by_the_database() {
        let bench = Bench::new();
        let asked = arguments(&json!({"properties": {"n": {"type": "integer"}}, "required": ["n"]}), true);
        assert_eq!(bench.error(CreateSchema::NAME, asked.clone()).await["type"], "CollectionNotFound");
        bench.collection("things").await;
        assert_eq!(bench.result(CreateSchema::NAME, asked).await["applied"], true);
        let insert = |document: Value| json!({"collection": "things", "document": document});
        bench.result("arango_insert", insert(json!({"_key": "a", "n": 1}))).await;
        let body = bench.error("arango_insert", insert(json!({"n": "x"}))).await;
        assert_eq!((&body["code"], &body["http"]), (&json!(1620), &json!(400)));
        assert!(body["error"].as_str().unwrap().contains("'base'"), "{body}");
        let update = json!({"collection": "things", "key": "a", "update": {"n": 1.5}});
        assert_eq!(bench.error("arango_update", update).await["code"], 1620);
        let query = json!({"query": "INSERT {n: null} INTO things"});
        assert_eq!(bench.error("arango_query", query).await["code"], 1620);
        assert_eq!(bench.query("RETURN SCHEMA_GET('things').level").await, json!(["moderate"]));
        let checked = bench.query("FOR d IN things RETURN SCHEMA_VALIDATE(d, SCHEMA_GET('things'))").await;
        assert_eq!(checked, json!([{"valid": true}]));
    }
}

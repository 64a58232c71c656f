//! `arango_validate_document`: holds a document against a JSON Schema, given or stored, and tells all that is wrong.

use schemars::JsonSchema as Describe;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    effect::Effect,
    error::{Kind, ToolError},
    on_database::Target,
    stored_schemas,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::wire::{CollectionName, Dialect, JsonSchema, json_schema::Violation};

/// Errors that are told.
const SHOWN: usize = 100;

#[derive(Debug)]
pub(crate) struct ValidateDocument;

#[derive(Debug, Deserialize, Describe)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    collection: CollectionName,
    document: Map<String, Value>,
    /// From `arango_create_schema`.
    #[serde(default)]
    schema_name: Option<String>,
    /// A JSON Schema; wins over `schema_name`.
    #[serde(default)]
    schema: Option<Map<String, Value>>,
}

#[derive(Debug, Serialize, Describe)]
pub(crate) struct Verdict {
    valid: bool,
    /// The first 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Wrong>,
}

#[derive(Debug, Serialize, Describe)]
struct Wrong {
    message: String,
    /// Names and places that lead to the wrong part.
    path: Vec<Value>,
    /// The keyword that is broken.
    validator: String,
}

impl From<Violation> for Wrong {
    fn from(violation: Violation) -> Self {
        let Violation { message, path, validator } = violation;
        Self { message, path: path.iter().map(|step| json!(step)).collect(), validator }
    }
}

impl DatabaseTool for ValidateDocument {
    const NAME: &'static str = "arango_validate_document";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Check a document";
    const DESCRIPTION: &'static str = "Check a document against a JSON Schema without storing it; returns valid, and \
errors with message, path, validator.";
    const CATEGORY: Category = Category::Schema;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Verdict>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Verdict>, ToolError> {
        let (schema, argument) = match (args.schema, args.schema_name) {
            (Some(schema), _) => (Value::Object(schema), "schema"),
            (None, Some(name)) => (stored(target, &args.collection, &name).await?, "schema_name"),
            (None, None) => {
                let problem = "give a JSON Schema in `schema` or the name of a stored one in `schema_name`";
                return Err(ToolError::argument("schema", "missing", problem));
            }
        };
        let document = Value::Object(args.document);
        let check = tokio::task::spawn_blocking(move || {
            JsonSchema::parse(&schema, Dialect::Draft7).map(|schema| schema.violations(&document))
        });
        // A schema can be written so that checking takes for ever; no other call shall wait for it.
        let Ok(checked) = tokio::time::timeout(target.entry.timeout, check).await else {
            return Err(ToolError::new(Kind::Timeout, "checking the document against this schema takes too long")
                .hint("simplify the schema: nested `$ref`s in allOf, anyOf or oneOf multiply the work"));
        };
        let errors = checked.map_err(|error| ToolError::internal(&error))?;
        let errors = errors.map_err(|error| stored_schemas::refused(argument, &error))?;
        let valid = errors.is_empty();
        Ok(Fixed(Verdict { valid, errors: errors.into_iter().take(SHOWN).map(Wrong::from).collect() }))
    }
}

async fn stored(target: &Target<'_>, collection: &CollectionName, name: &str) -> Result<Value, ToolError> {
    let key = stored_schemas::key(collection, name)?;
    stored_schemas::find(&target.database, &key).await?.ok_or_else(|| {
        let problem = format!("collection '{collection}' has no stored schema '{name}'");
        ToolError::argument("schema_name", "not_found", problem)
            .hint("store it with arango_create_schema, or give the schema itself in `schema`")
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Bench;
    use super::*;

    fn arguments(more: &Value) -> Value {
        let mut all = json!({"collection": "things", "document": {"a": 1, "list": ["x", 2], "z": {"0": true}}});
        for (name, value) in more.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    }

    #[tokio::test]
    async fn everything_wrong_is_told_with_its_place_in_a_stable_order() {
        let bench = Bench::new();
        let schema = json!({"required": ["b"], "properties": {
            "a": {"type": "string"}, "list": {"items": {"type": "string"}},
            "z": {"properties": {"0": {"type": "string"}}}}});
        let verdict = bench.result(ValidateDocument::NAME, arguments(&json!({"schema": schema}))).await;
        assert_eq!(verdict["valid"], false);
        let errors = verdict["errors"].as_array().unwrap();
        let paths: Vec<_> = errors.iter().map(|error| error["path"].clone()).collect();
        assert_eq!(paths, [json!([]), json!(["a"]), json!(["list", 1]), json!(["z", "0"])]);
        assert_eq!((&errors[0]["validator"], &errors[1]["validator"]), (&json!("required"), &json!("type")));
        assert!(errors[0]["message"].as_str().unwrap().contains('b'));
    }

    #[tokio::test]
    async fn a_schema_that_is_given_wins_over_a_stored_one() {
        let bench = Bench::new();
        let strict = json!({"name": "strict", "collection": "things", "schema": {"required": ["nothing"]}});
        bench.result("arango_create_schema", strict).await;
        let by_name = arguments(&json!({"schema_name": "strict"}));
        assert_eq!(bench.result(ValidateDocument::NAME, by_name).await["valid"], false);
        let both = arguments(&json!({"schemaName": "strict", "schema": {}}));
        assert_eq!(bench.result(ValidateDocument::NAME, both).await, json!({"valid": true}));
    }

    #[tokio::test]
    async fn a_schema_that_multiplies_its_work_is_refused() {
        let step = |level: usize| {
            json!({"allOf": [{"$ref": format!("#/definitions/{}", level + 1)},
                                                   {"$ref": format!("#/definitions/{}", level + 1)}]})
        };
        let mut definitions: Map<_, _> = (0..21).map(|level| (level.to_string(), step(level))).collect();
        definitions.insert("21".to_owned(), json!({"type": "object"}));
        let schema = json!({"definitions": definitions, "$ref": "#/definitions/0"});
        let body = Bench::new().error(ValidateDocument::NAME, arguments(&json!({"schema": schema}))).await;
        assert_eq!(body["type"], "ValidationError");
        assert!(body["error"].as_str().unwrap().contains("subschemas"), "{body}");
    }

    #[tokio::test]
    async fn without_a_usable_schema_nothing_is_valid_or_invalid() {
        let bench = Bench::new();
        for (more, wanted) in [
            (json!({}), "`schema_name`"),
            (json!({"schema_name": "none"}), "no stored schema 'none'"),
            (json!({"schema_name": "a/b"}), "cannot name a schema"),
            (json!({"schema": {"type": 5}}), "not a valid JSON Schema"),
            (json!({"schema": {"$ref": "file:///etc/hostname"}}), "not a valid JSON Schema"),
        ] {
            let body = bench.error(ValidateDocument::NAME, arguments(&more)).await;
            assert_eq!(body["type"], "ValidationError");
            assert!(body["error"].as_str().unwrap().contains(wanted), "{body}");
        }
    }
}

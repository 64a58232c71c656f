//! JSON Schemas of arguments and results, made from the Rust types and then made plain: no `$ref`, no unions with null,
//! no Rust-specific formats. Several clients can read nothing else; "optional" is expressed by absence from `required`.
//!
//! What is enforced is more than what is listed: a model reads the whole list before its first call, so a keyword is
//! listed only if it helps to make that call. What is left out is said by the error that refuses a call.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type JsonObject = Map<String, Value>;

/// The schema of what a tool takes.
pub(crate) fn of_arguments<T: JsonSchema>() -> JsonObject {
    finish(SchemaSettings::draft2020_12(), Null::Absent, schemars::SchemaGenerator::into_root_schema_for::<T>)
}

/// The schema of what a tool returns.
pub(crate) fn of_result<T: JsonSchema>() -> JsonObject {
    finish(
        SchemaSettings::draft2020_12().for_serialize(),
        Null::Anything,
        schemars::SchemaGenerator::into_root_schema_for::<T>,
    )
}

/// How much of a schema clients are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Names, types, choices and what they mean.
    Meaning,
    /// Names, types and choices; what they mean is said elsewhere.
    Form,
}

/// The schema as it is listed.
pub(crate) fn listed(mut schema: JsonObject, telling: Telling) -> JsonObject {
    reduce(&mut schema, telling);
    schema
}

fn reduce(schema: &mut JsonObject, telling: Telling) {
    schema.retain(|key, value| match key.as_str() {
        // A default that matters stands in the text.
        "minimum" | "maximum" | "default" => false,
        "additionalProperties" => *value != Value::Bool(false),
        "description" => telling == Telling::Meaning,
        _ => true,
    });
    for part in parts(schema) {
        if let Value::Object(part) = part {
            reduce(part, telling);
        }
    }
}

/// The schemas a schema is made of.
fn parts(schema: &mut JsonObject) -> Vec<&mut Value> {
    let mut parts = Vec::new();
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => parts.extend(named.values_mut()),
            ("items" | "additionalProperties", part) => parts.push(part),
            _ => {}
        }
    }
    parts
}

/// What becomes of "this or null", which many clients cannot read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Null {
    /// In arguments: only "this". Null is the same as absent, and the argument is optional anyway.
    Absent,
    /// In results: no statement about the type. Clients check results against it, and null does occur.
    Anything,
}

fn finish(
    settings: SchemaSettings,
    null: Null,
    root: impl FnOnce(schemars::SchemaGenerator) -> schemars::Schema,
) -> JsonObject {
    let settings = settings.with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut value = root(settings.into_generator()).to_value();
    plain(&mut value, null);
    let Value::Object(mut schema) = value else { return Map::new() };
    schema.remove("description");
    schema.insert("type".to_owned(), "object".into());
    schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    schema
}

/// Takes out of a schema what some clients cannot read.
fn plain(value: &mut Value, null: Null) {
    let Value::Object(schema) = value else { return };
    schema.remove("title");
    schema.remove("format");
    // What goes without saying costs every client tokens.
    for (key, usual) in
        [("default", Value::Null), ("default", Value::Bool(false)), ("additionalProperties", Value::Bool(true))]
    {
        if schema.get(key) == Some(&usual) {
            schema.remove(key);
        }
    }
    if null == Null::Anything && admits_null(schema) {
        schema.retain(|key, _| key == "description");
        return;
    }
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    lift_nullable(schema);
    lift_constants(schema);
    for part in parts(schema) {
        plain(part, null);
    }
}

fn admits_null(schema: &JsonObject) -> bool {
    let named = |value: &Value| {
        value == "null" || value.as_array().is_some_and(|names| names.iter().any(|name| name == "null"))
    };
    schema.get("type").is_some_and(named)
        || schema
            .get("anyOf")
            .and_then(Value::as_array)
            .is_some_and(|choices| choices.iter().any(|choice| choice.get("type").is_some_and(named)))
}

/// `anyOf: [X, null]` becomes X.
fn lift_nullable(schema: &mut JsonObject) {
    let Some(Value::Array(mut choices)) = schema.remove("anyOf") else { return };
    choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
    match (choices.len(), choices.pop()) {
        (1, Some(Value::Object(only))) => {
            for (key, part) in only {
                schema.entry(key).or_insert(part);
            }
        }
        (_, Some(last)) => {
            choices.push(last);
            schema.insert("anyOf".to_owned(), Value::Array(choices));
        }
        (_, None) => {}
    }
}

/// Documented enum variants come as `oneOf: [{const}, …]`; an `enum` says the same and every client knows it.
fn lift_constants(schema: &mut JsonObject) {
    let Some(Value::Array(choices)) = schema.get("oneOf") else { return };
    let constants: Vec<Value> = choices.iter().filter_map(|choice| choice.get("const").cloned()).collect();
    if constants.len() == choices.len() {
        schema.remove("oneOf");
        schema.insert("type".to_owned(), "string".into());
        schema.insert("enum".to_owned(), Value::Array(constants));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Sample {
        /// How many.
        count: Option<u32>,
        kind: Option<Kind>,
        nested: Vec<Inner>,
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema matters")]
    enum Kind {
        /// The first.
        One,
        /// The second.
        Two,
    }

    #[derive(JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Inner {
        name: Option<String>,
        /// How it is described.
        #[schemars(range(max = 9))]
        description: Option<u8>,
    }

    #[test]
    fn schemas_have_no_references_no_null_and_no_formats() {
        let schema = Value::Object(of_arguments::<Sample>());
        let text = schema.to_string();
        for banned in ["$ref", "null", "anyOf", "oneOf", "format", "$defs", "title"] {
            assert!(!text.contains(banned), "{banned} in {text}");
        }
        assert_eq!(schema["properties"]["count"]["type"], "integer");
        assert_eq!(schema["properties"]["kind"]["enum"], serde_json::json!(["one", "two"]));
        assert_eq!(schema["required"], serde_json::json!(["nested"]));
    }

    #[test]
    fn the_schema_of_a_result_never_forbids_a_null_that_occurs() {
        let schema = Value::Object(of_result::<Sample>());
        assert_eq!(schema["properties"]["count"], serde_json::json!({"description": "How many."}));
        assert_eq!(schema["properties"]["kind"], serde_json::json!({}));
        assert_eq!(schema["properties"]["nested"]["items"]["properties"]["name"], serde_json::json!({}));
    }

    #[test]
    fn what_is_listed_leaves_out_bounds_and_refusals_at_every_depth_and_meanings_if_asked_to() {
        let told = |telling| Value::Object(listed(of_arguments::<Sample>(), telling));
        let (meaning, form) = (told(Telling::Meaning), told(Telling::Form));
        let enforced = Value::Object(of_arguments::<Sample>()).to_string();
        for banned in ["additionalProperties", "minimum", "maximum"] {
            assert!(enforced.contains(banned) && !meaning.to_string().contains(banned), "{banned}");
        }
        assert_eq!(meaning["properties"]["count"], serde_json::json!({"type": "integer", "description": "How many."}));
        assert_eq!(form["properties"]["count"], serde_json::json!({"type": "integer"}));
        assert_eq!(form["properties"]["kind"]["enum"], serde_json::json!(["one", "two"]));
        let inner = &form["properties"]["nested"]["items"]["properties"];
        assert_eq!(inner["description"], serde_json::json!({"type": "integer"}), "a property of that name stays");
    }
}

//! Functions about the schemas of collections.

use crate::{
    embedded::{
        error::Error,
        value::{Object, Value, json, object},
    },
    wire::{Dialect, ErrorNum, JsonSchema},
};

use super::{Context, Function, Outcome, arg};

/// This category's functions.
pub const FUNCTIONS: &[Function] =
    &[Function::volatile("SCHEMA_GET", 1, 1, schema_get), Function::new("SCHEMA_VALIDATE", 2, 2, schema_validate)];

/// What a schema does not see of a document.
const SYSTEM_ATTRIBUTES: [&str; 5] = ["_key", "_id", "_rev", "_from", "_to"];

fn schema_get(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(name) = arg(args, 0).as_str() else { return context.wrong_type("SCHEMA_GET") };
    let unknown = || Error::new(ErrorNum::DATA_SOURCE_NOT_FOUND, format!("collection or view not found: {name}"));
    context.data.schema(name).ok_or_else(unknown)
}

/// `SCHEMA_VALIDATE(document, {rule, message})`: `{valid}`, and `errorMessage` where it is not.
fn schema_validate(context: &mut Context<'_>, args: &[Value]) -> Outcome {
    let Some(document) = arg(args, 0).as_object() else { return context.wrong_type("SCHEMA_VALIDATE") };
    let schema = match arg(args, 1) {
        Value::Null => return Ok(object([("valid", Value::Bool(true))])),
        Value::Object(schema) if schema.is_empty() => return Ok(object([("valid", Value::Bool(true))])),
        Value::Object(schema) => schema,
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Array(_) => {
            return context.wrong_type("SCHEMA_VALIDATE");
        }
    };
    let mut own = Object::clone(document);
    own.retain(|name, _| !SYSTEM_ATTRIBUTES.contains(&&**name));
    let refused = |why: String| Error::new(ErrorNum::VALIDATION_BAD_PARAMETER, format!("invalid schema: {why}"));
    let rule = schema.get("rule").filter(|rule| rule.as_object().is_some());
    let rule = plain(rule.ok_or_else(|| refused("it needs a `rule` that is an object".to_owned()))?)
        .map_err(|error| refused(error.to_string()))?;
    let rule = JsonSchema::parse(&rule, Dialect::Draft4).map_err(|error| refused(error.to_string()))?;
    let own = plain(&Value::object(own)).map_err(|error| Error::new(ErrorNum::VALIDATION_FAILED, error.to_string()))?;
    if rule.admits(&own) {
        return Ok(object([("valid", Value::Bool(true))]));
    }
    let message = schema.get("message").and_then(Value::as_str).filter(|message| !message.is_empty());
    let message = message.unwrap_or_else(|| ErrorNum::VALIDATION_FAILED.text());
    Ok(object([("valid", Value::Bool(false)), ("errorMessage", message.into())]))
}

fn plain(value: &Value) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::from_slice(&json::to_vec(value))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{call, check};

    #[test]
    fn a_document_is_held_against_a_schema_without_its_system_attributes() {
        let schema = r#"{"rule":{"additionalProperties":{"type":"number"}},"message":"numbers only"}"#;
        check("SCHEMA_VALIDATE", &format!(r#"[{{"_key":"k","a":1}}, {schema}]"#), r#"{"valid":true}"#);
        check(
            "SCHEMA_VALIDATE",
            &format!(r#"[{{"a":"x"}}, {schema}]"#),
            r#"{"valid":false,"errorMessage":"numbers only"}"#,
        );
        check("SCHEMA_VALIDATE", "[{}, null]", r#"{"valid":true}"#);
        check("SCHEMA_VALIDATE", "[{}, {}]", r#"{"valid":true}"#);
    }

    #[test]
    fn what_is_no_document_or_no_schema_is_told() {
        assert_eq!(call("SCHEMA_VALIDATE", "[1, {}]").1[0].0, 1542);
        assert_eq!(call("SCHEMA_VALIDATE", "[{}, 1]").1[0].0, 1542);
        assert_eq!(call("SCHEMA_VALIDATE", r#"[{}, {"rule":1}]"#).0.unwrap_err().num.0, 1621);
        assert_eq!(call("SCHEMA_VALIDATE", r#"[{}, {"rule":{"type":1}}]"#).0.unwrap_err().num.0, 1621);
    }

    #[test]
    fn the_schema_of_a_collection_can_be_asked_for() {
        check("SCHEMA_GET", r#"["people"]"#, r#"{"rule":{"required":["name"]},"level":"new"}"#);
        assert_eq!(call("SCHEMA_GET", r#"["nobody"]"#).0.unwrap_err().num.0, 1203);
    }
}

//! What the audit log says about the arguments of a call.

use serde_json::{Map, Value};

use crate::{aql::redact::without_literals, observability::operation::Wanted, tools::schema::JsonObject};

/// Arguments that hold AQL.
const QUERIES: &[&str] = &["query", "filter"];
/// Arguments that say where, not what: names that an administrator gave.
const NAMES: &[&str] = &[
    "database",
    "collection",
    "collection_name",
    "vertex_collection",
    "edge_collection",
    "graph",
    "graph_name",
    "name",
    "direction",
    "workflow",
    "tool",
];
/// A longer text is cut: a line is to stay readable.
const LONGEST: usize = 4_000;
/// What stands for a value.
const VALUE: &str = "?";

/// A keyed digest, or the arguments without literals and values.
pub(super) fn told(given: &JsonObject, wanted: Wanted, digest: impl Fn(&str) -> String) -> String {
    match wanted {
        Wanted::Digest => digest(&canonical(given)),
        Wanted::Redacted => {
            let object: Map<String, Value> =
                given.iter().map(|(name, value)| (name.clone(), redacted(name, value))).collect();
            let text = Value::Object(object).to_string();
            text.chars().take(LONGEST).collect()
        }
    }
}

fn redacted(name: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::String(text) if QUERIES.contains(&name) => without_literals(text).into(),
        Value::String(_) if NAMES.contains(&name) => value.clone(),
        Value::String(_) | Value::Number(_) => VALUE.into(),
        Value::Array(items) => Value::String(format!("[{VALUE} × {}]", items.len())),
        Value::Object(members) => Value::String(format!("{{{VALUE} × {}}}", members.len())),
    }
}

/// The arguments as JSON without blanks, members in the order of their names.
fn canonical(given: &JsonObject) -> String {
    Value::Object(ordered(given)).to_string()
}

fn ordered(object: &JsonObject) -> JsonObject {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(name, _)| *name);
    members.into_iter().map(|(name, value)| (name.clone(), ordered_value(value))).collect()
}

fn ordered_value(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(ordered(object)),
        Value::Array(items) => Value::Array(items.iter().map(ordered_value).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(arguments: &Value, wanted: Wanted) -> String {
        told(arguments.as_object().unwrap(), wanted, |text| format!("<{text}>"))
    }

    #[test]
    fn a_digest_does_not_depend_on_the_order_of_members() {
        let one = of(&json!({"b": [{"y": 1, "x": 2}], "a": "t"}), Wanted::Digest);
        assert_eq!(one, r#"<{"a":"t","b":[{"x":2,"y":1}]}>"#);
        assert_eq!(one, of(&json!({"a": "t", "b": [{"x": 2, "y": 1}]}), Wanted::Digest));
    }

    #[test]
    fn redacted_arguments_hold_names_and_the_shape_of_queries_and_no_values() {
        let arguments = json!({
            "query": "FOR u IN users FILTER u.name == 'Ann' RETURN u",
            "bind_vars": {"a": "Ann"},
            "collection": "users",
            "documents": [{"name": "Ann"}],
            "key": "ann",
            "max_rows": 7,
            "dry_run": true,
        });
        let text = of(&arguments, Wanted::Redacted);
        insta::assert_snapshot!(text, @r#"{"query":"FOR u IN users FILTER u.name == ? RETURN u","bind_vars":"{? × 1}","collection":"users","documents":"[? × 1]","key":"?","max_rows":"?","dry_run":true}"#);
        assert!(!text.to_lowercase().contains("ann"));
    }
}

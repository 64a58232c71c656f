//! What attributes documents have: paths, types, how often, examples. Found in a sample; the result is bounded.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// Paths that are listed, at most.
const PATHS: usize = 200;
/// Levels that are looked into.
const DEPTH: usize = 6;
/// Elements of an array that are looked at.
const ELEMENTS: usize = 20;
/// Examples of each path.
const EXAMPLES: usize = 3;
/// Characters of an example.
const SHOWN: usize = 60;

/// An attribute.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Attribute {
    /// The path: `address.city`, `tags[*]`.
    path: String,
    /// How often it has which type; elements of arrays count one by one.
    types: BTreeMap<&'static str, u64>,
    /// The share of sampled documents that have it.
    frequency: f64,
    /// Some of its values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    examples: Vec<Value>,
}

/// What the documents seen so far have.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    documents: u64,
    paths: IndexMap<String, Seen>,
    /// There were more paths than are kept.
    more: bool,
}

#[derive(Debug, Default)]
struct Seen {
    documents: u64,
    /// The document it was seen in last, so that each counts once.
    last: u64,
    types: BTreeMap<&'static str, u64>,
    examples: Vec<Value>,
    shown: BTreeSet<String>,
}

impl Attributes {
    /// Looks at one more document.
    pub(crate) fn add(&mut self, document: &Value) {
        self.documents += 1;
        self.walk("", document, 0);
    }

    fn walk(&mut self, path: &str, value: &Value, depth: usize) {
        if depth > 0 && !self.note(path, value) {
            return;
        }
        if depth >= DEPTH {
            return;
        }
        match value {
            Value::Object(object) => {
                for (name, inner) in object {
                    let inner_path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.walk(&inner_path, inner, depth + 1);
                }
            }
            Value::Array(items) => {
                for item in items.iter().take(ELEMENTS) {
                    self.walk(&format!("{path}[*]"), item, depth + 1);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// False when there is no room for another path.
    fn note(&mut self, path: &str, value: &Value) -> bool {
        if self.paths.len() >= PATHS && !self.paths.contains_key(path) {
            self.more = true;
            return false;
        }
        let seen = self.paths.entry(path.to_owned()).or_default();
        if seen.last != self.documents {
            seen.last = self.documents;
            seen.documents += 1;
        }
        *seen.types.entry(type_of(value)).or_default() += 1;
        if seen.examples.len() < EXAMPLES
            && let Some(example) = example(value)
            && seen.shown.insert(example.to_string())
        {
            seen.examples.push(example);
        }
        true
    }

    /// How many documents were looked at.
    pub(crate) fn documents(&self) -> u64 {
        self.documents
    }

    /// Whether there are paths that are not listed.
    pub(crate) fn cut(&self) -> bool {
        self.more
    }

    /// The attributes, in the order they were first seen.
    pub(crate) fn into_list(self) -> Vec<Attribute> {
        #[expect(clippy::cast_precision_loss, reason = "a sample has at most thousands of documents")]
        let share = |count: u64| (count as f64 / self.documents.max(1) as f64 * 1000.0).round() / 1000.0;
        let attribute = |(path, seen): (String, Seen)| Attribute {
            path,
            types: seen.types,
            frequency: share(seen.documents),
            examples: seen.examples,
        };
        self.paths.into_iter().map(attribute).collect()
    }
}

const fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A value worth showing, cut where it gets long.
fn example(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) if text.chars().count() > SHOWN => {
            Some(Value::String(text.chars().take(SHOWN).chain(['…']).collect()))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_come_with_types_frequencies_and_examples() {
        let mut attributes = Attributes::default();
        attributes.add(&json!({"a": 1, "b": {"c": "x"}, "tags": ["p", "q", 3]}));
        attributes.add(&json!({"a": null, "tags": []}));
        let list = serde_json::to_value(attributes.into_list()).unwrap();
        assert_eq!(
            list,
            json!([
                {"path": "a", "types": {"null": 1, "number": 1}, "frequency": 1.0, "examples": [1]},
                {"path": "b", "types": {"object": 1}, "frequency": 0.5},
                {"path": "b.c", "types": {"string": 1}, "frequency": 0.5, "examples": ["x"]},
                {"path": "tags", "types": {"array": 2}, "frequency": 1.0},
                {"path": "tags[*]", "types": {"number": 1, "string": 2}, "frequency": 0.5, "examples": ["p", "q", 3]},
            ])
        );
    }

    #[test]
    fn many_paths_and_long_values_are_cut() {
        let mut attributes = Attributes::default();
        let wide: serde_json::Map<_, _> = (0..PATHS + 5).map(|n| (n.to_string(), "y".repeat(500).into())).collect();
        attributes.add(&Value::Object(wide));
        assert!(attributes.cut());
        let list = attributes.into_list();
        assert_eq!(list.len(), PATHS);
        assert_eq!(list[0].examples[0].as_str().unwrap().chars().count(), SHOWN + 1);
    }
}

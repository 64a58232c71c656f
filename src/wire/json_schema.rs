//! JSON Schema as both ends use it: the tools check documents before they store them, the engine checks what the schema
//! of a collection asks for. Nothing is ever fetched: a `$ref` points into the schema itself or is an error.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

/// Messages quote the value they are about; more of it than this many characters helps nobody.
const MESSAGE: usize = 300;

/// How many subschemas a schema may come to when each `$ref` is replaced by what it stands for. References that multiply
/// one another can make a small schema ask for more than anybody lives to see.
const MAX_SIZE: u64 = 1_000_000;

/// How many subschemas may stand within one another, references followed.
const MAX_DEPTH: usize = 400;

/// How many references may be other than pointers into the schema; what those come to is not known.
const MAX_NAMED: usize = 16;

/// The version of JSON Schema for schemas that do not name theirs in `$schema`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// What ArangoDB takes for the schemas of collections.
    Draft4,
    /// What the tools take.
    Draft7,
}

/// A schema that was found good.
#[derive(Debug)]
pub struct JsonSchema(jsonschema::Validator);

/// Why a value is no schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SchemaError(String);

/// One step on the way from a document to a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// An attribute.
    Name(String),
    /// A place in an array, from 0.
    Place(usize),
}

/// What is wrong with a document. The order is that of places in the document, then of keywords.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Violation {
    /// Where.
    pub path: Vec<Step>,
    /// The keyword of the schema, e.g. `required`.
    pub validator: String,
    /// What.
    pub message: String,
}

impl JsonSchema {
    /// Reads a schema and checks it against the rules for schemas.
    ///
    /// # Errors
    /// Says what is wrong and where, also for a `$ref` that leads out of the schema.
    pub fn parse(schema: &Value, default: Dialect) -> Result<Self, SchemaError> {
        let mut measure = Measure { root: schema, known: HashMap::new(), named: 0 };
        if measure.size(schema, 0).is_none() {
            return Err(SchemaError(format!(
                "the references of the schema come to more than {MAX_SIZE} subschemas, or nest more than {MAX_DEPTH} deep"
            )));
        }
        let options = jsonschema::options().offline();
        let options = match (schema.get("$schema"), default) {
            (Some(_), _) => options,
            (None, Dialect::Draft4) => options.with_draft(jsonschema::Draft::Draft4),
            (None, Dialect::Draft7) => options.with_draft(jsonschema::Draft::Draft7),
        };
        options.build(schema).map(Self).map_err(|error| {
            let place = error.instance_path().as_str();
            let message = shortened(&error.to_string());
            SchemaError(if place.is_empty() { message } else { format!("{message} (at {place})") })
        })
    }

    /// Whether a document follows the schema.
    pub fn admits(&self, document: &Value) -> bool {
        self.0.is_valid(document)
    }

    /// Everything that is wrong with a document, in an order that depends on nothing else.
    pub fn violations(&self, document: &Value) -> Vec<Violation> {
        let mut found: Vec<_> = self.0.iter_errors(document).map(|error| violation(&error, document)).collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Adds up what a schema comes to.
struct Measure<'s> {
    root: &'s Value,
    /// By address; none while a subschema is being measured. What refers to itself is checked once for each part of a
    /// document, so it adds nothing.
    known: HashMap<usize, Option<u64>>,
    named: usize,
}

impl<'s> Measure<'s> {
    /// How many subschemas there are, or nothing when they are too many.
    fn size(&mut self, schema: &'s Value, depth: usize) -> Option<u64> {
        let Value::Object(object) = schema else { return Some(1) };
        let address = std::ptr::from_ref(schema).addr();
        if let Some(known) = self.known.get(&address) {
            return Some(known.unwrap_or(0));
        }
        if depth > MAX_DEPTH {
            return None;
        }
        self.known.insert(address, None);
        let mut size = 1_u64;
        for (keyword, value) in object {
            let parts: Vec<&'s Value> = match (keyword.as_str(), value) {
                ("enum" | "const" | "default" | "examples" | "definitions" | "$defs", _) => Vec::new(),
                ("$ref" | "$recursiveRef" | "$dynamicRef", Value::String(to)) => self.target(to)?,
                ("properties" | "patternProperties" | "dependencies" | "dependentSchemas", Value::Object(schemas)) => {
                    schemas.values().collect()
                }
                (_, Value::Array(schemas)) => schemas.iter().collect(),
                (_, schema) => vec![schema],
            };
            for part in parts {
                size = size.saturating_add(self.size(part, depth + 1)?);
            }
            if size > MAX_SIZE {
                return None;
            }
        }
        self.known.insert(address, Some(size));
        Some(size)
    }

    /// What a reference points to, as far as that can be seen; nothing when too many point elsewhere.
    fn target(&mut self, reference: &str) -> Option<Vec<&'s Value>> {
        let pointer = reference.strip_prefix('#').filter(|pointer| pointer.is_empty() || pointer.starts_with('/'));
        let decoded = pointer.and_then(|pointer| percent_encoding::percent_decode_str(pointer).decode_utf8().ok());
        if let Some(target) = decoded.and_then(|pointer| self.root.pointer(&pointer)) {
            return Some(vec![target]);
        }
        self.named += 1;
        (self.named <= MAX_NAMED).then(Vec::new)
    }
}

fn violation(error: &jsonschema::ValidationError<'_>, document: &Value) -> Violation {
    Violation {
        path: steps(error.instance_path().as_str(), document),
        validator: error.kind().keyword().to_owned(),
        message: shortened(&error.to_string()),
    }
}

/// The steps of a JSON pointer. Only the document tells whether `0` is a place or a name.
fn steps(pointer: &str, document: &Value) -> Vec<Step> {
    let mut here = Some(document);
    let step = |segment: &str| {
        let name = segment.replace("~1", "/").replace("~0", "~");
        let (step, next) = match (here, name.parse::<usize>()) {
            (Some(Value::Array(items)), Ok(place)) => (Step::Place(place), items.get(place)),
            (value, _) => {
                let next = value.and_then(|value| value.get(&name));
                (Step::Name(name), next)
            }
        };
        here = next;
        step
    };
    pointer.split('/').skip(1).map(step).collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(schema: &Value) -> Result<JsonSchema, SchemaError> {
        JsonSchema::parse(schema, Dialect::Draft7)
    }

    fn nested(levels: usize, wrap: impl Fn(Value) -> Value, core: Value) -> Value {
        (0..levels).fold(core, |inner, _| wrap(inner))
    }

    #[test]
    fn everything_wrong_is_told_in_a_stable_order_even_where_names_and_places_mix() {
        let schema = parse(&json!({
            "required": ["name"],
            "properties": {"tags": {"items": {"type": "string"}}, "age": {"minimum": 0}},
            "additionalProperties": {"items": {"type": "integer"}, "properties": {"x": {"type": "integer"}}}
        }))
        .unwrap();
        let found = schema.violations(&json!({"tags": ["a", 1, 2], "b": {"x": "y"}, "c": ["z"], "age": -1}));
        let shown: Vec<_> = found
            .iter()
            .map(|violation| format!("{} {}", serde_json::to_string(&violation.path).unwrap(), violation.validator))
            .collect();
        assert_eq!(
            shown,
            [
                "[] required",
                r#"["age"] minimum"#,
                r#"["b","x"] type"#,
                r#"["c",0] type"#,
                r#"["tags",1] type"#,
                r#"["tags",2] type"#
            ]
        );
        assert!(schema.admits(&json!({"name": 1})));
    }

    #[test]
    fn a_name_that_looks_like_a_place_is_a_name() {
        let schema = parse(&json!({"additionalProperties": {"additionalProperties": {"items": false}}})).unwrap();
        let found = schema.violations(&json!({"0": {"a/b~": [1]}}));
        let name = |text: &str| Step::Name(text.to_owned());
        assert_eq!(found[0].path, [name("0"), name("a/b~"), Step::Place(0)]);
    }

    #[test]
    fn what_is_no_schema_is_refused_with_the_place() {
        for (bad, place) in [
            (json!({"type": "nonsense"}), "/type"),
            (json!({"properties": {"a": {"minimum": "x"}}}), "/properties/a/minimum"),
            (json!([]), ""),
            (json!({"$ref": "#/definitions/none"}), ""),
            (json!({"$ref": "https://example.com/schema.json"}), ""),
            (json!({"$ref": "file:///etc/passwd"}), ""),
            (json!({"$schema": "https://example.com/own"}), ""),
            (json!({"pattern": "("}), ""),
        ] {
            let message = parse(&bad).map(|_| bad.to_string()).unwrap_err().to_string();
            assert!(message.contains(place) && message.len() < 600, "{bad}: {message}");
        }
    }

    #[test]
    fn the_dialect_is_that_of_the_schema_or_the_default() {
        let number = json!({"exclusiveMinimum": 5});
        assert!(!parse(&number).unwrap().admits(&json!(5)));
        assert!(JsonSchema::parse(&number, Dialect::Draft4).is_err(), "draft 4 wants a boolean here");
        let named = json!({"$schema": "http://json-schema.org/draft-07/schema#", "exclusiveMinimum": 5});
        assert!(JsonSchema::parse(&named, Dialect::Draft4).is_ok());
    }

    /// A schema of definitions, each of which refers to the next one as often as `link` says.
    fn chain(levels: usize, link: impl Fn(Value) -> Value) -> Value {
        let next = |at: usize| json!({"$ref": format!("#/definitions/d{at}")});
        let mut definitions: serde_json::Map<String, Value> =
            (0..levels).map(|at| (format!("d{at}"), link(next(at + 1)))).collect();
        definitions.insert(format!("d{levels}"), json!({"type": "string"}));
        json!({"allOf": [next(0)], "definitions": definitions})
    }

    #[test]
    fn references_that_multiply_are_refused() {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            assert!(parse(&chain(80, |next| json!({keyword: [next, {"not": next}]}))).is_err(), "{keyword}");
            assert!(parse(&chain(8, |next| json!({keyword: [next, {"not": next}]}))).is_ok(), "{keyword}");
        }
        assert!(parse(&chain(80, |next| json!({"properties": {"a": {"allOf": [next, next]}}}))).is_err());
        assert!(
            parse(&chain(100_000, |next| json!({"allOf": [next]}))).is_err(),
            "one for each level nests too deeply"
        );
        assert!(parse(&chain(80, |next| json!({"properties": {"a": next}}))).is_ok());
        let tree =
            json!({"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}, "more": {"items": {"$ref": "#"}}}});
        assert!(parse(&tree).unwrap().admits(&json!({"left": {"left": {}}, "more": [{}, {"right": {}}]})));
        let twice = parse(&json!({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}})).unwrap();
        assert!(twice.admits(&nested(100, |inner| json!({"a": inner}), json!({}))));
    }

    #[test]
    fn nothing_a_client_sends_exhausts_the_stack() {
        let itself = parse(&json!({"$ref": "#"}));
        assert!(itself.is_err() || itself.is_ok_and(|schema| schema.admits(&json!(1))));
        let pair = json!({"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}},
                          "$ref": "#/definitions/a"});
        drop(parse(&pair).map(|schema| schema.violations(&json!({"a": 1}))));
        let deep = nested(60, |inner| json!({"properties": {"a": inner}}), json!({"type": "string"}));
        let schema = parse(&deep).unwrap();
        let document = nested(60, |inner| json!({"a": inner}), json!(1));
        assert_eq!(schema.violations(&document).len(), 1);
        let any = nested(60, |inner| json!({"allOf": [inner]}), json!({"type": "string"}));
        assert!(!parse(&any).unwrap().admits(&json!(1)));
        let tree = parse(&json!({"properties": {"a": {"$ref": "#"}, "end": {"type": "string"}}})).unwrap();
        let document = nested(110, |inner| json!({"a": inner}), json!({"end": 1}));
        assert_eq!(tree.violations(&document).len(), 1);
    }
}

//! From the arguments as a client sent them to arguments a tool can decode.
//!
//! Clients differ: some spell names in camelCase, some send objects as JSON strings, some send null for what they leave
//! out. All of that is put right here, from the tool's own schema, before serde sees it. What is not put right is an
//! unknown name: a misspelt `databse` must never run against the default tenant.

use std::{borrow::Cow, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    error::{Kind, ToolError},
    schema::JsonObject,
};

/// What a tool declares about one argument.
#[derive(Debug, Clone)]
struct Declared {
    name: String,
    folded: String,
    kind: Option<Type>,
    required: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    choices: Vec<String>,
    doc: String,
}

/// A time a call gives in seconds: above zero and at most a day.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Seconds(Duration);

impl Seconds {
    /// The time.
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl TryFrom<f64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        const LONGEST: f64 = 86_400.0;
        let time = Some(seconds).filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST).map(Duration::from_secs_f64);
        time.filter(|time| !time.is_zero()).map(Self).ok_or("a time is given in seconds above 0 and at most 86400")
    }
}

impl JsonSchema for Seconds {
    fn schema_name() -> Cow<'static, str> {
        "Seconds".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
}

impl Type {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            _ => return None,
        })
    }

    const fn described(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Integer => "an integer",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Object => "an object",
            Self::Array => "an array",
        }
    }

    fn admits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
        }
    }
}

/// The arguments a tool declares, ready to put a call's arguments in order.
#[derive(Debug, Clone)]
pub(crate) struct Signature(Vec<Declared>);

impl Signature {
    /// Reads the declarations out of a schema.
    pub(crate) fn of(schema: &JsonObject) -> Self {
        let required = |name: &str| {
            schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|each| each == name))
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        let declared = properties.into_iter().flatten().map(|(name, property)| Declared {
            name: name.clone(),
            folded: folded(name),
            kind: property.get("type").and_then(Value::as_str).and_then(Type::parse),
            required: required(name),
            minimum: property.get("minimum").and_then(Value::as_f64),
            maximum: property.get("maximum").and_then(Value::as_f64),
            choices: property
                .get("enum")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|choice| choice.as_str().map(str::to_owned))
                .collect(),
            doc: property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned(),
        });
        Self(declared.collect())
    }

    /// Renames, unwraps and checks the arguments of a call.
    pub(crate) fn settle(&self, given: JsonObject) -> Result<JsonObject, ToolError> {
        let mut settled = Map::with_capacity(given.len());
        for (name, value) in given {
            let Some(declared) = self.find(&name) else { return Err(self.unknown(&name)) };
            if value.is_null() && (!declared.required || declared.kind.is_some()) {
                continue;
            }
            let value = declared.fit(value)?;
            if settled.insert(declared.name.clone(), value).is_some() {
                let problem = format!("argument `{}` is given twice (once as `{name}`)", declared.name);
                return Err(ToolError::argument(&declared.name, "duplicate", problem));
            }
        }
        for declared in self.0.iter().filter(|declared| declared.required) {
            if !settled.contains_key(&declared.name) {
                let problem = format!("argument `{}` is missing", declared.name);
                return Err(ToolError::argument(&declared.name, "missing", problem).hint(self.summary()));
            }
        }
        Ok(settled)
    }

    /// Adds a hint to an error about the arguments that has none: what the argument is for, or which there are.
    pub(crate) fn advise(&self, error: ToolError) -> ToolError {
        if error.advice().is_some() || error.kind() != Kind::Validation {
            return error;
        }
        let about = error.argument_name().and_then(|name| self.find(name)).filter(|declared| !declared.doc.is_empty());
        let hint = match about {
            Some(declared) => format!("`{}`: {}", declared.name, declared.doc),
            None => self.summary(),
        };
        error.hint(hint)
    }

    fn find(&self, name: &str) -> Option<&Declared> {
        let exact = self.0.iter().find(|declared| declared.name == name);
        exact.or_else(|| {
            let folded = folded(name);
            self.0.iter().find(|declared| declared.folded == folded)
        })
    }

    fn unknown(&self, name: &str) -> ToolError {
        let shown: String = name.chars().take(80).collect();
        let error = match nearest(&shown, self.0.iter().map(|declared| declared.name.as_str())) {
            Some(near) => {
                let problem = format!("unknown argument `{shown}`: did you mean `{near}`?");
                ToolError::argument(&shown, "unknown_argument", problem).with("did_you_mean", near)
            }
            None => ToolError::argument(&shown, "unknown_argument", format!("unknown argument `{shown}`")),
        };
        error.hint(self.summary())
    }

    fn summary(&self) -> String {
        if self.0.is_empty() {
            return "this tool takes no arguments".to_owned();
        }
        let names: Vec<String> = self
            .0
            .iter()
            .map(
                |declared| {
                    if declared.required { format!("{} (required)", declared.name) } else { declared.name.clone() }
                },
            )
            .collect();
        format!("the arguments are: {}", names.join(", "))
    }
}

impl Declared {
    /// Makes the value fit the declared type, or says why it does not.
    fn fit(&self, value: Value) -> Result<Value, ToolError> {
        let Some(kind) = self.kind else { return Ok(value) };
        let value = unwrapped(kind, value);
        let refuse = |problem: String| Err(ToolError::argument(&self.name, "type_error", problem));
        if !kind.admits(&value) {
            return refuse(format!("argument `{}` must be {}, not {}", self.name, kind.described(), described(&value)));
        }
        if let Some(number) = value.as_f64() {
            if let Some(minimum) = self.minimum.filter(|minimum| number < *minimum) {
                return refuse(format!("argument `{}` must be at least {minimum}", self.name));
            }
            if let Some(maximum) = self.maximum.filter(|maximum| number > *maximum) {
                return refuse(format!("argument `{}` must be at most {maximum}", self.name));
            }
        }
        if let Some(text) = value.as_str()
            && !self.choices.is_empty()
            && !self.choices.iter().any(|choice| choice == text)
        {
            return refuse(format!("argument `{}` must be one of: {}", self.name, self.choices.join(", ")));
        }
        Ok(value)
    }
}

/// A JSON string where something else is declared is read as JSON; a whole float counts as an integer.
fn unwrapped(kind: Type, value: Value) -> Value {
    let value = match value {
        Value::String(text) if kind != Type::String => match serde_json::from_str::<Value>(&text) {
            Ok(inner) if !inner.is_string() && !inner.is_null() => inner,
            _ => return Value::String(text),
        },
        other => other,
    };
    if kind == Type::Integer
        && let Some(float) = value.as_f64()
        && value.is_f64()
        && float.fract() == 0.0
        && float.abs() <= 9_007_199_254_740_992.0
    {
        #[expect(clippy::cast_possible_truncation, reason = "checked just above: whole and within 53 bits")]
        return Value::from(float as i64);
    }
    value
}

fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Both spellings of a name fold to the same text: `waitForSync` and `wait_for_sync` are one argument.
fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The candidate a misspelt name most likely means.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded_name = folded(name);
    candidates
        .map(|candidate| (strsim::jaro_winkler(&folded_name, &folded(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Decodes settled arguments into a tool's own type.
pub(crate) fn decode<T: DeserializeOwned>(settled: JsonObject) -> Result<T, ToolError> {
    serde_json::from_value(Value::Object(settled)).map_err(|error| {
        let problem = error.to_string();
        ToolError::argument("arguments", "value_error", problem)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signature() -> Signature {
        let schema = json!({
            "properties": {
                "database": {"type": "string", "description": "Database key."},
                "bind_vars": {"type": "object"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 10},
                "sync": {"type": "boolean"},
                "kind": {"type": "string", "enum": ["document", "edge"]},
                "keys": {"type": "array"}
            },
            "required": ["keys"]
        });
        Signature::of(schema.as_object().unwrap())
    }

    fn settle(arguments: &Value) -> Result<Value, String> {
        let given = arguments.as_object().unwrap().clone();
        signature().settle(given).map(Value::Object).map_err(|error| error.message)
    }

    #[test]
    fn both_spellings_json_strings_and_nulls_are_put_in_order() {
        let settled = settle(&json!({
            "bindVars": "{\"a\": 1}", "limit": "3", "sync": "true", "keys": "[1]", "database": null
        }));
        assert_eq!(settled, Ok(json!({"bind_vars": {"a": 1}, "limit": 3, "sync": true, "keys": [1]})));
        assert_eq!(settle(&json!({"limit": 5.0, "keys": []})), Ok(json!({"limit": 5, "keys": []})));
    }

    #[test]
    fn a_string_stays_a_string_where_a_string_is_declared() {
        assert_eq!(settle(&json!({"database": "{}", "keys": []})), Ok(json!({"database": "{}", "keys": []})));
    }

    #[test]
    fn an_error_without_a_hint_tells_what_the_argument_is_for() {
        let hinted = |error| signature().advise(error).advice().map(str::to_owned);
        let about = |name: &str| ToolError::argument(name, "value_error", "wrong");
        assert_eq!(hinted(about("database")), Some("`database`: Database key.".to_owned()));
        assert!(hinted(about("sync")).is_some_and(|hint| hint.starts_with("the arguments are: database,")));
        assert_eq!(hinted(about("sync").hint("better")), Some("better".to_owned()));
        assert_eq!(hinted(ToolError::new(Kind::Arango, "not about arguments")), None);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_reason() {
        let table = [
            (json!({"databse": "x", "keys": []}), "unknown argument `databse`: did you mean `database`?"),
            (json!({"zzzz": 1, "keys": []}), "unknown argument `zzzz`"),
            (json!({}), "argument `keys` is missing"),
            (json!({"keys": null}), "argument `keys` is missing"),
            (json!({"keys": 5}), "argument `keys` must be an array, not a number"),
            (json!({"keys": [], "limit": 0}), "argument `limit` must be at least 1"),
            (json!({"keys": [], "limit": 1.5}), "argument `limit` must be an integer, not a number"),
            (json!({"keys": [], "kind": "egde"}), "argument `kind` must be one of: document, edge"),
            (json!({"keys": [], "bindVars": {}, "bind_vars": {}}), "argument `bind_vars` is given twice"),
        ];
        for (arguments, wanted) in table {
            let message = settle(&arguments).unwrap_err();
            assert!(message.contains(wanted), "{arguments}: {message}");
        }
    }
}

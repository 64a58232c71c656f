//! Links of `arangosearch` views: which attributes of a collection are meant, and the analyzers for them.

use super::{ANALYZER_LANGUAGES, bad, shown_texts, texts};
use crate::embedded::{
    error::Error,
    store::set,
    value::{Object, Value, object, order},
};

/// A link with all its defaults.
///
/// # Errors
/// 10 says what is wrong with the definition.
pub(super) fn define(given: &Object) -> Result<Object, Error> {
    let mut shown = Object::default();
    set(&mut shown, "analyzers", Value::array(vec![Value::from("identity")]));
    set(&mut shown, "fields", object::<&str>([]));
    set(&mut shown, "includeAllFields", false);
    set(&mut shown, "storeValues", "none");
    set(&mut shown, "trackListPositions", false);
    shown.extend(settings(given)?);
    let fields = fields(given, &shown)?;
    set(&mut shown, "fields", fields);
    Ok(shown)
}

/// The settings given, all but the fields.
fn settings(given: &Object) -> Result<Object, Error> {
    let mut shown = Object::default();
    for (name, value) in given {
        let fits = match &**name {
            "analyzers" => {
                set(&mut shown, name, analyzers(value)?);
                continue;
            }
            "includeAllFields" | "trackListPositions" | "cache" => matches!(value, Value::Bool(_)),
            "storeValues" => matches!(value.as_str(), Some("none" | "id")),
            // Others are no settings, or have no effect that is shown; ArangoDB takes them as well.
            _ => continue,
        };
        if !fits {
            return Err(invalid(name));
        }
        set(&mut shown, name, value.clone());
    }
    Ok(shown)
}

/// The fields; each shows where it differs from what it is in.
fn fields(given: &Object, around: &Object) -> Result<Value, Error> {
    let given = match given.get("fields") {
        None => return Ok(object::<&str>([])),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(invalid("fields")),
    };
    let mut shown = Object::default();
    for (name, field) in given.iter() {
        let field = field.as_object().filter(|_| !name.is_empty()).ok_or_else(|| invalid("fields"))?;
        let own = settings(field)?;
        let mut inherited = around.clone();
        inherited.extend(own.clone());
        let nested = fields(field, &inherited)?;
        let differs = |name: &str, value: &Value| around.get(name).is_none_or(|other| !order::equal(other, value));
        let mut field: Object = own.into_iter().filter(|(name, value)| differs(name, value)).collect();
        if nested.as_object().is_some_and(|nested| !nested.is_empty()) {
            set(&mut field, "fields", nested);
        }
        set(&mut shown, name, Value::object(field));
    }
    Ok(Value::object(shown))
}

fn analyzers(value: &Value) -> Result<Value, Error> {
    let names = texts(value).ok_or_else(|| invalid("analyzers"))?;
    match names.iter().find(|name| !is_analyzer(name)) {
        Some(unknown) => Err(bad(format!("{PARSING}analyzer '{unknown}' not found"))),
        None => Ok(shown_texts(names)),
    }
}

/// Whether there is an analyzer of this name; all are built in.
fn is_analyzer(name: &str) -> bool {
    let language = |name: &str| name.strip_prefix("text_").is_some_and(|text| ANALYZER_LANGUAGES.contains(&text));
    name == "identity" || language(name)
}

const PARSING: &str = "error parsing arangosearch link parameters from json: ";

fn invalid(name: &str) -> Error {
    bad(format!("{PARSING}invalid value of '{name}'"))
}

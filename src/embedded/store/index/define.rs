//! From the definition a client sends to the index ArangoDB would make of it, with all defaults filled in.

use super::{
    IndexInfo, bad,
    path::Path,
    secondary::{SecondaryIndex, Shape},
};
use crate::embedded::{
    error::Error,
    value::{Object, Str, Value},
};

/// What is given to an index whose definition does not say.
pub(in crate::embedded::store) struct Requested {
    /// Its number.
    pub(in crate::embedded::store) id: u64,
    /// The number in a name made up for it.
    pub(in crate::embedded::store) name: u64,
}

/// Makes an index without entries from its definition.
///
/// # Errors
/// 10 says what is wrong with the definition; 1220 for a bad attribute path.
pub(in crate::embedded::store) fn define(definition: &Object, defaults: &Requested) -> Result<SecondaryIndex, Error> {
    let kind = definition.get("type").and_then(Value::as_str).ok_or_else(|| bad("invalid or missing index `type`"))?;
    let shown_kind = if matches!(kind, "geo1" | "geo2") { "geo" } else { kind };
    let mut shown = Object::default();
    let (fields, shape) = match kind {
        "persistent" | "hash" | "skiplist" => persistent(definition, &mut shown)?,
        "ttl" => ttl(definition, &mut shown)?,
        "geo" | "geo1" | "geo2" => (geo(definition, kind, &mut shown)?, None),
        "fulltext" => (fulltext(definition, &mut shown)?, None),
        "mdi" | "zkd" | "mdi-prefixed" => mdi(definition, kind, &mut shown)?,
        "inverted" => (inverted(definition, &mut shown)?, None),
        "vector" => (vector(definition, &mut shown)?, None),
        _ => return Err(bad(format!("invalid index type '{kind}'"))),
    };
    let name = name(definition, defaults)?;
    let id = Str::from(defaults.id.to_string());
    put(&mut shown, "name", Value::String(Str::clone(&name)));
    put(&mut shown, "type", shown_kind);
    put(&mut shown, "id", Value::String(Str::clone(&id)));
    shown.sort_keys();
    // Hash and skiplist are other names for what 3.12 calls persistent; the definition keeps the name it was given.
    let kind = Str::from(if matches!(shown_kind, "hash" | "skiplist") { "persistent" } else { shown_kind });
    Ok(SecondaryIndex::new(IndexInfo { id, kind, name, fields, definition: shown }, shape))
}

fn put(object: &mut Object, name: &str, value: impl Into<Value>) {
    object.insert(Str::from(name), value.into());
}

fn name(definition: &Object, defaults: &Requested) -> Result<Str, Error> {
    match definition.get("name") {
        None | Some(Value::Null) => Ok(Str::from(format!("idx_{}", defaults.name))),
        Some(Value::String(name)) => {
            let fits = !name.is_empty() && name.len() <= 256 && !name.starts_with(|c: char| c.is_ascii_digit());
            if fits && !name.contains(|c: char| c.is_control() || c == '/') {
                Ok(Str::clone(name))
            } else {
                Err(Error::from(crate::wire::ErrorNum::ILLEGAL_NAME))
            }
        }
        Some(_) => Err(bad("index `name` must be a string")),
    }
}

/// A flag; anything but a boolean counts as not given, as in ArangoDB.
fn flag(definition: &Object, name: &str, default: bool) -> bool {
    if let Some(Value::Bool(flag)) = definition.get(name) { *flag } else { default }
}

/// The attribute paths of an index.
fn fields(definition: &Object, name: &str, count: std::ops::RangeInclusive<usize>) -> Result<Vec<Str>, Error> {
    let items = definition
        .get(name)
        .and_then(Value::as_array)
        .ok_or_else(|| bad(format!("`{name}` of an index must be an array of attribute paths")))?;
    if !count.contains(&items.len()) {
        return Err(bad(format!("wrong number of attributes in index `{name}`")));
    }
    let mut fields: Vec<Str> = Vec::with_capacity(items.len());
    for item in items {
        let Value::String(field) = item else { return Err(bad(format!("index `{name}` must be strings"))) };
        if field.is_empty() || fields.contains(field) {
            return Err(bad(format!("empty or duplicate attribute in index `{name}`")));
        }
        fields.push(Str::clone(field));
    }
    Ok(fields)
}

fn shown_fields(fields: &[Str]) -> Value {
    Value::array(fields.iter().cloned().map(Value::String).collect())
}

/// Paths without `[*]`, for the kinds that do not know arrays.
fn plain_paths(fields: &[Str]) -> Result<(), Error> {
    for field in fields {
        if Path::parse(field)?.is_array() {
            return Err(bad("cannot use [*] in this kind of index"));
        }
    }
    Ok(())
}

/// `storedValues`, if there are any.
fn stored_values(definition: &Object, shown: &mut Object) -> Result<(), Error> {
    if matches!(definition.get("storedValues"), None | Some(Value::Null)) {
        return Ok(());
    }
    let stored = fields(definition, "storedValues", 0..=32)?;
    if !stored.is_empty() {
        put(shown, "storedValues", shown_fields(&stored));
    }
    Ok(())
}

fn persistent(definition: &Object, shown: &mut Object) -> Result<(Vec<Str>, Option<Shape>), Error> {
    let fields = fields(definition, "fields", 1..=32)?;
    let paths = fields.iter().map(|field| Path::parse(field)).collect::<Result<Vec<_>, _>>()?;
    if paths.iter().any(|path| path.first() == "_id") {
        return Err(bad("_id attribute cannot be indexed"));
    }
    let unique = flag(definition, "unique", false);
    let shape = Shape {
        paths,
        unique,
        sparse: flag(definition, "sparse", false),
        deduplicate: flag(definition, "deduplicate", true),
        // The estimate of a unique index costs nothing, so it always has one.
        estimates: unique || flag(definition, "estimates", true),
        moments: false,
    };
    put(shown, "cacheEnabled", flag(definition, "cacheEnabled", false));
    put(shown, "deduplicate", shape.deduplicate);
    put(shown, "estimates", shape.estimates);
    put(shown, "fields", shown_fields(&fields));
    put(shown, "sparse", shape.sparse);
    put(shown, "unique", shape.unique);
    stored_values(definition, shown)?;
    Ok((fields, Some(shape)))
}

fn ttl(definition: &Object, shown: &mut Object) -> Result<(Vec<Str>, Option<Shape>), Error> {
    let fields = fields(definition, "fields", 1..=1)?;
    plain_paths(&fields)?;
    let paths = fields.iter().map(|field| Path::parse(field)).collect::<Result<Vec<_>, _>>()?;
    let expire = definition.get("expireAfter").filter(|value| value.as_f64().is_some_and(|seconds| seconds >= 0.0));
    let expire = expire.ok_or_else(|| bad("expireAfter attribute must be a non-negative number"))?;
    put(shown, "estimates", false);
    put(shown, "expireAfter", expire.clone());
    put(shown, "fields", shown_fields(&fields));
    put(shown, "sparse", true);
    put(shown, "unique", false);
    let shape = Shape { paths, unique: false, sparse: true, deduplicate: true, estimates: false, moments: true };
    Ok((fields, Some(shape)))
}

fn geo(definition: &Object, kind: &str, shown: &mut Object) -> Result<Vec<Str>, Error> {
    let count = match kind {
        "geo1" => 1..=1,
        "geo2" => 2..=2,
        _ => 1..=2,
    };
    let fields = fields(definition, "fields", count)?;
    plain_paths(&fields)?;
    put(shown, "bestIndexedLevel", Value::Int(17));
    put(shown, "fields", shown_fields(&fields));
    put(shown, "geoJson", fields.len() == 1 && flag(definition, "geoJson", false));
    put(shown, "legacyPolygons", flag(definition, "legacyPolygons", false));
    put(shown, "maxNumCoverCells", Value::Int(8));
    put(shown, "sparse", true);
    put(shown, "unique", false);
    put(shown, "worstIndexedLevel", Value::Int(4));
    Ok(fields)
}

fn fulltext(definition: &Object, shown: &mut Object) -> Result<Vec<Str>, Error> {
    let fields = fields(definition, "fields", 1..=1)?;
    plain_paths(&fields)?;
    let shortest = match definition.get("minLength") {
        None | Some(Value::Null) => 2_i64,
        Some(Value::Int(length)) => (*length).max(1),
        Some(_) => return Err(bad("minLength must be a whole number")),
    };
    put(shown, "fields", shown_fields(&fields));
    put(shown, "minLength", shortest);
    put(shown, "sparse", true);
    put(shown, "unique", false);
    Ok(fields)
}

fn mdi(definition: &Object, kind: &str, shown: &mut Object) -> Result<(Vec<Str>, Option<Shape>), Error> {
    let fields = fields(definition, "fields", 1..=32)?;
    plain_paths(&fields)?;
    if definition.get("fieldValueTypes").and_then(Value::as_str) != Some("double") {
        return Err(bad("fieldValueTypes must be \"double\""));
    }
    let prefixed = kind == "mdi-prefixed";
    put(shown, "estimates", prefixed && flag(definition, "estimates", true));
    put(shown, "fieldValueTypes", "double");
    put(shown, "fields", shown_fields(&fields));
    let mut all = fields.clone();
    if prefixed {
        let prefix = self::fields(definition, "prefixFields", 1..=32)?;
        plain_paths(&prefix)?;
        put(shown, "prefixFields", shown_fields(&prefix));
        all.extend(prefix);
    }
    let (unique, sparse) = (flag(definition, "unique", false), flag(definition, "sparse", false));
    put(shown, "sparse", sparse);
    put(shown, "unique", unique);
    stored_values(definition, shown)?;
    let paths = all.iter().map(|field| Path::parse(field)).collect::<Result<Vec<_>, _>>()?;
    // Entries are needed only to know what is taken.
    let shape = unique.then_some(Shape { paths, unique, sparse, deduplicate: true, estimates: false, moments: false });
    Ok((fields, shape))
}

/// Attributes of an inverted index that are shown as given, with their defaults in JSON.
const INVERTED: [(&str, &str); 13] = [
    ("analyzer", "\"identity\""),
    ("cleanupIntervalStep", "2"),
    ("commitIntervalMsec", "1000"),
    ("consolidationIntervalMsec", "5000"),
    (
        "consolidationPolicy",
        r#"{"type":"tier","segmentsBytesMax":8589934592,"maxSkewThreshold":0.4,"minDeletionRatio":0.5}"#,
    ),
    ("features", r#"["frequency","norm"]"#),
    ("includeAllFields", "false"),
    ("optimizeTopK", "[]"),
    ("searchField", "false"),
    ("storedValues", "[]"),
    ("trackListPositions", "false"),
    ("writebufferIdle", "64"),
    ("writebufferSizeMax", "33554432"),
];

fn inverted(definition: &Object, shown: &mut Object) -> Result<Vec<Str>, Error> {
    let given: &[Value] = match definition.get("fields") {
        None if flag(definition, "includeAllFields", false) => &[],
        Some(Value::Array(items)) => items,
        Some(_) | None => return Err(bad("`fields` of an inverted index must be an array")),
    };
    let mut fields = Vec::with_capacity(given.len());
    let mut shown_fields = Vec::with_capacity(given.len());
    for field in given {
        let mut object = match field {
            Value::String(name) => Object::from_iter([(Str::from("name"), Value::String(Str::clone(name)))]),
            Value::Object(object) => Object::clone(object),
            _ => return Err(bad("a field of an inverted index must be a string or an object")),
        };
        let Some(Value::String(name)) = object.get("name").cloned() else {
            return Err(bad("a field of an inverted index must have a `name`"));
        };
        if name.is_empty() || fields.contains(&name) {
            return Err(bad("empty or duplicate attribute in index `fields`"));
        }
        let has_positions =
            object.get("analyzer").and_then(Value::as_str).is_some_and(|name| name.starts_with("text_"));
        if has_positions && !object.contains_key("features") {
            let features = ["frequency", "position", "norm"].map(Value::from).to_vec();
            put(&mut object, "features", Value::array(features));
        }
        fields.push(name);
        shown_fields.push(Value::object(object));
    }
    for (name, default) in INVERTED {
        let value = match definition.get(name) {
            Some(value) => value.clone(),
            None => json(default)?,
        };
        put(shown, name, value);
    }
    let mut sort = definition.get("primarySort").and_then(Value::as_object).cloned().unwrap_or_default();
    sort.entry(Str::from("fields")).or_insert_with(|| Value::array(Vec::new()));
    sort.entry(Str::from("compression")).or_insert_with(|| Value::from("lz4"));
    put(shown, "primarySort", Value::object(sort));
    put(shown, "fields", Value::array(shown_fields));
    put(shown, "sparse", true);
    put(shown, "unique", false);
    put(shown, "version", Value::Int(1));
    put(shown, "writebufferActive", Value::Int(0));
    Ok(fields)
}

fn json(text: &str) -> Result<Value, Error> {
    crate::embedded::value::json::parse(text.as_bytes()).map_err(|_| bad("broken default"))
}

fn vector(definition: &Object, shown: &mut Object) -> Result<Vec<Str>, Error> {
    let fields = fields(definition, "fields", 1..=1)?;
    plain_paths(&fields)?;
    let params =
        definition.get("params").and_then(Value::as_object).ok_or_else(|| bad("vector index needs `params`"))?;
    let metric = params.get("metric").and_then(Value::as_str).unwrap_or_default();
    if !matches!(metric, "l2" | "cosine" | "innerProduct") {
        return Err(bad("`params.metric` must be l2, cosine or innerProduct"));
    }
    for name in ["dimension", "nLists"] {
        if !matches!(params.get(name), Some(Value::Int(number)) if *number > 0) {
            return Err(bad(format!("`params.{name}` must be a positive whole number")));
        }
    }
    put(shown, "fields", shown_fields(&fields));
    put(shown, "params", Value::object(params.clone()));
    put(shown, "sparse", flag(definition, "sparse", false));
    put(shown, "unique", false);
    stored_values(definition, shown)?;
    Ok(fields)
}

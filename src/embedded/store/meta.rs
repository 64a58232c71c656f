//! What is known of a collection beside its documents: the properties, with what is refused among them.

use std::sync::Arc;

use super::{
    Shared,
    collection::{CollectionKind, CollectionSpec},
    keygen::KeyGenerator,
    set,
};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::{CollectionName, ErrorNum},
};

/// When a schema is looked at (`schema.level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SchemaLevel {
    None,
    New,
    Moderate,
    Strict,
}

/// A JSON schema that documents must follow.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) rule: Value,
    pub(super) level: SchemaLevel,
    pub(super) message: Str,
}

/// An attribute that the server computes.
#[derive(Debug, Clone)]
pub(super) struct ComputedValue {
    pub(super) name: Str,
    pub(super) expression: Str,
    pub(super) overwrite: bool,
    pub(super) compute_on: Vec<Str>,
    pub(super) keep_null: bool,
    pub(super) fail_on_warning: bool,
}

/// What is known of a collection beside its documents.
#[derive(Debug, Clone)]
pub(super) struct Meta {
    pub(super) id: u64,
    pub(super) id_text: Str,
    pub(super) name: CollectionName,
    pub(super) kind: CollectionKind,
    pub(super) is_system: bool,
    wait_for_sync: bool,
    cache_enabled: bool,
    schema_shown: Value,
    computed_shown: Value,
    pub(super) schema: Option<Schema>,
    pub(super) computed: Vec<ComputedValue>,
    pub(super) keys: Arc<KeyGenerator>,
    unique_id: Str,
}

impl Meta {
    /// Reads the properties of a new collection.
    ///
    /// # Errors
    /// 1208 for a system's name, 1232 for bad `keyOptions`, 1621 for a bad schema, 9 for what is not supported.
    pub(super) fn new(shared: &Shared, id: u64, spec: CollectionSpec) -> Result<Self, Error> {
        let given = &spec.properties;
        let is_system = matches!(given.get("isSystem"), Some(Value::Bool(true)));
        if spec.name.as_str().starts_with('_') && !is_system {
            return Err(Error::new(
                ErrorNum::ILLEGAL_NAME,
                format!("illegal name: collection name '{}' is reserved for system collections", spec.name),
            ));
        }
        let keys = KeyGenerator::parse(given.get("keyOptions").unwrap_or(&Value::Null))?;
        let unique_id =
            if is_system { Str::from(spec.name.as_str()) } else { Str::from(format!("{}/{id}", shared.server_id)) };
        let mut meta = Self {
            id,
            id_text: Str::from(id.to_string()),
            name: spec.name,
            kind: spec.kind,
            is_system,
            wait_for_sync: false,
            cache_enabled: false,
            schema_shown: Value::Null,
            computed_shown: Value::Null,
            schema: None,
            computed: Vec::new(),
            keys: Arc::new(keys),
            unique_id,
        };
        meta.change(shared, given)?;
        Ok(meta)
    }

    /// Changes those properties that can be changed.
    ///
    /// # Errors
    /// As [`Self::new`]; then nothing was changed that counts.
    pub(super) fn change(&mut self, shared: &Shared, changes: &Object) -> Result<(), Error> {
        for (name, place) in [("waitForSync", &mut self.wait_for_sync), ("cacheEnabled", &mut self.cache_enabled)] {
            match changes.get(name) {
                None => {}
                Some(Value::Bool(flag)) => *place = *flag,
                Some(_) => return Err(Error::new(ErrorNum::BAD_PARAMETER, format!("`{name}` must be a boolean"))),
            }
        }
        if let Some(schema) = changes.get("schema") {
            self.schema = parse_schema(shared, schema)?;
            self.schema_shown = shown_schema(schema);
        }
        if let Some(computed) = changes.get("computedValues") {
            self.computed = parse_computed(shared, computed)?;
            self.computed_shown = if self.computed.is_empty() { Value::Null } else { shown_computed(&self.computed) };
        }
        Ok(())
    }

    /// All properties as ArangoDB shows them.
    pub(super) fn properties(&self) -> Object {
        let mut shown = Object::default();
        set(&mut shown, "writeConcern", Value::Int(1));
        set(&mut shown, "waitForSync", self.wait_for_sync);
        set(&mut shown, "usesRevisionsAsDocumentIds", true);
        set(&mut shown, "syncByRevision", true);
        set(&mut shown, "supportsRBAC", true);
        set(&mut shown, "statusString", "loaded");
        set(&mut shown, "id", Str::clone(&self.id_text));
        set(&mut shown, "isSmartChild", false);
        set(&mut shown, "schema", self.schema_shown.clone());
        set(&mut shown, "name", self.name.as_str());
        set(&mut shown, "type", self.kind.number());
        set(&mut shown, "status", Value::Int(3));
        set(&mut shown, "cacheEnabled", self.cache_enabled);
        set(&mut shown, "isSystem", self.is_system);
        set(&mut shown, "internalValidatorType", Value::Int(0));
        set(&mut shown, "globallyUniqueId", Str::clone(&self.unique_id));
        set(&mut shown, "keyOptions", self.keys.describe());
        set(&mut shown, "computedValues", self.computed_shown.clone());
        set(&mut shown, "objectId", self.id.saturating_add(1).to_string().as_str());
        shown
    }
}

fn bad(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorNum::BAD_PARAMETER, why)
}

fn parse_schema(shared: &Shared, schema: &Value) -> Result<Option<Schema>, Error> {
    let object = match schema {
        Value::Null => return Ok(None),
        Value::Object(object) if object.is_empty() => return Ok(None),
        Value::Object(object) => object,
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Array(_) => {
            return Err(Error::new(ErrorNum::VALIDATION_BAD_PARAMETER, "schema must be an object or null"));
        }
    };
    let refuse = |why: &'static str| Error::new(ErrorNum::VALIDATION_BAD_PARAMETER, why);
    let level = match object.get("level").map(Value::as_str) {
        None | Some(Some("strict")) => SchemaLevel::Strict,
        Some(Some("none")) => SchemaLevel::None,
        Some(Some("new")) => SchemaLevel::New,
        Some(Some("moderate")) => SchemaLevel::Moderate,
        Some(_) => return Err(refuse("schema level must be none, new, moderate or strict")),
    };
    let Some(rule @ Value::Object(_)) = object.get("rule") else {
        return Err(refuse("schema needs a `rule` that is an object"));
    };
    if level != SchemaLevel::None {
        shared.hooks("validation schemas")?.check_rule(rule)?;
    }
    let message = match object.get("message") {
        Some(Value::String(message)) => Str::clone(message),
        None | Some(Value::Null) => Str::from(""),
        Some(_) => return Err(refuse("schema message must be a string")),
    };
    Ok(Some(Schema { rule: rule.clone(), level, message }))
}

fn shown_schema(schema: &Value) -> Value {
    let Some(object) = schema.as_object().filter(|object| !object.is_empty()) else { return Value::Null };
    let mut shown = Object::clone(object);
    for (name, default) in [("level", "strict"), ("message", ""), ("type", "json")] {
        shown.entry(Str::from(name)).or_insert_with(|| Value::from(default));
    }
    Value::object(shown)
}

fn parse_computed(shared: &Shared, computed: &Value) -> Result<Vec<ComputedValue>, Error> {
    let items = match computed {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) | Value::Object(_) => {
            return Err(bad("computedValues must be an array or null"));
        }
    };
    let mut parsed: Vec<ComputedValue> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let text = |name: &str| match item.get(name) {
            Value::String(text) if !text.is_empty() => Ok(Str::clone(text)),
            _ => Err(bad(format!("computedValues need a `{name}` that is a text"))),
        };
        let flag = |name: &str, default: bool| match item.get(name) {
            Value::Bool(flag) => Ok(*flag),
            Value::Null if name != "overwrite" => Ok(default),
            _ => Err(bad(format!("`{name}` of computedValues must be a boolean"))),
        };
        let (name, expression) = (text("name")?, text("expression")?);
        if matches!(&*name, "_id" | "_key" | "_rev" | "_from" | "_to") || name.contains('.') {
            return Err(bad(format!("cannot compute the attribute '{name}'")));
        }
        if parsed.iter().any(|other| other.name == name) {
            return Err(bad(format!("the attribute '{name}' is computed twice")));
        }
        let compute_on = match item.get("computeOn") {
            Value::Null => ["insert", "update", "replace"].map(Str::from).to_vec(),
            Value::Array(moments) if !moments.is_empty() => moments
                .iter()
                .map(|moment| match moment.as_str() {
                    Some(moment @ ("insert" | "update" | "replace")) => Ok(Str::from(moment)),
                    _ => Err(bad("computeOn may hold insert, update and replace")),
                })
                .collect::<Result<_, _>>()?,
            _ => return Err(bad("computeOn must be an array that is not empty")),
        };
        shared.hooks("computed values")?.check_expression(&expression)?;
        parsed.push(ComputedValue {
            name,
            expression,
            overwrite: flag("overwrite", false)?,
            compute_on,
            keep_null: flag("keepNull", true)?,
            fail_on_warning: flag("failOnWarning", false)?,
        });
    }
    Ok(parsed)
}

fn shown_computed(computed: &[ComputedValue]) -> Value {
    let shown = computed.iter().map(|value| {
        let mut shown = Object::default();
        set(&mut shown, "name", Str::clone(&value.name));
        set(&mut shown, "expression", Str::clone(&value.expression));
        set(&mut shown, "computeOn", value.compute_on.iter().cloned().map(Value::String).collect::<Vec<_>>());
        set(&mut shown, "overwrite", value.overwrite);
        set(&mut shown, "failOnWarning", value.fail_on_warning);
        set(&mut shown, "keepNull", value.keep_null);
        Value::object(shown)
    });
    Value::array(shown.collect())
}

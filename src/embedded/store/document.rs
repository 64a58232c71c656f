//! What documents are made of: system attributes first, then the user's; how patches are merged, and what is refused.

use std::sync::LazyLock;

use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value, order},
    },
    wire::{DocumentId, DocumentKey, ErrorNum},
};

/// Deeper nesting than this is refused: nobody means it, everything that walks documents recurses, and what is stored must
/// be readable again, where 128 levels are the limit.
const MAX_DEPTH: usize = 100;

/// What happens when an inserted document's key is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OverwriteMode {
    /// Error 1210.
    #[default]
    Conflict,
    /// The document there stays, nothing is reported as written.
    Ignore,
    /// The new document replaces it.
    Replace,
    /// The new attributes are merged into it.
    Update,
}

/// How a document is written.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// For inserts.
    pub overwrite_mode: OverwriteMode,
    /// For updates: a null in the patch is stored (true) or removes the attribute (false).
    pub keep_null: bool,
    /// For updates: objects are merged (true) or replaced (false), at every depth.
    pub merge_objects: bool,
    /// The revision the document must have, else error 1200.
    pub expected_rev: Option<Str>,
    /// An attribute with a number: a document is left as it is unless the new number is larger.
    pub version_attribute: Option<Str>,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            overwrite_mode: OverwriteMode::Conflict,
            keep_null: true,
            merge_objects: true,
            expected_rev: None,
            version_attribute: None,
        }
    }
}

/// What a write did.
#[derive(Debug, Clone)]
pub struct Written {
    /// `_key`
    pub key: Str,
    /// `_id`
    pub id: Str,
    /// `_rev` after the write (of the removed document, for a removal).
    pub rev: Str,
    /// The document before, if there was one.
    pub old: Option<Value>,
    /// The document after, if there is one.
    pub new: Option<Value>,
    /// False when `OverwriteMode::Ignore` found a document and left it.
    pub changed: bool,
}

impl Written {
    /// Takes key, id and revision from a document.
    pub(super) fn of(document: &Value, old: Option<Value>, new: Option<Value>, changed: bool) -> Self {
        let text = |name: &str| match document.get(name) {
            Value::String(text) => Str::clone(text),
            _ => Str::from(""),
        };
        Self { key: text("_key"), id: text("_id"), rev: text("_rev"), old, new, changed }
    }
}

/// The names of the system attributes, shared by all documents.
struct Names {
    key: Str,
    id: Str,
    rev: Str,
    from: Str,
    to: Str,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| Names {
    key: Str::from("_key"),
    id: Str::from("_id"),
    rev: Str::from("_rev"),
    from: Str::from("_from"),
    to: Str::from("_to"),
});

/// The ends of an edge.
pub(super) struct Ends {
    from: Value,
    to: Value,
}

impl Ends {
    /// Reads the ends of an edge; what `body` does not say comes from `old`.
    ///
    /// # Errors
    /// 1233 when one is missing or not of the form `collection/key`.
    pub(super) fn of(body: &Object, old: Option<&Value>) -> Result<Self, Error> {
        let end = |name: &str| -> Result<Value, Error> {
            let value = body.get(name).or_else(|| old?.as_object()?.get(name));
            let id = value.and_then(Value::as_str).ok_or(ErrorNum::INVALID_EDGE_ATTRIBUTE)?;
            DocumentId::parse(id).map_err(|_| ErrorNum::INVALID_EDGE_ATTRIBUTE)?;
            Ok(Value::string(id))
        };
        Ok(Self { from: end("_from")?, to: end("_to")? })
    }
}

/// The parts of a document that the server is responsible for.
pub(super) struct Head {
    pub(super) key: Str,
    pub(super) id: Str,
    pub(super) rev: Str,
    pub(super) ends: Option<Ends>,
}

impl Head {
    /// The document with this head and the user's attributes of `body`.
    pub(super) fn with_body(self, body: &Object) -> Object {
        let mut document = Object::with_capacity_and_hasher(body.len() + 5, foldhash::fast::RandomState::default());
        let names = &*NAMES;
        document.insert(Str::clone(&names.key), Value::String(self.key));
        document.insert(Str::clone(&names.id), Value::String(self.id));
        if let Some(Ends { from, to }) = self.ends {
            document.insert(Str::clone(&names.from), from);
            document.insert(Str::clone(&names.to), to);
        }
        document.insert(Str::clone(&names.rev), Value::String(self.rev));
        for (name, value) in body {
            if !is_system(name) {
                document.insert(Str::clone(name), value.clone());
            }
        }
        document
    }
}

/// Whether the server alone decides about an attribute. Outside edge collections it lets nobody have `_from` and `_to`.
fn is_system(name: &str) -> bool {
    matches!(name, "_key" | "_id" | "_rev" | "_from" | "_to")
}

/// The user's attributes of a document.
pub(super) fn without_head(document: &Object) -> Object {
    let own = document.iter().filter(|(name, _)| !is_system(name));
    own.map(|(name, value)| (Str::clone(name), value.clone())).collect()
}

/// The attributes of something to be stored.
///
/// # Errors
/// 1227 when it is no object, 10 when it is nested too deeply.
pub(super) fn body(document: &Value) -> Result<&Object, Error> {
    let body = document.as_object().ok_or(ErrorNum::DOCUMENT_TYPE_INVALID)?;
    if too_deep(document, MAX_DEPTH) {
        return Err(Error::new(ErrorNum::BAD_PARAMETER, "too deep nesting in document"));
    }
    Ok(body)
}

fn too_deep(value: &Value, left: usize) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::String(_) => false,
        Value::Array(items) => left == 0 || items.iter().any(|item| too_deep(item, left - 1)),
        Value::Object(object) => left == 0 || object.values().any(|item| too_deep(item, left - 1)),
    }
}

/// The key a document brings along.
///
/// # Errors
/// 1221 when it is no text or breaks the rules for keys.
pub(super) fn own_key(body: &Object) -> Result<Option<Str>, Error> {
    match body.get("_key") {
        None => Ok(None),
        Some(Value::String(key)) => {
            DocumentKey::parse(&**key).map_err(|_| ErrorNum::DOCUMENT_KEY_BAD)?;
            Ok(Some(Str::clone(key)))
        }
        Some(_) => Err(ErrorNum::DOCUMENT_KEY_BAD.into()),
    }
}

/// Checks the revision a document is expected to have.
///
/// # Errors
/// 1200 when it has another one.
pub(super) fn check_revision(document: &Value, expected: Option<&Str>) -> Result<(), Error> {
    match expected {
        Some(expected) if document.get("_rev").as_str() != Some(expected) => {
            Err(Error::new(ErrorNum::CONFLICT, "conflict, _rev values do not match"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether what is given has a larger number in its version attribute; where one of them has none, any is newer.
pub(super) fn is_newer(old: &Value, given: &Object, version: &str) -> bool {
    match (old.get(version), given.get(version)) {
        (old @ (Value::Int(_) | Value::Double(_)), Some(new @ (Value::Int(_) | Value::Double(_)))) => {
            order::compare(new, old).is_gt()
        }
        _ => true,
    }
}

/// A document with a patch merged into it. The attributes keep their places, new ones come after them.
pub(super) fn merge(old: &Object, patch: &Object, options: &WriteOptions) -> Object {
    let mut merged = Object::with_capacity_and_hasher(old.len() + patch.len(), foldhash::fast::RandomState::default());
    for (name, value) in old {
        let value = match (patch.get(name), value) {
            (None, value) => value.clone(),
            (Some(Value::Null), _) if !options.keep_null => continue,
            (Some(Value::Object(change)), Value::Object(value)) if options.merge_objects => {
                Value::object(merge(value, change, options))
            }
            (Some(change), _) => change.clone(),
        };
        merged.insert(Str::clone(name), value);
    }
    for (name, change) in patch {
        if old.contains_key(name) {
            continue;
        }
        let value = match change {
            Value::Null if !options.keep_null => continue,
            Value::Object(change) if !options.keep_null => Value::object(merge(&Object::default(), change, options)),
            change => change.clone(),
        };
        merged.insert(Str::clone(name), value);
    }
    merged
}

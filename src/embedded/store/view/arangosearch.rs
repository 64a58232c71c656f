//! Views of type `arangosearch`: properties with their defaults, and the links to collections.

use serde::{Deserialize, Serialize};

use super::{Update, bad, link, shown_texts, texts};
use crate::{
    embedded::{
        error::Error,
        store::{database::Root, set},
        value::{Object, Str, Value, json},
    },
    wire::{CollectionName, ErrorNum},
};

/// The name of the type.
pub(super) const TYPE: &str = "arangosearch";

/// What such a view is defined by.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ArangoSearch {
    properties: Object,
    /// By the collection's id, in the order in which they were made.
    links: Vec<(u64, Object)>,
}

/// What a property may be.
#[derive(Clone, Copy)]
enum Kind {
    Count,
    Policy,
    Sort,
    Compression,
    Stored,
    Expressions,
}

/// A property: its name, what it may be, whether it can be changed, and its default in JSON.
type Property = (&'static str, Kind, bool, &'static str);

const PROPERTIES: [Property; 11] = [
    ("cleanupIntervalStep", Kind::Count, true, "2"),
    ("commitIntervalMsec", Kind::Count, true, "1000"),
    ("consolidationIntervalMsec", Kind::Count, true, "5000"),
    ("consolidationPolicy", Kind::Policy, true, r#"{"type":"tier"}"#),
    ("optimizeTopK", Kind::Expressions, false, "[]"),
    ("primarySort", Kind::Sort, false, "[]"),
    ("primarySortCompression", Kind::Compression, false, "\"lz4\""),
    ("storedValues", Kind::Stored, false, "[]"),
    ("writebufferActive", Kind::Count, false, "0"),
    ("writebufferIdle", Kind::Count, false, "64"),
    ("writebufferSizeMax", Kind::Count, false, "33554432"),
];

/// The settings of each consolidation policy, with their defaults in JSON.
const POLICIES: [(&str, &[(&str, &str)]); 2] = [
    ("bytes_accum", &[("threshold", "0.1")]),
    ("tier", &[("segmentsBytesMax", "8589934592"), ("maxSkewThreshold", "0.4"), ("minDeletionRatio", "0.5")]),
];

impl ArangoSearch {
    pub(super) fn new(root: &Root, given: &Object) -> Result<Self, Error> {
        let mut new = Self::default();
        for (name, kind, _, default) in PROPERTIES {
            new.set(name, kind, given.get(name), default)?;
        }
        new.link(root, given)?;
        Ok(new)
    }

    /// Changes what can be changed; other properties are left as they are, as in ArangoDB.
    pub(super) fn change(&mut self, root: &Root, given: &Object, update: Update) -> Result<(), Error> {
        for (name, kind, changeable, default) in PROPERTIES {
            let value = given.get(name);
            if changeable && (value.is_some() || update == Update::Replace) {
                self.set(name, kind, value, default)?;
            }
        }
        if update == Update::Replace {
            self.links.clear();
        }
        self.link(root, given)
    }

    fn set(&mut self, name: &str, kind: Kind, given: Option<&Value>, default: &str) -> Result<(), Error> {
        let value = given.map_or_else(|| parsed(default), |value| Ok(value.clone()))?;
        let value = read(kind, &value).ok_or_else(|| bad(format!("invalid value of the view's property '{name}'")))?;
        set(&mut self.properties, name, value);
        Ok(())
    }

    fn link(&mut self, root: &Root, given: &Object) -> Result<(), Error> {
        let links = match given.get("links") {
            None => return Ok(()),
            Some(Value::Object(links)) => links,
            Some(_) => return Err(refused("definition is not an object")),
        };
        for (name, definition) in links.iter() {
            let collection = root.find(name).ok_or_else(|| {
                let why = format!("{VALIDATING}collection '{name}' not found");
                Error::new(ErrorNum::DATA_SOURCE_NOT_FOUND, why)
            })?;
            let id = collection.meta().id;
            let link = match definition {
                Value::Null => None,
                Value::Object(definition) => Some(link::define(definition)?),
                _ => return Err(refused(&format!("the link to '{name}' is neither an object nor null"))),
            };
            let place = self.links.iter().position(|(other, _)| *other == id);
            match (link, place.and_then(|place| self.links.get_mut(place))) {
                (Some(link), Some(there)) => there.1 = link,
                (Some(link), None) => self.links.push((id, link)),
                (None, _) => self.links.retain(|(other, _)| *other != id),
            }
        }
        Ok(())
    }

    /// Adds what is shown of it, and gives the collections.
    pub(super) fn show(&self, root: &Root, shown: &mut Object) -> Vec<CollectionName> {
        let linked = self.links.iter().filter_map(|(id, link)| Some((root.by_id(*id)?.name().clone(), link)));
        let linked: Vec<(CollectionName, &Object)> = linked.collect();
        let links = linked.iter().map(|(name, link)| (Str::from(name.as_str()), Value::object(Object::clone(link))));
        shown.extend(self.properties.clone());
        set(shown, "links", Value::object(links.collect()));
        linked.into_iter().map(|(name, _)| name).collect()
    }
}

const VALIDATING: &str = "while validating arangosearch link definition, error: ";

fn refused(why: &str) -> Error {
    bad(format!("{VALIDATING}{why}"))
}

fn parsed(text: &str) -> Result<Value, Error> {
    json::parse(text.as_bytes()).map_err(|_| ErrorNum::INTERNAL.into())
}

/// A property as it is shown; nothing when it is not what it may be.
fn read(kind: Kind, value: &Value) -> Option<Value> {
    match kind {
        Kind::Count => matches!(value, Value::Int(0..)).then(|| value.clone()),
        Kind::Compression => matches!(value.as_str(), Some("lz4" | "none")).then(|| value.clone()),
        Kind::Expressions => texts(value).map(shown_texts),
        Kind::Policy => policy(value),
        Kind::Sort => value.as_array()?.iter().map(sorted_by).collect::<Option<_>>().map(Value::array),
        Kind::Stored => value.as_array()?.iter().map(stored).collect::<Option<_>>().map(Value::array),
    }
}

fn policy(value: &Value) -> Option<Value> {
    let name = value.get("type").as_str()?;
    let (name, settings) = POLICIES.into_iter().find(|(known, _)| *known == name)?;
    let mut shown = Object::default();
    set(&mut shown, "type", name);
    for (setting, default) in settings {
        let given = value.get(setting);
        let number = if given.is_null() { parsed(default).ok()? } else { given.clone() };
        number.as_f64().filter(|number| *number >= 0.0)?;
        set(&mut shown, setting, number);
    }
    Some(Value::object(shown))
}

/// An entry of `primarySort`: `{field, asc}` or `{field, direction}`.
fn sorted_by(entry: &Value) -> Option<Value> {
    let field = entry.get("field").as_str().filter(|field| !field.is_empty())?;
    let ascending = match (entry.get("asc"), entry.get("direction").as_str()) {
        (Value::Bool(ascending), _) => *ascending,
        (_, Some(direction)) if direction.eq_ignore_ascii_case("asc") => true,
        (_, Some(direction)) if direction.eq_ignore_ascii_case("desc") => false,
        _ => return None,
    };
    let mut shown = Object::default();
    set(&mut shown, "field", field);
    set(&mut shown, "asc", ascending);
    Some(Value::object(shown))
}

/// An entry of `storedValues`: a text, texts, or `{fields, compression}`.
fn stored(entry: &Value) -> Option<Value> {
    let (fields, compression) = match entry {
        Value::String(field) => (vec![Str::clone(field)], "lz4"),
        Value::Array(_) => (texts(entry)?, "lz4"),
        Value::Object(_) => {
            let compression = match entry.get("compression") {
                Value::Null => "lz4",
                given => given.as_str().filter(|name| matches!(*name, "lz4" | "none"))?,
            };
            (texts(entry.get("fields"))?, compression)
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) => return None,
    };
    let mut shown = Object::default();
    set(&mut shown, "fields", shown_texts(fields));
    set(&mut shown, "compression", compression);
    Some(Value::object(shown))
}

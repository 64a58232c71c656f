//! Views: what they are defined as. Nothing is indexed for them, since nothing searches them.
//!
//! A definition keeps the ids of collections and indexes, so it follows those when they are renamed, and what has been
//! dropped is no longer shown, as in ArangoDB.

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use super::{
    database::{Root, Snapshot},
    set,
};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::{CollectionName, ErrorNum},
};

mod alias;
mod arangosearch;
mod ddl;
mod link;

use alias::SearchAlias;
use arangosearch::ArangoSearch;

/// The languages that ArangoDB's built-in text analyzers are for: `text_de` and so on.
pub const ANALYZER_LANGUAGES: [&str; 12] = ["de", "en", "es", "fi", "fr", "it", "nl", "no", "pt", "ru", "sv", "zh"];

/// A view as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct View {
    id: u64,
    name: CollectionName,
    unique_id: Str,
    definition: Definition,
}

/// What a view of each kind is defined by.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Definition {
    ArangoSearch(ArangoSearch),
    SearchAlias(SearchAlias),
}

/// How given properties change those there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Update {
    /// What is not given goes back to its default.
    Replace,
    /// What is not given stays.
    Merge,
}

/// A view as ArangoDB shows it.
#[derive(Debug, Clone)]
pub struct ViewInfo {
    /// Its name.
    pub name: CollectionName,
    /// The collections it is over, each once.
    pub collections: Vec<CollectionName>,
    /// All properties as `GET /_api/view/{name}/properties` shows them, without `error` and `code`.
    pub properties: Object,
}

impl View {
    /// The number ids of views and collections share.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    fn show(&self, root: &Root) -> ViewInfo {
        let mut properties = Object::default();
        set(&mut properties, "globallyUniqueId", Str::clone(&self.unique_id));
        set(&mut properties, "id", self.id.to_string().as_str());
        set(&mut properties, "name", self.name.as_str());
        let (kind, collections) = match &self.definition {
            Definition::ArangoSearch(definition) => (arangosearch::TYPE, definition.show(root, &mut properties)),
            Definition::SearchAlias(definition) => (alias::TYPE, definition.show(root, &mut properties)),
        };
        set(&mut properties, "type", kind);
        ViewInfo { name: self.name.clone(), collections, properties }
    }
}

/// The views of a database at one moment, by id: there are few, and they are seldom looked for by name.
#[derive(Clone, Default)]
pub(super) struct Views(OrdMap<u64, View>);

impl Views {
    fn named(&self, name: &str) -> Option<&View> {
        self.0.values().find(|view| view.name.as_str() == name)
    }

    /// A view by name or id.
    fn find(&self, name: &str) -> Option<&View> {
        self.named(name).or_else(|| self.0.get(&name.parse::<u64>().ok()?))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).is_some()
    }

    /// Adds a view, or puts a newer definition of it in place.
    pub(super) fn insert(&mut self, view: View) {
        self.0.insert(view.id, view);
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.0.remove(&id);
    }
}

impl Snapshot {
    /// A view by name, or by id (a decimal number).
    pub fn view(&self, name: &str) -> Option<ViewInfo> {
        let root = self.root();
        root.views.find(name).map(|view| view.show(root))
    }

    /// All views, by name.
    pub fn views(&self) -> Vec<ViewInfo> {
        let root = self.root();
        let mut views: Vec<ViewInfo> = root.views.0.values().map(|view| view.show(root)).collect();
        views.sort_by(|left, right| left.name.cmp(&right.name));
        views
    }
}

/// What a definition is refused with.
fn bad(why: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorNum::BAD_PARAMETER, why)
}

/// An array of texts.
fn texts(value: &Value) -> Option<Vec<Str>> {
    let text = |item: &Value| if let Value::String(text) = item { Some(Str::clone(text)) } else { None };
    value.as_array()?.iter().map(text).collect()
}

/// An array of texts as a value.
fn shown_texts(texts: Vec<Str>) -> Value {
    Value::array(texts.into_iter().map(Value::String).collect())
}

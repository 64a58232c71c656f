//! Views of type `search-alias`: a list of inverted indexes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Update, bad};
use crate::{
    embedded::{
        error::Error,
        store::{IndexInfo, database::Root, set},
        value::{Object, Str, Value, order},
    },
    wire::CollectionName,
};

/// The name of the type.
pub(super) const TYPE: &str = "search-alias";

/// What such a view is defined by.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct SearchAlias {
    /// The numbers of collections and of their indexes.
    indexes: Vec<(u64, Str)>,
}

impl SearchAlias {
    pub(super) fn new(root: &Root, given: &Object) -> Result<Self, Error> {
        let mut new = Self::default();
        new.change(root, given, Update::Replace)?;
        Ok(new)
    }

    /// Adds indexes to those there are or puts them in their place; `"operation": "del"` takes one out.
    pub(super) fn change(&mut self, root: &Root, given: &Object, update: Update) -> Result<(), Error> {
        if update == Update::Replace {
            self.indexes.clear();
        }
        let entries: &[Value] = match given.get("indexes") {
            None => &[],
            Some(Value::Array(entries)) => entries,
            Some(_) => return Err(bad("search-alias view optional field 'indexes' should be array")),
        };
        for entry in entries {
            let named = find(root, entry)?;
            match entry.get("operation") {
                Value::Null => self.indexes.push(named),
                Value::String(operation) if matches!(&**operation, "" | "add") => self.indexes.push(named),
                Value::String(operation) if &**operation == "del" => {
                    let place = self.indexes.iter().position(|other| *other == named);
                    self.indexes.remove(place.ok_or_else(|| bad("Cannot find index to delete"))?);
                }
                _ => return Err(bad("Invalid type of operation")),
            }
        }
        self.check(root)
    }

    fn members(&self, root: &Root) -> Vec<(CollectionName, IndexInfo)> {
        let member = |(collection, index): &(u64, Str)| {
            let collection = root.by_id(*collection)?;
            let info = collection.indexes().into_iter().find(|info| info.id == *index)?;
            Some((collection.name().clone(), info))
        };
        self.indexes.iter().filter_map(member).collect()
    }

    /// Indexes that one view is to search must agree with each other.
    fn check(&self, root: &Root) -> Result<(), Error> {
        let members = self.members(root);
        let mut analyzers: HashMap<Str, (&CollectionName, Str)> = HashMap::new();
        for (collection, index) in &members {
            let place = format!("Collection name '{collection}', index name '{}'.", index.name);
            for (attribute, what) in [("primarySort", "primary sort"), ("storedValues", "stored values")] {
                let of = |index: &IndexInfo| index.definition.get(attribute).cloned().unwrap_or_default();
                if members.first().is_some_and(|(_, first)| !order::equal(&of(first), &of(index))) {
                    return Err(bad(format!("index {what} mismatches view {what}. {place}")));
                }
            }
            for (field, analyzer) in fields(index) {
                match analyzers.get(&field) {
                    Some((other, _)) if *other == collection => {
                        return Err(bad(format!(
                            "You cannot add to view indexes to the same collection, if them index the same fields. \
                             Error for: same field '{field}', collection '{collection}'"
                        )));
                    }
                    Some((_, known)) if *known != analyzer => {
                        return Err(bad(format!(
                            "Index field '{field}' analyzer '{analyzer}' mismatches view field analyzer '{known}'. {place}"
                        )));
                    }
                    Some(_) => {}
                    None => {
                        analyzers.insert(field, (collection, analyzer));
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds what is shown of it, and gives the collections.
    pub(super) fn show(&self, root: &Root, shown: &mut Object) -> Vec<CollectionName> {
        let mut collections = Vec::new();
        let mut indexes = Vec::new();
        for (collection, index) in self.members(root) {
            let mut entry = Object::default();
            set(&mut entry, "collection", collection.as_str());
            set(&mut entry, "index", index.name);
            indexes.push(Value::object(entry));
            if !collections.contains(&collection) {
                collections.push(collection);
            }
        }
        set(shown, "indexes", Value::array(indexes));
        collections
    }
}

/// The inverted index that an entry of `indexes` names.
fn find(root: &Root, entry: &Value) -> Result<(u64, Str), Error> {
    let text = |name: &str| entry.get(name).as_str().ok_or_else(|| bad(format!("'{name}' should be a string")));
    let collection = root.find(text("collection")?).ok_or_else(|| bad("Cannot find collection"))?;
    let index = text("index")?;
    let is_it = |info: &IndexInfo| &*info.kind == "inverted" && (*info.name == *index || *info.id == *index);
    let info = collection.indexes().into_iter().find(is_it).ok_or_else(|| bad("Cannot find index"))?;
    Ok((collection.meta().id, info.id))
}

/// The fields of an inverted index with their analyzers.
fn fields(index: &IndexInfo) -> Vec<(Str, Str)> {
    let analyzer = |of: &Value| if let Value::String(name) = of { Some(Str::clone(name)) } else { None };
    let usual = index.definition.get("analyzer").and_then(analyzer).unwrap_or_else(|| Str::from("identity"));
    let fields = index.definition.get("fields").and_then(Value::as_array).unwrap_or_default();
    let named = fields.iter().filter_map(|field| {
        let name = analyzer(field.get("name"))?;
        Some((name, analyzer(field.get("analyzer")).unwrap_or_else(|| Str::clone(&usual))))
    });
    named.collect()
}

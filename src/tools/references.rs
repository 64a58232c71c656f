//! References to other documents: attributes that hold the `_id` of one, or an array of such.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::ToolError;
use crate::{
    arango::{self, Database, Query},
    wire::DocumentId,
};

/// An attribute that refers, and the value there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Reference {
    pub(crate) field: String,
    pub(crate) value: Value,
}

impl Reference {
    /// The id, if the value can be one at all.
    pub(crate) fn id(&self) -> Option<&str> {
        self.value.as_str().filter(|text| DocumentId::parse(*text).is_ok())
    }

    /// For messages.
    pub(crate) fn shown(&self) -> String {
        let value: String = self.value.to_string().chars().take(200).collect();
        format!("{} = {value}", self.field)
    }
}

/// Names of attributes that refer; a dot leads into an object.
#[derive(Debug, Clone)]
pub(crate) struct Fields(Vec<String>);

impl Fields {
    /// Attributes named in `reference_fields`.
    pub(crate) fn parse(names: Vec<String>) -> Result<Self, ToolError> {
        for name in &names {
            if name.split('.').any(str::is_empty) {
                let problem = format!("{name:?} names no attribute; give e.g. `author` or `order.customer`");
                return Err(ToolError::argument("reference_fields", "value_error", problem));
            }
        }
        Ok(Self(names))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each name with the path it stands for.
    pub(crate) fn paths(&self) -> impl ExactSizeIterator<Item = (&str, Vec<&str>)> {
        self.0.iter().map(|name| (name.as_str(), name.split('.').collect()))
    }

    /// What a document refers to. Null refers to nothing; the elements of an array refer one by one.
    pub(crate) fn of(&self, document: &Map<String, Value>) -> Vec<Reference> {
        let mut found = Vec::new();
        for (name, path) in self.paths() {
            let (Some((first, rest)), field) = (path.split_first(), name.to_owned()) else { continue };
            let value = rest.iter().try_fold(document.get(*first), |value, step| Some(value?.get(*step)));
            match value.flatten() {
                None | Some(Value::Null) => {}
                Some(Value::Array(items)) => found.extend(
                    items
                        .iter()
                        .filter(|item| !item.is_null())
                        .map(|item| Reference { field: field.clone(), value: item.clone() }),
                ),
                Some(value) => found.push(Reference { field, value: value.clone() }),
            }
        }
        found
    }
}

/// Those of the ids that no document has.
pub(crate) async fn missing(database: &Database, ids: &HashSet<&str>) -> Result<HashSet<String>, arango::Error> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let query = Query::new("FOR id IN @ids FILTER DOCUMENT(id) == null RETURN id").bind("ids", json!(ids));
    let mut cursor = database.query(&query).await?;
    let mut missing = HashSet::new();
    while let Some(batch) = cursor.next_batch().await? {
        missing.extend(batch.decode::<String>()?);
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_objects_and_arrays_and_null_refers_to_nothing() {
        let fields = Fields::parse(["a", "b.c", "list", "none", "b.none", "a.x"].map(str::to_owned).to_vec()).unwrap();
        let document = json!({"a": "x/1", "b": {"c": 5}, "list": ["x/2", null, "x/3"], "none": null});
        let found: Vec<_> = fields.of(document.as_object().unwrap()).iter().map(Reference::shown).collect();
        assert_eq!(found, [r#"a = "x/1""#, "b.c = 5", r#"list = "x/2""#, r#"list = "x/3""#]);
        for bad in ["", "a.", ".a", "a..b"] {
            assert!(Fields::parse(vec![bad.to_owned()]).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_a_well_formed_id_can_be_looked_up() {
        let reference = |value: Value| Reference { field: "f".to_owned(), value };
        assert_eq!(reference(json!("x/1")).id(), Some("x/1"));
        for bad in [json!("x"), json!("x/"), json!(1), json!({"_id": "x/1"})] {
            assert_eq!(reference(bad).id(), None);
        }
    }
}

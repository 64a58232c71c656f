//! Collections: list, look at, create, count, drop.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};

use super::{call::Call, database::Database, error::Error};
use crate::wire::CollectionName;

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CollectionType {
    /// Documents (2 on the wire).
    Document,
    /// Edges (3 on the wire).
    Edge,
}

impl CollectionType {
    /// The number the protocol uses.
    pub fn number(self) -> u8 {
        match self {
            Self::Document => 2,
            Self::Edge => 3,
        }
    }
}

impl<'de> Deserialize<'de> for CollectionType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            2 => Ok(Self::Document),
            3 => Ok(Self::Edge),
            other => Err(D::Error::custom(format!("{other} is not a collection type"))),
        }
    }
}

impl Serialize for CollectionType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

/// What the server says about a collection.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: CollectionType,
    /// Whether it belongs to the system.
    #[serde(default)]
    pub is_system: bool,
    /// Whether writes are answered only when they are on disk; in properties only.
    #[serde(default)]
    pub wait_for_sync: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Database {
    /// The collections of the database, system ones only if asked for.
    ///
    /// # Errors
    /// What any call can meet.
    pub async fn collections(&self, with_system: bool) -> Result<Vec<Collection>, Error> {
        #[derive(Deserialize)]
        struct Listed {
            result: Vec<Collection>,
        }
        let call = Call::get(&["_api", "collection"]).query("excludeSystem", !with_system);
        let listed: Listed = self.call(call).await?;
        Ok(listed.result)
    }

    /// The properties of a collection.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn collection(&self, name: &CollectionName) -> Result<Collection, Error> {
        self.call(Call::get(&["_api", "collection", name.as_str(), "properties"])).await
    }

    /// Creates a collection; further options go into `more` as the protocol spells them.
    ///
    /// # Errors
    /// 1207 when the name is taken, and what any call can meet.
    pub async fn create_collection(
        &self,
        name: &CollectionName,
        kind: CollectionType,
        more: &Map<String, Value>,
    ) -> Result<Collection, Error> {
        let mut body = more.clone();
        body.insert("name".to_owned(), name.as_str().into());
        body.insert("type".to_owned(), kind.number().into());
        self.call(Call::post(&["_api", "collection"]).json(&body)).await
    }

    /// Changes properties of a collection, e.g. `schema`, as the protocol spells them.
    ///
    /// # Errors
    /// 1203 when there is no such collection, 1621 for a schema the server does not take, and what any call can meet.
    pub async fn set_properties(
        &self,
        name: &CollectionName,
        changes: &Map<String, Value>,
    ) -> Result<Collection, Error> {
        self.call(Call::put(&["_api", "collection", name.as_str(), "properties"]).json(changes)).await
    }

    /// How many documents a collection holds.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn count(&self, name: &CollectionName) -> Result<u64, Error> {
        #[derive(Deserialize)]
        struct Counted {
            count: u64,
        }
        let counted: Counted = self.call(Call::get(&["_api", "collection", name.as_str(), "count"])).await?;
        Ok(counted.count)
    }

    /// Removes all documents of a collection.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn truncate(&self, name: &CollectionName) -> Result<(), Error> {
        self.send(Call::put(&["_api", "collection", name.as_str(), "truncate"])).await.map(drop)
    }

    /// Drops a collection with everything in it.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn drop_collection(&self, name: &CollectionName) -> Result<(), Error> {
        self.send(Call::delete(&["_api", "collection", name.as_str()])).await.map(drop)
    }
}

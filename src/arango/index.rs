//! Indexes: list, create, delete. What the server shows of an index is kept whole, since each kind has attributes of its own.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{call::Call, database::Database, error::Error};
use crate::wire::CollectionName;

/// An index as the server shows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// `collection/number`.
    pub id: String,
    /// `primary`, `edge`, `persistent`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Attribute paths; an inverted index has objects here.
    #[serde(default)]
    pub fields: Vec<Value>,
    /// Whether a combination of values may occur once only.
    #[serde(default)]
    pub unique: bool,
    /// Whether documents without the attributes are left out.
    #[serde(default)]
    pub sparse: bool,
    /// The share of distinct values, where the server keeps one: 1 is the best.
    #[serde(default)]
    pub selectivity_estimate: Option<f64>,
    /// Everything else.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Index {
    /// The part of the id behind the collection's name.
    pub fn number(&self) -> &str {
        self.id.rsplit_once('/').map_or(self.id.as_str(), |(_, number)| number)
    }
}

impl Database {
    /// The indexes of a collection, the built-in ones included.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn indexes(&self, collection: &CollectionName) -> Result<Vec<Index>, Error> {
        self.indexes_as(collection).await
    }

    /// The same, as the server describes them.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet.
    pub async fn index_descriptions(&self, collection: &CollectionName) -> Result<Vec<Map<String, Value>>, Error> {
        self.indexes_as(collection).await
    }

    async fn indexes_as<T: DeserializeOwned>(&self, collection: &CollectionName) -> Result<Vec<T>, Error> {
        #[derive(Deserialize)]
        struct Listed<T> {
            indexes: Vec<T>,
        }
        let listed: Listed<T> = self.call(Call::get(&["_api", "index"]).query("collection", collection)).await?;
        Ok(listed.indexes)
    }

    /// Makes an index, or gives the one that is the same already; the definition is spelled as in the protocol.
    ///
    /// # Errors
    /// 10 for a definition that cannot be, 1210 when documents break uniqueness, 1203, and what any call can meet.
    pub async fn create_index(
        &self,
        collection: &CollectionName,
        definition: &Map<String, Value>,
    ) -> Result<Index, Error> {
        let call = Call::post(&["_api", "index"]).query("collection", collection).json(definition);
        let mut index: Index = self.call(call).await?;
        for envelope in ["code", "error"] {
            index.more.shift_remove(envelope);
        }
        Ok(index)
    }

    /// Deletes an index by the number in its id.
    ///
    /// # Errors
    /// 1212 when there is no such index, 1203, and what any call can meet.
    pub async fn delete_index(&self, collection: &CollectionName, number: &str) -> Result<(), Error> {
        self.send(Call::delete(&["_api", "index", collection.as_str(), number])).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arango::testing::Fake;

    #[tokio::test]
    async fn an_index_keeps_what_only_its_kind_has_and_its_id_keeps_the_collection() {
        let fake = Fake::constant(
            201,
            r#"{"id":"places/77","type":"ttl","name":"t","fields":["at"],"expireAfter":0,"isNewlyCreated":true,"code":201,"error":false}"#,
        );
        let places = CollectionName::parse("places").unwrap();
        let index = fake.database().create_index(&places, &Map::new()).await.unwrap();
        assert_eq!((index.id.as_str(), index.number()), ("places/77", "77"));
        assert_eq!(index.more.keys().collect::<Vec<_>>(), ["expireAfter", "isNewlyCreated"]);
        assert_eq!(fake.seen(), ["POST /_db/shop/_api/index?collection=places"]);
    }
}

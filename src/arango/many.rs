//! Many documents in one exchange: each of them succeeds or fails on its own.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    call::Call,
    database::Database,
    document::{DocumentMeta, WriteOptions},
    error::Error,
};
use crate::wire::{CollectionName, ErrorNum};

/// Why one document of many was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryError {
    /// ArangoDB's number.
    pub num: ErrorNum,
    /// ArangoDB's text.
    pub message: String,
}

impl EntryError {
    fn of(entry: &Value) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Refused {
            error_num: ErrorNum,
            #[serde(default)]
            error_message: Option<String>,
        }
        match Refused::deserialize(entry) {
            Ok(Refused { error_num, error_message }) => {
                let message = error_message.unwrap_or_else(|| error_num.text().to_owned());
                Self { num: error_num, message }
            }
            Err(_) => Self { num: ErrorNum::FAILED, message: "the server did not say why".to_owned() },
        }
    }
}

impl Database {
    /// Stores new documents; the outcomes are in the order of the documents.
    ///
    /// # Errors
    /// 1203 when there is no such collection, and what any call can meet. What concerns one document is its outcome.
    pub async fn insert_many<T: Serialize>(
        &self,
        collection: &CollectionName,
        documents: &[T],
        options: &WriteOptions,
    ) -> Result<Vec<Result<DocumentMeta, EntryError>>, Error> {
        self.write_many(Method::POST, collection, documents, options).await
    }

    /// Changes the given attributes of documents, each given with its `_key`; the outcomes are in their order.
    ///
    /// # Errors
    /// As [`Self::insert_many`].
    pub async fn update_many<T: Serialize>(
        &self,
        collection: &CollectionName,
        changes: &[T],
        options: &WriteOptions,
    ) -> Result<Vec<Result<DocumentMeta, EntryError>>, Error> {
        self.write_many(Method::PATCH, collection, changes, options).await
    }

    /// Reads documents by their keys; the outcomes are in the order of the keys.
    ///
    /// # Errors
    /// As [`Self::insert_many`].
    pub async fn documents(
        &self,
        collection: &CollectionName,
        keys: &[impl AsRef<str>],
    ) -> Result<Vec<Result<Value, EntryError>>, Error> {
        let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
        let call = Call::put(&["_api", "document", collection.as_str()]).query("onlyget", true).json(&keys);
        let entries: Vec<Value> = self.call(call).await?;
        // A document may have attributes like those of an error, but it has a `_rev`, too.
        let outcome = |entry: Value| {
            let refused = entry.get("error") == Some(&Value::Bool(true)) && entry.get("_rev").is_none();
            if refused { Err(EntryError::of(&entry)) } else { Ok(entry) }
        };
        counted(entries.into_iter().map(outcome).collect(), keys.len())
    }

    async fn write_many<T: Serialize>(
        &self,
        method: Method,
        collection: &CollectionName,
        entries: &[T],
        options: &WriteOptions,
    ) -> Result<Vec<Result<DocumentMeta, EntryError>>, Error> {
        let call = Call::new(method, &["_api", "document", collection.as_str()]).json(entries);
        let answers: Vec<Value> = self.call(options.add_to(call)).await?;
        let outcome = |entry: Value| match entry.get("error") {
            Some(Value::Bool(true)) => Err(EntryError::of(&entry)),
            _ => serde_json::from_value(entry).map_err(|error| EntryError {
                num: ErrorNum::FAILED,
                message: format!("the server's answer is not understood: {error}"),
            }),
        };
        counted(answers.into_iter().map(outcome).collect(), entries.len())
    }
}

/// Outcomes are told apart by their place only, so there must be one for each entry.
fn counted<T>(outcomes: Vec<T>, expected: usize) -> Result<Vec<T>, Error> {
    if outcomes.len() == expected {
        return Ok(outcomes);
    }
    let excerpt = format!("{} outcomes for {expected} documents", outcomes.len());
    Err(Error::Decode { status: 200, excerpt })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::arango::testing::Fake;

    fn things() -> CollectionName {
        CollectionName::parse("things").unwrap()
    }

    #[tokio::test]
    async fn each_document_has_an_outcome_of_its_own() {
        let fake = Fake::constant(
            202,
            r#"[{"_id":"things/1","_key":"1","_rev":"_a"},
                {"error":true,"errorNum":1210,"errorMessage":"unique constraint violated","_key":"2","_rev":"_b"}]"#,
        );
        let documents = [json!({"_key": "1"}), json!({"_key": "2"})];
        let outcomes = fake.database().insert_many(&things(), &documents, &WriteOptions::default()).await.unwrap();
        assert_eq!(outcomes[0].as_ref().unwrap().key, "1");
        let refused = outcomes[1].as_ref().unwrap_err();
        assert_eq!((refused.num.0, refused.message.as_str()), (1210, "unique constraint violated"));
        assert_eq!(fake.seen(), ["POST /_db/shop/_api/document/things"]);
    }

    #[tokio::test]
    async fn a_document_that_looks_like_an_error_is_a_document() {
        let fake = Fake::constant(
            200,
            r#"[{"_id":"things/1","_key":"1","_rev":"_a","error":true,"errorNum":5},
                {"error":true,"errorNum":1202}]"#,
        );
        let outcomes = fake.database().documents(&things(), &["1", "2"]).await.unwrap();
        assert_eq!(outcomes[0].as_ref().unwrap()["errorNum"], 5);
        assert_eq!(outcomes[1].as_ref().unwrap_err().message, "document not found");
        assert_eq!(fake.seen(), ["PUT /_db/shop/_api/document/things?onlyget=true"]);
    }

    #[tokio::test]
    async fn outcomes_that_cannot_be_told_apart_are_an_error() {
        let fake = Fake::constant(200, "[]");
        let answer = fake.database().documents(&things(), &["1"]).await;
        assert!(matches!(answer, Err(Error::Decode { .. })), "{answer:?}");
    }
}

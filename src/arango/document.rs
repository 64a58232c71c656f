//! Single documents: read, insert, update, replace, remove.

use http::{Method, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{call::Call, database::Database, error::Error};
use crate::wire::{CollectionName, DocumentKey};

/// What identifies a version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentMeta {
    /// `collection/key`.
    #[serde(rename = "_id")]
    pub id: String,
    /// The key.
    #[serde(rename = "_key")]
    pub key: String,
    /// The version.
    #[serde(rename = "_rev")]
    pub rev: String,
}

/// How to write; the server's defaults where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whether to answer only when the write is on disk.
    pub wait_for_sync: Option<bool>,
    /// Whether an attribute set to null is kept (update only).
    pub keep_null: Option<bool>,
    /// Whether objects are merged rather than replaced (update only).
    pub merge_objects: Option<bool>,
    /// `ignore`, `replace`, `update` or `conflict` when the key exists (insert only).
    pub overwrite_mode: Option<&'static str>,
    /// The version that must be there.
    pub if_match: Option<String>,
}

impl WriteOptions {
    pub(super) fn add_to(&self, call: Call) -> Call {
        let call = call
            .query_opt("waitForSync", self.wait_for_sync)
            .query_opt("keepNull", self.keep_null)
            .query_opt("mergeObjects", self.merge_objects)
            .query_opt("overwriteMode", self.overwrite_mode);
        match &self.if_match {
            Some(revision) => call.header(header::IF_MATCH, &format!("\"{}\"", revision.trim_matches('"'))),
            None => call,
        }
    }
}

impl Database {
    /// Reads a document.
    ///
    /// # Errors
    /// 1202 when there is no such document, 1203 when there is no such collection, and what any call can meet.
    pub async fn document<T: DeserializeOwned>(
        &self,
        collection: &CollectionName,
        key: &DocumentKey,
    ) -> Result<T, Error> {
        self.call(Call::get(&["_api", "document", collection.as_str(), key.as_str()])).await
    }

    /// Stores a new document; its key is made by the server unless it brings one.
    ///
    /// # Errors
    /// 1203 when there is no such collection, 1210 when the key or a unique value is taken, and what any call can meet.
    pub async fn insert<T: Serialize + ?Sized>(
        &self,
        collection: &CollectionName,
        document: &T,
        options: &WriteOptions,
    ) -> Result<DocumentMeta, Error> {
        let call = Call::post(&["_api", "document", collection.as_str()]).json(document);
        self.call(options.add_to(call)).await
    }

    /// Changes the given attributes of a document.
    ///
    /// # Errors
    /// 1202 when there is no such document, 1200 when its version is another, and what any call can meet.
    pub async fn update<T: Serialize + ?Sized>(
        &self,
        collection: &CollectionName,
        key: &DocumentKey,
        change: &T,
        options: &WriteOptions,
    ) -> Result<DocumentMeta, Error> {
        self.call(write_one(Method::PATCH, collection, key, options).json(change)).await
    }

    /// Puts another document in the place of one.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub async fn replace<T: Serialize + ?Sized>(
        &self,
        collection: &CollectionName,
        key: &DocumentKey,
        document: &T,
        options: &WriteOptions,
    ) -> Result<DocumentMeta, Error> {
        self.call(write_one(Method::PUT, collection, key, options).json(document)).await
    }

    /// Removes a document.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub async fn remove(
        &self,
        collection: &CollectionName,
        key: &DocumentKey,
        options: &WriteOptions,
    ) -> Result<DocumentMeta, Error> {
        self.call(write_one(Method::DELETE, collection, key, options)).await
    }
}

fn write_one(method: Method, collection: &CollectionName, key: &DocumentKey, options: &WriteOptions) -> Call {
    options.add_to(Call::new(method, &["_api", "document", collection.as_str(), key.as_str()]))
}

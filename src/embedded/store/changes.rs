//! What a commit changes, as plain data: enough to make the same state again ([`super::Store::open`]).

use serde::{Deserialize, Serialize};

use super::view::View;
use crate::{
    embedded::value::{Object, Str, Value},
    wire::{CollectionName, DatabaseName},
};

/// Changes of one database that take effect together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Changes {
    /// The database.
    pub database: DatabaseName,
    /// The changes, in order.
    pub list: Vec<Change>,
}

impl Changes {
    /// Changes of a database.
    pub fn of(database: &DatabaseName, list: Vec<Change>) -> Self {
        Self { database: database.clone(), list }
    }
}

/// One change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// The database was made.
    CreateDatabase {
        /// Its id.
        id: u64,
    },
    /// The database was dropped.
    DropDatabase,
    /// A collection was made.
    CreateCollection {
        /// Its id.
        id: u64,
        /// Its name.
        name: CollectionName,
        /// Whether it holds edges.
        edges: bool,
        /// Its properties as given.
        properties: Object,
    },
    /// A collection was dropped.
    DropCollection {
        /// Its id.
        collection: u64,
    },
    /// A collection got another name.
    RenameCollection {
        /// Its id.
        collection: u64,
        /// The new name.
        name: CollectionName,
    },
    /// Properties of a collection were changed.
    SetProperties {
        /// Its id.
        collection: u64,
        /// The changed properties.
        properties: Object,
    },
    /// An index was made.
    CreateIndex {
        /// The collection's id.
        collection: u64,
        /// The index's number.
        id: u64,
        /// The whole definition.
        definition: Object,
    },
    /// An index was dropped.
    DropIndex {
        /// The collection's id.
        collection: u64,
        /// The index's number.
        id: u64,
    },
    /// A view was made, changed or renamed.
    PutView {
        /// The whole view.
        view: View,
    },
    /// A view was dropped.
    DropView {
        /// Its id.
        view: u64,
    },
    /// A document was written.
    Put {
        /// The collection's id.
        collection: u64,
        /// The document's place in the order of the collection.
        place: u64,
        /// The document with its system attributes.
        document: Value,
    },
    /// A document was removed.
    Remove {
        /// The collection's id.
        collection: u64,
        /// Its key.
        key: Str,
    },
    /// All documents of a collection were removed.
    Truncate {
        /// The collection's id.
        collection: u64,
    },
}

//! Databases, collections, documents, indexes and definitions of views, and the transactions that change them.
//!
//! A database's state is one immutable value made of persistent maps. A reader takes it ([`Database::snapshot`]) and sees
//! nothing of later changes; a writer ([`Database::begin`]) holds the write lock of each collection it names, changes
//! copies, and swaps them in when it commits. What is dropped uncommitted never was. The store knows nothing of AQL.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use parking_lot::{Mutex, RwLock};

use super::{
    error::Error,
    value::{Object, Str},
};
use crate::{
    clock::{Clock, Random},
    wire::{DatabaseName, ErrorNum},
};

pub mod backend;
pub mod changes;
pub mod collection;
pub mod database;
pub mod document;
pub mod hooks;
pub mod index;
mod keygen;
mod lock;
mod meta;
mod replay;
pub mod rights;
pub mod scan;
mod state;
mod system;
pub mod tick;
pub mod transaction;
pub mod view;

#[cfg(test)]
mod tests;

pub use backend::{Backend, Memory};
pub use changes::{Change, Changes};
pub use collection::{Collection, CollectionKind, CollectionSpec, EdgeEnd};
pub use database::{Database, Snapshot};
pub use document::{OverwriteMode, WriteOptions, Written};
pub use hooks::{DocumentHooks, Moment};
pub use index::{IndexInfo, range::IndexRange};
pub use rights::Rights;
pub use scan::Scan;
pub use transaction::{Savepoint, Transaction};
pub use view::{Update, View, ViewInfo};

use tick::Ticks;

/// What all databases of a server have in common.
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    ticks: Ticks,
    backend: Arc<dyn Backend>,
    hooks: OnceLock<Arc<dyn DocumentHooks>>,
    /// Tells this server's collections from those of others (`globallyUniqueId`).
    server_id: String,
}

/// All databases of one server.
pub struct Store {
    shared: Arc<Shared>,
    databases: RwLock<BTreeMap<DatabaseName, Arc<Database>>>,
    /// Held while a database is made or dropped, so that the backend hears of it in the same order.
    ddl: Mutex<()>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("databases", &self.databases()).finish_non_exhaustive()
    }
}

impl Store {
    /// An empty server in memory: `_system` and its system collections (`_users`, `_graphs`, …).
    pub fn in_memory(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let store = Self::bare(clock, random, Arc::new(Memory));
        if let Some(name) = system_database() {
            // The memory backend takes everything, so this cannot fail.
            drop(store.create_database(name));
        }
        store
    }

    /// A server whose changes go to `backend`, beginning with what `history` tells, in the order it was appended. The
    /// hooks are those of [`Self::set_hooks`]: what the history needs of them must be there from the beginning.
    ///
    /// # Errors
    /// 1000 when the history contradicts itself; what the backend reports when `_system` had to be made.
    pub fn open(
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        backend: Arc<dyn Backend>,
        hooks: Option<Arc<dyn DocumentHooks>>,
        history: impl IntoIterator<Item = Changes>,
    ) -> Result<Self, Error> {
        let store = Self::bare(clock, random, backend);
        if let Some(hooks) = hooks {
            store.set_hooks(hooks);
        }
        for changes in history {
            store.replay(changes)?;
        }
        if let Some(name) = system_database()
            && store.database(name.as_str()).is_err()
        {
            store.create_database(name)?;
        }
        Ok(store)
    }

    fn bare(clock: Arc<dyn Clock>, random: Arc<dyn Random>, backend: Arc<dyn Backend>) -> Self {
        let server_id = format!("h{:012X}", random.next_u64() >> 16);
        let shared =
            Shared { ticks: Ticks::new(Arc::clone(&clock)), clock, random, backend, hooks: OnceLock::new(), server_id };
        Self { shared: Arc::new(shared), databases: RwLock::default(), ddl: Mutex::new(()) }
    }

    /// Hands in what computes attributes and checks schemas; the first one stays.
    pub fn set_hooks(&self, hooks: Arc<dyn DocumentHooks>) {
        drop(self.shared.hooks.set(hooks));
    }

    /// The server's clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.shared.clock
    }

    /// The server's source of randomness.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.shared.random
    }

    /// A number this store has never given before, larger than every earlier one (ids).
    pub fn tick(&self) -> u64 {
        self.shared.ticks.next_id()
    }

    /// The names of all databases, sorted.
    pub fn databases(&self) -> Vec<DatabaseName> {
        self.databases.read().keys().cloned().collect()
    }

    /// A database by name.
    ///
    /// # Errors
    /// 1228 when there is none.
    pub fn database(&self, name: &str) -> Result<Arc<Database>, Error> {
        let name = DatabaseName::parse(name).map_err(|_| ErrorNum::DATABASE_NOT_FOUND)?;
        self.databases.read().get(&name).cloned().ok_or_else(|| ErrorNum::DATABASE_NOT_FOUND.into())
    }

    /// Makes a database with its system collections.
    ///
    /// # Errors
    /// 1207 when the name is taken.
    pub fn create_database(&self, name: DatabaseName) -> Result<Arc<Database>, Error> {
        let _one_at_a_time = self.ddl.lock();
        if self.databases.read().contains_key(&name) {
            return Err(ErrorNum::DUPLICATE_NAME.into());
        }
        let id = if name.as_str() == tick::SYSTEM { 1 } else { self.tick() };
        self.shared.backend.append(&Changes::of(&name, vec![Change::CreateDatabase { id }]))?;
        let database = Arc::new(Database::new(Arc::clone(&self.shared), name.clone(), id));
        for spec in system::collections(name.as_str()) {
            database.create_collection(spec)?;
        }
        self.databases.write().insert(name, Arc::clone(&database));
        Ok(database)
    }

    /// Drops a database with everything in it.
    ///
    /// # Errors
    /// 1228 when there is none, 11 for `_system`.
    pub fn drop_database(&self, name: &str) -> Result<(), Error> {
        if name == tick::SYSTEM {
            return Err(ErrorNum::FORBIDDEN.into());
        }
        let _one_at_a_time = self.ddl.lock();
        let database = self.database(name)?;
        self.shared.backend.append(&Changes::of(database.name(), vec![Change::DropDatabase]))?;
        database.close();
        self.databases.write().remove(database.name());
        Ok(())
    }
}

impl Shared {
    /// The hooks, or an error that names what cannot be done without them.
    fn hooks(&self, what: &str) -> Result<&Arc<dyn DocumentHooks>, Error> {
        self.hooks
            .get()
            .ok_or_else(|| Error::new(ErrorNum::NOT_IMPLEMENTED, format!("{what} are not supported by this engine")))
    }
}

fn system_database() -> Option<DatabaseName> {
    DatabaseName::parse(tick::SYSTEM).ok()
}

/// Puts an attribute into an object under construction.
fn set(object: &mut Object, name: &str, value: impl Into<super::value::Value>) {
    object.insert(Str::from(name), value.into());
}

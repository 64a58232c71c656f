//! One database: its state, and the changes to what collections and indexes there are.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use imbl::OrdMap;
use parking_lot::{Mutex, RwLock};

use super::{
    Shared,
    changes::{Change, Changes},
    collection::{Collection, CollectionKind, CollectionSpec},
    index::{IndexInfo, Requested, define},
    lock::{Guard, LockTable},
    meta::Meta,
    rights::Rights,
    state::State,
    transaction::Transaction,
    view::Views,
};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::{CollectionName, DatabaseName, ErrorNum},
};

/// How long changes to collections and indexes wait for those who write documents.
const DDL_WAIT: Duration = Duration::from_secs(30);

/// One database.
pub struct Database {
    inner: Arc<Inner>,
    /// None: everything may be touched.
    rights: Option<Arc<dyn Rights>>,
}

/// What a database and its transactions share.
pub(super) struct Inner {
    pub(super) shared: Arc<Shared>,
    name: DatabaseName,
    id: u64,
    root: RwLock<Arc<Root>>,
    locks: Arc<LockTable>,
    /// Held while changes go to the backend and take effect, so that both happen in the same order.
    commits: Mutex<()>,
    closed: AtomicBool,
}

/// The collections and views of a database at one moment.
#[derive(Clone, Default)]
pub(super) struct Root {
    by_name: OrdMap<Str, Collection>,
    names: OrdMap<u64, Str>,
    pub(super) views: Views,
}

impl Root {
    /// Adds a collection, or puts a newer state of it in place.
    pub(super) fn insert(&mut self, collection: Collection) {
        let name = Str::from(collection.name().as_str());
        let id = collection.meta().id;
        if let Some(old) = self.names.get(&id).filter(|old| **old != name).cloned() {
            self.by_name.remove(&old);
        }
        self.names.insert(id, Str::clone(&name));
        self.by_name.insert(name, collection);
    }

    pub(super) fn remove(&mut self, id: u64) {
        if let Some(name) = self.names.remove(&id) {
            self.by_name.remove(&name);
        }
    }

    pub(super) fn by_id(&self, id: u64) -> Option<&Collection> {
        self.by_name.get(self.names.get(&id)?)
    }

    pub(super) fn by_id_mut(&mut self, id: u64) -> Option<&mut Collection> {
        self.by_name.get_mut(self.names.get(&id)?)
    }

    /// A collection by name or id.
    pub(super) fn find(&self, name: &str) -> Option<&Collection> {
        self.by_name.get(name).or_else(|| self.by_id(name.parse().ok()?))
    }

    /// Whether a collection or a view has the name.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.views.has(name)
    }
}

impl Inner {
    /// Locks the list of collections and views.
    pub(super) fn lock_catalogue(&self) -> Result<Guard, Error> {
        self.locks.acquire(vec![CATALOGUE], DDL_WAIT).ok_or_else(|| ErrorNum::LOCK_TIMEOUT.into())
    }

    pub(super) fn root(&self) -> Arc<Root> {
        Arc::clone(&self.root.read())
    }

    /// Hands changes to the backend and lets them take effect.
    pub(super) fn commit(&self, list: Vec<Change>, apply: impl FnOnce(&mut Root)) -> Result<(), Error> {
        let _in_order = self.commits.lock();
        if self.closed.load(Ordering::Acquire) {
            return Err(ErrorNum::DATABASE_NOT_FOUND.into());
        }
        self.shared.backend.append(&Changes::of(&self.name, list))?;
        self.apply(apply);
        Ok(())
    }

    /// Lets changes take effect that the backend knows already.
    pub(super) fn apply(&self, apply: impl FnOnce(&mut Root)) {
        let mut root = Root::clone(&self.root());
        apply(&mut root);
        let before = std::mem::replace(&mut *self.root.write(), Arc::new(root));
        // Outside the lock: this may be the last owner of a large state.
        drop(before);
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("name", &self.inner.name).finish_non_exhaustive()
    }
}

impl Database {
    pub(super) fn new(shared: Arc<Shared>, name: DatabaseName, id: u64) -> Self {
        let inner = Inner {
            shared,
            name,
            id,
            root: RwLock::default(),
            locks: Arc::default(),
            commits: Mutex::new(()),
            closed: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner), rights: None }
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// Lets nothing be committed any more.
    pub(super) fn close(&self) {
        let _in_order = self.inner.commits.lock();
        self.inner.closed.store(true, Ordering::Release);
    }

    /// Its name.
    pub fn name(&self) -> &DatabaseName {
        &self.inner.name
    }

    /// Its id, a decimal number as text.
    pub fn id(&self) -> Str {
        Str::from(self.inner.id.to_string())
    }

    /// A number the server has never given before.
    pub fn tick(&self) -> u64 {
        self.inner.shared.ticks.next_id()
    }

    /// The same database for somebody with limited rights: what may not be read is not there, and only what may be
    /// written can be named in [`Self::begin`]. Collections and indexes are not guarded.
    #[must_use]
    pub fn restricted(&self, rights: Arc<dyn Rights>) -> Self {
        Self { inner: Arc::clone(&self.inner), rights: Some(rights) }
    }

    fn visible(&self, root: Arc<Root>) -> Arc<Root> {
        let Some(rights) = &self.rights else { return root };
        let hidden = root.by_name.values().filter(|collection| !rights.may_read(collection.name().as_str()));
        let hidden: Vec<u64> = hidden.map(|collection| collection.meta().id).collect();
        if hidden.is_empty() {
            return root;
        }
        let mut visible = Root::clone(&root);
        for id in hidden {
            visible.remove(id);
        }
        Arc::new(visible)
    }

    /// The state of now, for reading.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { root: self.visible(self.inner.root()) }
    }

    /// Begins a transaction that may write to the collections named.
    ///
    /// Waits for other writers of the same collections, `wait` at most. The transaction's snapshot is taken once all
    /// locks are held, so it never works on outdated documents.
    ///
    /// # Errors
    /// 1203 when a collection is missing, 1200 when the wait was too long, 1004 when one may only be read.
    pub fn begin(&self, writes: &[CollectionName], wait: Duration) -> Result<Transaction, Error> {
        self.begin_unless(writes, wait, &|| false)
    }

    /// The same for somebody who may give up waiting at any time, which is answered 1200 as well.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn begin_unless(
        &self,
        writes: &[CollectionName],
        wait: Duration,
        gives_up: &dyn Fn() -> bool,
    ) -> Result<Transaction, Error> {
        let names: Vec<&str> = writes.iter().map(CollectionName::as_str).collect();
        let forbidden = |rights: &Arc<dyn Rights>| names.iter().find(|name| !rights.may_write(name));
        if let Some(name) = self.rights.as_ref().and_then(forbidden) {
            let visible = self.snapshot().collection(name).is_some();
            return Err(if visible { ErrorNum::READ_ONLY.into() } else { Error::not_found_collection(name) });
        }
        let (locks, root, collections) = self.lock(&names, wait, gives_up)?;
        let snapshot = Snapshot { root: self.visible(root) };
        Ok(Transaction::new(Arc::clone(&self.inner), snapshot, collections, locks))
    }

    /// Takes the write locks of collections and returns their state of then.
    fn lock(
        &self,
        names: &[&str],
        wait: Duration,
        gives_up: &dyn Fn() -> bool,
    ) -> Result<(Guard, Arc<Root>, Vec<Collection>), Error> {
        let find = |root: &Root| -> Result<Vec<Collection>, Error> {
            let found =
                names.iter().map(|name| root.find(name).cloned().ok_or_else(|| Error::not_found_collection(name)));
            found.collect()
        };
        let ids: Vec<u64> = find(&self.inner.root())?.iter().map(|collection| collection.meta().id).collect();
        let locks = self.inner.locks.acquire_unless(ids.clone(), wait, gives_up).ok_or_else(|| {
            Error::new(ErrorNum::CONFLICT, "conflict: timeout waiting for the write lock of a collection")
        })?;
        let root = self.inner.root();
        let collections = find(&root)?;
        // While waiting, a collection may have been dropped and another one made with its name.
        match collections.iter().map(|collection| collection.meta().id).zip(&ids).find(|(now, then)| now != *then) {
            Some(_) => Err(Error::new(ErrorNum::CONFLICT, "conflict: a collection was renamed meanwhile")),
            None => Ok((locks, root, collections)),
        }
    }

    /// Locks one collection for a change to itself.
    fn lock_one(&self, name: &str) -> Result<(Guard, Collection), Error> {
        let (guard, _, collections) = self.lock(&[name], DDL_WAIT, &|| false)?;
        let collection = collections.into_iter().next().ok_or_else(|| Error::not_found_collection(name))?;
        Ok((guard, collection))
    }

    /// Makes a collection.
    ///
    /// # Errors
    /// 1207 when the name is taken, 1208 when it is one for system collections, 1232 for bad `keyOptions`.
    pub fn create_collection(&self, spec: CollectionSpec) -> Result<Collection, Error> {
        let ticks = &self.inner.shared.ticks;
        let id = ticks.next_id();
        // The number after it is its `objectId`.
        ticks.next_id();
        let (name, edges, properties) = (spec.name.clone(), spec.kind == CollectionKind::Edge, spec.properties.clone());
        let collection = Collection::new(State::empty(Arc::new(Meta::new(&self.inner.shared, id, spec)?)));
        let _in_order = self.inner.lock_catalogue()?;
        if self.inner.root().is_taken(name.as_str()) {
            return Err(Error::new(ErrorNum::DUPLICATE_NAME, "duplicate name"));
        }
        let change = Change::CreateCollection { id, name, edges, properties };
        self.inner.commit(vec![change], |root| root.insert(collection.clone()))?;
        Ok(collection)
    }

    /// Drops a collection.
    ///
    /// # Errors
    /// 1203 when there is none, 11 when it is a system collection and `allow_system` is false.
    pub fn drop_collection(&self, name: &str, allow_system: bool) -> Result<(), Error> {
        let (_guard, collection) = self.lock_one(name)?;
        if collection.is_system() && !allow_system {
            return Err(ErrorNum::FORBIDDEN.into());
        }
        let id = collection.meta().id;
        self.inner.commit(vec![Change::DropCollection { collection: id }], |root| root.remove(id))
    }

    /// Gives a collection another name; `_id` values follow.
    ///
    /// # Errors
    /// 1203, 1207; 11 for system collections, 1208 for a name of those.
    pub fn rename_collection(&self, name: &str, to: CollectionName) -> Result<Collection, Error> {
        let (_guard, collection) = self.lock_one(name)?;
        let _in_order = self.inner.lock_catalogue()?;
        if collection.is_system() {
            return Err(ErrorNum::FORBIDDEN.into());
        }
        if to.as_str().starts_with('_') {
            return Err(ErrorNum::ILLEGAL_NAME.into());
        }
        if self.inner.root().is_taken(to.as_str()) {
            return Err(Error::new(ErrorNum::DUPLICATE_NAME, "duplicate name"));
        }
        let id = collection.meta().id;
        let renamed = renamed(collection, &to);
        let result = renamed.clone();
        self.inner.commit(vec![Change::RenameCollection { collection: id, name: to }], |root| root.insert(renamed))?;
        Ok(result)
    }

    /// Changes those properties that can be changed (`waitForSync`, `schema`, `computedValues`, `cacheEnabled`).
    ///
    /// # Errors
    /// 1203, 10.
    pub fn set_properties(&self, name: &str, changes: &Object) -> Result<Collection, Error> {
        let (_guard, mut collection) = self.lock_one(name)?;
        let mut meta = Meta::clone(collection.meta());
        meta.change(&self.inner.shared, changes)?;
        let change = Change::SetProperties { collection: meta.id, properties: changes.clone() };
        collection.state_mut().meta = Arc::new(meta);
        let result = collection.clone();
        self.inner.commit(vec![change], |root| root.insert(collection))?;
        Ok(result)
    }

    /// Makes an index, or returns the one that is already the same: the flag says whether it is new.
    ///
    /// # Errors
    /// 10 for a bad definition, 1210 when documents already there break uniqueness, 1005 when the name is taken.
    pub fn create_index(&self, collection: &str, definition: &Object) -> Result<(IndexInfo, bool), Error> {
        let (_guard, mut target) = self.lock_one(collection)?;
        let ticks = &self.inner.shared.ticks;
        let defaults = Requested { id: ticks.next_id(), name: ticks.next_revision() };
        let index = define(definition, &defaults)?;
        let name = target.name().clone();
        let found = |target: &Collection, id: &str| {
            let infos = target.indexes();
            infos.into_iter().find(|info| *info.id == *id).ok_or(Error::from(ErrorNum::INDEX_NOT_FOUND))
        };
        if let Some(same) = target.state().indexes.iter().find(|other| other.is_same(&index.info.definition)) {
            return Ok((same.describe(target.len()).in_collection(&name), false));
        }
        if let Some(other) = target.indexes().iter().find(|other| other.name == index.info.name) {
            return Err(Error::new(
                ErrorNum::DUPLICATE_IDENTIFIER,
                format!("duplicate value for `id` or `name`, existing index: {}", other.name),
            ));
        }
        if *index.info.kind == *"ttl" && target.state().indexes.iter().any(|other| *other.info.kind == *"ttl") {
            return Err(Error::new(ErrorNum::BAD_PARAMETER, "there can only be one ttl index per collection"));
        }
        let definition = index.info.definition.clone();
        let change = Change::CreateIndex { collection: target.meta().id, id: defaults.id, definition };
        target.state_mut().add_index(index)?;
        let result = found(&target, &defaults.id.to_string())?;
        self.inner.commit(vec![change], |root| root.insert(target))?;
        Ok((result, true))
    }

    /// Drops an index by its number or name.
    ///
    /// # Errors
    /// 1212 when there is none, 11 for primary and edge indexes.
    pub fn drop_index(&self, collection: &str, id_or_name: &str) -> Result<IndexInfo, Error> {
        let (_guard, mut target) = self.lock_one(collection)?;
        let infos = target.indexes();
        let info = infos.into_iter().find(|info| *info.id == *id_or_name || *info.name == *id_or_name);
        let info = info.ok_or(ErrorNum::INDEX_NOT_FOUND)?;
        if matches!(&*info.kind, "primary" | "edge") {
            return Err(ErrorNum::FORBIDDEN.into());
        }
        let id = info.id.parse().map_err(|_| ErrorNum::INDEX_NOT_FOUND)?;
        target.state_mut().indexes.retain(|index| index.info.id != info.id);
        let change = Change::DropIndex { collection: target.meta().id, id };
        self.inner.commit(vec![change], |root| root.insert(target))?;
        Ok(info)
    }
}

/// Stands for the list of collections and views in the table of locks; collections have larger ids.
const CATALOGUE: u64 = 0;

/// A collection under another name.
pub(super) fn renamed(mut collection: Collection, to: &CollectionName) -> Collection {
    let mut meta = Meta::clone(collection.meta());
    meta.name = to.clone();
    let state = collection.state_mut();
    state.meta = Arc::new(meta);
    let ids = state.documents.iter().filter_map(|(&place, document)| {
        let mut object = document.as_object()?.clone();
        let id = format!("{to}/{}", document.get("_key").as_str()?);
        object.insert(Str::from("_id"), Value::string(id));
        Some((place, Value::object(object)))
    });
    state.documents = ids.collect();
    collection
}

/// The state of a database at one moment. Cheap to clone, never changes.
#[derive(Clone)]
pub struct Snapshot {
    root: Arc<Root>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("collections", &self.root.by_name.len()).finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(super) fn root(&self) -> &Root {
        &self.root
    }

    /// A collection by name, or by id (a decimal number).
    pub fn collection(&self, name: &str) -> Option<&Collection> {
        self.root.find(name)
    }

    /// All collections, by name.
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.root.by_name.values()
    }

    /// The document with this `_id`.
    pub fn document(&self, id: &str) -> Option<&Value> {
        let (collection, key) = id.split_once('/')?;
        self.root.by_name.get(collection)?.get(key)
    }
}

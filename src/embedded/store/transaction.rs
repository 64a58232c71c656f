//! Changing documents: on copies that nobody else sees until they are committed.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    changes::Change,
    collection::{Collection, CollectionKind},
    database::{Inner, Snapshot},
    document::{self, Ends, Head, OverwriteMode, WriteOptions, Written},
    hooks::Moment,
    lock::Guard,
    meta::{Meta, SchemaLevel},
    state, tick,
};
use crate::{
    embedded::{
        error::Error,
        value::{Object, Str, Value},
    },
    wire::ErrorNum,
};

/// A set of changes that takes effect as a whole ([`Self::commit`]) or not at all (dropped).
pub struct Transaction {
    database: Arc<Inner>,
    snapshot: Snapshot,
    /// The collections that may be written to, by name.
    working: BTreeMap<Str, Collection>,
    changes: Vec<Change>,
    /// Held until the end, whichever it is.
    _locks: Guard,
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.working.keys().collect();
        f.debug_struct("Transaction")
            .field("writes", &names)
            .field("changes", &self.changes.len())
            .finish_non_exhaustive()
    }
}

/// A mark to go back to.
#[derive(Debug)]
pub struct Savepoint {
    working: BTreeMap<Str, Collection>,
    changes: usize,
}

impl Transaction {
    pub(super) fn new(database: Arc<Inner>, snapshot: Snapshot, writes: Vec<Collection>, locks: Guard) -> Self {
        let working =
            writes.into_iter().map(|collection| (Str::from(collection.name().as_str()), collection)).collect();
        Self { database, snapshot, working, changes: Vec::new(), _locks: locks }
    }

    /// The state when the transaction began, without its own changes.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// A collection with the transaction's own changes.
    pub fn current(&self, name: &str) -> Option<&Collection> {
        if let Some(collection) = self.working.get(name) {
            return Some(collection);
        }
        let collection = self.snapshot.collection(name)?;
        Some(self.working.get(collection.name().as_str()).unwrap_or(collection))
    }

    /// The collection to write to.
    fn writable(&mut self, name: &str) -> Result<&mut Collection, Error> {
        if !self.working.contains_key(name) {
            // By id, or not registered, or not there at all.
            let found = self.snapshot.collection(name).map(|collection| Str::from(collection.name().as_str()));
            let real = found.ok_or_else(|| Error::not_found_collection(name))?;
            return self.working.get_mut(&real).ok_or_else(|| {
                Error::new(
                    ErrorNum::TRANSACTION_UNREGISTERED_COLLECTION,
                    format!("unregistered collection used in transaction: {name} [write]"),
                )
            });
        }
        self.working.get_mut(name).ok_or_else(|| Error::not_found_collection(name))
    }

    /// Inserts a document.
    ///
    /// # Errors
    /// 1210 key or unique index taken, 1221 bad key, 1222 key not allowed, 1227 not an object, 1233 edge without ends,
    /// 1620 schema.
    pub fn insert(&mut self, collection: &str, document: &Value, options: &WriteOptions) -> Result<Written, Error> {
        let body = document::body(document)?;
        let database = Arc::clone(&self.database);
        let target = self.writable(collection)?;
        let meta = Arc::clone(target.meta());
        let key = match document::own_key(body)? {
            Some(key) => {
                if let Some(existing) = target.get(&key).cloned() {
                    return match options.overwrite_mode {
                        OverwriteMode::Conflict => {
                            Err(state::unique_violation("primary", "primary", &[Str::from("_key")], &key))
                        }
                        OverwriteMode::Ignore => Ok(Written::of(&existing, Some(existing.clone()), None, false)),
                        OverwriteMode::Replace => self.replace(collection, &key, document, options),
                        OverwriteMode::Update => self.update(collection, &key, document, options),
                    };
                }
                if !meta.keys.allow_user_keys && !meta.is_system {
                    return Err(ErrorNum::DOCUMENT_KEY_UNEXPECTED.into());
                }
                meta.keys.track(&key);
                key
            }
            None => free_key(&database, target)?,
        };
        let head = new_head(&database, &meta, key, body, None)?;
        let place = database.shared.ticks.next_revision();
        let new = finish(&database, &meta, Moment::Insert, head, body, None)?;
        self.store(collection, place, None, new)
    }

    /// Merges a patch into a document.
    ///
    /// # Errors
    /// 1202 no such document, 1200 other revision, and those of [`Self::insert`].
    pub fn update(
        &mut self,
        collection: &str,
        key: &str,
        patch: &Value,
        options: &WriteOptions,
    ) -> Result<Written, Error> {
        let patch = document::body(patch)?;
        self.rewrite(collection, key, Moment::Update, patch, options)
    }

    /// Replaces a document.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn replace(
        &mut self,
        collection: &str,
        key: &str,
        document: &Value,
        options: &WriteOptions,
    ) -> Result<Written, Error> {
        let body = document::body(document)?;
        self.rewrite(collection, key, Moment::Replace, body, options)
    }

    fn rewrite(
        &mut self,
        collection: &str,
        key: &str,
        moment: Moment,
        given: &Object,
        options: &WriteOptions,
    ) -> Result<Written, Error> {
        let database = Arc::clone(&self.database);
        let target = self.writable(collection)?;
        let place = target.state().place(key).ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
        let old = target.get(key).cloned().ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
        document::check_revision(&old, options.expected_rev.as_ref())?;
        if options.version_attribute.as_ref().is_some_and(|name| !document::is_newer(&old, given, name)) {
            return Ok(Written::of(&old, Some(old.clone()), None, false));
        }
        let meta = Arc::clone(target.meta());
        let body = match moment {
            Moment::Update => document::merge(old.as_object().ok_or(ErrorNum::INTERNAL)?, given, options),
            Moment::Insert | Moment::Replace => given.clone(),
        };
        let head = new_head(&database, &meta, Str::from(key), &body, None)?;
        let new = finish(&database, &meta, moment, head, &body, Some(&old))?;
        self.store(collection, place, Some(old), new)
    }

    /// Removes a document.
    ///
    /// # Errors
    /// 1202 no such document, 1200 other revision.
    pub fn remove(&mut self, collection: &str, key: &str, options: &WriteOptions) -> Result<Written, Error> {
        let target = self.writable(collection)?;
        let existing = target.get(key).ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
        document::check_revision(existing, options.expected_rev.as_ref())?;
        let id = target.meta().id;
        let old = target.state_mut().take(key).ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
        let written = Written::of(&old, Some(old.clone()), None, true);
        self.changes.push(Change::Remove { collection: id, key: Str::clone(&written.key) });
        Ok(written)
    }

    /// Removes all documents of a collection.
    ///
    /// # Errors
    /// 1203 no such collection.
    pub fn truncate(&mut self, collection: &str) -> Result<(), Error> {
        let target = self.writable(collection)?;
        let id = target.meta().id;
        target.state_mut().clear();
        self.changes.push(Change::Truncate { collection: id });
        Ok(())
    }

    fn store(&mut self, collection: &str, place: u64, old: Option<Value>, new: Value) -> Result<Written, Error> {
        let written = Written::of(&new, old, Some(new.clone()), true);
        let target = self.writable(collection)?;
        let id = target.meta().id;
        target.state_mut().put(place, &written.key, new.clone())?;
        self.changes.push(Change::Put { collection: id, place, document: new });
        Ok(written)
    }

    /// Marks the changes so far, to go back to if a single operation of many fails.
    pub fn savepoint(&self) -> Savepoint {
        Savepoint { working: self.working.clone(), changes: self.changes.len() }
    }

    /// Undoes everything since the mark. Keys that were given out stay given out.
    pub fn roll_back_to(&mut self, savepoint: Savepoint) {
        self.working = savepoint.working;
        self.changes.truncate(savepoint.changes);
    }

    /// Makes all changes take effect at once.
    ///
    /// # Errors
    /// When they could not be written durably; then none took effect. 1228 when the database is gone.
    pub fn commit(self) -> Result<(), Error> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let written = self.working.into_values().filter(|collection| {
            let before = self.snapshot.collection(collection.name().as_str());
            before.is_none_or(|before| !Arc::ptr_eq(before.state(), collection.state()))
        });
        self.database.commit(self.changes, |root| {
            for collection in written {
                root.insert(collection);
            }
        })
    }
}

/// A generated key that no document has.
fn free_key(database: &Inner, target: &Collection) -> Result<Str, Error> {
    loop {
        let key = target.meta().keys.generate(&database.shared)?;
        // Users may have brought such a key themselves, e.g. a padded one in capitals.
        if target.state().place(&key).is_none() {
            return Ok(key);
        }
    }
}

fn new_head(database: &Inner, meta: &Meta, key: Str, body: &Object, old: Option<&Value>) -> Result<Head, Error> {
    let ends = match meta.kind {
        CollectionKind::Edge => Some(Ends::of(body, old)?),
        CollectionKind::Document => None,
    };
    let id = Str::from(format!("{}/{key}", meta.name));
    let rev = tick::encode_revision(database.shared.ticks.next_revision());
    Ok(Head { key, id, rev, ends })
}

/// The document to store: system attributes, computed values, checked against the schema.
fn finish(
    database: &Inner,
    meta: &Meta,
    moment: Moment,
    head: Head,
    body: &Object,
    old: Option<&Value>,
) -> Result<Value, Error> {
    let mut document = head.with_body(body);
    for computed in &meta.computed {
        let applies = computed.compute_on.iter().any(|name| **name == *moment.name());
        if !applies || (!computed.overwrite && document.contains_key(&computed.name)) {
            continue;
        }
        let hooks = database.shared.hooks("computed values")?;
        let value = hooks.compute(&computed.expression, &Value::object(document.clone()), computed.fail_on_warning)?;
        if value.is_null() && !computed.keep_null {
            document.shift_remove(&computed.name);
        } else {
            document.insert(Str::clone(&computed.name), value);
        }
    }
    let document = Value::object(document);
    let Some(schema) = &meta.schema else { return Ok(document) };
    let checked = match schema.level {
        SchemaLevel::None => false,
        SchemaLevel::New => moment == Moment::Insert,
        SchemaLevel::Moderate | SchemaLevel::Strict => true,
    };
    if checked {
        let hooks = database.shared.hooks("validation schemas")?;
        let check = |document: &Value| {
            let own = document.as_object().map(document::without_head).unwrap_or_default();
            hooks.validate(&schema.rule, &Value::object(own), &schema.message)
        };
        if let Err(error) = check(&document) {
            // With `moderate`, a document that was already wrong may stay so.
            let was_wrong = schema.level == SchemaLevel::Moderate && old.is_some_and(|old| check(old).is_err());
            if !was_wrong {
                return Err(error);
            }
        }
    }
    Ok(document)
}

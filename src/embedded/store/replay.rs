//! Making the state again from the changes a backend kept.

use std::sync::Arc;

use super::{
    Store,
    changes::{Change, Changes},
    collection::{Collection, CollectionKind, CollectionSpec},
    database::{Database, Root, renamed},
    index::{Requested, define},
    meta::Meta,
    state::State,
    tick,
};
use crate::{
    embedded::{error::Error, value::Value},
    wire::ErrorNum,
};

fn broken(what: &str) -> Error {
    Error::new(ErrorNum::ILLEGAL_STATE, format!("the history contradicts itself: {what}"))
}

impl Store {
    /// Applies changes that were committed before.
    pub(super) fn replay(&self, changes: Changes) -> Result<(), Error> {
        let Changes { database: name, mut list } = changes;
        match list.first() {
            Some(&Change::CreateDatabase { id }) => {
                self.shared.ticks.skip_ids(id);
                let database = Arc::new(Database::new(Arc::clone(&self.shared), name.clone(), id));
                self.databases.write().insert(name.clone(), database);
                list.remove(0);
            }
            Some(Change::DropDatabase) => {
                self.databases.write().remove(&name);
                return Ok(());
            }
            Some(_) | None => {}
        }
        let database = self.database(name.as_str()).map_err(|_| broken("a database is missing"))?;
        let mut outcome = Ok(());
        database.inner().apply(|root| {
            outcome = list.into_iter().try_for_each(|change| self.redo(root, change));
        });
        outcome
    }

    fn redo(&self, root: &mut Root, change: Change) -> Result<(), Error> {
        let shared = &self.shared;
        match change {
            Change::CreateDatabase { .. } | Change::DropDatabase => Err(broken("a database within changes")),
            Change::CreateCollection { id, name, edges, properties } => {
                shared.ticks.skip_ids(id.saturating_add(1));
                let kind = if edges { CollectionKind::Edge } else { CollectionKind::Document };
                let meta = Meta::new(shared, id, CollectionSpec { name, kind, properties })?;
                root.insert(Collection::new(State::empty(Arc::new(meta))));
                Ok(())
            }
            Change::DropCollection { collection } => {
                root.remove(collection);
                Ok(())
            }
            Change::RenameCollection { collection, name } => {
                let renamed = renamed(find(root, collection)?, &name);
                root.insert(renamed);
                Ok(())
            }
            Change::SetProperties { collection, properties } => edit(root, collection, |state| {
                let mut meta = Meta::clone(&state.meta);
                meta.change(shared, &properties)?;
                state.meta = Arc::new(meta);
                Ok(())
            }),
            Change::CreateIndex { collection, id, definition } => {
                shared.ticks.skip_ids(id);
                edit(root, collection, |state| state.add_index(define(&definition, &Requested { id, name: id })?))
            }
            Change::DropIndex { collection, id } => edit(root, collection, |state| {
                let id = id.to_string();
                state.indexes.retain(|index| *index.info.id != *id);
                Ok(())
            }),
            Change::PutView { view } => {
                shared.ticks.skip_ids(view.id());
                root.views.insert(view);
                Ok(())
            }
            Change::DropView { view } => {
                root.views.remove(view);
                Ok(())
            }
            Change::Put { collection, place, document } => {
                let Value::String(key) = document.get("_key").clone() else { return Err(broken("no key")) };
                shared.ticks.skip_revisions(place);
                if let Some(revision) = document.get("_rev").as_str().and_then(tick::decode_revision) {
                    shared.ticks.skip_revisions(revision);
                }
                edit(root, collection, |state| {
                    state.meta.keys.track(&key);
                    state.put(place, &key, document)
                })
            }
            Change::Remove { collection, key } => edit(root, collection, |state| {
                drop::<Option<Value>>(state.take(&key));
                Ok(())
            }),
            Change::Truncate { collection } => edit(root, collection, |state| {
                state.clear();
                Ok(())
            }),
        }
    }
}

fn find(root: &Root, id: u64) -> Result<Collection, Error> {
    root.by_id(id).cloned().ok_or_else(|| broken("a collection is missing"))
}

/// Changes a collection in place.
fn edit(root: &mut Root, id: u64, change: impl FnOnce(&mut State) -> Result<(), Error>) -> Result<(), Error> {
    change(root.by_id_mut(id).ok_or_else(|| broken("a collection is missing"))?.state_mut())
}

//! Making, changing, renaming and dropping views. Their names are in one space with those of collections.

use super::{ArangoSearch, Definition, SearchAlias, Update, View, ViewInfo, alias, arangosearch, bad};
use crate::{
    embedded::{
        error::Error,
        store::{Change, Database, database::Root},
        value::{Object, Str, Value},
    },
    wire::{CollectionName, ErrorNum},
};

impl Database {
    /// Makes a view.
    ///
    /// # Errors
    /// 1207 when the name is taken, 1208 when it is one for system collections, 10 for a bad definition, 1203 when a link
    /// is to a collection that is not there.
    pub fn create_view(&self, name: CollectionName, definition: &Object) -> Result<ViewInfo, Error> {
        let _in_order = self.inner().lock_catalogue()?;
        let root = self.inner().root();
        check_free(&root, &name)?;
        let definition = match definition.get("type").and_then(Value::as_str) {
            Some(arangosearch::TYPE) => Definition::ArangoSearch(ArangoSearch::new(&root, definition)?),
            Some(alias::TYPE) => Definition::SearchAlias(SearchAlias::new(&root, definition)?),
            Some(other) => return Err(bad(format!("invalid type '{other}' of a view: arangosearch or search-alias"))),
            None => return Err(bad("expecting type parameter to be of the form of \"type: <string>\"")),
        };
        let shared = &self.inner().shared;
        let id = shared.ticks.next_id();
        let unique_id = Str::from(format!("{}/{id}", shared.server_id));
        self.keep(&View { id, name, unique_id, definition })
    }

    /// Changes the properties of a view that can be changed.
    ///
    /// # Errors
    /// 1203 when there is none, and as [`Self::create_view`].
    pub fn set_view_properties(&self, view: &str, changes: &Object, update: Update) -> Result<ViewInfo, Error> {
        let _in_order = self.inner().lock_catalogue()?;
        let root = self.inner().root();
        let mut view = find(&root, view)?;
        match &mut view.definition {
            Definition::ArangoSearch(definition) => definition.change(&root, changes, update)?,
            Definition::SearchAlias(definition) => definition.change(&root, changes, update)?,
        }
        self.keep(&view)
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// 1203, 1207, 1208.
    pub fn rename_view(&self, view: &str, to: CollectionName) -> Result<ViewInfo, Error> {
        let _in_order = self.inner().lock_catalogue()?;
        let root = self.inner().root();
        let mut view = find(&root, view)?;
        if view.name == to {
            return Ok(view.show(&root));
        }
        check_free(&root, &to)?;
        view.name = to;
        self.keep(&view)
    }

    /// Drops a view; the collections stay.
    ///
    /// # Errors
    /// 1203 when there is none.
    pub fn drop_view(&self, view: &str) -> Result<(), Error> {
        let _in_order = self.inner().lock_catalogue()?;
        let id = find(&self.inner().root(), view)?.id;
        self.inner().commit(vec![Change::DropView { view: id }], |root| root.views.remove(id))
    }

    /// Lets a definition take effect, while the catalogue is locked.
    fn keep(&self, view: &View) -> Result<ViewInfo, Error> {
        let kept = view.clone();
        self.inner().commit(vec![Change::PutView { view: view.clone() }], |root| root.views.insert(kept))?;
        Ok(view.show(&self.inner().root()))
    }
}

fn find(root: &Root, view: &str) -> Result<View, Error> {
    root.views.find(view).cloned().ok_or_else(|| ErrorNum::DATA_SOURCE_NOT_FOUND.into())
}

fn check_free(root: &Root, name: &CollectionName) -> Result<(), Error> {
    if name.as_str().starts_with('_') {
        return Err(ErrorNum::ILLEGAL_NAME.into());
    }
    if root.is_taken(name.as_str()) {
        return Err(ErrorNum::DUPLICATE_NAME.into());
    }
    Ok(())
}

//! Looking before writing: are the files whole, what is in them, and what is in the way.

use std::collections::HashMap;

use super::{
    super::{
        error::Error,
        layout::{MANIFEST, Manifest, Part},
        read::{Folder, Row},
    },
    Conflict, LISTED, OnConflict, RestoreOptions, Restored,
};
use crate::{
    arango::{CollectionType, Database, Graph, Query},
    wire::{CollectionName, GraphName},
};

/// A file of the backup.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) part: Part,
    pub(super) collection: CollectionName,
    /// The collection is there already.
    pub(super) exists: bool,
    /// Documents in the file.
    pub(super) count: u64,
    /// Those whose key is taken.
    pub(super) taken: u64,
    /// Those without a key, which cannot be restored.
    pub(super) unkeyed: u64,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) files: Vec<File>,
    /// How many things are in the way.
    pub(super) conflicts: u64,
    /// The first of them.
    pub(super) first: Vec<Conflict>,
    /// Something is in the way that cannot be skipped or overwritten.
    pub(super) impossible: bool,
    /// The backup has a manifest.
    pub(super) manifest: bool,
}

/// Reads the whole backup once.
pub(super) async fn look(
    database: &Database,
    folder: &Folder,
    collections: &[(Part, CollectionName)],
    options: &RestoreOptions,
) -> Result<Survey, Error> {
    let there: HashMap<String, CollectionType> =
        database.collections(true).await?.into_iter().map(|each| (each.name, each.kind)).collect();
    let manifest: Option<Manifest> = folder.json(MANIFEST).await?;
    let mut survey = Survey { manifest: manifest.is_some(), ..Survey::default() };
    for (part, collection) in collections {
        let kind = there.get(collection.as_str());
        if kind.is_some_and(|kind| *kind != part.holds()) {
            survey.impossible = true;
            survey.conflict("collection", collection.as_str().to_owned(), "it exists and has the other type");
        }
        let mut file = File {
            part: *part,
            collection: collection.clone(),
            exists: kind.is_some(),
            count: 0,
            taken: 0,
            unkeyed: 0,
        };
        survey.read(database, folder, &mut file, manifest.as_ref().filter(|_| options.validate)).await?;
        survey.files.push(file);
    }
    Ok(survey)
}

impl Survey {
    async fn read(
        &mut self,
        database: &Database,
        folder: &Folder,
        file: &mut File,
        manifest: Option<&Manifest>,
    ) -> Result<(), Error> {
        let name = file.part.file(&file.collection);
        let path = folder.path.join(&name);
        let mut rows = folder.rows(name.clone()).await?;
        while let Some(batch) = rows.next().await? {
            file.unkeyed += batch.iter().filter(|row| row.key.is_none()).count() as u64;
            if file.exists {
                for key in taken(database, &file.collection, &batch).await? {
                    file.taken += 1;
                    self.conflict("document", format!("{}/{key}", file.collection), "a document with this key exists");
                }
            }
        }
        let Some(sum) = rows.sum().await else {
            return Err(Error::Damaged { path, problem: "it could not be read to its end".to_owned() });
        };
        file.count = sum.count;
        let Some(manifest) = manifest else { return Ok(()) };
        let listed = manifest.files.iter().find(|entry| entry.path == name);
        match listed {
            Some(entry) if entry.sha256 == sum.sha256 && entry.count == sum.count => Ok(()),
            Some(_) => Err(Error::Damaged {
                path,
                problem: "it is not the file that was written: its digest differs".to_owned(),
            }),
            None => Err(Error::Damaged { path, problem: "the manifest does not list it".to_owned() }),
        }
    }

    pub(super) fn graph(
        &mut self,
        name: &GraphName,
        existing: Option<&Graph>,
        wanted: &Graph,
        options: &RestoreOptions,
    ) {
        let Some(existing) = existing else { return };
        let problem = if existing.connects_the_same(wanted) {
            if options.on_conflict != OnConflict::Error {
                return;
            }
            "a graph of this name exists"
        } else {
            "a graph of this name exists and has another definition"
        };
        self.conflict("graph", name.as_str().to_owned(), problem);
    }

    fn conflict(&mut self, kind: &'static str, id: String, problem: &'static str) {
        self.conflicts += 1;
        if self.first.len() < LISTED {
            self.first.push(Conflict { kind, id, problem });
        }
    }

    /// What a restore would do.
    pub(super) fn forecast(&self, on_conflict: OnConflict) -> Vec<(Part, Restored)> {
        let one = |file: &File| {
            let new = file.count.saturating_sub(file.taken).saturating_sub(file.unkeyed);
            let (updated, skipped, errors) = match on_conflict {
                OnConflict::Error => (0, 0, file.taken),
                OnConflict::Skip => (0, file.taken, 0),
                OnConflict::Overwrite => (file.taken, 0, 0),
            };
            let restored = Restored {
                collection: file.collection.as_str().to_owned(),
                inserted: new,
                updated,
                skipped,
                errors: errors + file.unkeyed,
                total_processed: file.count,
            };
            (file.part, restored)
        };
        self.files.iter().map(one).collect()
    }
}

/// The keys of these documents that are taken.
async fn taken(database: &Database, collection: &CollectionName, batch: &[Row]) -> Result<Vec<String>, Error> {
    let keys: Vec<&str> = batch.iter().filter_map(|row| row.key.as_deref()).collect();
    let query = Query::new("FOR d IN @@collection FILTER d._key IN @keys RETURN d._key")
        .bind("@collection", collection.as_str())
        .bind("keys", keys);
    let mut cursor = database.query(&query).await?;
    let mut taken = Vec::new();
    while let Some(rows) = cursor.next_batch().await? {
        taken.extend(rows.decode::<String>()?);
    }
    Ok(taken)
}

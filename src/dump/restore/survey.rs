//! Looking before writing: are the files whole, what is in them, and what is in the way.

use std::collections::HashMap;

use super::{
    super::{
        answer,
        error::Error,
        go_on,
        layout::{MANIFEST, Manifest, Part},
        read::{Folder, Row},
    },
    Conflict, LISTED, OnConflict, RestoreOptions, Restored,
};
use crate::{
    arango::{CollectionType, Database, Graph, Query},
    progress::Job,
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

/// What is needed to look.
pub(super) struct Looking<'a> {
    pub(super) database: &'a Database,
    pub(super) folder: &'a Folder,
    pub(super) options: &'a RestoreOptions,
    pub(super) job: &'a Job,
}

impl Looking<'_> {
    /// Reads the whole backup once.
    pub(super) async fn at(&self, collections: &[(Part, CollectionName)]) -> Result<Survey, Error> {
        let there = answer(self.job, self.database.collections(true)).await?;
        let there: HashMap<String, CollectionType> = there.into_iter().map(|each| (each.name, each.kind)).collect();
        let manifest: Option<Manifest> = self.folder.json(MANIFEST).await?;
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
            self.read(&mut survey, &mut file, manifest.as_ref().filter(|_| self.options.validate)).await?;
            survey.files.push(file);
        }
        let documents = survey.files.iter().map(|file| file.count).sum::<u64>();
        // Everything is read once to look and once more to write.
        self.job.progress.expect(documents.saturating_mul(if self.options.dry_run { 1 } else { 2 }));
        Ok(survey)
    }

    async fn read(&self, survey: &mut Survey, file: &mut File, manifest: Option<&Manifest>) -> Result<(), Error> {
        let name = file.part.file(&file.collection);
        let path = self.folder.path.join(&name);
        let mut rows = self.folder.rows(name.clone()).await?;
        while let Some(batch) = rows.next().await? {
            go_on(self.job)?;
            file.unkeyed += batch.iter().filter(|row| row.key.is_none()).count() as u64;
            if file.exists {
                for key in self.taken(&file.collection, &batch).await? {
                    file.taken += 1;
                    let id = format!("{}/{key}", file.collection);
                    survey.conflict("document", id, "a document with this key exists");
                }
            }
            self.job.progress.advance(batch.len() as u64, "looking at the backup");
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

    /// The keys of these documents that are taken.
    async fn taken(&self, collection: &CollectionName, batch: &[Row]) -> Result<Vec<String>, Error> {
        let keys: Vec<&str> = batch.iter().filter_map(|row| row.key.as_deref()).collect();
        let query = Query::new("FOR d IN @@collection FILTER d._key IN @keys RETURN d._key")
            .bind("@collection", collection.as_str())
            .bind("keys", keys);
        let mut cursor = answer(self.job, self.database.query(&query)).await?;
        let mut taken = Vec::new();
        while let Some(rows) = answer(self.job, cursor.next_batch()).await? {
            taken.extend(rows.decode::<String>()?);
        }
        Ok(taken)
    }
}

impl Survey {
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

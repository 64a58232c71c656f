//! Many writes in batches, each entry with an outcome of its own: what was done is counted, never guessed.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    documents::on_collection,
    error::ToolError,
    references::{self, Fields, Reference},
};
use crate::{
    arango::{Database, DocumentMeta, EntryError, WriteOptions},
    progress,
    wire::{CollectionName, ErrorNum},
};

/// Failures that are told one by one; all are counted.
const SHOWN: usize = 100;

/// What a failed entry does to the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnError {
    #[default]
    Stop,
    Continue,
    Ignore,
}

/// A failed entry.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Failure {
    /// Its place in the list that was given, from 0.
    index: usize,
    batch_start: usize,
    batch_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    error: String,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    Update,
}

impl Verb {
    /// The error that `ignore` does not count: what is there already, or is not there.
    const fn ignorable(self) -> ErrorNum {
        match self {
            Self::Insert => ErrorNum::UNIQUE_CONSTRAINT_VIOLATED,
            Self::Update => ErrorNum::DOCUMENT_NOT_FOUND,
        }
    }
}

/// One entry: what to send, nothing if there is nothing to do, or why it cannot be sent.
pub(crate) type Prepared = Result<Option<Map<String, Value>>, String>;

/// What was done so far.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Keys of what was written.
    pub(crate) written: Vec<String>,
    /// Entries that failed.
    pub(crate) failed: usize,
    /// Entries that `ignore` passed over.
    pub(crate) ignored: usize,
    /// Entries without anything to do.
    pub(crate) unchanged: usize,
    /// The first failures.
    pub(crate) failures: Vec<Failure>,
}

/// A bulk write.
#[derive(Debug)]
pub(crate) struct Bulk<'a> {
    pub(crate) database: &'a Database,
    pub(crate) collection: &'a CollectionName,
    pub(crate) verb: Verb,
    pub(crate) on_error: OnError,
    pub(crate) batch_size: usize,
    /// References that must lead somewhere before an entry is written.
    pub(crate) references: Option<Fields>,
    /// Where to tell how many entries were looked at.
    pub(crate) progress: &'a progress::Progress,
}

impl Bulk<'_> {
    /// Writes batch after batch. With [`OnError::Stop`], nothing follows the batch in which an entry failed.
    ///
    /// # Errors
    /// What concerns more than one entry, e.g. a collection that does not exist; the reply then says how far it came.
    pub(crate) async fn run(&self, entries: Vec<Prepared>) -> Result<Progress, ToolError> {
        let mut progress = Progress::default();
        // An empty list meets a missing collection, too.
        if entries.is_empty() {
            self.database.collection(self.collection).await.map_err(|error| on_collection(self.collection, error))?;
        }
        self.progress.expect(entries.len() as u64);
        let (mut start, mut left) = (0, entries.into_iter());
        loop {
            let batch: Vec<Prepared> = left.by_ref().take(self.batch_size.max(1)).collect();
            if batch.is_empty() {
                return Ok(progress);
            }
            let place = Place { start, size: batch.len() };
            start += place.size;
            if let Err(error) = self.write(batch, place, &mut progress).await {
                return Err(match progress.written.len() {
                    0 => error,
                    written => error.with("written_before", written).with("failed_at", place.start),
                });
            }
            self.progress.advance(place.size as u64, self.collection.as_str());
            if self.on_error == OnError::Stop && progress.failed > 0 {
                return Ok(progress);
            }
        }
    }

    async fn write(&self, batch: Vec<Prepared>, place: Place, progress: &mut Progress) -> Result<(), ToolError> {
        let broken = self.broken(&batch).await?;
        let mut sent = Vec::with_capacity(batch.len());
        let mut indexes = Vec::with_capacity(batch.len());
        for ((index, entry), broken) in (place.start..).zip(batch).zip(broken) {
            match (entry, broken) {
                (Err(why), _) | (Ok(_), Some(why)) => progress.fail(place, index, None, why),
                (Ok(None), None) => progress.unchanged += 1,
                (Ok(Some(entry)), None) => {
                    indexes.push(index);
                    sent.push(entry);
                }
            }
            // What follows an entry that cannot be sent is not sent either.
            if self.on_error == OnError::Stop && progress.failed > 0 {
                break;
            }
        }
        if sent.is_empty() {
            return Ok(());
        }
        for (index, outcome) in indexes.into_iter().zip(self.send(&sent).await?) {
            match outcome {
                Ok(meta) => progress.written.push(meta.id),
                Err(refused) if self.on_error == OnError::Ignore && refused.num == self.verb.ignorable() => {
                    progress.ignored += 1;
                }
                Err(refused) => progress.fail(place, index, Some(refused.num), refused.message),
            }
        }
        // Failures found before sending came first; they are told in the order of the list.
        progress.failures.sort_by_key(|failure| failure.index);
        Ok(())
    }

    async fn send(&self, entries: &[Map<String, Value>]) -> Result<Vec<Result<DocumentMeta, EntryError>>, ToolError> {
        let sent = match self.verb {
            Verb::Insert => self.database.insert_many(self.collection, entries, &WriteOptions::default()).await,
            Verb::Update => {
                let keeping =
                    WriteOptions { keep_null: Some(true), merge_objects: Some(true), ..WriteOptions::default() };
                self.database.update_many(self.collection, entries, &keeping).await
            }
        };
        sent.map_err(|error| on_collection(self.collection, error))
    }

    /// For each entry, which of its references lead nowhere.
    async fn broken(&self, batch: &[Prepared]) -> Result<Vec<Option<String>>, ToolError> {
        let Some(fields) = &self.references else { return Ok(vec![None; batch.len()]) };
        let references: Vec<Vec<Reference>> = batch
            .iter()
            .map(|entry| entry.as_ref().ok().and_then(Option::as_ref).map(|entry| fields.of(entry)).unwrap_or_default())
            .collect();
        let ids: HashSet<&str> = references.iter().flatten().filter_map(Reference::id).collect();
        let missing = references::missing(self.database, &ids).await?;
        let nowhere = |reference: &&Reference| reference.id().is_none_or(|id| missing.contains(id));
        Ok(references
            .iter()
            .map(|references| {
                let broken: Vec<_> = references.iter().filter(nowhere).map(Reference::shown).take(5).collect();
                (!broken.is_empty()).then(|| format!("Invalid references: {}", broken.join(", ")))
            })
            .collect())
    }
}

/// Where a batch stands in the list.
#[derive(Debug, Clone, Copy)]
struct Place {
    start: usize,
    size: usize,
}

impl Progress {
    fn fail(&mut self, place: Place, index: usize, code: Option<ErrorNum>, error: String) {
        self.failed += 1;
        if self.failures.len() < SHOWN {
            let code = code.map(|code| code.0);
            self.failures.push(Failure { index, batch_start: place.start, batch_size: place.size, code, error });
        }
    }
}

/// The share of a list, 0 for an empty one.
pub(crate) fn rate(done: usize, total: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share, for reading")]
    let share = |done: usize, total: usize| done as f64 / total as f64;
    if total == 0 { 0.0 } else { share(done, total) }
}

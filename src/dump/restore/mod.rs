//! Bringing a graph back. First everything is looked at (files, digests, what is in the way), then written in batches.
//! With [`OnConflict::Error`] nothing is changed if anything is in the way, and what was written is taken back if
//! writing fails or is cancelled half way. A request that writes is never given up: what it did would not be known.

mod integrity;
mod survey;
mod undo;

use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::{
    answer,
    error::{Error, blocking},
    go_on,
    layout::{METADATA, Metadata, Part},
    read::Folder,
    root::Root,
};
use crate::{
    arango::{self, CollectionType, Database, Graph, OnDuplicate},
    progress::Job,
    wire::{CollectionName, ErrorNum, GraphName},
};
use integrity::Integrity;
use survey::Survey;

/// What to do with what exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// Change nothing at all if anything is in the way.
    #[default]
    Error,
    /// Keep what is there.
    Skip,
    /// Put what the backup has in its place.
    Overwrite,
}

/// How to restore.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// Another name for the graph.
    pub graph: Option<GraphName>,
    /// What to do with what exists.
    pub on_conflict: OnConflict,
    /// Compare digests before, look for dangling edges after.
    pub validate: bool,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// Something that exists already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Conflict {
    /// `graph`, `collection` or `document`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its name or id.
    pub id: String,
    /// What is in the way.
    pub problem: &'static str,
}

/// Something that could not be restored.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The collection, or the operation.
    pub collection: String,
    /// What went wrong.
    pub error: String,
    /// `vertex`, `edge`, `graph` or `validation`.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What became of one collection.
#[derive(Debug, Default, Clone, Serialize, JsonSchema)]
pub struct Restored {
    /// The collection.
    pub collection: String,
    /// New documents.
    pub inserted: u64,
    /// Documents put in the place of others.
    pub updated: u64,
    /// Documents left out because they exist.
    pub skipped: u64,
    /// Documents that could not be stored.
    pub errors: u64,
    /// All documents of the file that were looked at.
    pub total_processed: u64,
}

/// What a restore did, or would do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RestoreReport {
    /// The graph as it is called now.
    pub graph_name: String,
    /// The graph as it was called.
    pub original_graph_name: String,
    /// The directory of the backup.
    pub input_dir: String,
    /// Whether nothing was changed because only a dry run was asked for.
    pub dry_run: bool,
    /// The vertex collections.
    pub restored_vertices: Vec<Restored>,
    /// The edge collections.
    pub restored_edges: Vec<Restored>,
    /// Whether the named graph was made (or would be).
    pub graph_created: bool,
    /// What existed already: the first hundred.
    pub conflicts: Vec<Conflict>,
    /// How many things existed already.
    pub total_conflicts: u64,
    /// What went wrong: the first hundred.
    pub errors: Vec<Problem>,
    /// What was checked; null without validation.
    pub integrity_report: Option<Integrity>,
    /// How many documents were stored.
    pub total_documents_restored: u64,
}

/// Errors and conflicts that are listed, at most.
const LISTED: usize = 100;

/// A restore under way.
struct Restore<'a> {
    database: &'a Database,
    folder: Folder,
    options: &'a RestoreOptions,
    job: &'a Job,
    survey: Survey,
    problems: Vec<Problem>,
    done: undo::Done,
}

/// The graph of a backup.
#[derive(Clone, Copy)]
struct Definition<'a> {
    wanted: &'a Graph,
    /// The graph of the same name that is there.
    standing: Option<&'a Graph>,
    /// It has to be made, in the place of the one that is there.
    make: bool,
}

/// What became of the collections, and what was checked after that.
type Outcome = (Vec<(Part, Restored)>, Option<Integrity>);

/// Restores a graph from the directory of its backup, also one that the Python original wrote.
///
/// # Errors
/// A directory that is no backup, a damaged file, conflicts where they are not allowed, and what any call can meet.
pub async fn restore_graph(
    database: &Database,
    root: &Root,
    directory: &str,
    options: &RestoreOptions,
    job: &Job,
) -> Result<RestoreReport, Error> {
    let place = root.place(Some(directory), "")?;
    let opened = place.clone();
    let handle = Arc::new(blocking(move || opened.open()).await?);
    let folder = Folder { handle, path: place.path() };
    let metadata: Metadata = folder.json(METADATA).await?.ok_or_else(|| Error::Missing(folder.path.join(METADATA)))?;
    let name = options.graph.clone().unwrap_or_else(|| metadata.graph_name.clone());
    let wanted = metadata.graph_properties.as_definition(&name);
    let existing = match answer(job, database.graph(&name)).await {
        Ok(graph) => Some(graph),
        Err(Error::Database(error)) if error.is(ErrorNum::GRAPH_NOT_FOUND) => None,
        Err(error) => return Err(error),
    };
    let looking = survey::Looking { database, folder: &folder, options, job };
    let survey = looking.at(&collections(&metadata, &wanted)).await?;
    let done = undo::Done::default();
    let mut restore = Restore { database, folder, options, job, survey, problems: Vec::new(), done };
    restore.survey.graph(&name, existing.as_ref(), &wanted, options);
    restore.refuse_conflicts()?;
    let replaces = options.on_conflict == OnConflict::Overwrite
        && existing.as_ref().is_some_and(|existing| !existing.connects_the_same(&wanted));
    let graph_created = existing.is_none() || replaces;
    let (restored, integrity) = if options.dry_run {
        (restore.survey.forecast(options.on_conflict), restore.integrity(&wanted).await?)
    } else {
        let graph = Definition { wanted: &wanted, standing: existing.as_ref(), make: graph_created };
        restore.write(graph).await?
    };
    Ok(report(restore, (name, metadata.graph_name), graph_created, &restored, integrity))
}

/// The collections of a backup: those it lists, and those the definition of the graph names.
fn collections(metadata: &Metadata, wanted: &Graph) -> Vec<(Part, CollectionName)> {
    let (edges, vertices) = (wanted.edge_collections(), wanted.vertex_collections());
    let all = |listed: &[CollectionName], mut defined: BTreeSet<CollectionName>| {
        defined.extend(listed.iter().cloned());
        defined
    };
    let vertices = all(&metadata.vertex_collections, vertices).into_iter().map(|name| (Part::Vertex, name));
    let edges = all(&metadata.edge_collections, edges).into_iter().map(|name| (Part::Edge, name));
    vertices.chain(edges).collect()
}

impl Restore<'_> {
    /// Nothing has been changed so far; nothing will be if something is in the way and may not be.
    fn refuse_conflicts(&self) -> Result<(), Error> {
        let (survey, options) = (&self.survey, self.options);
        if !options.dry_run && (options.on_conflict == OnConflict::Error || survey.impossible) && survey.conflicts > 0 {
            return Err(Error::Conflicts { count: survey.conflicts, first: survey.first.clone() });
        }
        let unkeyed = survey.files.iter().find(|file| file.unkeyed > 0);
        match unkeyed {
            Some(file) if !options.dry_run && options.on_conflict == OnConflict::Error => Err(Error::Damaged {
                path: self.folder.path.join(file.part.file(&file.collection)),
                problem: format!("{} documents have no _key", file.unkeyed),
            }),
            _ => Ok(()),
        }
    }

    /// Writes everything, or takes back what it wrote where nothing may be left half done.
    async fn write(&mut self, graph: Definition<'_>) -> Result<Outcome, Error> {
        let cause = match self.write_all(graph).await {
            Ok(outcome) => return Ok(outcome),
            Err(cause) => cause,
        };
        if self.options.on_conflict != OnConflict::Error {
            return Err(cause);
        }
        let undone = undo::undo(self.database, &self.folder, &self.done).await;
        Err(Error::UndoneAfter { cause: Box::new(cause), undone })
    }

    async fn write_all(&mut self, graph: Definition<'_>) -> Result<Outcome, Error> {
        let files = self.survey.files.clone();
        let mut restored = Vec::with_capacity(files.len());
        for file in &files {
            let outcome = self.write_file(file).await;
            let one = self.tolerate(file.part.name(), file.collection.as_str(), outcome)?;
            let nothing = Restored { collection: file.collection.as_str().to_owned(), ..Restored::default() };
            restored.push((file.part, one.unwrap_or(nothing)));
        }
        if graph.make {
            go_on(self.job)?;
            let outcome = self.define(graph.wanted, graph.standing).await;
            self.tolerate("graph", graph.wanted.name.as_str(), outcome)?;
        }
        let integrity = self.integrity(graph.wanted).await?;
        // From here on it has happened.
        go_on(self.job)?;
        Ok((restored, integrity))
    }

    async fn integrity(&self, graph: &Graph) -> Result<Option<Integrity>, Error> {
        if !self.options.validate {
            return Ok(None);
        }
        let vertices: Vec<_> = graph.vertex_collections().into_iter().collect();
        integrity::check(self, graph, &vertices, !self.options.dry_run).await.map(Some)
    }

    /// Outside of all-or-nothing, what the server refuses is noted and the rest goes on.
    fn tolerate<T>(&mut self, kind: &'static str, what: &str, outcome: Result<T, Error>) -> Result<Option<T>, Error> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Error::Database(error @ arango::Error::Server { .. }))
                if self.options.on_conflict != OnConflict::Error =>
            {
                self.problem(kind, what, error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn problem(&mut self, kind: &'static str, what: &str, error: String) {
        if self.problems.len() < LISTED {
            self.problems.push(Problem { collection: what.to_owned(), error, kind });
        }
    }

    async fn write_file(&mut self, file: &survey::File) -> Result<Restored, Error> {
        let name = &file.collection;
        go_on(self.job)?;
        if !file.exists {
            let kind = file.part.holds();
            self.database.create_collection(name, kind, &Map::new()).await?;
        }
        self.done.steps.push(undo::Step {
            part: file.part,
            collection: name.clone(),
            created: !file.exists,
            batches: 0,
            in_doubt: false,
        });
        let (on_duplicate, complete) = match self.options.on_conflict {
            OnConflict::Error => (OnDuplicate::Error, true),
            OnConflict::Skip => (OnDuplicate::Ignore, false),
            OnConflict::Overwrite => (OnDuplicate::Replace, false),
        };
        let mut sum = Restored { collection: name.as_str().to_owned(), ..Restored::default() };
        let mut rows = self.folder.rows(file.part.file(name)).await?;
        while let Some(batch) = rows.next().await? {
            go_on(self.job)?;
            let total = batch.len() as u64;
            let keyed: Vec<_> = batch.into_iter().filter(|row| row.key.is_some()).collect();
            let unkeyed = total.saturating_sub(keyed.len() as u64);
            let lines = keyed.iter().map(|row| row.text.as_str()).collect::<Vec<_>>().join("\n");
            let outcome = self.database.import(name, lines, on_duplicate, complete).await;
            if let Some(step) = self.done.steps.last_mut() {
                step.note(&outcome);
            }
            let imported = outcome?;
            sum.inserted += imported.created;
            sum.updated += imported.updated;
            sum.skipped += imported.ignored;
            sum.errors += imported.errors + unkeyed;
            sum.total_processed += total;
            self.job.progress.advance(total, name.as_str());
            for detail in imported.details {
                self.problem(file.part.name(), name.as_str(), detail);
            }
        }
        Ok(sum)
    }

    /// Makes the named graph; if that fails, the one it should replace is as before.
    async fn define(&mut self, graph: &Graph, replaced: Option<&Graph>) -> Result<(), Error> {
        let database = self.database;
        let make = |graph: Graph| async move {
            database.create_graph(&graph.name, &graph.edge_definitions, &graph.orphan_collections).await
        };
        let Some(replaced) = replaced else {
            let outcome = make(graph.clone()).await;
            self.done.note_graph(&graph.name, &outcome);
            outcome?;
            return Ok(());
        };
        self.database.forget_graph(&graph.name).await?;
        let outcome = make(graph.clone()).await;
        if outcome.is_err()
            && let Err(error) = make(replaced.clone()).await
        {
            tracing::warn!(%error, "the definition of a graph could not be put back");
        }
        outcome?;
        Ok(())
    }
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Vertex => "vertex",
            Self::Edge => "edge",
        }
    }

    const fn holds(self) -> CollectionType {
        match self {
            Self::Vertex => CollectionType::Document,
            Self::Edge => CollectionType::Edge,
        }
    }
}

fn report(
    restore: Restore<'_>,
    (graph_name, original_graph_name): (GraphName, GraphName),
    graph_created: bool,
    restored: &[(Part, Restored)],
    integrity_report: Option<Integrity>,
) -> RestoreReport {
    let of = |wanted: Part| {
        let own = restored.iter().filter(|(part, _)| *part == wanted);
        own.map(|(_, restored)| restored.clone()).collect::<Vec<_>>()
    };
    let failed = restore.problems.iter().any(|problem| problem.kind == "graph");
    RestoreReport {
        graph_name: graph_name.into(),
        original_graph_name: original_graph_name.into(),
        input_dir: restore.folder.path.display().to_string(),
        dry_run: restore.options.dry_run,
        restored_vertices: of(Part::Vertex),
        restored_edges: of(Part::Edge),
        graph_created: graph_created && !failed,
        conflicts: restore.survey.first,
        total_conflicts: restore.survey.conflicts,
        errors: restore.problems,
        integrity_report,
        total_documents_restored: restored.iter().map(|(_, each)| each.inserted + each.updated).sum(),
    }
}

//! Taking back what a restore stored before it failed. What it stored is known exactly: nothing of it was there before,
//! and batches are stored whole or not at all.

use super::super::{
    error::Error,
    layout::Part,
    read::{Folder, Row},
};
use crate::{
    arango::{self, Database, Imported, Query},
    wire::{CollectionName, ErrorNum, GraphName},
};

/// What was written so far.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// The files, oldest first.
    pub(super) steps: Vec<Step>,
    /// The graph that was defined, after all files.
    graph: Option<GraphName>,
}

impl Done {
    pub(super) fn note_graph<T>(&mut self, name: &GraphName, outcome: &Result<T, arango::Error>) {
        match outcome {
            Err(arango::Error::Server { .. } | arango::Error::Request(_)) => {}
            // Without an answer it may have been made.
            Ok(_) | Err(arango::Error::Transport(_) | arango::Error::Decode { .. }) => self.graph = Some(name.clone()),
        }
    }
}

/// What was done with one file.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) part: Part,
    pub(super) collection: CollectionName,
    /// The collection was made by the restore.
    pub(super) created: bool,
    /// How many batches were stored.
    pub(super) batches: usize,
    /// No answer came to the last batch, so it may have been stored.
    pub(super) in_doubt: bool,
}

impl Step {
    pub(super) fn note(&mut self, outcome: &Result<Imported, arango::Error>) {
        match outcome {
            Ok(_) => self.batches += 1,
            Err(arango::Error::Server { .. } | arango::Error::Request(_)) => {}
            Err(arango::Error::Transport(_) | arango::Error::Decode { .. }) => self.in_doubt = true,
        }
    }
}

/// Whether everything is as it was before.
pub(super) async fn undo(database: &Database, folder: &Folder, done: &Done) -> bool {
    let mut undone = true;
    if let Some(graph) = &done.graph
        && let Err(error) = database.forget_graph(graph).await
        && !error.is(ErrorNum::GRAPH_NOT_FOUND)
    {
        tracing::warn!(%error, graph = graph.as_str(), "the graph of a failed restore could not be taken back");
        undone = false;
    }
    for step in done.steps.iter().rev() {
        undone &= !step.in_doubt || step.created;
        let outcome = if step.created {
            database.drop_collection(&step.collection).await.map_err(Error::from)
        } else {
            remove(database, folder, step).await
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, collection = step.collection.as_str(), "a failed restore could not be taken back");
            undone = false;
        }
    }
    undone
}

async fn remove(database: &Database, folder: &Folder, step: &Step) -> Result<(), Error> {
    if step.batches == 0 {
        return Ok(());
    }
    let mut rows = folder.rows(step.part.file(&step.collection)).await?;
    for _ in 0..step.batches {
        let Some(batch) = rows.next().await? else { break };
        let keys: Vec<&str> = batch.iter().filter_map(|row: &Row| row.key.as_deref()).collect();
        let query = Query::new("FOR key IN @keys REMOVE key IN @@collection OPTIONS { ignoreErrors: true }")
            .bind("@collection", step.collection.as_str())
            .bind("keys", keys);
        database.query(&query).await?;
    }
    Ok(())
}

//! Backups: collections, one graph with its collections, and the definitions of graphs. Documents travel in batches, as
//! the text the database sent, so memory does not grow with the collection.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    answer,
    error::{Error, blocking},
    layout::{self, FileEntry, Manifest, Metadata, Part, Properties},
    root::{Place, Root},
    staging::{Output, Staging},
};
use crate::{
    arango::{self, Database, Graph, Query},
    progress::Job,
    wire::{CollectionName, ErrorNum, GraphName},
};

/// A file that was written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Written {
    /// The collection.
    pub collection: String,
    /// The file.
    pub path: String,
    /// How many documents it holds.
    pub count: u64,
}

/// What a backup of collections did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CollectionsReport {
    /// The directory of the backup.
    pub output_dir: String,
    /// The files, one a collection.
    pub written: Vec<Written>,
    /// How many collections.
    pub total_collections: usize,
    /// How many documents.
    pub total_documents: u64,
}

/// What a backup of a graph did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GraphReport {
    /// The graph.
    pub graph_name: String,
    /// The directory of the backup.
    pub output_dir: String,
    /// The files of the vertex collections.
    pub vertex_files: Vec<Written>,
    /// The files of the edge collections.
    pub edge_files: Vec<Written>,
    /// How many vertex collections.
    pub total_vertex_collections: usize,
    /// How many edge collections.
    pub total_edge_collections: usize,
    /// How many documents.
    pub total_documents: u64,
    /// Whether the definition of the graph is there, without which it cannot be restored.
    pub metadata_included: bool,
}

/// What a backup of definitions did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DefinitionsReport {
    /// The file.
    pub output_file: String,
    /// How many graphs are in it.
    pub graphs_backed_up: usize,
    /// Those asked for that do not exist.
    pub missing_graphs: Vec<String>,
    /// How long the file is.
    pub backup_size_bytes: u64,
}

/// Writes collections, all but those of the system unless some are named, into a directory of their own.
///
/// # Errors
/// A collection that is not there, something in the way, and what reading and writing can meet.
pub async fn collections(
    database: &Database,
    root: &Root,
    directory: Option<&str>,
    wanted: &[CollectionName],
    limit: Option<u64>,
    job: &Job,
) -> Result<CollectionsReport, Error> {
    let place = root.place(directory, &root.stamp())?;
    let mut names = chosen(database, wanted).await?;
    names.sort();
    names.dedup();
    let source = Source { database, limit, job };
    source.measure(&names).await?;
    let staging = staged(&place).await?;
    let (mut written, mut files) = (Vec::new(), Vec::new());
    for name in &names {
        let (file, entry) = source.dump(&staging, name, format!("{name}.json")).await?;
        written.push(file);
        files.push(entry);
    }
    let manifest = Manifest::new(root.now(), database.name().as_str(), files);
    blocking(move || {
        staging.json(layout::MANIFEST, &manifest)?;
        staging.publish()
    })
    .await?;
    Ok(CollectionsReport {
        output_dir: shown(&place),
        total_collections: written.len(),
        total_documents: total(&written),
        written,
    })
}

/// The collections to write; those named must all be there.
async fn chosen(database: &Database, wanted: &[CollectionName]) -> Result<Vec<CollectionName>, Error> {
    let there = database.collections(true).await?;
    if wanted.is_empty() {
        let own = there.into_iter().filter(|each| !each.is_system);
        return Ok(own.filter_map(|each| CollectionName::parse(each.name).ok()).collect());
    }
    let missing: Vec<_> =
        wanted.iter().filter(|name| !there.iter().any(|each| each.name == name.as_str())).cloned().collect();
    if missing.is_empty() { Ok(wanted.to_vec()) } else { Err(Error::UnknownCollections(missing)) }
}

/// Writes a graph: its definition and the documents of its collections.
///
/// # Errors
/// A graph that is not there, something in the way, and what reading and writing can meet.
pub async fn graph(
    database: &Database,
    root: &Root,
    name: &GraphName,
    directory: Option<&str>,
    options: GraphOptions,
    job: &Job,
) -> Result<GraphReport, Error> {
    let place = root.place(directory, &format!("graph_{}_{}", file_name(name), root.stamp()))?;
    let graph = database.graph(name).await.map_err(|error| unknown(name, error))?;
    let (vertices, edges) = (graph.vertex_collections(), graph.edge_collections());
    let source = Source { database, limit: options.limit, job };
    let all: Vec<_> = vertices.iter().chain(&edges).cloned().collect();
    source.measure(&all).await?;
    let staging = staged(&place).await?;
    let (mut vertex_files, mut edge_files, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for (part, names, written) in [(Part::Vertex, &vertices, &mut vertex_files), (Part::Edge, &edges, &mut edge_files)]
    {
        let folder = staging.clone();
        blocking(move || folder.folder(part.folder())).await?;
        for name in names {
            let (file, entry) = source.dump(&staging, name, part.file(name)).await?;
            written.push(file);
            files.push(entry);
        }
    }
    let report = GraphReport {
        graph_name: name.as_str().to_owned(),
        output_dir: shown(&place),
        total_vertex_collections: vertex_files.len(),
        total_edge_collections: edge_files.len(),
        total_documents: total(&vertex_files).saturating_add(total(&edge_files)),
        vertex_files,
        edge_files,
        metadata_included: options.metadata,
    };
    let metadata = options.metadata.then(|| Metadata {
        graph_name: name.clone(),
        graph_properties: Properties::of(&graph),
        backup_timestamp: root.now(),
        vertex_collections: vertices.into_iter().collect(),
        edge_collections: edges.into_iter().collect(),
    });
    let (created, database) = (root.now(), database.name().as_str().to_owned());
    blocking(move || {
        if let Some(metadata) = &metadata {
            files.push(staging.json(layout::METADATA, metadata)?);
        }
        files.push(staging.json(layout::REPORT, &report)?);
        staging.json(layout::MANIFEST, &Manifest::new(created, &database, files))?;
        staging.publish()?;
        Ok(report)
    })
    .await
}

/// How a graph is written.
#[derive(Debug, Clone, Copy)]
pub struct GraphOptions {
    /// With its definition.
    pub metadata: bool,
    /// At most this many documents of each collection.
    pub limit: Option<u64>,
}

/// Writes the definitions of graphs, of all unless some are named, into one file.
///
/// # Errors
/// Something in the way, and what reading and writing can meet.
pub async fn definitions(
    database: &Database,
    root: &Root,
    file: Option<&str>,
    wanted: &[GraphName],
    job: &Job,
) -> Result<DefinitionsReport, Error> {
    #[derive(Serialize)]
    struct File {
        backup_timestamp: String,
        total_graphs: usize,
        graphs: Vec<Properties>,
        missing_graphs: Vec<GraphName>,
    }
    const INSIDE: &str = "graphs.json";

    let place = root.place(file, &format!("named_graphs_backup_{}.json", root.stamp()))?;
    let mut graphs = answer(job, database.graphs()).await?;
    graphs.sort_by(|a, b| a.name.cmp(&b.name));
    let missing_graphs: Vec<_> =
        wanted.iter().filter(|name| !graphs.iter().any(|graph| graph.name == **name)).cloned().collect();
    graphs.retain(|graph: &Graph| wanted.is_empty() || wanted.contains(&graph.name));
    let content = File {
        backup_timestamp: root.now(),
        total_graphs: graphs.len(),
        graphs: graphs.iter().map(Properties::of).collect(),
        missing_graphs: missing_graphs.clone(),
    };
    let staging = staged(&place).await?;
    let entry = blocking(move || {
        let entry = staging.json(INSIDE, &content)?;
        staging.publish_file(INSIDE)?;
        Ok(entry)
    })
    .await?;
    let count = graphs.len() as u64;
    job.progress.expect(count);
    job.progress.advance(count, "definitions");
    Ok(DefinitionsReport {
        output_file: shown(&place),
        graphs_backed_up: graphs.len(),
        missing_graphs: missing_graphs.into_iter().map(String::from).collect(),
        backup_size_bytes: entry.bytes,
    })
}

pub(super) fn unknown(name: &GraphName, error: arango::Error) -> Error {
    if error.is(ErrorNum::GRAPH_NOT_FOUND) { Error::UnknownGraph(name.clone()) } else { error.into() }
}

async fn staged(place: &Place) -> Result<Staging, Error> {
    let place = place.clone();
    blocking(move || place.stage()).await
}

/// Where documents are written from.
struct Source<'a> {
    database: &'a Database,
    /// At most this many of each collection.
    limit: Option<u64>,
    job: &'a Job,
}

impl Source<'_> {
    /// Finds out how much there is to do, if anybody wants to know.
    async fn measure(&self, collections: &[CollectionName]) -> Result<(), Error> {
        if !self.job.progress.is_watched() {
            return Ok(());
        }
        let mut total = 0_u64;
        for name in collections {
            let count = answer(self.job, self.database.count(name)).await?;
            total = total.saturating_add(self.limit.map_or(count, |limit| count.min(limit)));
        }
        self.job.progress.expect(total);
        Ok(())
    }

    /// Writes one collection.
    async fn dump(
        &self,
        staging: &Staging,
        collection: &CollectionName,
        path: String,
    ) -> Result<(Written, FileEntry), Error> {
        let query = match self.limit {
            None => Query::new("FOR d IN @@collection RETURN d"),
            Some(limit) => Query::new("FOR d IN @@collection LIMIT @limit RETURN d").bind("limit", limit),
        };
        let mut query = query.bind("@collection", collection.as_str());
        query.stream = true;
        query.max_runtime = Some(super::RUNTIME);
        query.memory_limit = Some(super::MEMORY);
        let folder = staging.clone();
        let mut output = blocking(move || folder.file(&path)).await?;
        let mut cursor = answer(self.job, self.database.query(&query)).await?;
        while let Some(batch) = answer(self.job, cursor.next_batch()).await? {
            let count = batch.len() as u64;
            output = blocking(move || written(output, &batch)).await?;
            self.job.progress.advance(count, collection.as_str());
        }
        let shown = output.shown().display().to_string();
        let entry = blocking(move || {
            output.end_rows()?;
            output.finish()
        })
        .await?;
        Ok((Written { collection: collection.as_str().to_owned(), path: shown, count: entry.count }, entry))
    }
}

fn written(mut output: Output, batch: &arango::Batch) -> Result<Output, Error> {
    for row in batch.iter() {
        output.row(row)?;
    }
    Ok(output)
}

fn total(written: &[Written]) -> u64 {
    written.iter().map(|file| file.count).sum()
}

fn shown(place: &Place) -> String {
    place.path().display().to_string()
}

/// A graph's name as part of a file's name.
fn file_name(name: &GraphName) -> String {
    name.as_str().chars().map(|c| if c.is_alphanumeric() || "_-.".contains(c) { c } else { '_' }).collect()
}

//! `arango_describe_database`: what there is, in an order of use and within a bound: numbers, collections, graphs, views,
//! indexes.

use futures::stream::{StreamExt as _, TryStreamExt as _, iter};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    arango::{self, CollectionType, Database, EdgeDefinition},
    wire::{CollectionName, ErrorNum},
};

/// The reply is cut near this size.
const BUDGET: usize = 24 * 1024;

/// Requests sent at once.
const AT_ONCE: usize = 8;

#[derive(Debug)]
pub(crate) struct DescribeDatabase;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Description {
    /// The database's name on its server.
    database: String,
    /// How many there are of each kind.
    totals: Totals,
    /// The collections, those of the system left out.
    collections: Vec<CollectionEntry>,
    /// The named graphs.
    graphs: Vec<Graph>,
    /// The views.
    views: Vec<View>,
    /// The indexes somebody made; primary and edge indexes are left out.
    indexes: Vec<Index>,
    /// How many entries of these lists did not fit in.
    omitted: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Totals {
    collections: usize,
    documents: u64,
    edges: u64,
    graphs: usize,
    views: usize,
    /// Of the collections that are shown.
    indexes: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CollectionEntry {
    name: String,
    /// `document` or `edge`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Documents in it.
    count: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Graph {
    name: String,
    edge_definitions: Vec<Edges>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    orphan_collections: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Edges {
    collection: String,
    from: Vec<String>,
    to: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct View {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Index {
    collection: String,
    #[serde(rename = "type")]
    kind: String,
    fields: Value,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unique: bool,
}

impl DatabaseTool for DescribeDatabase {
    const NAME: &'static str = "arango_describe_database";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Describe a database";
    const DESCRIPTION: &'static str = "Overview in one call: collections with counts, graphs, views, indexes. A good \
first call; then arango_describe_collection.";
    const CATEGORY: Category = Category::Health;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Description>;

    async fn call(target: &Target<'_>, _args: Args) -> Result<Fixed<Description>, ToolError> {
        let database = &target.database;
        let (collections, graphs, views) =
            futures::try_join!(collections(database), database.graphs(), views(database))?;
        let mut room = Room { left: BUDGET, omitted: 0 };
        let sum = |kind| collections.iter().filter(|each| each.kind == kind).map(|each| each.count).sum();
        let (documents, edges) = (sum("document"), sum("edge"));
        let mut totals = Totals {
            collections: collections.len(),
            documents,
            edges,
            graphs: graphs.len(),
            views: views.len(),
            indexes: 0,
        };
        let collections = room.fit(collections);
        let graphs = room.fit(graphs.iter().map(shown).collect());
        let views = room.fit(views);
        let indexes = indexes(database, &collections).await?;
        totals.indexes = indexes.len();
        let indexes = room.fit(indexes);
        let name = database.name().as_str().to_owned();
        let omitted = room.omitted;
        Ok(Fixed(Description { database: name, totals, collections, graphs, views, indexes, omitted }))
    }
}

/// What may still be said.
struct Room {
    left: usize,
    omitted: usize,
}

impl Room {
    /// The first entries of a list, as many as there is room for.
    fn fit<T: Serialize>(&mut self, mut entries: Vec<T>) -> Vec<T> {
        let all = entries.len();
        let mut fit = 0;
        for entry in &entries {
            let size = serde_json::to_string(entry).map_or(0, |text| text.len() + 1);
            let Some(left) = self.left.checked_sub(size) else { break };
            self.left = left;
            fit += 1;
        }
        entries.truncate(fit);
        self.omitted += all - fit;
        entries
    }
}

async fn collections(database: &Database) -> Result<Vec<CollectionEntry>, arango::Error> {
    let there = database.collections(false).await?.into_iter().filter(|each| !each.is_system);
    let counted = there.map(|each| async move {
        let count = match CollectionName::parse(each.name.as_str()) {
            Ok(name) => database.count(&name).await,
            Err(_) => return Ok(None),
        };
        let kind = match each.kind {
            CollectionType::Document => "document",
            CollectionType::Edge => "edge",
        };
        gone(count.map(|count| CollectionEntry { name: each.name, kind, count }))
    });
    let entries: Vec<Option<CollectionEntry>> = iter(counted).buffered(AT_ONCE).try_collect().await?;
    let mut entries: Vec<_> = entries.into_iter().flatten().collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// A collection that was dropped meanwhile, or may not be read, is left out.
fn gone<T>(outcome: Result<T, arango::Error>) -> Result<Option<T>, arango::Error> {
    match outcome {
        Err(error) if error.is(ErrorNum::DATA_SOURCE_NOT_FOUND) || error.is(ErrorNum::FORBIDDEN) => Ok(None),
        other => other.map(Some),
    }
}

async fn views(database: &Database) -> Result<Vec<View>, arango::Error> {
    let mut views: Vec<_> =
        database.views().await?.into_iter().map(|view| View { name: view.name, kind: view.kind }).collect();
    views.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(views)
}

async fn indexes(database: &Database, collections: &[CollectionEntry]) -> Result<Vec<Index>, arango::Error> {
    let names: Vec<_> = collections.iter().filter_map(|each| CollectionName::parse(each.name.as_str()).ok()).collect();
    let asked = names.into_iter().map(|name| async move {
        let indexes = gone(database.index_descriptions(&name).await)?.unwrap_or_default();
        Ok::<_, arango::Error>(indexes.into_iter().filter_map(|index| made(&name, index)).collect::<Vec<_>>())
    });
    let indexes: Vec<Vec<Index>> = iter(asked).buffered(AT_ONCE).try_collect().await?;
    Ok(indexes.into_iter().flatten().collect())
}

/// An index somebody made.
fn made(collection: &CollectionName, mut index: Map<String, Value>) -> Option<Index> {
    let kind = index.get("type")?.as_str().filter(|kind| !matches!(*kind, "primary" | "edge"))?.to_owned();
    let unique = index.get("unique").and_then(Value::as_bool).unwrap_or(false);
    let fields = index.remove("fields").unwrap_or_default();
    Some(Index { collection: collection.as_str().to_owned(), kind, fields, unique })
}

fn shown(graph: &arango::Graph) -> Graph {
    let names = |names: &[CollectionName]| names.iter().map(|name| name.as_str().to_owned()).collect();
    let edges = |edge: &EdgeDefinition| Edges {
        collection: edge.collection.as_str().to_owned(),
        from: names(&edge.from),
        to: names(&edge.to),
    };
    Graph {
        name: graph.name.as_str().to_owned(),
        edge_definitions: graph.edge_definitions.iter().map(edges).collect(),
        orphan_collections: names(&graph.orphan_collections),
    }
}

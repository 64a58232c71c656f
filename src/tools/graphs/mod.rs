//! What the tools on graphs share: how an edge definition is written, which edges a walk follows, and small look-ups.

pub(crate) mod degrees;
pub(crate) mod edges;
pub(crate) mod orphans;
pub(crate) mod reach;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::{error::ToolError, on_database::Target};
use crate::{
    arango::{self, EdgeDefinition, Graph, Query},
    wire::{CollectionName, DocumentId, DocumentKey, ErrorNum, GraphName},
};

// An edge definition as tools take and return it. Not a doc comment: that would be sent with every schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    #[serde(alias = "edgeCollection", alias = "collection")]
    #[schemars(with = "String")]
    pub(crate) edge_collection: CollectionName,
    #[serde(alias = "fromCollections", alias = "from")]
    #[schemars(with = "Vec<String>")]
    pub(crate) from_collections: Vec<CollectionName>,
    #[serde(alias = "toCollections", alias = "to")]
    #[schemars(with = "Vec<String>")]
    pub(crate) to_collections: Vec<CollectionName>,
}

impl From<Definition> for EdgeDefinition {
    fn from(definition: Definition) -> Self {
        let Definition { edge_collection, from_collections, to_collections } = definition;
        Self { collection: edge_collection, from: from_collections, to: to_collections }
    }
}

impl From<&EdgeDefinition> for Definition {
    fn from(definition: &EdgeDefinition) -> Self {
        Self {
            edge_collection: definition.collection.clone(),
            from_collections: definition.from.clone(),
            to_collections: definition.to.clone(),
        }
    }
}

/// The edge definitions of a graph, as tools return them.
pub(crate) fn definitions(graph: &Graph) -> Vec<Definition> {
    graph.edge_definitions.iter().map(Definition::from).collect()
}

/// Names as texts.
pub(crate) fn texts<'n>(names: impl IntoIterator<Item = &'n CollectionName>) -> Vec<String> {
    names.into_iter().map(|name| name.as_str().to_owned()).collect()
}

/// The graph of this name, or all of them by name.
pub(crate) async fn chosen(target: &Target<'_>, name: Option<&GraphName>) -> Result<Vec<Graph>, ToolError> {
    let Some(name) = name else {
        let mut graphs = target.database.graphs().await?;
        graphs.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        return Ok(graphs);
    };
    Ok(vec![target.database.graph(name).await?])
}

/// The names of all collections there are, those of the system included.
pub(crate) async fn existing(target: &Target<'_>) -> Result<BTreeSet<String>, arango::Error> {
    Ok(target.database.collections(true).await?.into_iter().map(|collection| collection.name).collect())
}

/// All rows of a query whose result is small by its nature.
pub(crate) async fn rows<T: DeserializeOwned>(target: &Target<'_>, query: Query) -> Result<Vec<T>, arango::Error> {
    let mut cursor = target.database.query(&query).await?;
    let mut rows = Vec::new();
    while let Some(batch) = cursor.next_batch().await? {
        rows.extend(batch.decode()?);
    }
    Ok(rows)
}

/// Those of the documents that do not exist: why a search that found nothing found nothing.
pub(crate) async fn missing(target: &Target<'_>, ids: &[&DocumentId]) -> Result<Vec<String>, ToolError> {
    let mut missing = Vec::new();
    for id in ids {
        let (collection, key) = id.parts();
        let (collection, key) = (CollectionName::parse(collection)?, DocumentKey::parse(key)?);
        match target.database.document::<IgnoredAny>(&collection, &key).await {
            Ok(_) => {}
            Err(error) if error.is(ErrorNum::DOCUMENT_NOT_FOUND) || error.is(ErrorNum::DATA_SOURCE_NOT_FOUND) => {
                missing.push(id.as_str().to_owned());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(missing)
}

//! `arango_backup_graph`: writes a graph, its definition and its documents, to a directory.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    backups::explain,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Fixed},
};
use crate::{
    dump::{self, GraphOptions, GraphReport},
    wire::GraphName,
};

#[derive(Debug)]
pub(crate) struct BackupGraph;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[schemars(with = "String")]
    graph_name: GraphName,
    /// New, in the backup directory; optional.
    #[serde(rename = "outputDir", default)]
    output_dir: Option<String>,
    /// Default true; without it no restore.
    #[serde(rename = "includeMetadata", default)]
    include_metadata: Option<bool>,
    /// Per collection.
    #[serde(rename = "docLimit", default)]
    #[schemars(range(min = 1))]
    doc_limit: Option<u64>,
}

impl DatabaseTool for BackupGraph {
    const NAME: &'static str = "arango_backup_graph";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Back up a graph";
    const DESCRIPTION: &'static str = "Write a named graph (definition, vertices, edges) to a directory on this \
server; returns path, files, counts. arango_restore_graph reads it.";
    const CATEGORY: Category = Category::GraphAdvanced;
    const EFFECT: Effect = Effect::Export;
    type Args = Args;
    type Output = Fixed<GraphReport>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<GraphReport>, ToolError> {
        let options = GraphOptions { metadata: args.include_metadata.unwrap_or(true), limit: args.doc_limit };
        let (database, root) = (target.database.clone(), target.backups().clone());
        let work = |job| async move {
            dump::graph(&database, &root, &args.graph_name, args.output_dir.as_deref(), options, &job).await
        };
        let report = target.context.to_its_end(work).await?;
        Ok(Fixed(report.map_err(explain)?))
    }
}

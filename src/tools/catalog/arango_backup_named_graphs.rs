//! `arango_backup_named_graphs`: writes the definitions of graphs, without documents, to a file.

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
    dump::{self, DefinitionsReport},
    wire::GraphName,
};

#[derive(Debug)]
pub(crate) struct BackupNamedGraphs;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// New, in the backup directory; optional.
    #[serde(rename = "outputFile", default)]
    output_file: Option<String>,
    /// Default: all.
    #[serde(rename = "graphNames", default)]
    #[schemars(with = "Option<Vec<String>>")]
    graph_names: Option<Vec<GraphName>>,
}

impl DatabaseTool for BackupNamedGraphs {
    const NAME: &'static str = "arango_backup_named_graphs";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Back up definitions of graphs";
    const DESCRIPTION: &'static str = "Write definitions of named graphs, without documents, to a JSON file; returns \
path and missing graphs. With documents: arango_backup_graph.";
    const CATEGORY: Category = Category::GraphAdvanced;
    const EFFECT: Effect = Effect::Export;
    type Args = Args;
    type Output = Fixed<DefinitionsReport>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<DefinitionsReport>, ToolError> {
        let wanted = args.graph_names.unwrap_or_default();
        let (database, root) = (target.database.clone(), target.backups().clone());
        let work =
            |job| async move { dump::definitions(&database, &root, args.output_file.as_deref(), &wanted, &job).await };
        let report = target.context.to_its_end(work).await?;
        Ok(Fixed(report.map_err(explain)?))
    }
}

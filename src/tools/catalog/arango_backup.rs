//! `arango_backup`: writes collections to JSON files.

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
    dump::{self, CollectionsReport},
    wire::CollectionName,
};

#[derive(Debug)]
pub(crate) struct Backup;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// New, in the backup directory; optional.
    #[serde(rename = "outputDir", default)]
    output_dir: Option<String>,
    /// Default: all but system ones.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    collection: Option<CollectionName>,
    /// Wins over `collection`.
    #[serde(default)]
    #[schemars(with = "Option<Vec<String>>")]
    collections: Option<Vec<CollectionName>>,
    /// Per collection.
    #[serde(rename = "docLimit", default)]
    #[schemars(range(min = 1))]
    doc_limit: Option<u64>,
}

impl DatabaseTool for Backup {
    const NAME: &'static str = "arango_backup";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Back up collections";
    const DESCRIPTION: &'static str = "Write collections to JSON files on this server; returns files and counts. For a \
graph that can be restored use arango_backup_graph.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Export;
    type Args = Args;
    type Output = Fixed<CollectionsReport>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<CollectionsReport>, ToolError> {
        let wanted = args.collections.unwrap_or_else(|| args.collection.into_iter().collect());
        let (database, root) = (target.database.clone(), target.backups().clone());
        let work = |job| async move {
            dump::collections(&database, &root, args.output_dir.as_deref(), &wanted, args.doc_limit, &job).await
        };
        let report = target.context.to_its_end(work).await?;
        Ok(Fixed(report.map_err(explain)?))
    }
}

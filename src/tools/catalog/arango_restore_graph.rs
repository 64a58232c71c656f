//! `arango_restore_graph`: brings a graph back from a backup, of this program or of the Python original.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    backups::explain,
    confirm::Destruction,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::{
    dump::{self, OnConflict, RestoreOptions, RestoreReport},
    wire::GraphName,
};

#[derive(Debug)]
pub(crate) struct RestoreGraph;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// In the backup directory.
    #[serde(rename = "inputDir")]
    input_dir: String,
    /// New name; collections keep theirs.
    #[serde(rename = "graphName", default)]
    #[schemars(with = "Option<String>")]
    graph_name: Option<GraphName>,
    /// If something exists; `error` (default) changes nothing.
    #[serde(rename = "conflictResolution", default)]
    conflict_resolution: Option<OnConflict>,
    /// Check digests and edges; default true.
    #[serde(rename = "validateIntegrity", default)]
    validate_integrity: Option<bool>,
    #[serde(rename = "dryRun", default)]
    dry_run: Option<bool>,
}

impl DatabaseTool for RestoreGraph {
    const NAME: &'static str = "arango_restore_graph";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Restore a graph";
    const DESCRIPTION: &'static str = "Restore a graph written by arango_backup_graph. Returns counts, conflicts, \
errors, an integrity report. Try dryRun first.";
    const CATEGORY: Category = Category::GraphAdvanced;
    const EFFECT: Effect = Effect::Arbitrary;
    type Args = Args;
    type Output = Fixed<RestoreReport>;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| {
        let overwrites = args.dry_run != Some(true) && args.conflict_resolution == Some(OnConflict::Overwrite);
        let what = || format!("overwrite documents and the graph with the backup {:?}", args.input_dir);
        overwrites.then(|| Destruction::new(what()))
    });

    fn writes(args: &Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        Ok((args.dry_run != Some(true)).then_some(Cow::Borrowed("a restore writes unless `dryRun` is true")))
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<RestoreReport>, ToolError> {
        let options = RestoreOptions {
            graph: args.graph_name,
            on_conflict: args.conflict_resolution.unwrap_or_default(),
            validate: args.validate_integrity.unwrap_or(true),
            dry_run: args.dry_run.unwrap_or(false),
        };
        let (database, root) = (target.database.clone(), target.backups().clone());
        let work = |job| async move { dump::restore_graph(&database, &root, &args.input_dir, &options, &job).await };
        let report = target.context.to_its_end(work).await?;
        Ok(Fixed(report.map_err(explain)?))
    }
}

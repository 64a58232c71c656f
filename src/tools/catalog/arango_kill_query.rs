//! `arango_kill_query`: stops a running query.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    confirm::Destruction,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::arango::QueryId;

#[derive(Debug)]
pub(crate) struct KillQuery;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Killed {
    /// The id of the query that was told to stop.
    killed: String,
}

impl DatabaseTool for KillQuery {
    const NAME: &'static str = "arango_kill_query";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Kill a query";
    const DESCRIPTION: &'static str =
        "Stop a running AQL query; its writes are undone, its caller gets error 1500. arango_list_queries shows ids.";
    const CATEGORY: Category = Category::Query;
    const EFFECT: Effect = Effect::Delete;
    type Args = Args;
    type Output = Fixed<Killed>;

    const DESTROYS: Option<Destroys<Args>> =
        Some(|args| Some(Destruction::new(format!("stop the running query {:?}", args.id.trim()))));

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Killed>, ToolError> {
        let id = QueryId::parse(args.id.trim()).map_err(|rule| ToolError::argument("id", "value_error", rule))?;
        target.database.kill_query(&id).await?;
        Ok(Fixed(Killed { killed: id.as_str().to_owned() }))
    }
}

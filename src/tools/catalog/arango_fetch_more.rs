//! `arango_fetch_more`: the rows that follow those of a cut result.

use schemars::JsonSchema;
use serde::Deserialize;

use super::super::{
    context::CallContext,
    effect::Effect,
    error::{Kind, ToolError},
    reply::Payload,
    rows::{self, Handle, Room},
    tool::{Category, Tool},
};

#[derive(Debug)]
pub(crate) struct FetchMore;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// `next` of the cut result.
    handle: String,
    /// Default: as before.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    max_rows: Option<u32>,
    #[serde(default)]
    database: Option<String>,
}

impl Tool for FetchMore {
    const NAME: &'static str = "arango_fetch_more";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Fetch more rows";
    const DESCRIPTION: &'static str = "Return the next rows of a cut result, and the handle for more. A handle lasts 5 \
minutes; repeat it if an answer was lost.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Payload;

    async fn call(context: &CallContext, args: Args) -> Result<Payload, ToolError> {
        let results = &context.services.results;
        let principal = &context.caller.principal;
        let handle = Handle::parse(&args.handle).ok_or_else(not_a_handle)?;
        let (key, rows) = results.look_up(&handle, principal).ok_or_else(unknown)?;
        // As with any call on this database: what was allowed when the result was made may not be any more.
        let resolution = context.resolve(args.database.as_deref().or(Some(key.as_str())), None).await?;
        if resolution.key != key {
            let problem =
                format!("the rows of this handle come from {:?}, not from {:?}", key.as_str(), resolution.key.as_str());
            return Err(ToolError::argument("database", "value_error", problem).hint("leave `database` out"));
        }
        let Some(entry) = context.config.entry(&key) else { return Err(unknown()) };
        let room = Room::new(args.max_rows.or(Some(rows)), entry);
        let (made, next) = results.page(handle, principal, room).await.ok_or_else(unknown)?;
        match &made.page {
            Ok(page) => Ok(rows::payload(page, page.text.clone(), room, next.as_ref(), "narrow the query")),
            Err(error) => Err(ToolError::from(error.clone()).hint(AGAIN)),
        }
    }
}

/// What to do about rows that cannot be had.
const AGAIN: &str = "run the query again, with SORT and LIMIT offset, count for the rows that are missing";

fn not_a_handle() -> ToolError {
    let problem = "this is not a handle of a cut result";
    ToolError::argument("handle", "value_error", problem).hint("pass the `next` of a cut result as it is: rows_….2")
}

/// The same for a handle of somebody else: nobody learns from it what there is.
fn unknown() -> ToolError {
    let problem = "no rows are kept under this handle: it has expired, a later page was fetched, or it is not yours";
    ToolError::new(Kind::Handle, problem).hint(AGAIN)
}

//! `arango_query`: runs an AQL query and hands its rows on as the database wrote them, up to a bound that is always told.

use std::{borrow::Cow, num::NonZeroU64};

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::{
    arguments::Seconds,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    query_effect,
    reply::Payload,
    rows::{self, Bound, Room},
    tool::{Category, DatabaseTool, Destroys},
};
use crate::arango::{self, AskedLimits};

#[derive(Debug)]
pub(crate) struct Query;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// e.g. `FOR d IN users FILTER d.age >= @age RETURN d`
    query: String,
    /// `{"age": 30}` for `@age`, `{"@c": "users"}` for `@@c`.
    #[serde(default)]
    bind_vars: Option<Map<String, Value>>,
    /// Default 1000.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    max_rows: Option<u32>,
    /// Seconds.
    #[serde(default)]
    max_runtime: Option<Seconds>,
    /// Bytes.
    #[serde(default)]
    memory_limit: Option<NonZeroU64>,
}

impl DatabaseTool for Query {
    const NAME: &'static str = "arango_query";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Run an AQL query";
    const DESCRIPTION: &'static str = "Run AQL (read or write); returns the rows as a JSON array. Bind values that \
come from outside. A cut result says so: go on with arango_fetch_more.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Arbitrary;
    type Args = Args;
    type Output = Payload;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| query_effect::destroys(&args.query, args.bind_vars.as_ref()));

    fn writes(args: &Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        query_effect::writes(&args.query)
    }

    fn limits(args: &Args) -> AskedLimits {
        AskedLimits { runtime: args.max_runtime.map(Seconds::duration), memory: args.memory_limit }
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Payload, ToolError> {
        let room = Room::new(args.max_rows, target.entry);
        let mut query = arango::Query::new(args.query);
        query.bind_vars = args.bind_vars.unwrap_or_default();
        rows::run(target, query, &Bound { room, argument: "max_rows", advice: ADVICE, horizon: None }).await
    }
}

/// What to do about too many rows.
const ADVICE: &str = "narrow the query with FILTER, LIMIT or COLLECT";

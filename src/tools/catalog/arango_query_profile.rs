//! `arango_query_profile`: what a query costs. It is run only when the call says so, and changes data only when the call says
//! that as well.

use std::{borrow::Cow, num::NonZeroU64};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::{
    arguments::Seconds,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    query_effect, query_error,
    tool::{Category, DatabaseTool, Destroys, Fixed},
};
use crate::arango::{self, AskedLimits};

#[derive(Debug)]
pub(crate) struct QueryProfile;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    query: String,
    #[serde(default)]
    bind_vars: Option<Map<String, Value>>,
    /// Default 1.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100))]
    max_plans: Option<u32>,
    #[serde(default)]
    execute: Option<bool>,
    #[serde(default)]
    allow_writes: Option<bool>,
    /// Seconds.
    #[serde(default)]
    max_runtime: Option<Seconds>,
    /// Bytes.
    #[serde(default)]
    memory_limit: Option<NonZeroU64>,
}

impl Args {
    fn execute(&self) -> bool {
        self.execute.unwrap_or(false)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Measured {
    plans: Vec<Value>,
    warnings: Vec<Value>,
    stats: Map<String, Value>,
    /// Seconds per phase, if it was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Map<String, Value>>,
    /// How many rows it gave, if it was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
}

impl DatabaseTool for QueryProfile {
    const NAME: &'static str = "arango_query_profile";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Profile a query";
    const DESCRIPTION: &'static str = "Explain an AQL query or, with execute=true, run and measure it: stats, time per \
node; rows are only counted. One that writes needs allow_writes=true too.";
    const CATEGORY: Category = Category::Query;
    const EFFECT: Effect = Effect::Arbitrary;
    type Args = Args;
    type Output = Fixed<Measured>;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| {
        let changes = args.execute() && args.allow_writes.unwrap_or(false);
        if changes { query_effect::destroys(&args.query, args.bind_vars.as_ref()) } else { None }
    });

    fn writes(args: &Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        if args.execute() { query_effect::writes(&args.query) } else { Ok(None) }
    }

    fn limits(args: &Args) -> AskedLimits {
        AskedLimits { runtime: args.max_runtime.map(Seconds::duration), memory: args.memory_limit }
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Fixed<Measured>, ToolError> {
        let execute = args.execute();
        let mut query = arango::Query::new(args.query);
        query.bind_vars = args.bind_vars.unwrap_or_default();
        // First, so that a query with a mistake in it is told so, whatever else is missing.
        let explained = target.database.explain(&query, args.max_plans.unwrap_or(1)).await;
        let explained = explained.map_err(|error| query_error::explain(&query.text, error))?;
        let shown = |warnings: &[arango::cursor::Warning]| warnings.iter().map(|warning| json!(warning)).collect();
        if !execute {
            let (warnings, stats) = (shown(&explained.warnings), explained.stats);
            return Ok(Fixed(Measured { plans: explained.plans, warnings, stats, profile: None, rows: None }));
        }
        if !matches!(query_effect::writes(&query.text), Ok(None)) && !args.allow_writes.unwrap_or(false) {
            let problem = "the query changes data, so it is not run without `allow_writes`";
            return Err(ToolError::argument("allow_writes", "missing", problem)
                .hint("set allow_writes=true if the changes are meant, or leave out execute to see the plan only"));
        }
        query.profile = 2;
        query.count = true;
        // The numbers come with the first row, and the rows are not wanted.
        query.batch_size = Some(1);
        let cursor = target.database.query(&query).await;
        let cursor = cursor.map_err(|error| query_error::explain(&query.text, error))?;
        let (extra, rows) = (cursor.extra().clone(), cursor.count());
        drop(cursor);
        let warnings = shown(&extra.warnings);
        let (plans, profile) = (explained.plans, Some(extra.profile));
        Ok(Fixed(Measured { plans, warnings, stats: extra.stats, profile, rows }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::tools::testing::Bench;

    const REMOVE: &str = "FOR d IN c REMOVE d IN c";

    async fn left(bench: &Bench) -> serde_json::Value {
        bench.result("arango_query", json!({"query": "RETURN LENGTH(c)"})).await
    }

    #[tokio::test]
    async fn without_being_told_nothing_is_run() {
        let bench = Bench::new();
        bench.fill("c", json!([{}, {}])).await;
        let result = bench.result("arango_query_profile", json!({"query": REMOVE})).await;
        assert_eq!(result["plans"].as_array().unwrap().len(), 1);
        assert!(result["stats"].is_object());
        assert_eq!((result.get("profile"), result.get("rows")), (None, None));
        assert_eq!(left(&bench).await, json!([2]));
    }

    #[tokio::test]
    async fn a_run_is_measured_and_its_rows_are_counted() {
        let bench = Bench::new();
        bench.fill("c", json!([{}, {}, {}])).await;
        let call = json!({"query": "FOR d IN c RETURN d", "execute": true});
        let result = bench.result("arango_query_profile", call).await;
        assert_eq!(result["stats"]["scannedFull"], 3);
        assert_eq!(result["rows"], 3);
        assert!(result["profile"].is_object());
        assert_eq!(result["plans"][0]["nodes"][1]["type"], "EnumerateCollectionNode");
    }

    #[tokio::test]
    async fn a_query_that_changes_data_is_run_only_with_a_word_for_it() {
        let bench = Bench::new();
        bench.fill("c", json!([{}, {}])).await;
        let error = bench.error("arango_query_profile", json!({"query": REMOVE, "execute": true})).await;
        assert_eq!(error["type"], "ValidationError");
        assert!(error["hint"].as_str().unwrap().contains("allow_writes=true"));
        assert_eq!(left(&bench).await, json!([2]));
        let call = json!({"query": REMOVE, "execute": true, "allowWrites": true});
        assert_eq!(bench.result("arango_query_profile", call).await["stats"]["writesExecuted"], 2);
        assert_eq!(left(&bench).await, json!([0]));
    }

    #[tokio::test]
    async fn a_read_only_database_is_explained_and_read_but_not_changed() {
        let bench = Bench::with(|entry| entry.read_only = true);
        let query = "INSERT {} INTO _jobs";
        let run = json!({"query": query, "execute": true, "allow_writes": true});
        assert_eq!(bench.error("arango_query_profile", run).await["type"], "ReadOnlyError");
        bench.result("arango_query_profile", json!({"query": "RETURN 1", "execute": true})).await;
        bench.result("arango_query_profile", json!({"query": query})).await;
    }

    #[tokio::test]
    async fn a_mistake_in_the_query_is_told_first() {
        let error = Bench::new().error("arango_query_profile", json!({"query": "RETRUN 1", "execute": true})).await;
        assert_eq!(error["type"], "QueryError");
    }
}

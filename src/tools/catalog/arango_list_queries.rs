//! `arango_list_queries`: the queries a database is running, or found slow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{
    effect::Effect,
    error::ToolError,
    on_database::Target,
    tool::{Category, DatabaseTool, Items},
};
use crate::arango::{ListedQuery, WhichQueries};

/// Characters of a query that are shown.
const SHOWN: usize = 500;
/// Bind variables that take more bytes than this are left out.
const SHOWN_VALUES: usize = 1000;
/// Queries that are shown.
const MOST: usize = 200;

#[derive(Debug)]
pub(crate) struct ListQueries;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[serde(default)]
    slow: Option<bool>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    id: String,
    /// The text, cut after 500 characters.
    query: String,
    /// Left out when large.
    #[serde(skip_serializing_if = "Option::is_none")]
    bind_vars: Option<Map<String, Value>>,
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    /// Seconds.
    runtime: f64,
    state: String,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory: Option<u64>,
}

impl From<ListedQuery> for Shown {
    fn from(listed: ListedQuery) -> Self {
        let large = serde_json::to_string(&listed.bind_vars).map_or(true, |text| text.len() > SHOWN_VALUES);
        let query = match listed.query.char_indices().nth(SHOWN) {
            Some((at, _)) => format!("{}…", listed.query.get(..at).unwrap_or_default()),
            None => listed.query,
        };
        Self {
            id: listed.id.as_str().to_owned(),
            query,
            bind_vars: Some(listed.bind_vars).filter(|values| !large && !values.is_empty()),
            user: listed.user,
            started: listed.started,
            runtime: listed.run_time,
            state: listed.state,
            peak_memory: listed.peak_memory_usage,
        }
    }
}

impl DatabaseTool for ListQueries {
    const NAME: &'static str = "arango_list_queries";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List running queries";
    const DESCRIPTION: &'static str = "List running AQL queries, or with slow=true recent slow ones: id, query, \
bind_vars, user, runtime in seconds, state, peak_memory.";
    const CATEGORY: Category = Category::Query;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Items<Shown>;

    async fn call(target: &Target<'_>, args: Args) -> Result<Items<Shown>, ToolError> {
        let which = if args.slow.unwrap_or(false) { WhichQueries::Slow } else { WhichQueries::Running };
        let mut listed = target.database.queries(which).await?;
        listed.sort_by(|left, right| right.run_time.total_cmp(&left.run_time));
        listed.truncate(MOST);
        Ok(Items(listed.into_iter().map(Shown::from).collect()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::super::testing::Bench, *};

    #[test]
    fn long_texts_are_cut_and_large_values_left_out() {
        let listed = |query: String, values: Value| -> Shown {
            let text = json!({"id": "7", "query": query, "bindVars": values, "runTime": 0.5, "peakMemoryUsage": 64});
            serde_json::from_value::<ListedQuery>(text).unwrap().into()
        };
        let short = listed("RETURN @x".to_owned(), json!({"x": 1}));
        assert_eq!((short.id.as_str(), short.query.as_str(), short.peak_memory), ("7", "RETURN @x", Some(64)));
        assert_eq!(short.bind_vars.unwrap()["x"], 1);
        let long = listed("é".repeat(501), json!({"x": "y".repeat(2000)}));
        assert_eq!(long.query, format!("{}…", "é".repeat(500)));
        assert_eq!(long.bind_vars, None);
    }

    #[tokio::test]
    async fn nothing_runs_where_nobody_works() {
        let bench = Bench::new();
        assert_eq!(bench.result(ListQueries::NAME, json!({})).await, json!([]));
        assert_eq!(bench.result(ListQueries::NAME, json!({"slow": true})).await, json!([]));
    }
}

//! `arango_get_tool_usage_stats`: which tools the session called, and how often.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::{CallContext, lost},
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
    toolset,
};
use crate::{
    clock::rfc3339,
    tenancy::{Stage, ToolUse},
};

#[derive(Debug)]
pub(crate) struct GetToolUsageStats;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Stats {
    current_stage: Stage,
    /// Calls by tool, failed ones included.
    tool_usage: BTreeMap<&'static str, Calls>,
    total_tools_used: usize,
    active_stage_tools: Vec<&'static str>,
    /// The session that was counted; null where the protocol has none, so that nothing is.
    session_id: Option<String>,
}

/// Moments are in UTC.
#[derive(Debug, Serialize, JsonSchema)]
struct Calls {
    first_used: String,
    last_used: String,
    use_count: u64,
}

impl From<ToolUse> for Calls {
    fn from(tool: ToolUse) -> Self {
        Self { first_used: rfc3339(tool.first_millis), last_used: rfc3339(tool.last_millis), use_count: tool.count }
    }
}

impl Tool for GetToolUsageStats {
    const NAME: &'static str = "arango_get_tool_usage_stats";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Show tool usage";
    const DESCRIPTION: &'static str = "Show which tools this session has called, how often, and when first and last.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Stats>;

    async fn call(context: &CallContext, _args: Args) -> Result<Fixed<Stats>, ToolError> {
        let uses = match &context.caller.session {
            Some(session) => context.services.usage.of(session, &context.caller.principal),
            None => Ok(BTreeMap::new()),
        };
        let uses = uses.map_err(|error| lost(&error))?;
        let stage = toolset::chosen(context).await?.stage;
        Ok(Fixed(Stats {
            current_stage: stage,
            total_tools_used: uses.len(),
            tool_usage: uses.into_iter().map(|(tool, uses)| (tool, uses.into())).collect(),
            active_stage_tools: toolset::of_stage(context.tools(), stage),
            session_id: context.session_label().map(str::to_owned),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    #[tokio::test]
    async fn failed_calls_count_and_the_running_one_does_not_yet() {
        let bench = Bench::new();
        bench.query("RETURN 1").await;
        bench.error("arango_query", json!({"query": "RETURN"})).await;
        let stats = bench.result(GetToolUsageStats::NAME, json!({})).await;
        assert_eq!((&stats["total_tools_used"], &stats["session_id"]), (&json!(1), &json!("stdio")));
        let used = &stats["tool_usage"]["arango_query"];
        assert_eq!(used["use_count"], 2);
        assert!(used["first_used"].as_str().unwrap().ends_with('Z'), "{used}");
        assert_eq!(stats["active_stage_tools"].as_array().unwrap().len(), 5);
        let stats = bench.result(GetToolUsageStats::NAME, json!({})).await;
        assert_eq!(stats["tool_usage"][GetToolUsageStats::NAME]["use_count"], 1);
    }
}

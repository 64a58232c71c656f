//! `arango_get_active_workflow`: what the session has chosen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
    toolset,
};
use crate::tenancy::{Stage, Workflow};

#[derive(Debug)]
pub(crate) struct GetActiveWorkflow;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    active_context: Workflow,
    description: &'static str,
    /// Its tools, without those that were unloaded.
    tools: Vec<&'static str>,
    tool_count: usize,
    current_stage: Stage,
    /// Tools that were unloaded.
    unloaded: Vec<String>,
    /// Whether the choice decides what tools/list shows.
    enforced: bool,
    message: String,
}

impl Tool for GetActiveWorkflow {
    const NAME: &'static str = "arango_get_active_workflow";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Show the active workflow";
    const DESCRIPTION: &'static str =
        "Show the active workflow, its tools, and whether it decides which tools are listed.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(context: &CallContext, _args: Args) -> Result<Fixed<Report>, ToolError> {
        let state = toolset::chosen(context).await?;
        let mut tools = toolset::of_workflow(context.tools(), state.workflow);
        tools.retain(|name| !state.unloaded.contains(*name));
        let (enforced, message) = toolset::standing(context, &state);
        Ok(Fixed(Report {
            active_context: state.workflow,
            description: toolset::about_workflow(state.workflow),
            tool_count: tools.len(),
            tools,
            current_stage: state.stage,
            unloaded: state.unloaded.into_iter().collect(),
            enforced,
            message,
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    #[tokio::test]
    async fn the_beginning_is_the_baseline_and_all_tools_are_listed() {
        let active = Bench::new().result(GetActiveWorkflow::NAME, json!({})).await;
        assert_eq!((&active["active_context"], &active["tool_count"]), (&json!("baseline"), &json!(7)));
        assert_eq!((&active["current_stage"], &active["enforced"]), (&json!("setup"), &json!(false)));
    }

    #[tokio::test]
    async fn the_session_remembers_its_choice() {
        let bench = Bench::new();
        bench.result("arango_switch_workflow", json!({"context": "data_analysis"})).await;
        bench.result("arango_unload_tools", json!({"tool_names": ["arango_query"]})).await;
        let active = bench.result(GetActiveWorkflow::NAME, json!({})).await;
        assert_eq!((&active["active_context"], &active["tool_count"]), (&json!("data_analysis"), &json!(6)));
        assert_eq!(active["unloaded"], json!(["arango_query"]));
    }
}

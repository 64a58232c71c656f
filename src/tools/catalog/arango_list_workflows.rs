//! `arango_list_workflows`: the kinds of work there are tools for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
    toolset,
};
use crate::tenancy::Workflow;

#[derive(Debug)]
pub(crate) struct ListWorkflows;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[serde(default)]
    #[schemars(with = "Option<bool>")]
    include_tools: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Workflows {
    /// Workflows by name.
    contexts: BTreeMap<&'static str, About>,
    total_contexts: usize,
    active_context: Workflow,
}

#[derive(Debug, Serialize, JsonSchema)]
struct About {
    description: &'static str,
    tool_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<&'static str>>,
}

impl Tool for ListWorkflows {
    const NAME: &'static str = "arango_list_workflows";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "List workflows";
    const DESCRIPTION: &'static str = "List the workflows for arango_switch_workflow and what each is for.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Workflows>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Workflows>, ToolError> {
        let about = |workflow: Workflow| {
            let tools = toolset::of_workflow(context.tools(), workflow);
            let description = toolset::about_workflow(workflow);
            (
                workflow.name(),
                About { description, tool_count: tools.len(), tools: args.include_tools.then_some(tools) },
            )
        };
        let contexts: BTreeMap<_, _> = Workflow::ALL.into_iter().map(about).collect();
        let active_context = toolset::chosen(context).await?.workflow;
        Ok(Fixed(Workflows { total_contexts: contexts.len(), contexts, active_context }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    #[tokio::test]
    async fn workflows_are_listed_with_their_tools_when_asked() {
        let bench = Bench::new();
        let short = bench.result(ListWorkflows::NAME, json!({})).await;
        assert_eq!((&short["total_contexts"], &short["active_context"]), (&json!(6), &json!("baseline")));
        assert_eq!(short["contexts"]["graph_modeling"]["tool_count"], 10);
        assert!(short["contexts"]["full"].get("tools").is_none());
        let long = bench.result(ListWorkflows::NAME, json!({"includeTools": true})).await;
        assert_eq!(long["contexts"]["baseline"]["tools"][0], "arango_query");
    }
}

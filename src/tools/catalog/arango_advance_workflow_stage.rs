//! `arango_advance_workflow_stage`: shows the tools of one step of a project, and puts the others away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
    toolset,
};
use crate::tenancy::Stage;

#[derive(Debug)]
pub(crate) struct AdvanceWorkflowStage;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// In any order.
    stage: Stage,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Advanced {
    from_stage: Stage,
    to_stage: Stage,
    description: &'static str,
    /// Tools of the old stage that the new one has not.
    tools_unloaded: Vec<&'static str>,
    /// Tools of the new stage that the old one has not.
    tools_loaded: Vec<&'static str>,
    active_tools: Vec<&'static str>,
    total_active_tools: usize,
    /// Whether tools/list now shows these (and those that are always shown).
    enforced: bool,
    message: String,
}

impl Tool for AdvanceWorkflowStage {
    const NAME: &'static str = "arango_advance_workflow_stage";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Advance to a stage";
    const DESCRIPTION: &'static str = "Load the tools of one project stage and put the others away; \
arango_switch_workflow with `full` brings all back.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Session;
    type Args = Args;
    type Output = Fixed<Advanced>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Advanced>, ToolError> {
        let (before, after) = toolset::choose(context, |state| state.advance(args.stage)).await?;
        let old = toolset::of_stage(context.tools(), before.stage);
        let new = toolset::of_stage(context.tools(), after.stage);
        let (enforced, message) = toolset::standing(context, &after);
        Ok(Fixed(Advanced {
            from_stage: before.stage,
            to_stage: after.stage,
            description: toolset::about_stage(after.stage),
            tools_unloaded: toolset::without(&old, &new),
            tools_loaded: toolset::without(&new, &old),
            total_active_tools: new.len(),
            active_tools: new,
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
    async fn stages_may_be_entered_in_any_order() {
        let bench = Bench::new();
        let reply = bench.result(AdvanceWorkflowStage::NAME, json!({"stage": "analysis"})).await;
        assert_eq!((&reply["from_stage"], &reply["to_stage"]), (&json!("setup"), &json!("analysis")));
        assert_eq!((&reply["total_active_tools"], &reply["tools_loaded"]), (&json!(6), &reply["active_tools"]));
        let reply = bench.result(AdvanceWorkflowStage::NAME, json!({"stage": "data_loading"})).await;
        assert_eq!(reply["from_stage"], "analysis");
        assert_eq!(reply["tools_unloaded"].as_array().unwrap().len(), 6);
    }
}

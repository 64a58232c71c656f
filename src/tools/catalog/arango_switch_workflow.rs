//! `arango_switch_workflow`: shows the tools of one kind of work, and puts the others away.

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
pub(crate) struct SwitchWorkflow;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// `full` has all tools.
    context: Workflow,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Switched {
    from_context: Workflow,
    to_context: Workflow,
    description: &'static str,
    /// Tools of the new workflow that the old one has not.
    tools_added: Vec<&'static str>,
    /// Tools of the old workflow that the new one has not.
    tools_removed: Vec<&'static str>,
    total_tools: usize,
    active_tools: Vec<&'static str>,
    /// Whether tools/list now shows these (and those that are always shown).
    enforced: bool,
    message: String,
}

impl Tool for SwitchWorkflow {
    const NAME: &'static str = "arango_switch_workflow";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Switch workflow";
    const DESCRIPTION: &'static str = "Load the tools of one workflow and put the others away; `full` brings all back.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Session;
    type Args = Args;
    type Output = Fixed<Switched>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Switched>, ToolError> {
        let (before, after) = toolset::choose(context, |state| state.switch(args.context)).await?;
        let old = toolset::of_workflow(context.tools(), before.workflow);
        let new = toolset::of_workflow(context.tools(), after.workflow);
        let (enforced, message) = toolset::standing(context, &after);
        Ok(Fixed(Switched {
            from_context: before.workflow,
            to_context: after.workflow,
            description: toolset::about_workflow(after.workflow),
            tools_added: toolset::without(&new, &old),
            tools_removed: toolset::leaving(context.tools(), &old, &new),
            total_tools: new.len(),
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
    async fn the_reply_tells_what_came_and_what_went() {
        let bench = Bench::new();
        let switched = bench.result(SwitchWorkflow::NAME, json!({"context": "bulk_operations"})).await;
        assert_eq!((&switched["from_context"], &switched["total_tools"]), (&json!("baseline"), &json!(6)));
        assert_eq!(switched["tools_added"].as_array().unwrap().len(), 4);
        let removed =
            json!(["arango_insert", "arango_update", "arango_remove", "arango_create_collection", "arango_backup"]);
        assert_eq!(switched["tools_removed"], removed);
        let back = bench.result(SwitchWorkflow::NAME, json!({"context": "full"})).await;
        assert_eq!((&back["from_context"], &back["tools_removed"]), (&json!("bulk_operations"), &json!([])));
        let unknown = bench.error(SwitchWorkflow::NAME, json!({"context": "other"})).await;
        assert_eq!(unknown["type"], "ValidationError");
        assert!(unknown.to_string().contains("graph_modeling"), "{unknown}");
    }
}

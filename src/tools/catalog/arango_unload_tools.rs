//! `arango_unload_tools`: puts single tools away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
    toolset,
};

#[derive(Debug)]
pub(crate) struct UnloadTools;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    tool_names: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Report {
    unloaded: Vec<&'static str>,
    /// Names that are no tools.
    not_found: Vec<String>,
    total_unloaded: usize,
    /// Tools that are always shown and cannot be unloaded.
    kept: Vec<&'static str>,
    /// Whether tools/list no longer shows them.
    enforced: bool,
    message: String,
}

impl Tool for UnloadTools {
    const NAME: &'static str = "arango_unload_tools";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Unload tools";
    const DESCRIPTION: &'static str =
        "Put tools away that are no longer needed. arango_switch_workflow brings those of a workflow back.";
    const CATEGORY: Category = Category::Discovery;
    const EFFECT: Effect = Effect::Session;
    type Args = Args;
    type Output = Fixed<Report>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Report>, ToolError> {
        let (mut unloaded, mut not_found, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for name in args.tool_names {
            let answers = |tool: &&toolset::Entry| tool.name == name || tool.aliases.contains(&name.as_str());
            match context.tools().iter().find(answers) {
                None => not_found.push(name),
                Some(tool) if toolset::is_always_shown(tool) => kept.push(tool.name),
                Some(tool) => unloaded.push(tool.name),
            }
        }
        for names in [&mut unloaded, &mut kept] {
            names.sort_unstable();
            names.dedup();
        }
        let put_away = |state: &mut toolset::WorkflowState| {
            state.unloaded.extend(unloaded.iter().map(|name| (*name).to_owned()));
        };
        let (_, state) = toolset::choose(context, put_away).await?;
        let (enforced, message) = toolset::standing(context, &state);
        Ok(Fixed(Report { total_unloaded: unloaded.len(), unloaded, not_found, kept, enforced, message }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::Bench;
    use super::*;

    #[tokio::test]
    async fn names_are_sorted_into_what_can_be_done_with_them() {
        let names = json!(["arango_remove", "nonsense", "arango_switch_workflow", "arango_insert", "arango_remove"]);
        let reply = Bench::new().result(UnloadTools::NAME, json!({"toolNames": names})).await;
        assert_eq!(reply["unloaded"], json!(["arango_insert", "arango_remove"]));
        assert_eq!((&reply["total_unloaded"], &reply["not_found"]), (&json!(2), &json!(["nonsense"])));
        assert_eq!((&reply["kept"], &reply["enforced"]), (&json!(["arango_switch_workflow"]), &json!(false)));
    }
}

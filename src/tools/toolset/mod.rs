//! Which tools a session is shown: all of them until it chooses a workflow or a stage or puts tools away. A session of an
//! older protocol then has a shorter list, and what is not on it is refused; where the protocol fixes the list, the
//! choice is advice.

mod lists;

use std::collections::HashSet;

pub(crate) use super::registry::Entry;
use super::{
    context::{CallContext, Caller, Services, lost},
    error::{Kind, ToolError},
    tool::Category,
};
pub(crate) use crate::tenancy::WorkflowState;
use crate::tenancy::{SessionState, Shown, Stage, Workflow};
pub(crate) use lists::{about_stage, about_workflow};

/// The tools of a workflow, in the order they are listed in.
pub(crate) fn of_workflow(tools: &[Entry], workflow: Workflow) -> Vec<&'static str> {
    tools.iter().map(|tool| tool.name).filter(|name| lists::of_workflow(workflow).include(name)).collect()
}

/// The tools that go with a workflow where it is all that somebody may do: its own, and those that are always shown.
pub(crate) fn granted_with(tools: &[Entry], workflow: Workflow) -> Vec<&'static str> {
    let included = |tool: &&Entry| is_always_shown(tool) || lists::of_workflow(workflow).include(tool.name);
    tools.iter().filter(included).map(|tool| tool.name).collect()
}

/// The tools of a stage, in the order they are listed in.
pub(crate) fn of_stage(tools: &[Entry], stage: Stage) -> Vec<&'static str> {
    tools.iter().map(|tool| tool.name).filter(|name| lists::of_stage(stage).include(name)).collect()
}

/// The tools of the one list that the other has not.
pub(crate) fn without(these: &[&'static str], those: &[&'static str]) -> Vec<&'static str> {
    these.iter().filter(|name| !those.contains(name)).copied().collect()
}

/// The tools of the old list that the new one has not, and that are not shown all the same.
pub(crate) fn leaving(tools: &[Entry], old: &[&'static str], new: &[&'static str]) -> Vec<&'static str> {
    let kept: Vec<&'static str> = tools.iter().filter(|tool| is_always_shown(tool)).map(|tool| tool.name).collect();
    without(&without(old, new), &kept)
}

/// Whether a tool is listed whatever was chosen. Without these a session could not find its way back, or not find out
/// what is in the database.
pub(crate) fn is_always_shown(tool: &Entry) -> bool {
    matches!(tool.category, Category::Discovery | Category::Tenancy) || lists::HELPERS.contains(&tool.name)
}

/// Whether a session that has made these choices is shown a tool.
fn shows(state: &WorkflowState, tool: &Entry) -> bool {
    let chosen = || match state.shown {
        Shown::All => true,
        Shown::Workflow => lists::of_workflow(state.workflow).include(tool.name),
        Shown::Stage => lists::of_stage(state.stage).include(tool.name),
    };
    is_always_shown(tool) || (chosen() && !state.unloaded.contains(tool.name))
}

fn has_chosen(state: &WorkflowState) -> bool {
    state.shown != Shown::All || !state.unloaded.is_empty()
}

/// The choices that hold for a caller's list; nothing where all tools are listed. Choices that cannot be looked up do not
/// hold: they only save the client reading, so they must not make calls fail.
async fn choices(services: &Services, caller: &Caller) -> Option<WorkflowState> {
    let session = caller.session.as_ref().filter(|_| caller.own_list)?;
    let state = services.sessions.get(session, &caller.principal).await.ok()??.workflow;
    has_chosen(&state).then_some(state)
}

/// The tools a caller is not shown.
pub(super) async fn hidden(services: &Services, caller: &Caller, tools: &[Entry]) -> HashSet<&'static str> {
    let Some(state) = choices(services, caller).await else { return HashSet::new() };
    tools.iter().filter(|tool| !shows(&state, tool)).map(|tool| tool.name).collect()
}

/// Refuses a tool that the caller is not shown, and says how to have it shown again.
pub(super) async fn admit(context: &CallContext, tool: &Entry) -> Result<(), ToolError> {
    let Some(state) = choices(&context.services, &context.caller).await else { return Ok(()) };
    if shows(&state, tool) {
        return Ok(());
    }
    let name = tool.name;
    let why = match state.shown {
        _ if state.unloaded.contains(name) => "it was unloaded with arango_unload_tools".to_owned(),
        Shown::Stage => format!("it does not belong to the stage `{}`", state.stage.name()),
        Shown::Workflow | Shown::All => format!("it does not belong to the workflow `{}`", state.workflow.name()),
    };
    let having = Workflow::ALL.into_iter().filter(|workflow| lists::of_workflow(*workflow).include(name));
    let having: Vec<String> = having.map(|workflow| format!("`{}`", workflow.name())).collect();
    let hint = format!("call arango_switch_workflow with context {}", having.join(" or "));
    Err(ToolError::new(Kind::NotLoaded, format!("Tool '{name}' is not loaded in this session: {why}")).hint(hint))
}

/// What the caller's session has chosen; the beginning where the protocol has no sessions.
pub(crate) async fn chosen(context: &CallContext) -> Result<WorkflowState, ToolError> {
    let Some(session) = &context.caller.session else { return Ok(WorkflowState::default()) };
    let state = context.services.sessions.get(session, &context.caller.principal).await;
    Ok(state.map_err(|error| lost(&error))?.unwrap_or_default().workflow)
}

/// Chooses: the choices before and after. Where the protocol has no sessions nothing is remembered.
pub(crate) async fn choose(
    context: &CallContext,
    change: impl Fn(&mut WorkflowState) + Send + Sync,
) -> Result<(WorkflowState, WorkflowState), ToolError> {
    let Some(session) = &context.caller.session else {
        let mut after = WorkflowState::default();
        change(&mut after);
        return Ok((WorkflowState::default(), after));
    };
    let change = |state: &mut SessionState| change(&mut state.workflow);
    let changed = context.services.sessions.update(session, &context.caller.principal, &change).await;
    let changed = changed.map_err(|error| lost(&error))?;
    let (before, after) = (changed.before.workflow, changed.after.workflow);
    if context.caller.own_list && context.tools().iter().any(|tool| shows(&before, tool) != shows(&after, tool)) {
        context.list_has_changed();
    }
    Ok((before, after))
}

/// Whether these choices decide what is listed, and the same in words.
pub(crate) fn standing(context: &CallContext, state: &WorkflowState) -> (bool, String) {
    let tools = context.tools();
    let total = tools.len();
    if !context.caller.own_list {
        let forgotten = if context.caller.session.is_none() { "; nothing is remembered" } else { "" };
        let words = format!(
            "advice only: here the protocol fixes the list, so all {total} tools stay listed and callable{forgotten}"
        );
        return (false, words);
    }
    if !has_chosen(state) {
        return (false, format!("no workflow has been chosen yet: all {total} tools are listed"));
    }
    let listed = tools.iter().filter(|tool| shows(state, tool)).count();
    let by = match state.shown {
        Shown::All => "what was unloaded".to_owned(),
        Shown::Workflow => format!("the workflow `{}`", state.workflow.name()),
        Shown::Stage => format!("the stage `{}`", state.stage.name()),
    };
    let words = format!(
        "{by} decides the list: {listed} of {total} tools, with those for discovery and focus; others are refused until \
         arango_switch_workflow brings them back (`full`: all)"
    );
    (true, words)
}

#[cfg(test)]
mod tests;

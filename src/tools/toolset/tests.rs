//! The lists against the tools there are, and who is shown what.

use std::collections::BTreeSet;

use super::*;
use crate::tools::Registry;

fn visible(state: &WorkflowState) -> BTreeSet<&'static str> {
    let registry = Registry::standard();
    registry.entries().iter().filter(|tool| shows(state, tool)).map(|tool| tool.name).collect()
}

fn switched(workflow: Workflow) -> WorkflowState {
    let mut state = WorkflowState::default();
    state.switch(workflow);
    state
}

#[test]
fn every_listed_name_is_a_tool() {
    let registry = Registry::standard();
    let members = Workflow::ALL.map(lists::of_workflow).into_iter().chain(Stage::ALL.map(lists::of_stage));
    for members in members {
        let lists::Members::Named(names) = members else { continue };
        for name in names {
            assert!(registry.entries().iter().any(|tool| tool.name == *name), "{name}");
        }
    }
}

#[test]
fn tools_are_told_in_the_order_of_the_list() {
    let registry = Registry::standard();
    let place = |name: &str| registry.entries().iter().position(|tool| tool.name == name).unwrap();
    for workflow in Workflow::ALL {
        let tools = of_workflow(registry.entries(), workflow);
        assert!(tools.is_sorted_by_key(|name| place(name)), "{tools:?}");
    }
    assert_eq!(of_workflow(registry.entries(), Workflow::Full).len(), registry.entries().len());
    assert_eq!(of_workflow(registry.entries(), Workflow::Baseline).len(), 7);
}

#[test]
fn everything_is_shown_until_something_is_chosen() {
    let all = visible(&WorkflowState::default());
    assert_eq!(all.len(), Registry::standard().entries().len());
    assert_eq!(visible(&switched(Workflow::Full)), all);
    assert!(visible(&switched(Workflow::Baseline)).len() < all.len());
}

#[test]
fn the_way_back_is_always_shown() {
    let mut state = WorkflowState::default();
    state.advance(Stage::Cleanup);
    state.unloaded = Registry::standard().entries().iter().map(|tool| tool.name.to_owned()).collect();
    let left = visible(&state);
    for name in ["arango_switch_workflow", "arango_search_tools", "set_focused_database", "arango_describe_database"] {
        assert!(left.contains(name), "{name}");
    }
    assert!(!left.contains("arango_backup"));
}

#[test]
fn a_stage_shows_its_own_tools_and_not_those_of_the_workflow() {
    let mut state = switched(Workflow::Baseline);
    state.advance(Stage::Setup);
    let shown = visible(&state);
    assert!(shown.contains("arango_create_graph") && !shown.contains("arango_query"));
}

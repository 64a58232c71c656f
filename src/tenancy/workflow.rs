//! What a session works on: the workflow and the stage it has chosen, and the tools it has put away. Which tools belong to
//! a workflow is not known here, see `tools::toolset`.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of work, with the tools it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Workflow {
    /// Queries, collections and documents.
    #[default]
    Baseline,
    /// Asking, measuring, explaining.
    DataAnalysis,
    /// Making and walking graphs.
    GraphModeling,
    /// Writing much.
    BulkOperations,
    /// Describing and checking documents.
    SchemaValidation,
    /// Everything.
    Full,
}

impl Workflow {
    /// All of them, in the order they are listed.
    pub const ALL: [Self; 6] = [
        Self::Baseline,
        Self::DataAnalysis,
        Self::GraphModeling,
        Self::BulkOperations,
        Self::SchemaValidation,
        Self::Full,
    ];

    /// The name clients know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::DataAnalysis => "data_analysis",
            Self::GraphModeling => "graph_modeling",
            Self::BulkOperations => "bulk_operations",
            Self::SchemaValidation => "schema_validation",
            Self::Full => "full",
        }
    }
}

/// A step of a project, from an empty database to a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Collections, graphs and schemas are made.
    #[default]
    Setup,
    /// Data comes in.
    DataLoading,
    /// Questions are asked.
    Analysis,
    /// Data is checked and put away.
    Cleanup,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Setup, Self::DataLoading, Self::Analysis, Self::Cleanup];

    /// The name clients know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::DataLoading => "data_loading",
            Self::Analysis => "analysis",
            Self::Cleanup => "cleanup",
        }
    }
}

/// What decides which tools a session is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Nothing has been chosen: all tools.
    #[default]
    All,
    /// The workflow, which was switched to last.
    Workflow,
    /// The stage, which was entered last.
    Stage,
}

/// What a session has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkflowState {
    /// The workflow.
    pub workflow: Workflow,
    /// The stage.
    pub stage: Stage,
    /// Which of the two decides.
    pub shown: Shown,
    /// Tools put away, by name, until another workflow or stage is chosen.
    pub unloaded: BTreeSet<String>,
}

impl WorkflowState {
    /// Works in this workflow from now on, with all of its tools.
    pub fn switch(&mut self, to: Workflow) {
        self.workflow = to;
        self.shown = Shown::Workflow;
        self.unloaded.clear();
    }

    /// Is in this stage from now on, with all of its tools.
    pub fn advance(&mut self, to: Stage) {
        self.stage = to;
        self.shown = Shown::Stage;
        self.unloaded.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_in_the_json() {
        for workflow in Workflow::ALL {
            assert_eq!(serde_json::to_value(workflow).unwrap(), workflow.name());
        }
        for stage in Stage::ALL {
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.name());
        }
    }

    #[test]
    fn choosing_brings_back_what_was_put_away() {
        let mut state = WorkflowState { unloaded: BTreeSet::from(["a".to_owned()]), ..WorkflowState::default() };
        state.advance(Stage::Analysis);
        assert_eq!((state.shown, state.unloaded.len()), (Shown::Stage, 0));
        state.switch(Workflow::Full);
        assert_eq!((state.shown, state.workflow, state.stage), (Shown::Workflow, Workflow::Full, Stage::Analysis));
    }
}

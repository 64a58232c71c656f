//! Which tools belong to a workflow or a stage, and what each is for. The lists are those of the Python original; their
//! order here does not matter, tools are always told in the order they are listed in.

use crate::tenancy::{Stage, Workflow};

/// Tools that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) enum Members {
    All,
    Named(&'static [&'static str]),
}

impl Members {
    pub(super) fn include(self, tool: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.contains(&tool),
        }
    }
}

/// Tools that go with every other: they show what is there, explain it, or continue what was begun.
pub(super) const HELPERS: &[&str] =
    &["arango_describe_database", "arango_describe_collection", "arango_fetch_more", "arango_aql_help"];

pub(super) const fn of_workflow(workflow: Workflow) -> Members {
    Members::Named(match workflow {
        Workflow::Baseline => &[
            "arango_query",
            "arango_list_collections",
            "arango_insert",
            "arango_update",
            "arango_remove",
            "arango_create_collection",
            "arango_backup",
        ],
        Workflow::DataAnalysis => &[
            "arango_query",
            "arango_list_collections",
            "arango_explain_query",
            "arango_query_builder",
            "arango_query_profile",
            "arango_list_indexes",
            "arango_database_status",
        ],
        Workflow::GraphModeling => &[
            "arango_create_graph",
            "arango_list_graphs",
            "arango_add_vertex_collection",
            "arango_add_edge_definition",
            "arango_add_edge",
            "arango_traverse",
            "arango_shortest_path",
            "arango_graph_statistics",
            "arango_validate_graph_integrity",
            "arango_query",
        ],
        Workflow::BulkOperations => &[
            "arango_bulk_insert",
            "arango_bulk_update",
            "arango_insert_with_validation",
            "arango_validate_references",
            "arango_list_collections",
            "arango_query",
        ],
        Workflow::SchemaValidation => &[
            "arango_create_schema",
            "arango_validate_document",
            "arango_insert_with_validation",
            "arango_validate_references",
            "arango_validate_graph_integrity",
            "arango_query",
        ],
        Workflow::Full => return Members::All,
    })
}

pub(super) const fn of_stage(stage: Stage) -> Members {
    Members::Named(match stage {
        Stage::Setup => &[
            "arango_create_collection",
            "arango_create_graph",
            "arango_create_schema",
            "arango_add_vertex_collection",
            "arango_add_edge_definition",
        ],
        Stage::DataLoading => {
            &["arango_bulk_insert", "arango_insert_with_validation", "arango_validate_references", "arango_insert"]
        }
        Stage::Analysis => &[
            "arango_query",
            "arango_traverse",
            "arango_shortest_path",
            "arango_explain_query",
            "arango_query_profile",
            "arango_graph_statistics",
        ],
        Stage::Cleanup => {
            &["arango_backup", "arango_backup_graph", "arango_backup_named_graphs", "arango_validate_graph_integrity"]
        }
    })
}

/// What a workflow is for.
pub(crate) const fn about_workflow(workflow: Workflow) -> &'static str {
    match workflow {
        Workflow::Baseline => "Queries, collections, single documents, backup",
        Workflow::DataAnalysis => "Reading: queries, their plans and cost, indexes",
        Workflow::GraphModeling => "Making named graphs, filling, walking and checking them",
        Workflow::BulkOperations => "Writing many documents, with checks of their references",
        Workflow::SchemaValidation => "JSON Schemas, checking documents, references and graphs",
        Workflow::Full => "All tools",
    }
}

/// What a stage is for.
pub(crate) const fn about_stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Setup => "Make collections, graphs and schemas",
        Stage::DataLoading => "Bring data in and check it on the way",
        Stage::Analysis => "Query, walk and measure the data",
        Stage::Cleanup => "Check the data and back it up",
    }
}

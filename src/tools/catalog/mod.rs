//! The list of all tools. A tool is a file in this folder and a line below; nothing else has to know about it.

use super::{on_database::OnDatabase, registry::Entry};

macro_rules! tools {
    ($($file:ident: $tool:ty,)*) => {
        $(mod $file;)*

        /// Every tool, in the order it is listed to clients.
        pub(crate) fn all() -> Vec<Entry> {
            vec![$(Entry::of::<$tool>()),*]
        }
    };
}

tools! {
    arango_query: OnDatabase<arango_query::Query>,
    arango_list_collections: OnDatabase<arango_list_collections::ListCollections>,
    arango_insert: OnDatabase<arango_insert::Insert>,
    arango_update: OnDatabase<arango_update::Update>,
    arango_remove: OnDatabase<arango_remove::Remove>,
    arango_create_collection: OnDatabase<arango_create_collection::CreateCollection>,
    arango_list_indexes: OnDatabase<arango_list_indexes::ListIndexes>,
    arango_create_index: OnDatabase<arango_create_index::CreateIndex>,
    arango_delete_index: OnDatabase<arango_delete_index::DeleteIndex>,
    arango_explain_query: OnDatabase<arango_explain_query::ExplainQuery>,
    arango_validate_references: OnDatabase<arango_validate_references::ValidateReferences>,
    arango_insert_with_validation: OnDatabase<arango_insert_with_validation::InsertWithValidation>,
    arango_bulk_insert: OnDatabase<arango_bulk_insert::BulkInsert>,
    arango_create_schema: OnDatabase<arango_create_schema::CreateSchema>,
    arango_validate_document: OnDatabase<arango_validate_document::ValidateDocument>,
    arango_query_builder: OnDatabase<arango_query_builder::QueryBuilder>,
    arango_query_profile: OnDatabase<arango_query_profile::QueryProfile>,
    arango_create_graph: OnDatabase<arango_create_graph::CreateGraph>,
    arango_add_edge: OnDatabase<arango_add_edge::AddEdge>,
    arango_traverse: OnDatabase<arango_traverse::Traverse>,
    arango_shortest_path: OnDatabase<arango_shortest_path::ShortestPath>,
    arango_list_graphs: OnDatabase<arango_list_graphs::ListGraphs>,
    arango_add_vertex_collection: OnDatabase<arango_add_vertex_collection::AddVertexCollection>,
    arango_add_edge_definition: OnDatabase<arango_add_edge_definition::AddEdgeDefinition>,
    arango_bulk_update: OnDatabase<arango_bulk_update::BulkUpdate>,
    arango_validate_graph_integrity: OnDatabase<arango_validate_graph_integrity::ValidateGraphIntegrity>,
    arango_graph_statistics: OnDatabase<arango_graph_statistics::GraphStatistics>,
    arango_get_documents: OnDatabase<arango_get_documents::GetDocuments>,
    arango_fetch_more: arango_fetch_more::FetchMore,
    arango_list_queries: OnDatabase<arango_list_queries::ListQueries>,
    arango_kill_query: OnDatabase<arango_kill_query::KillQuery>,
    arango_backup: OnDatabase<arango_backup::Backup>,
    arango_backup_graph: OnDatabase<arango_backup_graph::BackupGraph>,
    arango_restore_graph: OnDatabase<arango_restore_graph::RestoreGraph>,
    arango_backup_named_graphs: OnDatabase<arango_backup_named_graphs::BackupNamedGraphs>,
    arango_database_status: arango_database_status::DatabaseStatus,
    arango_search_tools: arango_search_tools::SearchTools,
    arango_list_tools_by_category: arango_list_tools_by_category::ListToolsByCategory,
    arango_switch_workflow: arango_switch_workflow::SwitchWorkflow,
    arango_get_active_workflow: arango_get_active_workflow::GetActiveWorkflow,
    arango_list_workflows: arango_list_workflows::ListWorkflows,
    arango_advance_workflow_stage: arango_advance_workflow_stage::AdvanceWorkflowStage,
    arango_get_tool_usage_stats: arango_get_tool_usage_stats::GetToolUsageStats,
    arango_unload_tools: arango_unload_tools::UnloadTools,
    set_focused_database: set_focused_database::SetFocusedDatabase,
    get_focused_database: get_focused_database::GetFocusedDatabase,
    list_available_databases: list_available_databases::ListAvailableDatabases,
    arango_database_resolution_status: arango_database_resolution_status::ResolutionStatus,
    arango_graph_traversal: OnDatabase<arango_graph_traversal::GraphTraversal>,
    arango_add_vertex: OnDatabase<arango_add_vertex::AddVertex>,
    arango_list_database_configs: arango_list_database_configs::ListDatabaseConfigs,
    arango_describe_database: OnDatabase<arango_describe_database::DescribeDatabase>,
    arango_describe_collection: OnDatabase<arango_describe_collection::DescribeCollection>,
    arango_aql_help: arango_aql_help::AqlHelp,
}

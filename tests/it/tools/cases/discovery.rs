//! Tools about tools and about the language: searching, workflows, usage, the manual.

use serde_json::json;

use crate::tools::contract::Contract;

pub(crate) fn arango_search_tools() -> Contract {
    Contract::of("arango_search_tools")
        .gives(
            json!({"keywords": ["vertex_collection"], "detail_level": "name"}),
            json!({"matches": [{"name": "arango_add_vertex_collection"}], "total_matches": 1, "categories_searched": "all"}),
        )
        .gives(
            json!({"keywords": ["bulk"], "categories": ["validation"], "detail_level": "full"}),
            json!({"detail_level": "full", "categories_searched": ["validation"]}),
        )
        .gives(
            json!({"keywords": ["bulk"], "categories": ["no such category"]}),
            json!({"total_matches": 0, "unknown_categories": ["no such category"]}),
        )
        .invalid(json!({"keywords": ["bulk"], "detail_level": "everything"}))
}

pub(crate) fn arango_list_tools_by_category() -> Contract {
    Contract::of("arango_list_tools_by_category")
        .gives(json!({}), json!({"categories": {"core_data": {}, "graph_basic": {}}}))
        .gives(json!({"category": "schema"}), json!({"category": "schema", "tool_count": 2}))
        .invalid(json!({"category": "no such category"}))
}

pub(crate) fn arango_switch_workflow() -> Contract {
    Contract::of("arango_switch_workflow")
        .gives(json!({"context": "graph_modeling"}), json!({"to_context": "graph_modeling", "enforced": true}))
        .gives(json!({"context": "full"}), json!({"to_context": "full"}))
        .invalid(json!({"context": "no such workflow"}))
}

pub(crate) fn arango_get_active_workflow() -> Contract {
    Contract::of("arango_get_active_workflow").gives_after(
        vec![("arango_switch_workflow", json!({"context": "bulk_operations"}))],
        json!({}),
        json!({"active_context": "bulk_operations"}),
    )
}

pub(crate) fn arango_list_workflows() -> Contract {
    Contract::of("arango_list_workflows")
        .gives(json!({}), json!({"contexts": {"baseline": {"tool_count": 7}, "full": {}}}))
        .gives(json!({"include_tools": true}), json!({"contexts": {"schema_validation": {}}}))
}

pub(crate) fn arango_advance_workflow_stage() -> Contract {
    Contract::of("arango_advance_workflow_stage")
        .gives(json!({"stage": "cleanup"}), json!({"to_stage": "cleanup", "enforced": true}))
        .invalid(json!({"stage": "no such stage"}))
}

pub(crate) fn arango_get_tool_usage_stats() -> Contract {
    Contract::of("arango_get_tool_usage_stats").gives_after(
        vec![("arango_list_collections", json!({}))],
        json!({}),
        json!({"tool_usage": {"arango_list_collections": {}}, "session_id": "stdio"}),
    )
}

pub(crate) fn arango_unload_tools() -> Contract {
    Contract::of("arango_unload_tools")
        .gives(
            json!({"tool_names": ["arango_backup", "no_such_tool"]}),
            json!({"unloaded": ["arango_backup"], "not_found": ["no_such_tool"], "total_unloaded": 1}),
        )
        .gives(json!({"tool_names": []}), json!({"total_unloaded": 0}))
}

pub(crate) fn arango_aql_help() -> Contract {
    Contract::of("arango_aql_help")
        .gives(json!({"topic": "COLLECT"}), json!({"topics": [{"name": "COLLECT", "kind": "operation"}]}))
        .gives(json!({}), json!({"topics": []}))
        .invalid(json!({"topic": "no such topic at all"}))
}

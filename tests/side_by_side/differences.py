"""Differences that are meant: tool, pattern of the place in the result (a full match; `[]` stands for any index), reason.
The same differences, for people, are in docs/migration.md."""

# Lists of tools and how long they are.
TOOLS = (
    r"matches|matches\[\]\.name|total_\w+|categories\.\w+\.(tools(\[\])?|count)|contexts\.\w+\.(tools(\[\])?|tool_count)|"
    r"(tools|tools_\w+|active_\w*tools)(\[\])?|tool_count"
)
MORE_TOOLS = "more tools, in the order of tools/list; the original's order changes from run to run"

MEANT = [
    *[(f"arango_{name}", TOOLS, MORE_TOOLS) for name in (
        "search_tools", "list_tools_by_category", "list_workflows", "switch_workflow", "advance_workflow_stage",
        "get_active_workflow", "get_tool_usage_stats", "unload_tools",
    )],
    ("arango_search_tools", r"matches\[\]\.inputSchema\..*", "schemas without titles and defaults"),
    ("arango_get_tool_usage_stats", r"tool_usage\..*", "all calls count, also failed ones, but not the running one; "
     "tools stand there by their first name"),
    ("arango_list_collections", r"|\[\]", "system collections are left out"),
    ("arango_create_collection", r"waitForSync", "the real value, where the original always had null"),
    ("arango_list_indexes", r"\[\]\.id", "ids are whole: `collection/number`"),
    ("arango_list_indexes", r"\[\]\.selectivityEstimate", "the real value, where the original always had null"),
    ("arango_create_index", r"id", "ids are whole: `collection/number`"),
    ("arango_explain_query", r"plans|index_suggestions", "the plans and suggestions, where the original had empty lists"),
    ("arango_query_profile", r"plans", "the plans, where the original had an empty list"),
    ("arango_bulk_insert", r"inserted_count|error_count|errors|success_rate", "refused documents are not counted as written"),
    ("arango_bulk_update", r"updated_count|error_count|errors", "refused documents are not counted as written"),
    ("arango_shortest_path", r"vertices|edges", "all along the path, where the original had one vertex and no edge; "
     "left out with return_paths false"),
    ("arango_restore_graph", r"conflicts", "with `skip` and `overwrite`, too, what existed is listed"),
    ("arango_restore_graph", r"errors|integrity_report", "a graph that exists already is no error with `skip`"),
    ("arango_restore_graph", r"graph_created", "false where the graph existed with the same definition"),
    ("arango_graph_statistics", r"statistics\[\]\.avg_out_degree", "the average of the edges that were counted, "
     "where the original took all edges of the graph"),
    ("arango_graph_statistics", r"statistics\[\]\.per_collection_connectivity\..*",
     "vertices from which nothing is reached count, too"),
    ("arango_set_focused_database", r"tool", "errors name the tool by its first name"),
    ("arango_get_database_resolution", r"levels\.[456]_.*", "the levels 4 to 6 are others"),
]

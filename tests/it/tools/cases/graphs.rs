//! Tools on named graphs: making them, walking along their edges, looking after them.

use serde_json::json;

use crate::tools::contract::Contract;

pub(crate) fn arango_create_graph() -> Contract {
    let likes = json!([{"edge_collection": "likes", "from_collections": ["people"], "to_collections": ["things"]}]);
    let loose = json!([{"edge_collection": "loose", "from_collections": ["people"], "to_collections": ["people"]}]);
    Contract::of("arango_create_graph")
        .gives(
            json!({"name": "taste", "edge_definitions": likes}),
            json!({"name": "taste", "edge_definitions": likes, "vertex_collections": ["people", "things"]}),
        )
        .gives(json!({"name": "ruin", "edge_definitions": loose}), json!({"name": "ruin", "created": false}))
        .refuses(json!({"name": "ruin", "edge_definitions": likes}), "ConflictError", 1925)
        .refuses(
            json!({"name": "taste", "edge_definitions": likes, "create_collections": false}),
            "CollectionNotFound",
            1203,
        )
        .refuses(
            json!({"name": "taste", "edge_definitions": [
                {"edge_collection": "knows", "from_collections": ["places"], "to_collections": ["places"]}]}),
            "ArangoError",
            1921,
        )
        .refuses(
            json!({"name": "taste", "edge_definitions": [
                {"edge_collection": "orders", "from_collections": ["people"], "to_collections": ["people"]}]}),
            "ArangoError",
            1944,
        )
        .invalid(json!({"name": "no/name", "edge_definitions": likes}))
        .invalid(json!({"name": "taste", "edge_definitions": [{"edge_collection": "likes"}]}))
}

pub(crate) fn arango_list_graphs() -> Contract {
    Contract::of("arango_list_graphs").gives(json!({}), json!([{"name": "ruin"}, {"name": "town"}]))
}

pub(crate) fn arango_add_vertex_collection() -> Contract {
    Contract::of("arango_add_vertex_collection")
        .gives(json!({"graph": "town", "collection": "pets"}), json!({"graph": "town", "collection_added": "pets"}))
        .gives(json!({"graph": "town", "collection": "people"}), json!({"collection_added": "people"}))
        .refuses(json!({"graph": "nothing", "collection": "pets"}), "ArangoError", 1924)
}

pub(crate) fn arango_add_edge_definition() -> Contract {
    let owns = |graph: &str, from: &str| json!({"graph": graph, "edge_collection": "owns", "from_collections": [from], "to_collections": ["pets"]});
    Contract::of("arango_add_edge_definition")
        .gives(
            owns("town", "people"),
            json!({"graph": "town", "edge_definition": {
                "edge_collection": "owns", "from_collections": ["people"], "to_collections": ["pets"]}}),
        )
        .refuses(owns("nothing", "people"), "ArangoError", 1924)
        .refuses(
            json!({"graph": "town", "edge_collection": "knows", "from_collections": ["places"], "to_collections": ["people"]}),
            "ConflictError",
            1920,
        )
        .refuses(
            json!({"graph": "town", "edge_collection": "orders", "from_collections": ["people"], "to_collections": ["people"]}),
            "ArangoError",
            1944,
        )
}

pub(crate) fn arango_add_edge() -> Contract {
    let edge =
        |to: &str| json!({"collection": "knows", "from_id": "people/dan", "to_id": to, "attributes": {"_key": "new"}});
    Contract::of("arango_add_edge")
        .gives(edge("people/ada"), json!({"_id": "knows/new"}))
        .refuses(
            json!({"collection": "people", "from_id": "people/dan", "to_id": "people/ada"}),
            "ValidationError",
            1218,
        )
        .refuses(
            json!({"collection": "nothing", "from_id": "people/dan", "to_id": "people/ada"}),
            "CollectionNotFound",
            1203,
        )
        .refuses(
            json!({"collection": "knows", "from_id": "people/dan", "to_id": "people/ada", "attributes": {"_key": "ab"}}),
            "ArangoError",
            1210,
        )
        .invalid(edge("no id"))
        .invalid(json!({"collection": "knows", "from_id": "people/dan", "to_id": "people/ada", "attributes": {"_to": "people/bob"}}))
}

pub(crate) fn arango_traverse() -> Contract {
    traverse("arango_traverse")
}

pub(crate) fn arango_graph_traversal() -> Contract {
    traverse("arango_graph_traversal")
}

/// The two names of one tool.
fn traverse(tool: &'static str) -> Contract {
    Contract::of(tool)
        .gives(
            json!({"start_vertex": "people/ada", "edge_collections": ["knows"], "max_depth": 2}),
            json!([
                {"vertex": {"_key": "bob"}, "edge": {"_key": "ab"}},
                {"vertex": {"_key": "cleo"}, "edge": {"_key": "bc"}},
            ]),
        )
        .gives(
            json!({"start_vertex": "people/cleo", "graph": "town", "direction": "INBOUND", "return_paths": true}),
            json!([{"vertices": [{"_key": "cleo"}, {"_key": "bob"}], "edges": [{"_key": "bc"}]}]),
        )
        .gives(json!({"start_vertex": "people/nobody", "graph": "town"}), json!([]))
        .refuses(json!({"start_vertex": "people/ada", "graph": "nothing"}), "ArangoError", 1924)
        .refuses(json!({"start_vertex": "people/ada", "edge_collections": ["nothing"]}), "CollectionNotFound", 1203)
        .invalid(json!({"start_vertex": "people/ada"}))
        .invalid(json!({"start_vertex": "ada", "graph": "town"}))
        .invalid(json!({"start_vertex": "people/ada", "graph": "town", "direction": "UP"}))
        .invalid(json!({"start_vertex": "people/ada", "graph": "town", "min_depth": 3, "max_depth": 2}))
}

pub(crate) fn arango_shortest_path() -> Contract {
    let path = |to: &str| json!({"start_vertex": "people/ada", "end_vertex": to, "graph": "town"});
    Contract::of("arango_shortest_path")
        .gives(
            path("people/cleo"),
            json!({"found": true, "length": 2, "vertices": [{"_key": "ada"}, {"_key": "bob"}, {"_key": "cleo"}],
                "edges": [{"_key": "ab"}, {"_key": "bc"}]}),
        )
        .gives(path("people/dan"), json!({"found": false}))
        .gives(
            json!({"start_vertex": "people/ada", "end_vertex": "people/cleo", "edge_collections": ["knows"],
                "weight_attribute": "weight", "return_paths": false}),
            json!({"found": true, "weight": 5}),
        )
        .refuses(
            json!({"start_vertex": "people/ada", "end_vertex": "people/bob", "graph": "nothing"}),
            "ArangoError",
            1924,
        )
        .invalid(json!({"start_vertex": "people/ada", "end_vertex": "people/bob"}))
        .invalid(path("cleo"))
}

pub(crate) fn arango_validate_graph_integrity() -> Contract {
    Contract::of("arango_validate_graph_integrity")
        .gives(
            json!({"graphName": "ruin", "returnDetails": true}),
            json!({"valid": false, "graphs_checked": 1, "total_orphaned_edges": 1, "results": [
                {"graph_name": "ruin", "orphaned_edges": [{"_id": "loose/x", "from_exists": true, "to_exists": false}]}]}),
        )
        .gives(json!({"graph_name": "town"}), json!({"valid": true, "graphs_checked": 1, "results": [{"orphaned_edges": []}]}))
        .gives(json!({}), json!({"valid": false, "graphs_checked": 2}))
        .refuses(json!({"graphName": "nothing"}), "ArangoError", 1924)
}

pub(crate) fn arango_graph_statistics() -> Contract {
    Contract::of("arango_graph_statistics")
        .gives(
            json!({"graphName": "town"}),
            json!({"graphs_analyzed": 1, "statistics": [{"graph_name": "town", "total_vertices": 6, "total_edges": 4,
                "vertex_collections": ["people", "places"], "edge_collections": ["knows", "lives_in"]}]}),
        )
        .gives(json!({"aggregateCollections": true}), json!({"graphs_analyzed": 2}))
        .gives(json!({"perCollectionStats": true, "sampleSize": 200}), json!({"graphs_analyzed": 2}))
        .refuses(json!({"graphName": "nothing"}), "ArangoError", 1924)
        .invalid(json!({"sampleSize": 5}))
}

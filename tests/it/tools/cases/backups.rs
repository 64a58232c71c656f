//! Tools that write files, and the one that reads them back.

use serde_json::{Value, json};

use crate::tools::contract::Contract;

/// Paths that lead out of the backup directory.
const OUTSIDE: [&str; 2] = ["../elsewhere", "/tmp/elsewhere"];

pub(crate) fn arango_backup() -> Contract {
    let contract = Contract::of("arango_backup")
        .gives(json!({"outputDir": "all"}), json!({"total_collections": 7, "total_documents": 14}))
        .gives(
            json!({"outputDir": "two", "collections": ["people", "places"], "docLimit": 1}),
            json!({"total_collections": 2, "total_documents": 2, "written": [
                {"collection": "people", "count": 1}, {"collection": "places", "count": 1}]}),
        )
        .gives(json!({"collection": "people"}), json!({"total_documents": 4}))
        .refuses(json!({"collection": "nothing"}), "CollectionNotFound", 1203)
        .refuses_after(
            vec![("arango_backup", json!({"outputDir": "there"}))],
            json!({"outputDir": "there"}),
            "ConflictError",
            None,
        );
    outside(contract, "outputDir", &json!({}))
}

pub(crate) fn arango_backup_graph() -> Contract {
    let contract = Contract::of("arango_backup_graph")
        .gives(
            json!({"graph_name": "town", "outputDir": "town"}),
            json!({"graph_name": "town", "total_vertex_collections": 2, "total_edge_collections": 2, "total_documents": 10,
                "metadata_included": true}),
        )
        .gives(json!({"graph_name": "town", "docLimit": 1, "includeMetadata": false}), json!({"total_documents": 4}))
        .refuses(json!({"graph_name": "nothing"}), "ArangoError", 1924);
    outside(contract, "outputDir", &json!({"graph_name": "town"}))
}

pub(crate) fn arango_backup_named_graphs() -> Contract {
    let contract = Contract::of("arango_backup_named_graphs")
        .gives(json!({"outputFile": "graphs.json"}), json!({"graphs_backed_up": 2, "missing_graphs": []}))
        .gives(
            json!({"graphNames": ["town", "nothing"]}),
            json!({"graphs_backed_up": 1, "missing_graphs": ["nothing"]}),
        );
    outside(contract, "outputFile", &json!({}))
}

pub(crate) fn arango_restore_graph() -> Contract {
    let backup = || vec![("arango_backup_graph", json!({"graph_name": "town", "outputDir": "town"}))];
    let lost = || {
        let mut calls = backup();
        calls.push(("arango_remove", json!({"collection": "people", "key": "ada"})));
        calls.push(("arango_update", json!({"collection": "people", "key": "bob", "update": {"age": 1}})));
        calls
    };
    let contract = Contract::of("arango_restore_graph")
        .gives_after(
            lost(),
            json!({"inputDir": "town", "conflictResolution": "skip"}),
            json!({"graph_name": "town", "graph_created": false, "total_documents_restored": 1}),
        )
        .gives_after(
            lost(),
            json!({"inputDir": "town", "conflictResolution": "overwrite"}),
            json!({"graph_name": "town"}),
        )
        .gives_after(
            lost(),
            json!({"inputDir": "town", "conflictResolution": "skip", "dryRun": true}),
            json!({"dry_run": true}),
        )
        .gives_after(
            lost(),
            json!({"inputDir": "town", "graphName": "copy", "conflictResolution": "skip"}),
            json!({"graph_name": "copy", "original_graph_name": "town", "graph_created": true}),
        )
        .refuses_after(backup(), json!({"inputDir": "town"}), "ConflictError", None)
        .refuses(json!({"inputDir": "nothing"}), "FileError", None);
    outside(contract, "inputDir", &json!({}))
}

/// Paths out of the backup directory are refused.
fn outside(contract: Contract, argument: &str, good: &Value) -> Contract {
    OUTSIDE.into_iter().fold(contract, |contract, path| {
        let mut arguments = good.clone();
        arguments[argument] = path.into();
        contract.invalid(arguments)
    })
}

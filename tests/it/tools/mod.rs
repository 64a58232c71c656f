//! Every tool, driven by the official SDK's client over a real database: what it does when it works, what it says when it
//! cannot, and whether its hints are true.
//!
//! The database is the embedded engine in a process of its own, or any ArangoDB that `ARANGO_TEST_URL` names. A tool is
//! covered by a function of its name below `cases/` and that name in the list here; a tool without one fails the suite.

mod cases;
mod check;
mod client;
mod contract;
mod database;
mod fixture;
mod snapshot;

use std::collections::BTreeSet;

use contract::Contract;
use serde_json::Value;

use crate::support::run;

macro_rules! contracts {
    ($($topic:ident: $($tool:ident)*;)*) => {
        /// One test for each tool, named after it.
        mod keeps_its_contract {
            $($(
                #[tokio::test]
                async fn $tool() {
                    super::check::run(super::cases::$topic::$tool()).await;
                }
            )*)*
        }

        fn all() -> Vec<Contract> {
            vec![$($(cases::$topic::$tool()),*),*]
        }
    };
}

contracts! {
    documents: arango_insert arango_add_vertex arango_update arango_remove arango_get_documents arango_bulk_insert
        arango_bulk_update arango_insert_with_validation arango_validate_references arango_create_schema
        arango_validate_document;
    queries: arango_query arango_query_builder arango_explain_query arango_query_profile arango_list_queries
        arango_kill_query arango_fetch_more;
    collections: arango_list_collections arango_create_collection arango_list_indexes arango_create_index
        arango_delete_index arango_describe_database arango_describe_collection;
    graphs: arango_create_graph arango_list_graphs arango_add_vertex_collection arango_add_edge_definition arango_add_edge
        arango_traverse arango_graph_traversal arango_shortest_path arango_validate_graph_integrity
        arango_graph_statistics;
    backups: arango_backup arango_backup_graph arango_backup_named_graphs arango_restore_graph;
    tenancy: arango_database_status set_focused_database get_focused_database list_available_databases
        arango_database_resolution_status arango_list_database_configs;
    discovery: arango_search_tools arango_list_tools_by_category arango_switch_workflow arango_get_active_workflow
        arango_list_workflows arango_advance_workflow_stage arango_get_tool_usage_stats arango_unload_tools
        arango_aql_help;
}

/// The tools as clients see them.
fn listed() -> Vec<Value> {
    let output = run(&["tools", "--json"]);
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_listed_tool_has_a_contract_with_a_success() {
    let listed = listed();
    let listed: BTreeSet<&str> = listed.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let contracts = all();
    let covered: BTreeSet<&str> = contracts.iter().map(|contract| contract.tool).collect();
    assert_eq!(covered.len(), contracts.len(), "a tool is covered twice");
    let differing: Vec<_> = listed.symmetric_difference(&covered).collect();
    assert!(differing.is_empty(), "tests/it/tools/cases and the list of tools differ: {differing:?}");
    for contract in contracts {
        assert!(!contract.successes.is_empty(), "{}: no call that succeeds", contract.tool);
    }
}

#[test]
fn every_error_number_in_a_description_has_a_case() {
    let contracts = all();
    for tool in listed() {
        let name = tool["name"].as_str().unwrap();
        let contract = contracts.iter().find(|contract| contract.tool == name).unwrap();
        for (_, rest) in tool["description"].as_str().unwrap().match_indices("error ").map(|(at, word)| {
            let text = tool["description"].as_str().unwrap();
            (at, &text[at + word.len()..])
        }) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let Ok(number) = digits.parse::<u64>() else { continue };
            let told = contract.refusals.iter().any(|refusal| refusal.code == Some(number))
                || contract.elsewhere.contains(&number);
            assert!(told, "{name}: its description names error {number}, and no case shows it");
        }
    }
}

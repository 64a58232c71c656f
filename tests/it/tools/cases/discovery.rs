//! Tools about the language: the manual.

use serde_json::json;

use crate::tools::contract::Contract;

pub(crate) fn arango_aql_help() -> Contract {
    Contract::of("arango_aql_help")
        .gives(json!({"topic": "COLLECT"}), json!({"topics": [{"name": "COLLECT", "kind": "operation"}]}))
        .gives(json!({}), json!({"topics": []}))
        .invalid(json!({"topic": "no such topic at all"}))
}

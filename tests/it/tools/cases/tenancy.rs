//! Tools about the configured databases and the choice among them.

use serde_json::json;

use crate::tools::contract::{Contract, last};

pub(crate) fn arango_database_status() -> Contract {
    Contract::of("arango_database_status")
        .gives(json!({}), json!({"summary": {"total": 2, "connected": 2, "failed": 0, "focused_database": null}}))
}

pub(crate) fn set_focused_database() -> Contract {
    Contract::of("set_focused_database")
        .gives(json!({"database": "system"}), json!({"success": true, "focused_database": "system"}))
        .gives(json!({"database": ""}), json!({"success": true, "focused_database": null}))
        .gives(json!({}), json!({"success": true, "fallback_database": "suite"}))
        .refuses(json!({"database": "nothing"}), "DatabaseNotConfigured", None)
}

pub(crate) fn get_focused_database() -> Contract {
    Contract::of("get_focused_database")
        .gives(json!({}), json!({"focused_database": null, "is_set": false}))
        .gives_after(
            vec![("set_focused_database", json!({"database": "system"}))],
            json!({}),
            json!({"focused_database": "system", "is_set": true}),
        )
        .gives_after(
            vec![
                ("set_focused_database", json!({"database": "system"})),
                ("set_focused_database", json!({"database": "suite"})),
            ],
            json!({"focus": last("/focus")}),
            json!({"focused_database": "suite", "is_set": true}),
        )
}

pub(crate) fn list_available_databases() -> Contract {
    Contract::of("list_available_databases")
        .gives(json!({}), json!({"total_count": 2, "databases": [{"key": "suite"}, {"key": "system"}]}))
}

pub(crate) fn arango_database_resolution_status() -> Contract {
    Contract::of("arango_database_resolution_status")
        .gives(json!({}), json!({"resolved_database": "suite"}))
        .gives(json!({"database": "system"}), json!({"resolved_database": "system"}))
        .gives(json!({"database": "nothing"}), json!({"resolved_database": null}))
        .tells_of_any_database()
}

pub(crate) fn arango_list_database_configs() -> Contract {
    Contract::of("arango_list_database_configs").gives(json!({}), json!({}))
}

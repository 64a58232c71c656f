//! Tools on collections, their indexes, and the overview of a database.

use serde_json::json;

use crate::tools::contract::{Contract, last};

pub(crate) fn arango_list_collections() -> Contract {
    Contract::of("arango_list_collections")
        .gives(json!({}), json!(["knows", "lives_in", "loose", "mcp_schemas", "orders", "people", "places"]))
}

pub(crate) fn arango_create_collection() -> Contract {
    Contract::of("arango_create_collection")
        .gives(json!({"name": "new"}), json!({"name": "new", "type": "document", "waitForSync": false}))
        .gives(
            json!({"name": "likes", "type": "edge", "waitForSync": true}),
            json!({"name": "likes", "type": "edge", "waitForSync": true}),
        )
        .gives(json!({"name": "people"}), json!({"name": "people", "type": "document"}))
        .refuses(json!({"name": "people", "type": "edge"}), "ConflictError", 1207)
        .invalid(json!({"name": "new", "type": "view"}))
        .invalid(json!({"name": "1 no name"}))
}

pub(crate) fn arango_list_indexes() -> Contract {
    Contract::of("arango_list_indexes")
        .gives(
            json!({"collection": "people"}),
            json!([
                {"type": "primary", "fields": ["_key"], "unique": true},
                {"type": "persistent", "fields": ["email"], "unique": true, "name": "email"},
            ]),
        )
        .gives(json!({"collection": "knows"}), json!([{"type": "primary"}, {"type": "edge"}]))
        .refuses(json!({"collection": "nothing"}), "CollectionNotFound", 1203)
}

pub(crate) fn arango_create_index() -> Contract {
    Contract::of("arango_create_index")
        .gives(
            json!({"collection": "people", "fields": ["age"], "name": "by_age"}),
            json!({"type": "persistent", "fields": ["age"], "name": "by_age", "unique": false, "isNewlyCreated": true}),
        )
        .gives(
            json!({"collection": "people", "fields": ["email"], "unique": true, "sparse": true}),
            json!({"name": "email", "isNewlyCreated": false}),
        )
        .gives(json!({"collection": "orders", "fields": ["at"], "type": "ttl", "ttl": 60}), json!({"type": "ttl"}))
        .gives(
            json!({"collection": "places", "fields": ["at"], "type": "geo", "geoJson": true}),
            json!({"type": "geo", "fields": ["at"]}),
        )
        .refuses(json!({"collection": "nothing", "fields": ["a"]}), "CollectionNotFound", 1203)
        .refuses_after(
            vec![("arango_update", json!({"collection": "people", "key": "ada", "update": {"age": 41}}))],
            json!({"collection": "people", "fields": ["age"], "unique": true}),
            "ArangoError",
            1210,
        )
        .refuses(json!({"collection": "people", "fields": ["age"], "name": "email"}), "ArangoError", 1005)
        .invalid(json!({"collection": "people", "fields": []}))
        .invalid(json!({"collection": "people", "fields": ["at"], "type": "ttl"}))
        .invalid(json!({"collection": "people", "fields": ["age"], "geoJson": true}))
        .invalid(json!({"collection": "people", "fields": ["age"], "type": "btree"}))
}

pub(crate) fn arango_delete_index() -> Contract {
    Contract::of("arango_delete_index")
        .gives(json!({"collection": "people", "id_or_name": "email"}), json!({"deleted": true, "result": true}))
        .gives_after(
            vec![("arango_create_index", json!({"collection": "people", "fields": ["age"]}))],
            json!({"collection": "people", "id_or_name": last("/id")}),
            json!({"deleted": true}),
        )
        .refuses(json!({"collection": "people", "id_or_name": "unknown"}), "ArangoError", 1212)
        .refuses(json!({"collection": "nothing", "id_or_name": "email"}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "id_or_name": "primary"}))
        .invalid(json!({"collection": "people", "id_or_name": "places/5"}))
}

pub(crate) fn arango_describe_database() -> Contract {
    Contract::of("arango_describe_database").gives(json!({}), json!({}))
}

pub(crate) fn arango_describe_collection() -> Contract {
    Contract::of("arango_describe_collection")
        .gives(
            json!({"collection": "people"}),
            json!({"collection": "people", "type": "document", "count": 4, "sampled": 4}),
        )
        .gives(json!({"collection": "people", "sample_size": 1}), json!({"count": 4, "sampled": 1}))
        .refuses(json!({"collection": "nothing"}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "sample_size": 0}))
}

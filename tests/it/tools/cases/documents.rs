//! Tools that write, read and check documents.

use serde_json::{Value, json};

use crate::tools::contract::Contract;

pub(crate) fn arango_insert() -> Contract {
    insert("arango_insert")
}

pub(crate) fn arango_add_vertex() -> Contract {
    insert("arango_add_vertex").shown_elsewhere(1210)
}

/// The two names of one tool.
fn insert(tool: &'static str) -> Contract {
    Contract::of(tool)
        .gives(
            json!({"collection": "people", "document": {"_key": "eve", "name": "Eve"}}),
            json!({"_id": "people/eve", "_key": "eve"}),
        )
        .gives(json!({"collection": "people", "document": "{\"_key\": \"text\"}"}), json!({"_id": "people/text"}))
        .gives(
            json!({"collection": "knows", "document": {"_key": "da", "_from": "people/dan", "_to": "people/ada"}}),
            json!({"_id": "knows/da"}),
        )
        .refuses(json!({"collection": "people", "document": {"_key": "ada"}}), "ArangoError", 1210)
        .refuses(json!({"collection": "people", "document": {"email": "ada@example.com"}}), "ArangoError", 1210)
        .refuses(json!({"collection": "people", "document": {"_key": "no spaces"}}), "ArangoError", 1221)
        .refuses(json!({"collection": "knows", "document": {"name": "no ends"}}), "ArangoError", 1233)
        .refuses(json!({"collection": "nothing", "document": {}}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "no/slash", "document": {}}))
        .refuses_after(
            vec![(
                "arango_create_schema",
                json!({"name": "strict", "collection": "places", "schema": {"required": ["name"]}, "apply": true}),
            )],
            json!({"collection": "places", "document": {}}),
            "ArangoError",
            1620,
        )
}

pub(crate) fn arango_update() -> Contract {
    Contract::of("arango_update")
        .gives(json!({"collection": "people", "key": "ada", "update": {"age": 37}}), json!({"_id": "people/ada"}))
        .gives(json!({"collection": "people", "key": "people/bob", "update": {"email": null}}), json!({"_key": "bob"}))
        .refuses(json!({"collection": "people", "key": "nobody", "update": {"age": 1}}), "ArangoError", 1202)
        .refuses(json!({"collection": "nothing", "key": "ada", "update": {"age": 1}}), "CollectionNotFound", 1203)
        .refuses(
            json!({"collection": "people", "key": "ada", "update": {"email": "bob@example.com"}}),
            "ArangoError",
            1210,
        )
        .invalid(json!({"collection": "people", "key": "ada", "update": {"_key": "bob"}}))
        .invalid(json!({"collection": "people", "key": "places/rome", "update": {"age": 1}}))
}

pub(crate) fn arango_remove() -> Contract {
    Contract::of("arango_remove")
        .gives(json!({"collection": "people", "key": "dan"}), json!({"_id": "people/dan", "_key": "dan"}))
        .gives(json!({"collection": "people", "key": "people/ada"}), json!({"_key": "ada"}))
        .refuses(json!({"collection": "people", "key": "nobody"}), "ArangoError", 1202)
        .refuses(json!({"collection": "nothing", "key": "ada"}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "key": "not a key"}))
}

pub(crate) fn arango_get_documents() -> Contract {
    let too_many: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
    Contract::of("arango_get_documents")
        .gives(
            json!({"collection": "people", "keys": ["ada", "nobody", "people/bob"]}),
            json!({"documents": [{"name": "Ada"}, {"name": "Bob"}], "missing": ["nobody"]}),
        )
        .gives(json!({"collection": "people", "keys": []}), json!({"documents": [], "missing": []}))
        .refuses(json!({"collection": "nothing", "keys": ["ada"]}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "keys": ["places/rome"]}))
        .invalid(json!({"collection": "people", "keys": too_many}))
}

pub(crate) fn arango_bulk_insert() -> Contract {
    let documents = json!([{"_key": "eve"}, {"_key": "ada"}, {"_key": "finn"}]);
    Contract::of("arango_bulk_insert")
        .gives(
            json!({"collection": "people", "documents": documents}),
            json!({"total_documents": 3, "inserted_count": 2, "error_count": 1, "errors": [{"index": 1}],
                "inserted_ids": ["people/eve", "people/finn"]}),
        )
        .gives(
            json!({"collection": "people", "documents": documents, "on_error": "ignore", "batch_size": 1}),
            json!({"inserted_count": 2, "error_count": 0, "ignored_count": 1, "errors": []}),
        )
        .gives(
            json!({"collection": "knows", "validate_refs": true, "documents": [
                {"_from": "people/dan", "_to": "people/ada"}, {"_from": "people/dan", "_to": "people/nobody"}]}),
            json!({"inserted_count": 1, "error_count": 1}),
        )
        .gives(json!({"collection": "people", "documents": []}), json!({"total_documents": 0, "success_rate": 0}))
        .refuses(json!({"collection": "nothing", "documents": [{}]}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "documents": [5]}))
        .invalid(json!({"collection": "people", "documents": [{}], "on_error": "explode"}))
        .invalid(json!({"collection": "people", "documents": [{}], "batch_size": 1_000_000}))
}

pub(crate) fn arango_bulk_update() -> Contract {
    let updates = json!([{"key": "ada", "update": {"age": 1}}, {"_key": "bob", "age": 2}, {"key": "nobody", "age": 3}]);
    Contract::of("arango_bulk_update")
        .gives(
            json!({"collection": "people", "updates": updates}),
            json!({"total_updates": 3, "updated_count": 2, "error_count": 1, "errors": [{"index": 2}]}),
        )
        .gives(
            json!({"collection": "people", "updates": updates, "on_error": "ignore"}),
            json!({"updated_count": 2, "error_count": 0, "ignored_count": 1}),
        )
        .gives(
            json!({"collection": "people", "updates": [{"age": 3}, {"key": "ada", "update": {}}], "on_error": "continue"}),
            json!({"updated_count": 0, "error_count": 1, "unchanged_count": 1}),
        )
        .refuses(json!({"collection": "nothing", "updates": [{"key": "a", "b": 1}]}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "people", "updates": ["ada"]}))
}

pub(crate) fn arango_insert_with_validation() -> Contract {
    let order =
        |by: Value| json!({"collection": "orders", "document": {"_key": "new", "by": by}, "reference_fields": ["by"]});
    Contract::of("arango_insert_with_validation")
        .gives(order(json!("people/ada")), json!({"_id": "orders/new"}))
        .gives(order(json!(["people/ada", "people/bob"])), json!({"_id": "orders/new"}))
        .gives(order(Value::Null), json!({"_id": "orders/new"}))
        .invalid(order(json!("people/nobody")))
        .invalid(order(json!("nothing/ada")))
        .refuses(json!({"collection": "nothing", "document": {}}), "CollectionNotFound", 1203)
        .refuses(json!({"collection": "orders", "document": {"_key": "good"}}), "ArangoError", 1210)
}

pub(crate) fn arango_validate_references() -> Contract {
    let check = json!({"collection": "orders", "reference_fields": ["by"]});
    let found = json!({"total_checked": 2, "invalid_count": 1, "validation_passed": false, "invalid_documents": [
        {"_id": "orders/bad", "invalid_references": [{"field": "by", "value": "people/nobody"}]}]});
    Contract::of("arango_validate_references")
        .gives(check, found)
        .gives(
            json!({"collection": "orders", "reference_fields": ["by"], "fix_invalid": true}),
            json!({"invalid_count": 1, "removed_count": 1}),
        )
        .gives(
            json!({"collection": "knows", "reference_fields": ["_from", "_to"]}),
            json!({"invalid_count": 0, "validation_passed": true}),
        )
        .refuses(json!({"collection": "nothing", "reference_fields": ["by"]}), "CollectionNotFound", 1203)
        .invalid(json!({"collection": "orders", "reference_fields": []}))
        .invalid(json!({"collection": "orders", "reference_fields": ["..", "by"]}))
}

pub(crate) fn arango_create_schema() -> Contract {
    let store =
        |apply: bool, schema: Value| json!({"name": "place", "collection": "places", "schema": schema, "apply": apply});
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    Contract::of("arango_create_schema")
        .gives(store(false, schema.clone()), json!({"created": true, "key": "places:place"}))
        .gives(store(true, schema.clone()), json!({"created": true, "applied": true}))
        .gives(
            json!({"name": "person", "collection": "people", "schema": {"required": ["age"]}}),
            json!({"key": "people:person"}),
        )
        .invalid(store(false, json!({"type": "no such type"})))
        .invalid(json!({"name": "no/slash", "collection": "places", "schema": schema}))
        .refuses(
            json!({"name": "place", "collection": "nothing", "schema": schema, "apply": true}),
            "CollectionNotFound",
            1203,
        )
        .shown_elsewhere(1620)
}

pub(crate) fn arango_validate_document() -> Contract {
    Contract::of("arango_validate_document")
        .gives(
            json!({"collection": "people", "document": {"name": "Eve"}, "schema_name": "person"}),
            json!({"valid": true}),
        )
        .gives(
            json!({"collection": "people", "document": {"name": 5}, "schema_name": "person"}),
            json!({"valid": false, "errors": [{"path": ["name"], "validator": "type"}]}),
        )
        .gives(
            json!({"collection": "nothing", "document": {}, "schema": {"required": ["name"]}}),
            json!({"valid": false, "errors": [{"path": [], "validator": "required"}]}),
        )
        .invalid(json!({"collection": "people", "document": {}}))
        .invalid(json!({"collection": "people", "document": {}, "schema_name": "unknown"}))
        .invalid(json!({"collection": "people", "document": {}, "schema": {"type": 5}}))
}

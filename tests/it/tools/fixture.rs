//! What every case begins with: a small town, with something wrong in it for the tools that look for that.
//!
//! | collection | what is in it |
//! | --- | --- |
//! | `people` | ada, bob, cleo, dan; `email` is unique |
//! | `places` | rome, oslo |
//! | `knows`, `lives_in` | the edges of the graph `town`; ada → bob → cleo, ada and bob have a place |
//! | `orders` | one of a person that exists, one of nobody |
//! | `loose` | an edge collection of the graph `ruin` with an edge to nobody |
//! | `mcp_schemas` | the schema `person` of `people` |

use serde_json::{Value, json};

use super::database::Database;

/// Whatever a former case left goes, and the fixture is made anew.
pub(crate) async fn reset(database: &Database) {
    for graph in database.get("/_api/gharial").await["graphs"].as_array().unwrap() {
        database.delete(&format!("/_api/gharial/{}", graph["_key"].as_str().unwrap())).await;
    }
    for name in database.collections().await {
        database.delete(&format!("/_api/collection/{name}")).await;
    }
    for (name, edges) in collections() {
        let kind = if edges { 3 } else { 2 };
        database.post("/_api/collection", json!({ "name": name, "type": kind })).await;
    }
    let unique = json!({ "type": "persistent", "fields": ["email"], "unique": true, "sparse": true, "name": "email" });
    database.post("/_api/index?collection=people", unique).await;
    for (name, documents) in documents() {
        let insert = "FOR d IN @documents INSERT d INTO @@c";
        database.rows(insert, json!({ "documents": documents, "@c": name })).await;
    }
    for (name, definitions) in graphs() {
        database.post("/_api/gharial", json!({ "name": name, "edgeDefinitions": definitions })).await;
    }
}

fn collections() -> [(&'static str, bool); 7] {
    [
        ("people", false),
        ("places", false),
        ("orders", false),
        ("mcp_schemas", false),
        ("knows", true),
        ("lives_in", true),
        ("loose", true),
    ]
}

fn documents() -> [(&'static str, Value); 7] {
    let schema = json!({ "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } });
    [
        (
            "people",
            json!([
                { "_key": "ada", "name": "Ada", "age": 36, "email": "ada@example.com", "tags": ["a", "b"] },
                { "_key": "bob", "name": "Bob", "age": 41, "email": "bob@example.com" },
                { "_key": "cleo", "name": "Cleo", "age": 29, "email": "cleo@example.com", "address": { "city": "Rome" } },
                { "_key": "dan", "name": "Dan", "age": 52, "email": "dan@example.com" },
            ]),
        ),
        ("places", json!([{ "_key": "rome", "name": "Rome" }, { "_key": "oslo", "name": "Oslo" }])),
        (
            "orders",
            json!([{ "_key": "good", "by": "people/ada", "total": 5 }, { "_key": "bad", "by": "people/nobody", "total": 7 }]),
        ),
        (
            "mcp_schemas",
            json!([{ "_key": "people:person", "collection": "people", "name": "person", "schema": schema }]),
        ),
        (
            "knows",
            json!([
                { "_key": "ab", "_from": "people/ada", "_to": "people/bob", "weight": 2 },
                { "_key": "bc", "_from": "people/bob", "_to": "people/cleo", "weight": 3 },
            ]),
        ),
        (
            "lives_in",
            json!([
                { "_key": "ar", "_from": "people/ada", "_to": "places/rome" },
                { "_key": "bo", "_from": "people/bob", "_to": "places/oslo" },
            ]),
        ),
        ("loose", json!([{ "_key": "x", "_from": "people/ada", "_to": "people/nobody" }])),
    ]
}

fn graphs() -> [(&'static str, Value); 2] {
    [
        (
            "town",
            json!([
                { "collection": "knows", "from": ["people"], "to": ["people"] },
                { "collection": "lives_in", "from": ["people"], "to": ["places"] },
            ]),
        ),
        ("ruin", json!([{ "collection": "loose", "from": ["people"], "to": ["people"] }])),
    ]
}

//! Imports in their forms.

use super::Server;
use serde_json::json;

fn outcome(answer: &super::Answer) -> [u64; 5] {
    ["created", "errors", "empty", "updated", "ignored"].map(|name| answer.body[name].as_u64().unwrap())
}

#[test]
fn arrays_lines_and_tables_are_all_taken() {
    let server = Server::with_collections();
    let array = server.post("/_api/import?collection=things&type=list", r#"[{"a":1},{"a":2}]"#).is(201);
    assert_eq!(outcome(&array), [2, 0, 0, 0, 0]);
    let lines = server.post("/_api/import?collection=things&type=documents", "{\"a\":1}\n\n{\"a\":2}\nnope\n").is(201);
    assert_eq!(outcome(&lines), [2, 1, 1, 0, 0]);
    let table = server.post("/_api/import?collection=things", "[\"a\",\"b\"]\n[1,2]\n[3]\n").is(201);
    assert_eq!(outcome(&table), [1, 1, 0, 0, 0]);
    for body in ["[{}]", "{}"] {
        let guessed = server.post("/_api/import?collection=things&type=auto", body).is(201);
        assert_eq!(outcome(&guessed), [1, 0, 0, 0, 0]);
    }
}

#[test]
fn duplicates_are_reported_ignored_updated_or_replaced() {
    let server = Server::with_collections();
    server.post("/_api/document/things", r#"{"_key":"a","n":1}"#).is(202);
    let import = |mode: &str| {
        let path = format!("/_api/import?collection=things&type=list&details=true&onDuplicate={mode}");
        server.post(&path, r#"[{"_key":"a","m":1}]"#).is(201)
    };
    let refused = import("error");
    assert_eq!(outcome(&refused), [0, 1, 0, 0, 0]);
    assert!(refused.body["details"][0].as_str().unwrap().contains("unique constraint violated"));
    assert_eq!(outcome(&import("ignore")), [0, 0, 0, 0, 1]);
    assert_eq!(outcome(&import("update")), [0, 0, 0, 1, 0]);
    assert_eq!(server.get("/_api/document/things/a").body["n"], 1);
    assert_eq!(outcome(&import("replace")), [0, 0, 0, 1, 0]);
    assert_eq!(server.get("/_api/document/things/a").body["n"], json!(null));
}

#[test]
fn with_complete_the_first_fault_undoes_everything() {
    let server = Server::with_collections();
    let path = "/_api/import?collection=things&type=list&complete=true";
    server.post(path, r#"[{"_key":"a"},{"_key":"a"}]"#).fails(409, 1210);
    server.post(path, "[{},7]").fails(400, 400);
    assert_eq!(server.get("/_api/collection/things/count").body["count"], 0);
}

#[test]
fn ends_of_edges_are_completed_and_have_to_be_there() {
    let server = Server::with_collections();
    let path = "/_api/import?collection=links&type=list&fromPrefix=things&toPrefix=things&details=true";
    let answer = server.post(path, r#"[{"_from":"a","_to":"others/b"},{"_from":"a"}]"#).is(201);
    assert_eq!(outcome(&answer), [1, 1, 0, 0, 0]);
    assert!(answer.body["details"][0].as_str().unwrap().starts_with("at position 2: missing '_from' or '_to'"));
    let edges = server.get("/_api/edges/links?vertex=things/a").is(200);
    assert_eq!(edges.body["edges"][0]["_to"], "others/b");
}

#[test]
fn an_import_needs_a_collection_and_a_body_of_its_form() {
    let server = Server::with_collections();
    server.post("/_api/import?type=list", "[]").fails(400, 1204);
    server.post("/_api/import?collection=nothing&type=list", "[]").fails(404, 1203);
    server.post("/_api/import?collection=things&type=list", "{}").fails(400, 400);
    server.post("/_api/import?collection=things&type=list", "").fails(400, 400);
    server.post("/_api/import?collection=things", "\n[1]").fails(400, 400);
}

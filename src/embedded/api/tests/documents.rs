//! Documents, one by one and many at once, and edges.

use super::Server;
use serde_json::json;

#[test]
fn a_document_is_written_read_changed_and_removed() {
    let server = Server::with_collections();
    let made = server.post("/_api/document/things", r#"{"_key":"a","n":1}"#).is(202);
    assert_eq!(made.body["_id"], "things/a");
    assert_eq!(made.header("location"), "/_db/_system/_api/document/things/a");
    assert_eq!(made.header("etag"), format!("\"{}\"", made.body["_rev"].as_str().unwrap()));
    let changed = server.patch("/_api/document/things/a?returnOld=true&returnNew=true", r#"{"m":{"x":1}}"#).is(202);
    assert_eq!(changed.body["_oldRev"], made.body["_rev"]);
    assert_eq!(changed.body["old"]["n"], 1);
    assert_eq!(changed.body["new"]["m"], json!({"x": 1}));
    server.put("/_api/document/things/a", r#"{"k":2}"#).is(202);
    let read = server.get("/_api/document/things/a").is(200);
    assert!(read.body["n"].is_null());
    assert_eq!(server.delete("/_api/document/things/a?returnOld=true", "").is(202).body["old"]["k"], 2);
    server.get("/_api/document/things/a").fails(404, 1202);
    server.delete("/_api/document/things/a", "").fails(404, 1202);
}

#[test]
fn the_status_tells_whether_the_write_was_waited_for() {
    let server = Server::with_collections();
    server.post("/_api/document/things?waitForSync=true", r#"{"_key":"a"}"#).is(201);
    server.patch("/_api/document/things/a?waitForSync=true", "{}").is(201);
    server.delete("/_api/document/things/a?waitForSync=true", "").is(200);
    server.put("/_api/collection/things/properties", r#"{"waitForSync":true}"#).is(200);
    server.post("/_api/document/things", "{}").is(201);
}

#[test]
fn revisions_guard_reads_and_writes() {
    let server = Server::with_collections();
    let rev = server.post("/_api/document/things", r#"{"_key":"a"}"#).is(202).header("etag").to_owned();
    let path = "/_api/document/things/a";
    let same = server.send("GET", path, &[("if-none-match", &rev)], "").is(304);
    assert!(same.body.is_null());
    assert_eq!(same.header("etag"), rev);
    server.send("GET", path, &[("if-match", &rev)], "").is(200);
    server.send("GET", path, &[("if-match", "\"other\"")], "").fails(412, 1200);
    let refused = server.send("PUT", path, &[("if-match", "\"other\"")], "{}").fails(412, 1200);
    assert_eq!(format!("\"{}\"", refused.body["_rev"].as_str().unwrap()), rev);
    assert_eq!(refused.body["_key"], "a");
    server.send("DELETE", path, &[("if-match", "\"other\"")], "").fails(412, 1200);
    server.patch(&format!("{path}?ignoreRevs=false"), r#"{"_rev":"other"}"#).fails(412, 1200);
    server.patch(path, r#"{"_rev":"other"}"#).is(202);
    server.send("PUT", path, &[("if-match", &rev)], "{}").fails(412, 1200);
}

#[test]
fn an_insert_can_overwrite_in_four_ways() {
    let server = Server::with_collections();
    let path = "/_api/document/things";
    server.post(path, r#"{"_key":"a","n":1}"#).is(202);
    server.post(path, r#"{"_key":"a"}"#).fails(409, 1210);
    server.post(&format!("{path}?overwriteMode=ignore"), r#"{"_key":"a","n":9}"#).is(202);
    assert_eq!(server.get("/_api/document/things/a").body["n"], 1);
    let merged = server.post(&format!("{path}?overwriteMode=update&returnNew=true"), r#"{"_key":"a","m":2}"#).is(202);
    assert_eq!((merged.body["new"]["n"].clone(), merged.body["new"]["m"].clone()), (json!(1), json!(2)));
    let replaced = server.post(&format!("{path}?overwrite=true"), r#"{"_key":"a"}"#).is(202);
    assert!(replaced.body["_oldRev"].is_string());
    server.post(&format!("{path}?overwriteMode=nonsense"), "{}").fails(400, 10);
}

#[test]
fn of_many_documents_each_fails_on_its_own() {
    let server = Server::with_collections();
    let answer =
        server.post("/_api/document/things", r#"[{"_key":"a"},{"_key":"a"},{"_key":111},{"_key":"b"},7]"#).is(202);
    let numbers: Vec<_> = answer.body.as_array().unwrap().iter().map(|item| item["errorNum"].clone()).collect();
    assert_eq!(numbers, [json!(null), json!(1210), json!(1221), json!(null), json!(1227)]);
    assert_eq!(answer.header("x-arango-error-codes"), r#"{"1210":1,"1221":1,"1227":1}"#);
    assert_eq!(server.get("/_api/collection/things/count").body["count"], 2);
    let read =
        server.put("/_api/document/things?onlyget=true", r#"["a",{"_key":"b"},"things/a","other/a","zzz"]"#).is(200);
    let keys: Vec<_> = read.body.as_array().unwrap().iter().map(|item| item["_key"].clone()).collect();
    assert_eq!(keys, [json!("a"), json!("b"), json!("a"), json!(null), json!(null)]);
    assert_eq!(read.header("x-arango-error-codes"), r#"{"1202":2}"#);
    server.patch("/_api/document/things", r#"[{"_key":"a","n":1},{"n":2}]"#).is(202);
    assert_eq!(server.get("/_api/document/things/a").body["n"], 1);
    let removed = server.delete("/_api/document/things", r#"["a","b","c"]"#).is(202);
    assert_eq!(removed.header("x-arango-error-codes"), r#"{"1202":1}"#);
    server.delete("/_api/document/things", "{}").fails(400, 400);
}

#[test]
fn silent_answers_hold_failures_only() {
    let server = Server::with_collections();
    assert_eq!(server.post("/_api/document/things?silent=true", r#"{"_key":"a"}"#).is(202).body, json!({}));
    assert_eq!(server.post("/_api/document/things?silent=true", "[{},{}]").is(202).body, json!([]));
    let mixed = server.post("/_api/document/things?silent=true", r#"[{},{"_key":"a"}]"#).is(202);
    assert_eq!(mixed.body[0], json!({}));
    assert_eq!(mixed.body[1]["errorNum"], 1210);
}

#[test]
fn the_collection_may_stand_in_a_parameter_and_must_be_somewhere() {
    let server = Server::with_collections();
    server.post("/_api/document?collection=things", "{}").is(202);
    server.post("/_api/document", "{}").fails(400, 1204);
    server.post("/_api/document?collection=nothing", "{}").fails(404, 1203);
    server.get("/_api/document/things").fails(404, 1203);
    server.get("/_api/document/nothing/a").fails(404, 1203);
}

#[test]
fn edges_are_found_from_either_end() {
    let server = Server::with_collections();
    server.post("/_api/document/links", r#"{"_key":"x"}"#).fails(400, 1233);
    let edges = r#"[{"_from":"things/a","_to":"things/b"},{"_from":"things/b","_to":"things/a"},{"_from":"things/a","_to":"things/a"}]"#;
    server.post("/_api/document/links", edges).is(202);
    let count = |direction: &str| {
        let answer = server.get(&format!("/_api/edges/links?vertex=things/a{direction}")).is(200);
        answer.body["edges"].as_array().unwrap().len()
    };
    assert_eq!((count(""), count("&direction=out"), count("&direction=in")), (3, 2, 2));
    server.get("/_api/edges/links?vertex=").fails(400, 1205);
    server.get("/_api/edges/things?vertex=things/a").fails(400, 1218);
    server.get("/_api/edges/links?vertex=things/a&direction=up").fails(400, 400);
}

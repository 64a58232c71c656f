//! Named graphs.

use super::Server;
use serde_json::json;

fn with_graph() -> Server {
    let server = Server::new();
    let graph = r#"{"name":"family","edgeDefinitions":[{"collection":"knows","from":["people"],"to":["people"]}]}"#;
    let made = server.post("/_api/gharial", graph).is(202);
    assert_eq!(made.header("etag"), made.body["graph"]["_rev"].as_str().unwrap());
    for key in ["ada", "bob"] {
        server.post("/_api/gharial/family/vertex/people", &json!({ "_key": key }).to_string()).is(202);
    }
    server
}

#[test]
fn a_graph_is_made_with_its_collections_listed_and_dropped() {
    let server = with_graph();
    assert_eq!(server.get("/_api/collection/knows").is(200).body["type"], 3);
    server.post("/_api/gharial", r#"{"name":"family"}"#).fails(409, 1925);
    server.post("/_api/gharial", "{}").fails(400, 1922);
    assert_eq!(server.get("/_api/gharial").is(200).body["graphs"].as_array().unwrap().len(), 1);
    assert_eq!(server.get("/_api/gharial/family").is(200).body["graph"]["name"], "family");
    server.delete("/_api/collection/people", "").fails(403, 1942);
    server.put("/_api/collection/people/rename", r#"{"name":"folk"}"#).fails(501, 501);
    assert_eq!(server.delete("/_api/gharial/family?dropCollections=true", "").is(202).body["removed"], true);
    server.get("/_api/gharial/family").fails(404, 1924);
    server.get("/_api/collection/knows").fails(404, 1203);
}

#[test]
fn collections_are_added_to_and_taken_out_of_a_graph() {
    let server = with_graph();
    server.post("/_api/gharial/family/vertex", r#"{"collection":"pets"}"#).is(202);
    server.post("/_api/gharial/family/vertex", r#"{"collection":"pets"}"#).fails(400, 1938);
    let definition = r#"{"collection":"owns","from":["people"],"to":["pets"]}"#;
    let grown = server.post("/_api/gharial/family/edge?waitForSync=true", definition).is(201);
    assert_eq!(grown.body["graph"]["orphanCollections"], json!([]));
    assert_eq!(server.get("/_api/gharial/family/edge").is(200).body["collections"], json!(["knows", "owns"]));
    assert_eq!(server.get("/_api/gharial/family/vertex").is(200).body["collections"], json!(["people", "pets"]));
    let narrowed = r#"{"collection":"owns","from":["people"],"to":["people"]}"#;
    let changed = server.put("/_api/gharial/family/edge/owns", narrowed).is(202);
    assert_eq!(changed.body["graph"]["orphanCollections"], json!(["pets"]));
    server.delete("/_api/gharial/family/edge/owns", "").is(202);
    server.delete("/_api/gharial/family/vertex/pets?dropCollection=true", "").is(202);
    server.get("/_api/collection/pets").fails(404, 1203);
    server.delete("/_api/gharial/family/vertex/people", "").fails(400, 1928);
    server.post("/_api/gharial/family/edge", r#"{"collection":"x"}"#).fails(400, 1923);
}

#[test]
fn vertices_take_their_edges_with_them() {
    let server = with_graph();
    let edge = r#"{"_key":"e","_from":"people/ada","_to":"people/bob"}"#;
    let made = server.post("/_api/gharial/family/edge/knows?returnNew=true", edge).is(202);
    assert_eq!(made.body["edge"]["_id"], "knows/e");
    assert_eq!(made.body["new"]["_from"], "people/ada");
    let rev = server.get("/_api/gharial/family/edge/knows/e").is(200).body["edge"]["_rev"].clone();
    let path = "/_api/gharial/family/edge/knows/e";
    server.send("PATCH", path, &[("if-match", "other")], r#"{"n":1}"#).fails(412, 1200);
    let patched = server.send("PATCH", path, &[("if-match", rev.as_str().unwrap())], r#"{"n":1}"#).is(202);
    assert_eq!(patched.body["edge"]["_oldRev"], rev);
    let removed = server.delete("/_api/gharial/family/vertex/people/bob?waitForSync=true", "").is(200);
    assert_eq!(removed.body["removed"], true);
    server.get(path).fails(404, 1202);
}

#[test]
fn edges_through_a_graph_need_ends_that_exist() {
    let server = with_graph();
    let edges = "/_api/gharial/family/edge/knows";
    server.post(edges, r#"{"_from":"people/ada","_to":"people/nobody"}"#).fails(404, 1202);
    server.post(edges, r#"{"_from":"people/ada"}"#).fails(400, 1233);
    server.post("/_api/gharial/family/vertex/strangers", "{}").fails(404, 1203);
    server.post("/_api/gharial/nothing/vertex/people", "{}").fails(404, 1924);
    server.put("/_api/gharial/family/vertex/people/nobody", "{}").fails(404, 1202);
}

//! Collections and indexes.

use super::Server;

#[test]
fn a_collection_is_made_described_renamed_and_dropped() {
    let server = Server::new();
    let made = server.post("/_api/collection", r#"{"name":"things","waitForSync":true}"#).is(200);
    assert_eq!(made.body["waitForSync"], true);
    let id = made.body["id"].as_str().unwrap().to_owned();
    server.post("/_api/collection", r#"{"name":"things"}"#).fails(409, 1207);
    for (path, attribute) in [("", "globallyUniqueId"), ("/properties", "keyOptions"), ("/count", "count")] {
        let shown = server.get(&format!("/_api/collection/{id}{path}")).is(200);
        assert!(!shown.body[attribute].is_null(), "{path}");
        assert_eq!(shown.body["name"], "things");
    }
    server.put("/_api/collection/things/rename", r#"{"name":"stuff"}"#).is(200);
    server.get("/_api/collection/things").fails(404, 1203);
    assert_eq!(server.delete("/_api/collection/stuff", "").is(200).body["id"], id.as_str());
}

#[test]
fn bad_names_and_types_of_collections_are_refused() {
    let server = Server::new();
    for body in ["", "{}", r#"{"name":1}"#, r#"{"name":""}"#, r#"{"name":"1"}"#, r#"{"name":"_mine"}"#] {
        server.post("/_api/collection", body).fails(400, 1208);
    }
    server.post("/_api/collection", r#"{"name":"a","type":7}"#).fails(400, 1218);
    server.get("/_api/collection/123456").fails(404, 1203);
}

#[test]
fn system_collections_are_listed_unless_left_out() {
    let server = Server::with_collections();
    let names = |path: &str| -> Vec<String> {
        let list = server.get(path).is(200).body["result"].as_array().unwrap().clone();
        list.iter().map(|collection| collection["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names("/_api/collection").contains(&"_graphs".to_owned()));
    let mut own = names("/_api/collection?excludeSystem=true");
    own.sort();
    assert_eq!(own, ["links", "things"]);
}

#[test]
fn truncating_leaves_an_empty_collection() {
    let server = Server::with_collections();
    server.post("/_api/document/things", "[{},{},{}]").is(202);
    assert_eq!(server.get("/_api/collection/things/count").is(200).body["count"], 3);
    server.put("/_api/collection/things/truncate", "").is(200);
    assert_eq!(server.get("/_api/collection/things/count").is(200).body["count"], 0);
}

#[test]
fn the_checksum_depends_on_the_data_and_not_on_the_order() {
    let server = Server::with_collections();
    server.post("/_api/document/things", r#"[{"_key":"a","n":1,"m":2},{"_key":"b"}]"#).is(202);
    server.post("/_api/collection", r#"{"name":"others"}"#).is(200);
    server.post("/_api/document/others", r#"[{"_key":"b"},{"_key":"a","m":2,"n":1}]"#).is(202);
    let sum = |name: &str| server.get(&format!("/_api/collection/{name}/checksum?withData=true")).is(200).body;
    let (things, others) = (sum("things"), sum("others"));
    assert_eq!(things["checksum"], others["checksum"]);
    server.patch("/_api/document/others/a", r#"{"n":3}"#).is(202);
    assert_ne!(sum("others")["checksum"], things["checksum"]);
}

#[test]
fn indexes_are_made_once_listed_and_dropped() {
    let server = Server::with_collections();
    let definition = r#"{"type":"persistent","fields":["n"],"unique":true,"name":"by_n"}"#;
    let made = server.post("/_api/index?collection=things", definition).is(201);
    assert_eq!(made.body["isNewlyCreated"], true);
    assert_eq!(server.post("/_api/index?collection=things", definition).is(200).body["isNewlyCreated"], false);
    let id = made.body["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/_api/index/{id}")).is(200).body["name"], "by_n");
    assert_eq!(server.get("/_api/index/things/by_n").is(200).body["id"], id);
    let list = server.get("/_api/index?collection=things").is(200);
    assert_eq!(list.body["indexes"].as_array().unwrap().len(), 2);
    assert!(list.body["identifiers"].get(id).is_some());
    assert_eq!(server.delete(&format!("/_api/index/{id}"), "").is(200).body["id"], id);
    server.get(&format!("/_api/index/{id}")).fails(404, 1212);
    server.get("/_api/index").fails(400, 1204);
}

#[test]
fn a_unique_index_over_data_that_breaks_it_is_refused_with_400() {
    let server = Server::with_collections();
    server.post("/_api/document/things", r#"[{"n":1},{"n":1}]"#).is(202);
    let definition = r#"{"type":"persistent","fields":["n"],"unique":true}"#;
    server.post("/_api/index?collection=things", definition).fails(400, 1210);
}

//! Paths, methods, databases, and what the server says about itself.

use super::Server;

#[test]
fn the_version_satisfies_drivers_and_its_details_tell_what_it_really_is() {
    let server = Server::new();
    let version = server.get("/_api/version?details=true").is(200);
    assert_eq!(version.body["server"], "arango");
    assert!(version.body["version"].as_str().unwrap().starts_with("3.12."));
    assert!(version.body["details"]["engine"].as_str().unwrap().contains("embedded"));
}

#[test]
fn unknown_paths_unsupported_ones_and_wrong_methods_are_told_apart() {
    let server = Server::new();
    server.get("/_api/nonsense").fails(404, 404);
    server.get("/nonsense").fails(404, 404);
    server.get("/").fails(404, 404);
    server.get("/_db/nowhere/_api/version").fails(404, 1228);
    let wal = server.get("/_api/wal/tail").fails(501, 501);
    assert!(wal.body["errorMessage"].as_str().unwrap().contains("embedded engine does not support"));
    server.send("TRACE", "/_api/version", &[], "").fails(405, 405);
    assert_eq!(server.delete("/_api/version", "").fails(405, 405).header("allow"), "GET");
    server.post("/_api/transaction/begin", "{}").fails(501, 501);
    server.post("/_api/tasks", "{}").fails(501, 501);
    server.send("GET", "/_api/version", &[("x-arango-async", "store")], "").fails(501, 501);
    server.send("GET", "/_api/version", &[("x-arango-trx-id", "1")], "").fails(501, 501);
}

#[test]
fn a_head_request_is_answered_like_get_without_the_body() {
    let server = Server::new();
    let head = server.send("HEAD", "/_api/version", &[], "").is(200);
    assert!(head.body.is_null());
    assert_ne!(head.header("content-length"), "0");
}

#[test]
fn bodies_that_are_not_json_are_refused_with_600_and_velocypack_with_415() {
    let server = Server::with_collections();
    for bad in ["{", "{1:2}", "nope", "{\"a\":1}x", "\u{0}"] {
        server.post("/_api/document/things", bad).fails(400, 600);
    }
    let kind = [("content-type", "application/x-velocypack")];
    assert_eq!(server.send("POST", "/_api/document/things", &kind, "x").status, 415);
    let deep = "[".repeat(100_000);
    server.post("/_api/document/things", &deep).fails(400, 600);
}

#[test]
fn databases_are_made_used_and_dropped() {
    let server = Server::new();
    server.post("/_api/database", r#"{"name":"zoo"}"#).is(201);
    server.post("/_api/database", r#"{"name":"zoo"}"#).fails(409, 1207);
    server.post("/_api/database", r#"{"name":"no/good"}"#).fails(400, 1229);
    server.post("/_api/database", "{}").fails(400, 1229);
    assert_eq!(server.get("/_db/zoo/_api/database/current").is(200).body["result"]["name"], "zoo");
    server.get("/_db/zoo/_api/database").fails(403, 1230);
    server.post("/_db/zoo/_api/collection", r#"{"name":"a"}"#).is(200);
    server.get("/_api/collection/a").fails(404, 1203);
    assert_eq!(server.get("/_api/database").is(200).body["result"], serde_json::json!(["_system", "zoo"]));
    server.delete("/_api/database/zoo", "").is(200);
    server.delete("/_api/database/zoo", "").fails(404, 1228);
    server.delete("/_api/database/_system", "").fails(403, 11);
}

#[test]
fn a_database_name_in_the_path_is_percent_decoded() {
    let server = Server::new();
    server.post("/_api/database", r#"{"name":"käse brot"}"#).is(201);
    assert_eq!(server.get("/_db/k%C3%A4se%20brot/_api/database/current").is(200).body["result"]["name"], "käse brot");
}

#[test]
fn forgotten_requests_are_done_and_answered_202() {
    let server = Server::new();
    let forget = [("x-arango-async", "true")];
    assert!(server.send("POST", "/_api/collection", &forget, r#"{"name":"a"}"#).is(202).body.is_null());
    server.get("/_api/collection/a").is(200);
}

proptest::proptest! {
    #[test]
    fn no_path_and_no_parameter_upsets_the_server(
        path in "(/_db/[a-z%_/]{0,6})?/(_api|_admin|_open|[a-z]{1,3})/(document|cursor|collection|index|user|gharial|import|\\PC{0,8})(/\\PC{0,6}){0,4}",
        query in "(\\?[a-z=&%+]{0,20})?",
        method in "(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE)",
    ) {
        let server = Server::with_collections();
        let uri = format!("{path}{query}");
        if uri.parse::<http::Uri>().is_ok() {
            let answer = server.send(&method, &uri, &[], "{}");
            proptest::prop_assert!(answer.status < 500 || answer.status == 501, "{method} {uri}: {}", answer.body);
        }
    }
}

#[test]
fn every_endpoint_survives_bodies_of_every_type() {
    let server = Server::with_collections();
    server.post("/_api/view", r#"{"name":"seen","type":"arangosearch"}"#).is(201);
    let bodies = ["", "null", "1", "-0.0", "1e308", "\"x\"", "[]", "{}", "[[]]", "[null]", "{\"a\":{\"a\":[]}}"];
    let paths = [
        "/_api/document/things",
        "/_api/document/things/a",
        "/_api/document",
        "/_api/cursor",
        "/_api/cursor/1",
        "/_api/cursor/1/2",
        "/_api/explain",
        "/_api/query",
        "/_api/collection",
        "/_api/collection/things",
        "/_api/collection/things/properties",
        "/_api/collection/things/rename",
        "/_api/index?collection=links",
        "/_api/index/things/0",
        "/_api/edges/links",
        "/_api/import?collection=links",
        "/_api/gharial",
        "/_api/import?collection=things&type=auto",
        "/_api/import?collection=things&type=documents",
        "/_api/simple/all",
        "/_api/simple/by-example",
        "/_api/simple/lookup-by-keys",
        "/_api/database",
        "/_api/user",
        "/_api/user/x",
        "/_api/user/x/database/_system",
        "/_api/analyzer",
        "/_api/view",
        "/_api/view/seen",
        "/_api/view/seen/properties",
        "/_api/view/seen/rename",
        "/_open/auth",
        "/_api/gharial/g/vertex",
        "/_api/gharial/g/edge/e",
        "/_api/gharial/g/vertex/v/k",
        "/_admin/server/mode",
    ];
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            for body in bodies {
                let answer = server.send(method, path, &[], body);
                assert!(answer.status < 500 || answer.status == 501, "{method} {path} {body}: {}", answer.body);
            }
        }
    }
}

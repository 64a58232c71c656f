//! Queries over HTTP.

use super::Server;
use serde_json::json;

#[test]
fn rows_come_in_batches_and_the_last_one_ends_the_cursor() {
    let server = Server::new();
    let body = r#"{"query":"FOR i IN 1..@n RETURN i","bindVars":{"n":5},"batchSize":2,"count":true}"#;
    let first = server.post("/_api/cursor", body).is(201);
    assert_eq!(first.body["result"], json!([1, 2]));
    assert_eq!((first.body["hasMore"].clone(), first.body["count"].clone()), (json!(true), json!(5)));
    let path = format!("/_api/cursor/{}", first.body["id"].as_str().unwrap());
    assert_eq!(server.put(&path, "").is(200).body["result"], json!([3, 4]));
    let last = server.post(&path, "").is(200);
    assert_eq!((last.body["result"].clone(), last.body["hasMore"].clone()), (json!([5]), json!(false)));
    server.post(&path, "").fails(404, 1600);
}

#[test]
fn a_cursor_can_be_deleted_and_expires() {
    let server = Server::new();
    let open = || {
        let body = r#"{"query":"FOR i IN 1..9 RETURN i","batchSize":2,"ttl":10}"#;
        format!("/_api/cursor/{}", server.post("/_api/cursor", body).is(201).body["id"].as_str().unwrap())
    };
    let path = open();
    server.delete(&path, "").is(202);
    server.delete(&path, "").fails(404, 1600);
    let path = open();
    server.clock.advance(10_001);
    server.post(&path, "").fails(404, 1600);
    server.post("/_db/_system/_api/cursor/nonsense", "").fails(404, 1600);
}

#[test]
fn a_cursor_does_not_outlive_its_database_nor_reach_another() {
    let server = Server::new();
    server.post("/_api/database", r#"{"name":"zoo"}"#).is(201);
    let body = r#"{"query":"FOR i IN 1..9 RETURN i","batchSize":2}"#;
    let id = server.post("/_db/zoo/_api/cursor", body).is(201).body["id"].as_str().unwrap().to_owned();
    server.post(&format!("/_api/cursor/{id}"), "").fails(404, 1600);
    server.delete("/_api/database/zoo", "").is(200);
    server.post("/_api/database", r#"{"name":"zoo"}"#).is(201);
    server.post(&format!("/_db/zoo/_api/cursor/{id}"), "").fails(404, 1600);
}

#[test]
fn a_batch_can_be_fetched_again_when_the_client_asked_for_that() {
    let server = Server::new();
    let body = r#"{"query":"FOR i IN 1..3 RETURN i","batchSize":2,"options":{"allowRetry":true}}"#;
    let first = server.post("/_api/cursor", body).is(201);
    assert_eq!(first.body["nextBatchId"], "2");
    let path = format!("/_api/cursor/{}/2", first.body["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(server.post(&path, "").is(200).body["result"], json!([3]));
    }
    server.post(&path.replace("/2", "/9"), "").fails(404, 1600);
}

#[test]
fn what_is_wrong_with_a_query_request_is_told() {
    let server = Server::new();
    for body in ["", "{}", r#"{"query":1}"#, r#"{"query":""}"#] {
        server.post("/_api/cursor", body).fails(400, 1502);
    }
    server.post("/_api/cursor", r#"{"query":"RETURN 1","bindVars":[]}"#).fails(400, 17);
    server.post("/_api/cursor", r#"{"query":"RETURN 1","options":7}"#).fails(400, 17);
    server.post("/_api/cursor", r#"{"query":"RETURN 1","batchSize":0}"#).fails(400, 17);
    server.post("/_api/cursor", r#"{"query":"RETURN"}"#).fails(400, 1501);
    server.post("/_api/cursor", r#"{"query":"FOR d IN nothing RETURN d"}"#).fails(404, 1203);
    server.put("/_api/cursor", "").fails(400, 400);
}

#[test]
fn warnings_and_statistics_are_told() {
    let server = Server::with_collections();
    let warned = server.post("/_api/cursor", r#"{"query":"RETURN 1 / 0"}"#).is(201);
    assert_eq!(warned.body["extra"]["warnings"][0]["code"], 1562);
    let written = server.post("/_api/cursor", r#"{"query":"FOR i IN 1..3 INSERT {n: i} INTO things"}"#).is(201);
    assert_eq!(written.body["extra"]["stats"]["writesExecuted"], 3);
    assert_eq!(written.body["cached"], false);
}

#[test]
fn queries_are_parsed_and_explained_without_running() {
    let server = Server::with_collections();
    let parsed = server.post("/_api/query", r#"{"query":"FOR d IN things FILTER d.n == @n RETURN d"}"#).is(200);
    assert_eq!(parsed.body["parsed"], true);
    assert_eq!(parsed.body["collections"], json!(["things"]));
    assert_eq!(parsed.body["bindVars"], json!(["n"]));
    let plan = server.post("/_api/explain", r#"{"query":"FOR i IN 1..3 INSERT {n: i} INTO things"}"#).is(200);
    assert_eq!(plan.body["plan"]["isModificationQuery"], true);
    assert_eq!(server.get("/_api/collection/things/count").body["count"], 0);
    server.get("/_api/query/current").is(200);
    assert!(!server.get("/_api/query/rules").is(200).body.as_array().unwrap().is_empty());
    server.delete("/_api/query/123", "").fails(404, 1591);
}

#[test]
fn the_simple_queries_of_old_drivers_work() {
    let server = Server::with_collections();
    server.post("/_api/document/things", r#"[{"_key":"a","n":1},{"_key":"b","n":2,"o":{"p":1}}]"#).is(202);
    let all = server.put("/_api/simple/all", r#"{"collection":"things","skip":1,"limit":5}"#).is(201);
    assert_eq!(all.body["count"], 1);
    let like = server.put("/_api/simple/by-example", r#"{"collection":"things","example":{"o.p":1}}"#).is(201);
    assert_eq!(like.body["result"][0]["_key"], "b");
    server.put("/_api/simple/first-example", r#"{"collection":"things","example":{"n":7}}"#).fails(404, 404);
    let found = server.put("/_api/simple/lookup-by-keys", r#"{"collection":"things","keys":["a","z"]}"#).is(200);
    assert_eq!(found.body["documents"].as_array().unwrap().len(), 1);
    let changed = r#"{"collection":"things","example":{"n":1},"newValue":{"m":1}}"#;
    assert_eq!(server.put("/_api/simple/update-by-example", changed).is(200).body["updated"], 1);
    let removed = server.put("/_api/simple/remove-by-keys", r#"{"collection":"things","keys":["a","z"]}"#).is(200);
    assert_eq!((removed.body["removed"].clone(), removed.body["ignored"].clone()), (json!(1), json!(1)));
}

#[test]
fn a_profiled_query_tells_what_its_phases_and_steps_did() {
    let server = Server::new();
    server.post("/_api/collection", r#"{"name":"things"}"#).is(200);
    server.post("/_api/document/things", r#"[{"n":1},{"n":2},{"n":3},{"n":4}]"#).is(202);
    let text = "FOR t IN things FILTER t.n > 1 LET s = (FOR i IN 1..t.n RETURN i) LIMIT 2 RETURN LENGTH(s)";
    let run = |level: u8| {
        let body = json!({"query": text, "options": {"profile": level}}).to_string();
        server.post("/_api/cursor", &body).is(201).body["extra"].clone()
    };
    assert!(run(0)["profile"].is_null() && run(0)["plan"].is_null());
    let phases = run(1)["profile"].as_object().unwrap().clone();
    let names: Vec<_> = phases.keys().map(String::as_str).collect();
    assert!(names.contains(&"parsing") && names.contains(&"executing") && names.len() == 9, "{names:?}");
    assert!(run(1)["stats"]["nodes"].is_null());
    let extra = run(2);
    let nodes = extra["plan"]["nodes"].as_array().unwrap();
    let stats = extra["stats"]["nodes"].as_array().unwrap();
    let of = |kind: &str| {
        let id = nodes.iter().find(|node| node["type"] == kind).unwrap()["id"].clone();
        stats.iter().find(|stats| stats["id"] == id).unwrap().clone()
    };
    assert_eq!(of("SingletonNode")["items"], 1);
    assert_eq!(of("EnumerateCollectionNode")["items"], 3, "the limit ended the reading");
    assert_eq!((&of("FilterNode")["items"], &of("FilterNode")["filter"]), (&json!(2), &json!(1)));
    assert_eq!((&of("SubqueryNode")["items"], &of("ReturnNode")["items"]), (&json!(2), &json!(2)));
    let subquery = nodes.iter().find(|node| node["type"] == "SubqueryNode").unwrap();
    let inner = subquery["subquery"]["nodes"].as_array().unwrap().iter();
    let returned = inner.filter(|node| node["type"] == "ReturnNode").map(|node| node["id"].clone()).next().unwrap();
    assert_eq!(stats.iter().find(|stats| stats["id"] == returned).unwrap()["items"], 5);
}

#[test]
fn slow_queries_are_kept_until_they_are_forgotten() {
    let server = Server::new();
    let run = |text: &str| server.post("/_api/cursor", &json!({"query": text}).to_string());
    run("RETURN 1").is(201);
    assert_eq!(server.get("/_api/query/slow").is(200).body, json!([]));
    let changed = server.put("/_api/query/properties", r#"{"slowQueryThreshold":0,"maxQueryStringLength":20}"#).is(200);
    assert_eq!(changed.body["slowQueryThreshold"], json!(0));
    run("RETURN 1").is(201);
    run("RETURN ASSERT(false, 'a rather long text')").fails(400, 1593);
    let slow = server.get("/_api/query/slow").is(200).body;
    assert_eq!((&slow[0]["query"], &slow[0]["exitCode"]), (&json!("RETURN 1"), &json!(0)));
    assert_eq!(slow[1]["query"], "RETURN ASSERT(false,... (22)");
    assert_eq!((&slow[1]["exitCode"], &slow[1]["state"]), (&json!(1593), &json!("finished")));
    server.delete("/_api/query/slow", "").is(200);
    assert_eq!(server.get("/_api/query/slow").is(200).body, json!([]));
    server.put("/_api/query/properties", r#"{"slowQueryThreshold":"x"}"#).fails(400, 10);
}

//! Who may do what.

use super::{Caller, Server};
use serde_json::json;

/// A server where `ada` may write to `zoo`, `bob` may read it but for `secret`, and `eve` may do nothing.
fn zoo() -> Server {
    let server = Server::new();
    server.engine.ensure_root("").unwrap();
    server.post("/_api/database", r#"{"name":"zoo","users":[{"username":"ada","passwd":"a"}]}"#).is(201);
    for name in ["bob", "eve"] {
        server.post("/_api/user", &json!({"user": name, "passwd": name}).to_string()).is(201);
    }
    server.put("/_api/user/bob/database/zoo", r#"{"grant":"ro"}"#).is(200);
    for body in [r#"{"name":"animals"}"#, r#"{"name":"secret"}"#, r#"{"name":"eats","type":3}"#] {
        server.post("/_db/zoo/_api/collection", body).is(200);
    }
    server.put("/_api/user/bob/database/zoo/secret", r#"{"grant":"none"}"#).is(200);
    server.post("/_db/zoo/_api/document/animals", r#"{"_key":"gnu"}"#).is(202);
    server.post("/_db/zoo/_api/document/secret", r#"{"_key":"plan"}"#).is(202);
    let edge = r#"{"_from":"animals/gnu","_to":"secret/plan"}"#;
    server.post("/_db/zoo/_api/document/eats", edge).is(202);
    server
}

fn as_user(server: &mut Server, name: &str) {
    server.caller = Caller::User(name.into());
}

#[test]
fn without_a_name_only_the_open_paths_answer() {
    let mut server = zoo();
    server.caller = Caller::Anonymous;
    server.get("/_api/version").fails(401, 11);
    server.get("/_api/nonsense").fails(401, 11);
    server.get("/_admin/server/availability").is(200);
    server.post("/_open/auth", r#"{"username":"ada","password":"wrong"}"#).fails(401, 11);
    server.post("/_open/auth", "{}").fails(400, 400);
    let token = server.post("/_open/auth", r#"{"username":"ada","password":"a"}"#).is(200);
    let bearer = format!("bearer {}", token.body["jwt"].as_str().unwrap());
    let mut headers = http::HeaderMap::new();
    headers.insert("authorization", bearer.parse().unwrap());
    assert_eq!(server.engine.authenticate(&headers).unwrap(), Caller::User("ada".into()));
    server.post("/_open/auth/renew", "").fails(401, 11);
    as_user(&mut server, "ada");
    assert!(server.post("/_open/auth/renew", "").is(200).body["jwt"].is_string());
}

#[test]
fn wrong_passwords_are_refused_and_changed_ones_count_at_once() {
    let server = zoo();
    let with = |credentials: &str| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(credentials);
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", format!("Basic {text}").parse().unwrap());
        server.engine.authenticate(&headers).map_err(|refusal| refusal.status().as_u16())
    };
    for _ in 0..2 {
        assert_eq!(with("ada:a"), Ok(Caller::User("ada".into())));
    }
    assert_eq!(with("ada:b"), Err(401));
    assert_eq!(with("nobody:a"), Err(401));
    server.patch("/_api/user/ada", r#"{"passwd":"b"}"#).is(200);
    assert_eq!(with("ada:a"), Err(401));
    assert_eq!(with("ada:b"), Ok(Caller::User("ada".into())));
    server.patch("/_api/user/ada", r#"{"active":false}"#).is(200);
    assert_eq!(with("ada:b"), Err(401));
}

#[test]
fn databases_are_closed_open_for_reading_or_open_for_writing() {
    let mut server = zoo();
    as_user(&mut server, "eve");
    server.get("/_db/zoo/_api/collection").fails(401, 11);
    server.get("/_db/zoo/_api/document/animals/gnu").fails(401, 11);
    as_user(&mut server, "bob");
    server.get("/_db/zoo/_api/document/animals/gnu").is(200);
    server.post("/_db/zoo/_api/document/animals", "{}").fails(403, 1004);
    server.post("/_db/zoo/_api/collection", r#"{"name":"more"}"#).fails(403, 11);
    server.get("/_db/zoo/_api/document/secret/plan").fails(403, 11);
    server.post("/_api/database", r#"{"name":"mine"}"#).fails(403, 11);
    as_user(&mut server, "ada");
    server.post("/_db/zoo/_api/document/animals", "{}").is(202);
    server.post("/_db/zoo/_api/collection", r#"{"name":"more"}"#).is(200);
    assert_eq!(server.get("/_db/zoo/_api/database/user").is(200).body["result"], json!(["zoo"]));
}

#[test]
fn lists_leave_out_what_may_not_be_read() {
    let mut server = zoo();
    as_user(&mut server, "bob");
    let list = server.get("/_db/zoo/_api/collection?excludeSystem=true").is(200).body["result"].clone();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|shown| shown["name"].clone()).collect();
    assert_eq!(names, [json!("animals"), json!("eats")]);
}

#[test]
fn queries_cannot_reach_past_the_grants() {
    let mut server = zoo();
    as_user(&mut server, "bob");
    let rows = |query: &str| server.post("/_db/zoo/_api/cursor", &json!({ "query": query }).to_string());
    assert_eq!(rows("FOR a IN animals RETURN a._key").is(201).body["result"], json!(["gnu"]));
    rows("FOR s IN secret RETURN s").fails(404, 1203);
    assert_eq!(rows("RETURN DOCUMENT('secret/plan')").is(201).body["result"], json!([null]));
    let walked = rows("FOR v IN 1..1 OUTBOUND 'animals/gnu' eats RETURN v").is(201);
    assert_eq!(walked.body["result"], json!([null]));
    rows("INSERT {} INTO animals").fails(403, 1004);
}

#[test]
fn users_may_look_at_and_change_themselves_only() {
    let mut server = zoo();
    as_user(&mut server, "bob");
    server.get("/_api/user/bob").is(200);
    server.patch("/_api/user/bob", r#"{"passwd":"new"}"#).is(200);
    server.patch("/_api/user/bob", r#"{"active":true}"#).fails(403, 11);
    server.get("/_api/user/ada").fails(403, 11);
    server.put("/_api/user/bob/database/zoo", r#"{"grant":"rw"}"#).fails(403, 11);
    server.get("/_api/user").fails(403, 11);
    assert_eq!(server.get("/_api/user/bob/database").is(200).body["result"], json!({"zoo": "ro"}));
}

#[test]
fn users_are_made_changed_granted_rights_and_removed() {
    let server = zoo();
    let made = server.post("/_api/user", r#"{"user":"kim","extra":{"a":1}}"#).is(201);
    assert_eq!((made.body["active"].clone(), made.body["extra"].clone()), (json!(true), json!({"a": 1})));
    server.post("/_api/user", r#"{"user":"kim"}"#).fails(409, 1702);
    server.post("/_api/user", r#"{"user":7}"#).fails(400, 400);
    server.post("/_api/user", r#"{"user":"x","passwd":7}"#).fails(400, 400);
    assert_eq!(server.put("/_api/user/kim", r#"{"active":false}"#).is(200).body["active"], false);
    assert_eq!(server.put("/_api/user/kim/database/zoo", r#"{"grant":"rw"}"#).is(200).body["zoo"], "rw");
    server.put("/_api/user/kim/database/zoo", r#"{"grant":"all"}"#).fails(400, 400);
    server.put("/_api/user/kim/database/zoo/nothing", r#"{"grant":"ro"}"#).fails(404, 1203);
    assert_eq!(server.get("/_api/user/kim/database/zoo").is(200).body["result"], "rw");
    assert_eq!(server.get("/_api/user/kim/database/zoo/animals").is(200).body["result"], "rw");
    let full = server.get("/_api/user/kim/database?full=true").is(200);
    assert_eq!(full.body["result"]["zoo"]["permission"], "rw");
    assert_eq!(full.body["result"]["zoo"]["collections"]["animals"], "undefined");
    server.delete("/_api/user/kim/database/zoo", "").is(202);
    assert_eq!(server.get("/_api/user/kim/database/zoo").is(200).body["result"], "none");
    server.delete("/_api/user/kim", "").is(202);
    server.delete("/_api/user/kim", "").fails(404, 1703);
    server.delete("/_api/user", "").fails(400, 400);
}

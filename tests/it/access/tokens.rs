//! Tokens that are good, not good, not good any more, and what becomes of the file while the server runs.

use std::{fs, process::Child};

use reqwest::{Method, header};
use serde_json::json;

use super::{Home, challenge, problem};
use crate::support::{failure, program};

#[tokio::test]
async fn without_a_good_token_there_is_no_answer_but_why() {
    let home = Home::new();
    let token = home.token(&["ann"]);
    let other = Home::new().token(&["ann"]);
    let server = home.asking();
    assert_eq!(server.caller(&token).status().await, 200);
    let refused = server.anyone().send("tools/list", json!({})).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(challenge(&refused), r#"Bearer realm="mcp-arangodb-async""#);
    assert!(problem(refused).await.contains("Authorization: Bearer"));
    for (bad, why) in [
        (other.as_str(), "unknown or was revoked"),
        (&token[..50], "mistyped"),
        (&token.to_uppercase(), "unknown"),
        ("x", "unknown"),
        ("maa_", "mistyped"),
        (&"x".repeat(20_000), "unknown"),
    ] {
        let refused = server.caller(bad).send("tools/list", json!({})).await;
        assert_eq!(refused.status(), 401, "{why}");
        assert!(challenge(&refused).contains(r#"error="invalid_token""#), "{why}");
        assert!(problem(refused).await.contains(why));
    }
    let mut basic = server.anyone();
    basic.authorization = Some(format!("Basic {token}"));
    assert_eq!(basic.status().await, 401);
    let in_query = server.anyone().at(&format!("/mcp?access_token={token}"));
    let refused = in_query.send("tools/list", json!({})).await;
    assert_eq!(refused.status(), 400);
    assert!(problem(refused).await.contains("revoke"));
    let twice = server.caller(&token).request(Method::POST).header(header::AUTHORIZATION, "Bearer b");
    assert_eq!(twice.body("{}").send().await.unwrap().status(), 400);
    for method in [Method::GET, Method::DELETE, Method::PUT] {
        assert_eq!(server.anyone().request(method).send().await.unwrap().status(), 401);
    }
    // Whether the server is alive is nobody's secret, and there is no authorization server to be found.
    assert_eq!(server.get("/health/live").await.status(), 200);
    assert_eq!(server.get("/.well-known/oauth-protected-resource").await.status(), 404);
}

#[tokio::test]
async fn a_revoked_token_stops_working_and_a_new_one_works_while_the_server_runs() {
    let home = Home::new();
    let first = home.token(&["first"]);
    let server = home.asking();
    let session = server.caller(&first).session().await;
    let second = home.token(&["second", "--read-only"]);
    server.caller(&second).until(200).await;
    assert!(home.run(&["token", "revoke", "first"]).status.success());
    server.caller(&first).until(401).await;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    assert_eq!(server.caller(&first).post_in(&session, &message).await.status(), 401);
    let refused = server.caller(&second).call("arango_create_collection", json!({"name": "c"})).await;
    assert_eq!(failure(&refused)["type"], "ReadOnlyError");
}

#[tokio::test]
async fn an_expired_token_and_a_file_that_cannot_be_read_let_nobody_in() {
    let home = Home::new();
    let file = home.path("tokens.yaml");
    let token = home.token(&["brief", "--expires", "1h"]);
    let server = home.asking();
    let caller = server.caller(&token);
    assert_eq!(caller.status().await, 200);
    let good = fs::read_to_string(&file).unwrap();
    fs::write(&file, "tokens: [").unwrap();
    caller.until(503).await;
    let refused = caller.send("tools/list", json!({})).await;
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    fs::write(&file, &good).unwrap();
    caller.until(200).await;
    let expires = good.lines().find(|line| line.contains("expires:")).unwrap();
    fs::write(&file, good.replace(expires, "    expires: \"2020-01-01T00:00:00Z\"")).unwrap();
    caller.until(401).await;
    assert!(problem(caller.send("tools/list", json!({})).await).await.contains("expired"));
}

#[test]
fn a_server_does_not_start_with_tokens_it_cannot_trust() {
    let home = Home::new();
    let start = |file: &str| {
        let output =
            home.run(&["server", "--transport", "http", "--port", "0", "-C", "config.yaml", "--token-file", file]);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(start("none.yaml").contains("token add"));
    fs::write(home.path("broken.yaml"), "tokens: {a: {sha256: 5}}").unwrap();
    assert!(start("broken.yaml").contains("tokens.a.sha256"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        home.token(&["a"]);
        fs::set_permissions(home.path("tokens.yaml"), fs::Permissions::from_mode(0o622)).unwrap();
        assert!(start("tokens.yaml").contains("chmod 600"));
    }
    let stdio = home.run(&["server", "--token-file", "tokens.yaml"]);
    assert!(String::from_utf8(stdio.stderr).unwrap().contains("--transport http"));
}

#[test]
fn twenty_tokens_made_at_once_are_all_there() {
    let home = Home::new();
    let children: Vec<Child> = (0..20)
        .map(|number| {
            let words = ["token", "add", &format!("t{number}"), "--token-file", "tokens.yaml"];
            program(home.0.path()).args(words).spawn().unwrap()
        })
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let listed = home.run(&["token", "list", "--json"]);
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed["tokens"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn no_token_and_no_part_of_one_is_logged() {
    let home = Home::new();
    let token = home.token(&["ann"]);
    let unknown = Home::new().token(&["ann"]);
    let server = home.asking();
    let caller = server.caller(&token);
    let session = caller.session().await;
    caller.call_in(&session, "arango_query", json!({"query": "RETURN 1"})).await;
    caller.call("arango_query", json!({"query": "RETURN nonsense"})).await;
    server.caller(&unknown).status().await;
    server.caller(&token[..40]).status().await;
    server.anyone().at(&format!("/mcp?access_token={token}")).status().await;
    let log = server.end();
    assert!(log.contains("token:ann"), "the principal is logged: {log}");
    for secret in [&token, &unknown] {
        assert!(!log.contains(&secret[4..24]), "{log}");
    }
}

#[tokio::test]
async fn whoever_asks_for_tokens_may_be_reached_from_other_machines() {
    let home = Home::new();
    let token = home.token(&["ann"]);
    let file = home.path("tokens.yaml");
    let server = home.serve(&["--host", "0.0.0.0", "--token-file", file.to_str().unwrap()]);
    assert_eq!(server.caller(&token).status().await, 200);
    assert_eq!(server.anyone().status().await, 401);
}

//! Resources as clients see them: what is listed, what is read, and that nothing else can be reached.

use std::{fmt::Write as _, io::Write as _, process::Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{everywhere::Everywhere, http::Server, initialize, program, stdio::Client, success};

/// A configuration file with these entries.
fn configured(databases: &str) -> (TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    std::fs::write(&file, format!("databases:\n{databases}")).unwrap();
    let path = file.to_str().unwrap().to_owned();
    (home, path)
}

fn uris(result: &Value) -> Vec<&str> {
    result["resources"].as_array().unwrap().iter().map(|each| each["uri"].as_str().unwrap()).collect()
}

fn text(result: &Value) -> Value {
    serde_json::from_str(result["contents"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn every_client_is_told_what_can_be_read() {
    let mut clients = Everywhere::start();
    for answer in clients.ask("resources/list", json!({})).await {
        let listed = uris(answer.result());
        let expected = [
            "arangodb://embedded/collections",
            "arangodb://embedded/graphs",
            "arangodb://sample/collections",
            "arangodb://sample/graphs",
        ];
        assert_eq!(listed[..4], expected, "{}", answer.way);
        assert!(listed[4..].iter().all(|uri| uri.starts_with("arangodb://manual/aql/")), "{listed:?}");
        assert!(listed.len() > 4, "the manual has topics");
        assert_eq!(answer.result().get("ttlMs").is_some(), answer.modern, "{}", answer.way);
        assert_eq!(answer.result().get("cacheScope") == Some(&json!("private")), answer.modern);
    }
    for answer in clients.ask("resources/templates/list", json!({})).await {
        let templates = answer.result()["resourceTemplates"].as_array().unwrap();
        let forms: Vec<&str> = templates.iter().map(|each| each["uriTemplate"].as_str().unwrap()).collect();
        let expected = [
            "arangodb://{database}/collections",
            "arangodb://{database}/collection/{name}",
            "arangodb://{database}/graphs",
            "arangodb://manual/aql/{topic}",
        ];
        assert_eq!(forms, expected, "{}", answer.way);
        let docs = include_str!("../../docs/resources.md");
        assert!(forms.iter().all(|form| docs.contains(form)), "docs/resources.md names every form");
    }
}

#[tokio::test]
async fn a_resource_says_what_the_tool_says() {
    let mut clients = Everywhere::start();
    let server = Server::start();
    for (uri, tool, arguments) in [
        ("arangodb://sample/collections", "arango_describe_database", json!({"database": "sample"})),
        ("arangodb://sample/graphs", "arango_list_graphs", json!({"database": "sample"})),
        (
            "arangodb://embedded/collection/characters",
            "arango_describe_collection",
            json!({"database": "embedded", "collection": "characters"}),
        ),
    ] {
        let mut told = success(&server.modern_call(tool, arguments).await);
        forget_revisions(&mut told);
        for answer in clients.ask("resources/read", json!({ "uri": uri })).await {
            let content = &answer.result()["contents"][0];
            assert_eq!((&content["uri"], &content["mimeType"]), (&json!(uri), &json!("application/json")));
            let mut read = text(answer.result());
            forget_revisions(&mut read);
            assert_eq!(read, told, "{}: {uri}", answer.way);
            assert_eq!(answer.result().get("ttlMs") == Some(&json!(0)), answer.modern, "data are not kept");
        }
    }
}

/// Each server has a sample of its own; revisions differ.
fn forget_revisions(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("revision");
            object.retain(|_, each| *each != json!("_rev"));
            object.values_mut().for_each(forget_revisions);
        }
        Value::Array(items) => {
            items.retain(|each| each["path"] != "_rev");
            items.iter_mut().for_each(forget_revisions);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_listed_page_of_the_manual_can_be_read() {
    let server = Server::start();
    let mut cursor = json!({});
    let mut pages = 0;
    loop {
        let list = server.modern("resources/list", cursor.clone()).await;
        for uri in uris(&list["result"]).into_iter().filter(|uri| uri.starts_with("arangodb://manual/")) {
            let read = server.modern("resources/read", json!({ "uri": uri })).await;
            let content = &read["result"]["contents"][0];
            assert_eq!(content["mimeType"], "text/markdown", "{read}");
            assert!(content["text"].as_str().unwrap().starts_with("# "), "{uri}");
            pages += 1;
        }
        let Some(next) = list["result"]["nextCursor"].as_str() else { break };
        cursor = json!({ "cursor": next });
    }
    assert!(pages > 0);
    let missing = server.modern("resources/read", json!({"uri": "arangodb://manual/aql/SUBSTRIN"})).await;
    assert!(missing["error"]["message"].as_str().unwrap().contains("try SUBSTRING"), "{missing}");
}

#[tokio::test]
async fn what_is_no_resource_is_not_found_and_named() {
    let mut clients = Everywhere::start();
    let long = format!("arangodb://{}/graphs", "x".repeat(100_000));
    for uri in [
        "",
        "arangodb://%2e%2e/",
        "arangodb://../../etc/passwd",
        "arangodb://x/collection/a%2Fb",
        "arangodb://embedded/collection/a%2Fb",
        "arangodb://embedded/collection/..%2f_users",
        "arangodb://embedded/collection/%ff%fe",
        "arangodb://embedded/collection/%zz",
        "arangodb://embedded/collection/nowhere",
        "arangodb://embedded/collections?x=1",
        "arangodb://manual/aql/nothing%20like%20it",
        "file:///etc/passwd",
        long.as_str(),
    ] {
        for answer in clients.ask("resources/read", json!({ "uri": uri })).await {
            let error = answer.error();
            let code = if answer.modern { -32602 } else { -32002 };
            assert_eq!(error["code"], code, "{}: {uri}: {error}", answer.way);
            assert!(uri.starts_with(error["data"]["uri"].as_str().unwrap()), "{error}");
            assert!(error.to_string().len() < 1500, "an error is short");
        }
    }
    for params in [json!({}), json!({"uri": 5})] {
        for answer in clients.ask("resources/read", params).await {
            assert_eq!(answer.error()["code"], -32602, "{}", answer.way);
        }
    }
}

#[test]
fn a_database_is_named_by_its_key_only() {
    let entries = "  \"größe 1/2\":\n    url: \"embedded:\"\n    database: _system\n    description: for tests\n    read_only: true\n";
    let (_home, file) = configured(entries);
    let mut client = Client::start(&["--config-file", &file], &[]);
    client.request("initialize", initialize("2025-11-25"));
    let list = client.request("resources/list", json!({}));
    let listed = &list["result"]["resources"][0];
    assert_eq!(listed["uri"], "arangodb://gr%C3%B6%C3%9Fe%201%2F2/collections");
    assert!(listed["description"].as_str().unwrap().contains("for tests"));
    let read = client.request("resources/read", json!({ "uri": listed["uri"] }));
    assert_eq!(text(&read["result"])["database"], "_system");
    let by_name = client.request("resources/read", json!({"uri": "arangodb://_system/collections"}));
    let message = by_name["error"]["message"].as_str().unwrap();
    assert!(message.contains("the keys are größe 1/2"), "{message}");
}

#[test]
fn what_is_read_stands_in_the_audit_log() {
    let home = tempfile::tempdir().unwrap();
    let mut command = program(home.path());
    command.args(["--embedded", "--sample"]).env("LOG_LEVEL", "info").stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize("2025-11-25")});
    let uri = "arangodb://sample/graphs";
    let read = json!({"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": uri}});
    writeln!(child.stdin.take().unwrap(), "{hello}\n{read}").unwrap();
    let output = child.wait_with_output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let line = log.lines().find(|line| line.contains("audit")).unwrap_or_else(|| panic!("no audit line in {log}"));
    assert!(line.contains("arango_list_graphs") && line.contains("sample") && line.contains("ok"), "{line}");
}

#[test]
fn a_database_that_is_down_is_listed_and_reading_it_says_why_it_failed() {
    let (_home, file) = configured("  gone:\n    url: http://127.0.0.1:1\n    database: d\n");
    let mut client = Client::start(&["--config-file", &file], &[]);
    client.request("initialize", initialize("2025-11-25"));
    let list = client.request("resources/list", json!({}));
    assert_eq!(uris(&list["result"])[..2], ["arangodb://gone/collections", "arangodb://gone/graphs"]);
    let read = client.request("resources/read", json!({"uri": "arangodb://gone/graphs"}));
    assert_eq!(read["error"]["code"], -32603);
    assert_eq!(read["error"]["data"]["uri"], "arangodb://gone/graphs");
    assert!(read["error"]["message"].as_str().unwrap().contains("is it running"), "{read}");
    let database = json!({"ref": {"type": "ref/resource", "uri": "arangodb://{database}/collection/{name}"},
        "argument": {"name": "name", "value": ""}});
    assert_eq!(client.request("completion/complete", database)["result"]["completion"]["values"], json!([]));
}

#[test]
fn a_long_list_comes_in_pages() {
    let mut entries = String::new();
    for at in 0..120 {
        write!(entries, "  db{at:03}:\n    url: http://127.0.0.1:1\n    database: d\n").unwrap();
    }
    let (_home, file) = configured(&entries);
    let mut client = Client::start(&["--config-file", &file], &[]);
    client.request("initialize", initialize("2025-11-25"));
    let mut all: Vec<String> = Vec::new();
    let mut params = json!({});
    loop {
        let page = client.request("resources/list", params);
        all.extend(uris(&page["result"]).into_iter().map(str::to_owned));
        let Some(next) = page["result"]["nextCursor"].as_str() else { break };
        params = json!({ "cursor": next });
    }
    assert_eq!((all[0].as_str(), all[239].as_str()), ("arangodb://db000/collections", "arangodb://db119/graphs"));
    let mut unique = all.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), all.len(), "each once");
    for cursor in ["", "x", "cmVzb3VyY2VzOjE", "cmVzb3VyY2VzOjk5OTk5OTk5OTk5OTk5OTk5OTk5OQ"] {
        let page = client.request("resources/list", json!({ "cursor": cursor }));
        assert_eq!(page["error"]["code"], -32602, "{cursor}");
    }
}

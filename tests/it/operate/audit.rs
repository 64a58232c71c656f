//! The audit log: a line before every answer, a chain that shows what was changed, through restarts and kills.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{end_of, signal};
use crate::support::{failure, http::Server, program, run, stdio, success};

const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

fn verify(files: &[&Path]) -> (bool, String) {
    let files: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let output = run(&[&["audit", "verify"], files.as_slice()].concat());
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[tokio::test]
async fn every_answer_has_its_line_already_and_none_holds_what_was_in_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let mut server = Server::start_with(&["--embedded", "--sample", "--audit-log", file.to_str().unwrap()]);
    for number in 1..=5 {
        let query = json!({"query": "RETURN @secret", "bind_vars": {"secret": "hunter2"}, "database": "sample"});
        success(&server.modern_call("arango_query", query).await);
        assert_eq!(lines(&file).len(), 1 + number);
    }
    failure(&server.modern_call("arango_query", json!({"query": "RETURN hunter2"})).await);
    let all = lines(&file);
    assert_eq!((&all[0]["event"], &all[0]["chain"], &all[0]["seq"]), (&json!("start"), &json!("sha256"), &json!(1)));
    let call = &all[1];
    let expected = json!({"event": "call", "who": "anonymous", "tool": "arango_query", "database": "sample",
        "level": "tool_argument", "outcome": "ok", "rows": 1});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&call[name], value, "{call}");
    }
    assert!(call["arguments"].as_str().unwrap().starts_with("hmac-sha256:"), "{call}");
    assert_eq!(call["arguments"], all[2]["arguments"]);
    assert_eq!(all[6]["outcome"], "CollectionNotFound");
    assert!(!fs::read_to_string(&file).unwrap().contains("hunter2"));
    signal(&server, "-TERM");
    assert_eq!(end_of(&mut server).await, Some(0));
    assert_eq!(lines(&file).last().unwrap()["event"], "stop");
    let (intact, said) = verify(&[&file]);
    assert!(intact && said == "8 lines, numbers 1 to 8\nintact\n", "{said}");
}

#[test]
fn redacted_arguments_show_the_shape_of_a_query() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let options = ["--embedded", "--audit-log", file.to_str().unwrap(), "--audit-arguments", "redacted"];
    let mut client = stdio::Client::legacy_with(&options, json!({}));
    success(
        &client
            .call("arango_query", json!({"query": "FOR i IN [1,2] FILTER i == @v RETURN 'x'", "bind_vars": {"v": 2}})),
    );
    let line = lines(&file).pop().unwrap();
    let told: Value = serde_json::from_str(line["arguments"].as_str().unwrap()).unwrap();
    assert_eq!(told, json!({"query": "FOR i IN [?,?] FILTER i == @v RETURN ?", "bind_vars": "{? × 1}"}));
    assert_eq!(line["session"], "stdio");
}

#[tokio::test]
async fn a_killed_server_leaves_a_chain_that_goes_on_and_what_is_changed_later_shows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let options = ["--embedded", "--audit-log", file.to_str().unwrap()];
    for _ in 0..2 {
        let mut server = Server::start_with(&options);
        for _ in 0..20 {
            success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        // The worst a kill can do: half a line.
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, &text[..text.len() - 30]).unwrap();
    }
    drop(Server::start_with(&options));
    let (intact, said) = verify(&[&file]);
    assert!(intact && said.matches("broke off").count() == 2, "{said}");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("\"outcome\":\"ok\"", "\"outcome\":\"no\"", 1)).unwrap();
    let (intact, said) = verify(&[&file]);
    assert!(
        !intact && said.contains("audit.jsonl:3: the line before it (number 2) is not as it was written"),
        "{said}"
    );
}

#[test]
fn a_log_that_cannot_be_kept_is_no_start_and_two_processes_cannot_share_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let path = file.to_str().unwrap();
    let missing = folder.path().join("none/audit.jsonl");
    for (options, expected) in [
        (vec!["--audit-log", missing.to_str().unwrap()], "No such file"),
        (vec!["--audit-required"], "name one with --audit-log"),
    ] {
        let output = run(&[&["server", "--embedded"], options.as_slice()].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
    }
    let _first = stdio::Client::legacy_with(&["--embedded", "--audit-log", path], json!({}));
    let output = run(&["server", "--embedded", "--audit-log", path]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("another process"), "{said}");
}

#[tokio::test]
async fn what_has_to_be_recorded_and_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let file = logs.join("audit.jsonl");
    // With a limit of one byte every line begins a file, which it cannot once the folder is gone.
    let options = ["--embedded", "--audit-log", file.to_str().unwrap(), "--audit-required", "--audit-max-bytes", "1"];
    let server = Server::start_with(&options);
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
    fs::remove_dir_all(&logs).unwrap();
    let refused = failure(&server.modern_call("arango_create_collection", json!({"name": "made"})).await);
    assert_eq!(refused["type"], "AuditUnavailable", "{refused}");
    let refused = failure(&server.modern_call("arango_create_collection", json!({"name": "never"})).await);
    assert!(refused["error"].as_str().unwrap().contains("was refused"), "{refused}");
    fs::create_dir(&logs).unwrap();
    let listed = success(&server.modern_call("arango_list_collections", json!({})).await).to_string();
    assert!(listed.contains("made") && !listed.contains("never"), "{listed}");
    assert_eq!(lines(&logs.join("audit.jsonl")).pop().unwrap()["tool"], "arango_list_collections");
}

#[test]
fn a_keyed_log_is_verified_with_its_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("audit.jsonl");
    let options = ["--embedded", "--audit-log", file.to_str().unwrap()];
    let mut client = stdio::Client::start(&options, &[("MCP_AUDIT_KEY", KEY)]);
    client.request("initialize", crate::support::initialize("2025-06-18"));
    success(&client.call("arango_query", json!({"query": "RETURN 1"})));
    let (intact, said) = verify(&[&file]);
    assert!(!intact && said.contains("MCP_AUDIT_KEY"), "{said}");
    let output = program(folder.path())
        .args(["audit", "verify", "--json", file.to_str().unwrap()])
        .env("MCP_AUDIT_KEY", KEY)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success() && report["broken"].is_null() && report["lines"] == 2, "{report}");
}

#[test]
fn lines_on_standard_error_are_objects_and_so_are_those_of_the_log() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    super::configure(&file, &["a"]);
    let mut command = program(home.path());
    command.args(["server", "--audit-log", "stderr", "--log-format", "json", "-C"]).arg(file);
    let output = command.env("MCP_DEFAULT_DATABASE", "nowhere").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let all: Vec<Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    assert!(all.iter().any(|line| line["event"] == "start"), "{said}");
    let warned = |line: &&Value| line["level"] == "WARN" && line["message"].as_str().unwrap().contains("nowhere");
    assert!(all.iter().find(warned).is_some(), "{said}");
}

//! Completions as clients ask for them: keys, collections, graphs, attributes, topics.

use std::{fmt::Write as _, net::TcpListener};

use serde_json::{Value, json};

use crate::support::{everywhere::Everywhere, initialize, stdio::Client};

const COLLECTION: &str = "arangodb://{database}/collection/{name}";

fn of_template(uri: &str, argument: &str, typed: &str, given: Value) -> Value {
    json!({"ref": {"type": "ref/resource", "uri": uri}, "argument": {"name": argument, "value": typed},
        "context": {"arguments": given}})
}

fn of_prompt(name: &str, argument: &str, typed: &str, given: Value) -> Value {
    json!({"ref": {"type": "ref/prompt", "name": name}, "argument": {"name": argument, "value": typed},
        "context": {"arguments": given}})
}

#[tokio::test]
async fn names_that_are_there_are_completed() {
    let mut clients = Everywhere::start();
    for (params, expected) in [
        (of_template("arangodb://{database}/graphs", "database", "", json!({})), json!(["embedded", "sample"])),
        (of_template(COLLECTION, "database", "MPL", json!({})), json!(["sample"])),
        (of_template(COLLECTION, "name", "char", json!({"database": "sample"})), json!(["characters"])),
        (of_template(COLLECTION, "name", "a", json!({})), json!(["appearances", "characters"])),
        (of_template(COLLECTION, "name", "", json!({"database": "nowhere"})), json!([])),
        (of_template("arangodb://manual/aql/{topic}", "topic", "substring_b", json!({})), json!(["SUBSTRING_BYTES"])),
        (of_prompt("explore_database", "database", "em", json!({})), json!(["embedded"])),
        (of_prompt("explore_database", "interest", "who", json!({})), json!([])),
        (of_prompt("model_graph", "graph", "les", json!({"database": "sample"})), json!(["lesmis"])),
        (of_prompt("write_query", "attribute", "_fr", json!({"collection": "appearances"})), json!(["_from"])),
        (of_prompt("write_query", "attribute", "", json!({})), json!([])),
        (of_prompt("write_query", "attribute", "", json!({"collection": "no/where"})), json!([])),
    ] {
        for answer in clients.ask("completion/complete", params.clone()).await {
            let completion = &answer.result()["completion"];
            assert_eq!(completion["values"], expected, "{}: {params}", answer.way);
            assert_eq!(completion["total"], expected.as_array().unwrap().len());
            assert_eq!(completion["hasMore"], false);
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_completed() {
    let mut clients = Everywhere::start();
    for params in [
        of_prompt("nope", "database", "", json!({})),
        of_prompt("write_query", "nope", "", json!({})),
        of_template("arangodb://{x}", "x", "", json!({})),
        of_template(COLLECTION, "nope", "", json!({})),
        json!({"ref": {"type": "ref/other"}, "argument": {"name": "a", "value": ""}}),
        json!({}),
    ] {
        for answer in clients.ask("completion/complete", params.clone()).await {
            assert_eq!(answer.error()["code"], -32602, "{}: {params}", answer.way);
        }
    }
}

#[test]
fn at_most_a_hundred_are_sent_and_the_rest_is_counted() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    let mut text = "databases:\n".to_owned();
    for at in 0..120 {
        write!(text, "  db{at:03}:\n    url: http://127.0.0.1:1\n    database: d\n").unwrap();
    }
    std::fs::write(&file, text).unwrap();
    let mut client = Client::start(&["--config-file", file.to_str().unwrap()], &[]);
    client.request("initialize", initialize("2025-11-25"));
    let answer = client.request("completion/complete", of_prompt("tune_query", "database", "db", json!({})));
    let completion = &answer["result"]["completion"];
    assert_eq!(completion["values"].as_array().unwrap().len(), 100);
    assert_eq!((&completion["total"], &completion["hasMore"]), (&json!(120), &json!(true)));
    assert_eq!(completion["values"][0], "db000");
}

#[test]
fn a_database_that_never_answers_completes_to_nothing() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    let url = format!("http://{}", silent.local_addr().unwrap());
    std::fs::write(&file, format!("databases:\n  silent:\n    url: {url}\n    database: d\n    timeout: 600\n"))
        .unwrap();
    let mut client = Client::start(&["--config-file", file.to_str().unwrap()], &[]);
    client.request("initialize", initialize("2025-11-25"));
    let answer =
        client.request("completion/complete", of_template(COLLECTION, "name", "", json!({"database": "silent"})));
    assert_eq!(answer["result"]["completion"]["values"], json!([]));
}

//! What the manual answers to a client.

use serde_json::{Value, json};

use crate::{manual, tools::testing::Bench};

const TOOL: &str = "arango_aql_help";

/// No answer is larger than this.
const BOUND: usize = 7 * 1024;

fn names(help: &Value) -> Vec<&str> {
    help["topics"].as_array().unwrap().iter().map(|topic| topic["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_topic_comes_with_syntax_example_and_result() {
    let help = Bench::new().result(TOOL, json!({"topic": "split()"})).await;
    assert_eq!(names(&help), ["SPLIT"]);
    let topic = &help["topics"][0];
    assert_eq!((&topic["kind"], &topic["signature"]), (&json!("function"), &json!("SPLIT(text, separator?, limit?)")));
    assert_eq!((&topic["example"], &topic["result"]), (&json!("SPLIT(\"a-b-c\", \"-\")"), &json!(["a", "b", "c"])));
    assert_eq!(help.get("contents"), None);
}

#[tokio::test]
async fn a_search_gives_the_best_in_full_and_names_more() {
    let bench = Bench::new();
    let help = bench.result(TOOL, json!({"search": "regular expression"})).await;
    assert!(names(&help).iter().all(|name| name.starts_with("REGEX_")), "{:?}", names(&help));
    let help = bench.result(TOOL, json!({"search": "date"})).await;
    assert_eq!(names(&help).len(), super::MOST_SHOWN);
    assert!(!help["more"].as_array().unwrap().is_empty());
    let help = bench.result(TOOL, json!({"topic": "COLLECT", "search": "group by"})).await;
    assert_eq!(names(&help).iter().filter(|name| **name == "COLLECT").count(), 1);
}

#[tokio::test]
async fn nothing_asked_for_or_nothing_found_gives_the_contents() {
    let bench = Bench::new();
    for arguments in [json!({}), json!({"topic": " "}), json!({"search": "qwxzqwxz"})] {
        let help = bench.result(TOOL, arguments).await;
        assert!(names(&help).is_empty());
        let all = help["contents"].to_string();
        assert!(manual::topics().all(|topic| all.contains(topic.name)));
    }
}

#[tokio::test]
async fn an_unknown_topic_is_an_error_that_names_the_nearest() {
    let bench = Bench::new();
    let error = bench.error(TOOL, json!({"topic": "DATEADD"})).await;
    assert_eq!(error["nearest"][0], "DATE_ADD");
    assert!(error["hint"].as_str().unwrap().contains("DATE_ADD"));
    let error = bench.error(TOOL, json!({"topic": "group by"})).await;
    assert_eq!(error["nearest"][0], "COLLECT");
    let error = bench.error(TOOL, json!({"topic": "qwxzqwxz"})).await;
    assert!(error["hint"].as_str().unwrap().contains("search"));
}

#[tokio::test]
async fn answers_are_bounded() {
    let bench = Bench::new();
    let questions =
        ["array", "date", "text", "graph", "sql cypher mongodb", "path", "a document of a collection", "value"];
    let searches = questions.map(|words| json!({"search": words}));
    let topics = manual::topics().map(|topic| json!({"topic": topic.name}));
    for arguments in topics.chain(searches).chain([json!({})]) {
        let reply = bench.reply(TOOL, arguments.clone()).await;
        let text = reply["content"][0]["text"].as_str().unwrap();
        assert!(reply["isError"] != true && text.len() <= BOUND, "{arguments}: {} bytes", text.len());
    }
}

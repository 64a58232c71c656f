//! Prompts as clients get them: with what the database holds beside them, and with clear errors.

use serde_json::{Value, json};

use crate::support::{everywhere::Everywhere, http::Server, success};

fn get(name: &str, arguments: Value) -> Value {
    json!({ "name": name, "arguments": arguments })
}

fn said(result: &Value) -> &str {
    result["messages"][0]["content"]["text"].as_str().unwrap()
}

#[tokio::test]
async fn every_client_sees_the_prompts_and_what_they_take() {
    let mut clients = Everywhere::start();
    for answer in clients.ask("prompts/list", json!({})).await {
        let prompts = answer.result()["prompts"].as_array().unwrap();
        let names: Vec<&str> = prompts.iter().map(|each| each["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["explore_database", "write_query", "model_graph", "tune_query"], "{}", answer.way);
        let docs = include_str!("../../docs/resources.md");
        assert!(names.iter().all(|name| docs.contains(name)), "docs/resources.md names every prompt");
        for prompt in prompts {
            assert!(prompt["title"].is_string() && prompt["description"].is_string());
            for argument in prompt["arguments"].as_array().unwrap() {
                assert!(argument["description"].is_string() && argument["required"].is_boolean(), "{argument}");
            }
        }
        assert_eq!(answer.result().get("ttlMs").is_some(), answer.modern);
    }
    for answer in clients.ask("prompts/list", json!({"cursor": "x"})).await {
        assert_eq!(answer.error()["code"], -32602);
    }
}

#[tokio::test]
async fn a_prompt_comes_with_what_the_database_holds() {
    let mut clients = Everywhere::start();
    let question = "Who appears\n```\nwith Valjean?";
    let arguments = json!({"question": question, "database": "sample", "collection": "characters", "attribute": ""});
    for answer in clients.ask("prompts/get", get("write_query", arguments)).await {
        let result = answer.result();
        let text = said(result);
        assert!(text.contains("the ArangoDB database \"sample\""), "{text}");
        assert!(text.contains(&format!("\n````\n{question}\n````\n")), "{text}");
        assert!(text.contains("the collection \"characters\""));
        assert!(!text.contains("{{") && !text.contains("by the attribute"), "{text}");
        let uris: Vec<&Value> = (1..3).map(|at| &result["messages"][at]["content"]["resource"]["uri"]).collect();
        assert_eq!(uris, ["arangodb://sample/collections", "arangodb://sample/collection/characters"]);
        let overview = result["messages"][1]["content"]["resource"]["text"].as_str().unwrap();
        assert!(overview.contains("appearances"), "{overview}");
    }
    for answer in clients.ask("prompts/get", get("model_graph", json!({"purpose": "friends", "graph": "lesmis"}))).await
    {
        let graphs = &answer.result()["messages"][2]["content"]["resource"];
        assert_eq!(graphs["uri"], "arangodb://embedded/graphs");
        assert!(graphs["text"].as_str().unwrap().contains("lesmis"));
    }
}

#[tokio::test]
async fn a_slow_query_comes_with_its_plan_or_with_what_is_wrong() {
    let server = Server::start();
    let query = "FOR c IN characters FILTER c.group == @g RETURN c";
    let arguments = json!({"query": query, "bind_vars": "{\"g\": 2}", "collection": "characters"});
    let answer = server.modern("prompts/get", get("tune_query", arguments)).await;
    let plan = answer["result"]["messages"][1]["content"]["text"].as_str().unwrap();
    assert!(plan.contains("EnumerateCollectionNode") && plan.contains("index_suggestions"), "{plan}");
    assert!(said(&answer["result"]).contains(query));
    let wrong = server.modern("prompts/get", get("tune_query", json!({"query": "RETRUN 1"}))).await;
    assert!(wrong["result"]["messages"][1]["content"]["text"].as_str().unwrap().contains("QueryError"), "{wrong}");
    for bind_vars in ["[1]", "{", "5"] {
        let arguments = json!({"query": query, "bind_vars": bind_vars});
        let refused = server.modern("prompts/get", get("tune_query", arguments)).await;
        assert!(refused["error"]["message"].as_str().unwrap().contains("must be a JSON object"), "{refused}");
    }
}

#[tokio::test]
async fn the_focused_database_is_the_one_a_prompt_is_about() {
    let server = Server::start();
    let session = server.session().await;
    success(&session.call("set_focused_database", json!({"database": "sample"})).await);
    let answer = session.request("prompts/get", get("explore_database", json!({}))).await;
    assert!(said(&answer["result"]).contains("the ArangoDB database \"sample\""), "{answer}");
    let borrowed = server.modern_as("prompts/get", get("explore_database", json!({})), Some(&session.id)).await;
    assert!(said(&borrowed["result"]).contains("the ArangoDB database \"embedded\""), "{borrowed}");
}

#[tokio::test]
async fn a_prompt_that_cannot_be_made_says_why() {
    let mut clients = Everywhere::start();
    for (params, why) in [
        (get("nope", json!({})), "unknown prompt"),
        (get("write_query", json!({})), "`question` is required"),
        (json!({"name": "write_query"}), "`question` is required"),
        (get("explore_database", json!({"database": "nowhere"})), "not configured"),
        (get("explore_database", json!({"databse": "sample"})), "there are database, interest"),
        (get("write_query", json!({"question": "q", "collection": "a/b"})), "illegal collection name"),
        (get("write_query", json!({"question": "q", "collection": "nowhere"})), "does not exist"),
        (get("write_query", json!({"question": ["q"]})), "must be a string"),
        (json!({}), "prompts/get needs"),
    ] {
        for answer in clients.ask("prompts/get", params.clone()).await {
            let error = answer.error();
            assert_eq!(error["code"], -32602, "{}: {params}: {error}", answer.way);
            assert!(error["message"].as_str().unwrap().contains(why), "{}: {params}: {error}", answer.way);
        }
    }
}

//! Choosing tools: sessions of older protocols have a list of their own, and the stateless protocol has one list for all.

use serde_json::{Value, json};

use crate::support::{
    failure,
    http::{Server, Session, next_message},
    initialize, names,
    stdio::Client,
    success,
};

const LIST_CHANGED: &str = "notifications/tools/list_changed";

/// Tools that are listed whatever was chosen.
const ALWAYS: [&str; 5] = [
    "arango_switch_workflow",
    "arango_search_tools",
    "arango_unload_tools",
    "set_focused_database",
    "arango_describe_collection",
];

fn list(client: &mut Client) -> Vec<String> {
    names(&client.request("tools/list", json!({})))
}

async fn listed(session: &Session<'_>) -> Vec<String> {
    names(&session.request("tools/list", json!({})).await)
}

fn has(tools: &[String], name: &str) -> bool {
    tools.iter().any(|tool| tool == name)
}

#[test]
fn a_session_on_a_pipe_gets_the_list_of_its_workflow_and_is_told() {
    let mut client = Client::start(&["--embedded", "--sample"], &[]);
    let hello = client.request("initialize", initialize("2025-06-18"));
    assert_eq!(hello["result"]["capabilities"]["tools"]["listChanged"], true);
    client.notify("notifications/initialized");
    let all = list(&mut client);
    let before = success(&client.call("arango_get_active_workflow", json!({})));
    assert_eq!((&before["active_context"], &before["enforced"]), (&json!("baseline"), &json!(false)));

    let switched = success(&client.call("arango_switch_workflow", json!({"context": "data_analysis"})));
    assert_eq!((&switched["enforced"], &switched["total_tools"]), (&json!(true), &json!(7)));
    client.notification(LIST_CHANGED);
    let some = list(&mut client);
    assert!(some.len() < all.len());
    let active = switched["active_tools"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    for name in active.chain(ALWAYS) {
        assert!(has(&some, name), "{name}");
    }
    for name in switched["tools_removed"].as_array().unwrap() {
        assert!(!has(&some, name.as_str().unwrap()), "{name}");
    }
    assert!(
        some.iter().is_sorted_by_key(|name| all.iter().position(|other| *other == **name)),
        "another order: {some:?}"
    );

    success(&client.call("arango_switch_workflow", json!({"context": "full"})));
    client.notification(LIST_CHANGED);
    assert_eq!(list(&mut client), all);
    // To choose the same again changes nothing, so nothing is told.
    success(&client.call("arango_switch_workflow", json!({"context": "full"})));
    client.request("ping", json!({}));
    assert_eq!(client.notices().count(), 0);
}

#[test]
fn a_tool_that_was_put_away_is_refused_and_the_reply_says_how_to_get_it_back() {
    let mut client = Client::legacy();
    success(&client.call("arango_switch_workflow", json!({"context": "schema_validation"})));
    let refused = failure(&client.call("arango_bulk_update", json!({"collection": "characters", "updates": []})));
    assert_eq!((&refused["type"], &refused["tool"]), (&json!("ToolNotLoaded"), &json!("arango_bulk_update")));
    assert_eq!(refused["hint"], "call arango_switch_workflow with context `bulk_operations` or `full`");
    let reply = success(&client.call("arango_unload_tools", json!({"tool_names": ["arango_query", "x"]})));
    assert_eq!((&reply["unloaded"], &reply["not_found"]), (&json!(["arango_query"]), &json!(["x"])));
    client.notification(LIST_CHANGED);
    client.notification(LIST_CHANGED);
    assert!(!has(&list(&mut client), "arango_query"));
    let refused = failure(&client.call("arango_query", json!({"query": "RETURN 1"})));
    assert!(refused["error"].as_str().unwrap().contains("arango_unload_tools"), "{refused}");
    success(&client.call("arango_advance_workflow_stage", json!({"stage": "analysis"})));
    success(&client.call("arango_query", json!({"query": "RETURN 1"})));
    failure(&client.call("arango_insert", json!({"collection": "characters", "document": {}})));
    success(&client.call("arango_switch_workflow", json!({"context": "full"})));
    success(&client.call("arango_bulk_update", json!({"collection": "characters", "updates": []})));
}

#[test]
fn what_is_sent_after_a_switch_sees_it() {
    let mut client = Client::legacy();
    let all = list(&mut client).len();
    for round in 0..20 {
        let context = if round % 2 == 0 { "baseline" } else { "full" };
        client.send_call("arango_switch_workflow", json!({"context": context}));
        let asked = client.send("tools/list", json!({}));
        assert_eq!(names(&client.answer(asked)).len() == all, context == "full", "round {round}");
    }
}

#[test]
fn in_the_stateless_protocol_a_choice_is_advice_even_on_a_pipe() {
    let mut client = Client::modern();
    let all = list(&mut client);
    let switched = success(&client.call("arango_switch_workflow", json!({"context": "data_analysis"})));
    assert_eq!((&switched["enforced"], &switched["to_context"]), (&json!(false), &json!("data_analysis")));
    assert!(switched["message"].as_str().unwrap().starts_with("advice only"), "{switched}");
    assert_eq!(
        success(&client.call("arango_unload_tools", json!({"tool_names": ["arango_insert"]})))["enforced"],
        false
    );
    assert_eq!(list(&mut client), all);
    success(&client.call("arango_insert", json!({"collection": "characters", "document": {}})));
    // The process is the session here too, so the advice is remembered.
    assert_eq!(success(&client.call("arango_get_active_workflow", json!({})))["active_context"], "data_analysis");
    assert_eq!(client.notices().count(), 0);
}

#[tokio::test]
async fn over_http_each_session_has_a_list_of_its_own() {
    let server = Server::start();
    let (one, other) = (server.session().await, server.session().await);
    let mut told = one.listen().await;
    let all = listed(&one).await;
    let modern = names(&server.modern("tools/list", json!({})).await);
    assert_eq!(all, modern);

    let switched = success(&one.call("arango_switch_workflow", json!({"context": "graph_modeling"})).await);
    assert_eq!(switched["enforced"], true);
    next_message(&mut told, |message| message["method"] == LIST_CHANGED).await;
    let some = listed(&one).await;
    assert!(has(&some, "arango_traverse") && !has(&some, "arango_insert"), "{some:?}");
    assert_eq!(listed(&other).await, all);
    success(&other.call("arango_list_indexes", json!({"collection": "characters", "database": "sample"})).await);
    let refused = failure(&one.call("arango_list_indexes", json!({"collection": "characters"})).await);
    assert_eq!(refused["type"], "ToolNotLoaded");

    // A stateless request that names the session sees everything all the same.
    let borrowed = server.modern_as("tools/list", json!({}), Some(&one.id)).await;
    assert_eq!(names(&borrowed), all);
    let advised = success(&server.modern_call("arango_switch_workflow", json!({"context": "baseline"})).await);
    assert_eq!(advised["enforced"], false);
    assert!(advised["message"].as_str().unwrap().ends_with("nothing is remembered"), "{advised}");
    assert_eq!(names(&server.modern("tools/list", json!({})).await), all);
}

#[tokio::test]
async fn uses_are_counted_for_each_session_and_end_with_it() {
    let server = Server::start();
    let (one, other) = (server.session().await, server.session().await);
    success(&one.call("arango_query", json!({"query": "RETURN 1"})).await);
    failure(&one.call("arango_query", json!({"query": "RETURN"})).await);
    success(&other.call("arango_list_collections", json!({})).await);
    let stats = success(&one.call("arango_get_tool_usage_stats", json!({})).await);
    assert_eq!(stats["tool_usage"]["arango_query"]["use_count"], 2);
    assert_eq!((&stats["total_tools_used"], &stats["current_stage"]), (&json!(1), &json!("setup")));
    assert_eq!(stats["session_id"], one.id[..8]);
    let stats = success(&other.call("arango_get_tool_usage_stats", json!({})).await);
    assert_eq!(stats["tool_usage"].as_object().unwrap().keys().collect::<Vec<_>>(), ["arango_list_collections"]);
    let stats = success(&server.modern_call("arango_get_tool_usage_stats", json!({})).await);
    assert_eq!((&stats["tool_usage"], &stats["session_id"]), (&json!({}), &Value::Null));
}

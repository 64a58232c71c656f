//! MCP over pipes: both eras, the order of messages, and an end as soon as the client is gone.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{failure, stdio::Client, success};

/// A query that runs far longer than any test waits.
const ENDLESS: &str = "FOR a IN 1..100000 FOR b IN 1..100000 FILTER a + b < 0 RETURN a";

#[test]
fn an_older_client_lists_and_calls_tools() {
    let mut client = Client::legacy();
    let list = client.request("tools/list", json!({}));
    let names: Vec<&str> =
        list["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["arango_query", "arango_list_collections", "arango_insert"]);
    assert!(list["result"].get("ttlMs").is_none(), "cache hints are for the new protocol");

    let answer = client.call("arango_query", json!({"query": "FOR i IN 1..3 RETURN i * @n", "bind_vars": {"n": 2}}));
    assert_eq!(success(&answer), json!([2, 4, 6]));
    assert_eq!(answer["result"]["structuredContent"], json!({"rows": [2, 4, 6], "count": 3, "truncated": false}));
    assert_eq!(answer["result"]["_meta"]["database"], "embedded");
    assert_eq!(answer["result"]["_meta"]["level"], "config_default");
}

#[test]
fn a_stateless_client_discovers_and_calls_tools() {
    let mut client = Client::modern();
    let about = client.request("server/discover", json!({}));
    assert!(about["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")), "{about}");
    for declared in ["tools", "resources", "prompts", "completions"] {
        assert!(about["result"]["capabilities"][declared].is_object(), "{about}");
    }
    let list = client.request("tools/list", json!({}));
    assert_eq!(list["result"]["cacheScope"], "private");
    assert!(list["result"]["ttlMs"].as_u64().unwrap() > 0);
    let answer = client.call("arango_list_collections", json!({}));
    assert_eq!(success(&answer), json!(["appearances", "characters"]));
    assert_eq!(answer["result"]["structuredContent"], json!({"items": ["appearances", "characters"]}));
    assert_eq!(answer["result"]["resultType"], "complete");
}

#[test]
fn the_process_is_the_session_in_both_eras() {
    for mut client in [Client::legacy(), Client::modern()] {
        let focused = success(&client.call("set_focused_database", json!({"database": "sample"})));
        assert_eq!(focused["session_id"], "stdio");
        assert_eq!(focused["remembered"], true);
        let answer = client.call("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"}));
        assert_eq!(success(&answer), json!(["sample"]));
        assert_eq!(answer["result"]["_meta"]["level"], "focus");
        let other = client.call("arango_query", json!({"query": "RETURN CURRENT_DATABASE()", "database": "embedded"}));
        assert_eq!(success(&other), json!(["_system"]));
        let handle = focused["focus"].clone();
        success(&client.call("set_focused_database", json!({"database": null})));
        let unset = success(&client.call("get_focused_database", json!({})));
        assert_eq!(unset["is_set"], false);
        let by_handle = client.call("arango_query", json!({"query": "RETURN CURRENT_DATABASE()", "focus": handle}));
        assert_eq!(success(&by_handle), json!(["sample"]));
    }
}

#[test]
fn what_is_sent_after_a_change_of_focus_sees_it() {
    let mut client = Client::legacy();
    for round in 0..30 {
        let (key, name) = if round % 2 == 0 { ("sample", "sample") } else { ("embedded", "_system") };
        client.send_call("set_focused_database", json!({"database": key}));
        let query = client.send_call("arango_query", json!({"query": "RETURN CURRENT_DATABASE()"}));
        assert_eq!(success(&client.answer(query)), json!([name]), "round {round}");
    }
}

#[test]
fn calls_run_side_by_side() {
    let mut client = Client::legacy();
    let slow = client.send_call("arango_query", json!({"query": "RETURN SLEEP(0.5)"}));
    let quick = client.send_call("arango_query", json!({"query": "RETURN 1"}));
    let begun = Instant::now();
    success(&client.answer(quick));
    assert!(begun.elapsed() < Duration::from_millis(450), "the quick call waited for the slow one");
    success(&client.answer(slow));
}

#[test]
fn the_server_ends_with_its_client_even_while_a_query_runs() {
    let mut client = Client::legacy();
    client.send_call("arango_query", json!({"query": ENDLESS}));
    // Messages are taken in their order: once this is answered, the query has been taken up.
    client.request("ping", json!({}));
    assert!(ended_within(&mut client, Duration::from_millis(1500), Client::hang_up), "still running");
}

#[test]
fn requests_piped_in_are_answered_before_the_end() {
    let mut client = Client::legacy();
    let id = client.send_call("arango_query", json!({"query": "RETURN 1"}));
    client.hang_up();
    assert_eq!(success(&client.answer(id)), json!([1]));
}

#[cfg(unix)]
#[test]
fn a_signal_lets_running_calls_finish() {
    let mut client = Client::legacy();
    let slow = client.send_call("arango_query", json!({"query": "RETURN SLEEP(0.6)"}));
    client.request("ping", json!({}));
    let terminate = |client: &mut Client| {
        let pid = client.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    };
    assert!(ended_within(&mut client, Duration::from_secs(4), terminate), "still running");
    success(&client.answer(slow));
}

#[test]
fn malformed_messages_do_not_stop_the_server() {
    let mut client = Client::legacy();
    client.write("this is not JSON");
    client.write("{\"jsonrpc\":\"2.0\"}");
    client.write("[]");
    assert_eq!(client.request("tools/call", json!({"name": 5}))["error"]["code"], -32602);
    assert_eq!(client.request("tools/call", json!({"name": "arango_query", "arguments": []}))["error"]["code"], -32602);
    assert_eq!(client.request("no/such/method", json!({}))["error"]["code"], -32601);
    failure(&client.call("arango_query", json!({})));
    success(&client.call("arango_query", json!({"query": "RETURN 1"})));
}

fn ended_within(client: &mut Client, limit: Duration, end: impl FnOnce(&mut Client)) -> bool {
    let begun = Instant::now();
    end(client);
    while begun.elapsed() < limit {
        if client.child.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

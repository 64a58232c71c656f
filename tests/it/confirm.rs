//! Confirmation of destructive calls, from outside: both eras, on stdio and over HTTP. After whatever is refused the
//! documents are as they were.

use serde_json::{Value, json};

use crate::support::{
    failure,
    http::Server,
    program, run,
    stdio::{Client, Reaction},
    success,
};

const ON: [&str; 4] = ["--embedded", "--sample", "--confirm", "destructive"];
const KEY: &str = "Valjean";

fn remove(key: &str) -> Value {
    json!({"collection": "characters", "key": key})
}

fn with(mut arguments: Value, name: &str, value: &Value) -> Value {
    arguments[name] = value.clone();
    arguments
}

/// The parameters of a call again, with the answer to its question.
fn answered(arguments: Value, state: &Value, answer: Value) -> Value {
    json!({
        "name": "arango_remove", "arguments": arguments, "requestState": state, "inputResponses": {"confirm": answer},
    })
}

/// The state of the question that a call was answered with.
fn asked(answer: &Value) -> Value {
    let result = &answer["result"];
    assert_eq!(result["resultType"], "input_required", "{answer}");
    let question = &result["inputRequests"]["confirm"];
    assert_eq!(question["method"], "elicitation/create", "{answer}");
    let message = question["params"]["message"].as_str().unwrap();
    assert!(message.contains("remove the document characters/") && message.contains("\"embedded\""), "{message}");
    result["requestState"].clone()
}

fn refused(answer: &Value, kind: &str) -> Value {
    let body = failure(answer);
    assert_eq!(body["type"], kind, "{body}");
    body
}

/// How many characters there are; the sample has 77.
fn left(client: &mut Client) -> Value {
    success(&client.call("arango_query", json!({"query": "RETURN LENGTH(characters)"})))[0].clone()
}

async fn left_at(server: &Server) -> Value {
    success(&server.modern_call("arango_query", json!({"query": "RETURN LENGTH(characters)"})).await)[0].clone()
}

#[test]
fn a_stateless_client_is_given_the_question_and_calls_again_with_the_answer() {
    let mut client = Client::modern_with(&ON, json!({"elicitation": {"form": {}}}));
    let state = asked(&client.call("arango_remove", remove(KEY)));
    assert_eq!(left(&mut client), 77);
    success(&client.request("tools/call", answered(remove(KEY), &state, json!({"action": "accept", "content": {}}))));
    assert_eq!(left(&mut client), 76);
    let again = client.request("tools/call", answered(remove(KEY), &state, json!({"action": "accept"})));
    refused(&again, "ConfirmationRefused");
}

#[test]
fn only_an_acceptance_of_this_very_question_counts() {
    let mut client = Client::modern_with(&ON, json!({"elicitation": {}}));
    for no in [
        json!({"action": "decline"}),
        json!({"action": "cancel"}),
        json!({"action": "accept", "content": {"confirm": false}}),
    ] {
        let state = asked(&client.call("arango_remove", remove(KEY)));
        refused(&client.request("tools/call", answered(remove(KEY), &state, no.clone())), "Declined");
        // And what was declined cannot be accepted afterwards.
        let turned = client.request("tools/call", answered(remove(KEY), &state, json!({"action": "accept"})));
        refused(&turned, "ConfirmationRefused");
    }
    let yes = json!({"action": "accept"});
    let state = asked(&client.call("arango_remove", remove(KEY)));
    for forged in ["", "forged", "confirm_AAAA", &state.as_str().unwrap().replace("confirm_", "confirm_A")] {
        let answer = client.request("tools/call", answered(remove(KEY), &json!(forged), yes.clone()));
        refused(&answer, "ConfirmationRefused");
    }
    let other = client.request("tools/call", answered(remove("Javert"), &state, yes.clone()));
    refused(&other, "ConfirmationRefused");
    let elsewhere = with(remove(KEY), "database", &json!("sample"));
    refused(&client.request("tools/call", answered(elsewhere, &state, yes.clone())), "ConfirmationRefused");
    // A state is no token, and an answer that cannot be read is none: the question is put again.
    asked(&client.call("arango_remove", with(remove(KEY), "confirm", &state)));
    asked(&client.request("tools/call", answered(remove(KEY), &state, json!({"action": "perhaps"}))));
    assert_eq!(left(&mut client), 77);
}

#[test]
fn a_client_of_an_older_protocol_is_asked_while_the_call_waits() {
    let mut client = Client::legacy_with(&ON, json!({"elicitation": {}}));
    for no in [
        Reaction::Result(json!({"action": "decline"})),
        Reaction::Result(json!({"action": "cancel"})),
        Reaction::Result(json!({"action": "accept", "content": {"confirm": false}})),
        Reaction::Error,
    ] {
        client.react(no);
        refused(&client.call("arango_remove", remove(KEY)), "Declined");
    }
    assert_eq!((left(&mut client), client.asked()), (json!(77), 4));
    client.react(Reaction::Result(json!({"action": "accept", "content": {"confirm": true}})));
    success(&client.call("arango_remove", remove(KEY)));
    assert_eq!((left(&mut client), client.asked()), (json!(76), 5));
}

#[test]
fn a_client_that_cannot_ask_has_to_make_the_call_twice() {
    for mut client in [Client::legacy_with(&ON, json!({})), Client::modern_with(&ON, json!({}))] {
        let body = refused(&client.call("arango_remove", remove(KEY)), "ConfirmationRequired");
        assert!(body["error"].as_str().unwrap().contains("remove the document characters/Valjean"), "{body}");
        assert_eq!((&body["database"], &body["valid_seconds"]), (&json!("embedded"), &json!(300)));
        let token = &body["confirmation"];
        for (arguments, token) in [
            (remove("Javert"), token),
            (with(remove(KEY), "database", &json!("sample")), token),
            (remove(KEY), &json!("confirm_AAAA")),
            (remove(KEY), &json!("yes")),
        ] {
            refused(&client.call("arango_remove", with(arguments, "confirm", token)), "ConfirmationRefused");
        }
        assert_eq!(left(&mut client), 77);
        success(&client.call("arango_remove", with(remove(KEY), "confirm", token)));
        refused(&client.call("arango_remove", with(remove(KEY), "confirm", token)), "ConfirmationRefused");
        assert_eq!(left(&mut client), 76);
    }
}

#[test]
fn queries_are_asked_about_by_what_the_parser_finds() {
    let mut client = Client::legacy_with(&ON, json!({}));
    for harmless in [
        "RETURN 'REMOVE x IN characters'",
        "INSERT {_key: 'a'} INTO characters",
        "FOR c IN characters LIMIT 1 UPDATE c WITH {a: 1} IN characters",
        "FOR `remove` IN characters LIMIT 1 RETURN 1",
    ] {
        success(&client.call("arango_query", json!({"query": harmless})));
    }
    let before = success(&client.call("arango_query", json!({"query": "FOR c IN characters SORT c._key RETURN c"})));
    let bind_vars = json!({"@c": "characters"});
    let query = json!({"query": "FOR c IN @@c /**/remove c IN @@c", "bind_vars": bind_vars});
    let body = refused(&client.call("arango_query", query.clone()), "ConfirmationRequired");
    assert_eq!(
        (&body["effect"], &body["documents"]),
        (&json!("run a query with REMOVE in `characters`"), &json!({"characters": 78}))
    );
    for query in [
        "INSERT {_key: 'a'} INTO characters OPTIONS {overwriteMode: 'replace'}",
        "RETURN (FOR c IN characters REPLACE c WITH {} IN characters)",
        "UPSERT {_key: 'a'} INSERT {} REPLACE {} IN characters",
    ] {
        refused(&client.call("arango_query", json!({"query": query})), "ConfirmationRequired");
    }
    // Nobody is asked about what could not be run.
    for query in ["RETRUN 1", "FOR c IN characters REMOVE c IN nowhere", "FOR c IN characters REMOVE c IN @@unbound"] {
        let body = failure(&client.call("arango_query", json!({"query": query})));
        assert!(body["code"].is_u64() && body["type"] != "ConfirmationRequired", "{body}");
    }
    let profile = json!({"query": "FOR c IN characters REMOVE c IN characters", "execute": true, "allow_writes": true});
    refused(&client.call("arango_query_profile", profile), "ConfirmationRequired");
    let after = success(&client.call("arango_query", json!({"query": "FOR c IN characters SORT c._key RETURN c"})));
    assert_eq!(before, after);
    // The same arguments in another order are the same call.
    let turned = json!({"confirm": body["confirmation"], "bindVars": bind_vars, "query": query["query"]});
    success(&client.call("arango_query", turned));
    assert_eq!(left(&mut client), 0);
}

#[test]
fn indexes_fixes_and_overwriting_restores_are_confirmed_too() {
    let mut client = Client::legacy_with(&ON, json!({}));
    success(&client.call("arango_create_index", json!({"collection": "characters", "fields": ["a"], "name": "by_a"})));
    success(&client.call("arango_insert", json!({"collection": "characters", "document": {"of": "no/where"}})));
    let fix = json!({"collection": "characters", "reference_fields": ["of"], "fix_invalid": true});
    let restore = json!({"inputDir": "x", "conflictResolution": "overwrite"});
    let drop = json!({"collection": "characters", "id_or_name": "by_a"});
    let kill = json!({"id": "1"});
    for (tool, arguments) in [
        ("arango_delete_index", &drop),
        ("arango_validate_references", &fix),
        ("arango_restore_graph", &restore),
        ("arango_kill_query", &kill),
    ] {
        refused(&client.call(tool, arguments.clone()), "ConfirmationRequired");
    }
    for (tool, arguments) in [
        ("arango_validate_references", with(fix.clone(), "fix_invalid", &json!(false))),
        ("arango_update", json!({"collection": "characters", "key": KEY, "update": {"a": 1}})),
    ] {
        success(&client.call(tool, arguments));
    }
    assert_eq!(left(&mut client), 78);
    let indexes = success(&client.call("arango_list_indexes", json!({"collection": "characters"})));
    assert!(indexes.to_string().contains("by_a"));
}

#[test]
fn the_argument_is_listed_only_where_it_can_be_needed() {
    let listing = |client: &mut Client| {
        let tools = client.request("tools/list", json!({}))["result"]["tools"].as_array().unwrap().clone();
        let takes = |tool: &&Value| tool["inputSchema"]["properties"].get("confirm").is_some();
        tools.iter().filter(takes).map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(listing(&mut Client::legacy()).is_empty());
    let listed = listing(&mut Client::legacy_with(&ON, json!({})));
    assert!(
        listed.contains(&"arango_remove".to_owned()) && !listed.contains(&"arango_insert".to_owned()),
        "{listed:?}"
    );
}

#[tokio::test]
async fn over_http_both_eras_ask_and_nothing_passes_from_one_session_to_another() {
    let server = Server::start_with(&ON);
    let (one, other) = (server.session().await, server.session().await);
    let token = refused(&one.call("arango_remove", remove(KEY)).await, "ConfirmationRequired")["confirmation"].clone();
    let confirmed = with(remove(KEY), "confirm", &token);
    refused(&other.call("arango_remove", confirmed.clone()).await, "ConfirmationRefused");
    refused(&server.modern_call("arango_remove", confirmed.clone()).await, "ConfirmationRefused");
    assert_eq!(left_at(&server).await, 77);
    success(&one.call("arango_remove", confirmed).await);
    assert_eq!(left_at(&server).await, 76);

    let params = json!({"name": "arango_remove", "arguments": remove("Javert")});
    let asking = json!({"elicitation": {"form": {}}});
    let state = asked(&server.modern_with("tools/call", params, asking.clone()).await);
    let declined = answered(remove("Javert"), &state, json!({"action": "decline"}));
    refused(&server.modern_with("tools/call", declined, asking.clone()).await, "Declined");
    assert_eq!(left_at(&server).await, 76);
    let params = json!({"name": "arango_remove", "arguments": remove("Javert")});
    let state = asked(&server.modern_with("tools/call", params, asking.clone()).await);
    let accepted = answered(remove("Javert"), &state, json!({"action": "accept"}));
    success(&server.modern_with("tools/call", accepted, asking).await);
    assert_eq!(left_at(&server).await, 75);
}

#[tokio::test]
async fn a_session_over_http_is_asked_on_the_stream_of_its_call() {
    let server = Server::start_with(&ON);
    let session = server.session_with(json!({"elicitation": {}})).await;
    let mut call = session.begin("arango_remove", remove(KEY)).await;
    let question = call.next().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    session.post(&json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "decline"}})).await;
    refused(&call.next().await, "Declined");
    assert_eq!(left_at(&server).await, 77);
    let mut call = session.begin("arango_remove", remove(KEY)).await;
    let question = call.next().await;
    session.post(&json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": "accept", "content": {}}})).await;
    success(&call.next().await);
    assert_eq!(left_at(&server).await, 76);
}

#[test]
fn without_being_asked_for_nothing_has_to_be_confirmed_and_one_database_can_ask_alone() {
    success(&Client::legacy().call("arango_remove", remove(KEY)));
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("c.yaml");
    let text = "databases:\n  careful:\n    url: \"embedded:\"\n    confirm: destructive\n  free:\n    url: \"embedded:\"\n    database: free\n";
    std::fs::write(&config, text).unwrap();
    let mut client = Client::legacy_with(&["-C", config.to_str().unwrap()], json!({}));
    for (database, kind) in [("careful", "ConfirmationRequired"), ("free", "CollectionNotFound")] {
        let arguments = with(remove(KEY), "database", &json!(database));
        refused(&client.call("arango_remove", arguments), kind);
    }
}

#[test]
fn in_a_shell_without_a_terminal_only_yes_confirms() {
    let call = |more: &[&str]| {
        let words = ["call", "arango_remove", "collection=characters", "key=Valjean"];
        run(&[&words[..], &ON, more].concat())
    };
    let told = call(&[]);
    assert_eq!(told.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&told.stdout).contains("--yes"));
    assert!(call(&["--yes"]).status.success());
}

#[test]
fn a_read_only_server_lists_no_tool_that_writes_and_tells_why_it_refuses_one() {
    let mut client = Client::legacy_with(&["--embedded", "--sample", "--read-only"], json!({}));
    let tools = client.request("tools/list", json!({}))["result"]["tools"].clone();
    let names: Vec<&str> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    for gone in ["arango_insert", "arango_remove", "arango_create_index", "arango_bulk_update", "arango_create_schema"]
    {
        assert!(!names.contains(&gone), "{gone}");
        let body = refused(&client.call(gone, json!({})), "ReadOnlyError");
        assert!(body["error"].as_str().unwrap().contains("runs as read-only"), "{body}");
    }
    for here in ["arango_query", "arango_explain_query", "arango_backup_graph", "set_focused_database"] {
        assert!(names.contains(&here), "{here}");
    }
    success(&client.call("set_focused_database", json!({"database": "sample"})));
    success(&client.call("set_focused_database", json!({"database": "embedded"})));
    let query = |text: &str| json!({"query": text});
    success(&client.call("arango_query", query("RETURN \"INSERT\" /* REMOVE */")));
    success(&client.call("arango_explain_query", query("FOR c IN characters REMOVE c IN characters")));
    let body = refused(&client.call("arango_query", query("/**/remove 'Valjean' IN characters")), "ReadOnlyError");
    assert!(body["error"].as_str().unwrap().contains("REMOVE at 1:5"), "{body}");
    let body = refused(&client.call("arango_query", query("RETRUN 1")), "ReadOnlyError");
    assert_eq!((&body["code"], &body["column"]), (&json!(1501), &json!(1)));
    let fix = json!({"collection": "characters", "reference_fields": ["of"], "fix_invalid": true});
    refused(&client.call("arango_validate_references", fix.clone()), "ReadOnlyError");
    success(&client.call("arango_validate_references", with(fix, "fix_invalid", &json!(false))));
    assert_eq!(left(&mut client), 77);
}

#[test]
fn the_environment_can_ask_for_both() {
    let home = tempfile::tempdir().unwrap();
    let call = |name: &str, value: &str| {
        let mut command = program(home.path());
        command.env(name, value).args(["call", "--embedded", "--sample", "arango_remove", "collection=characters"]);
        String::from_utf8(command.arg("key=Valjean").output().unwrap().stdout).unwrap()
    };
    assert!(call("MCP_READ_ONLY", "true").contains("ReadOnlyError"));
    assert!(call("MCP_CONFIRM", "destructive").contains("Declined"));
    assert!(call("MCP_CONFIRM", "never").contains("_rev"));
}

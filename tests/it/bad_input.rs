//! What models get wrong, one row each: every failure is a reply that says what was wrong and how to mend it.

use serde_json::{Value, json};

use crate::support::{failure, stdio::Client, success};

/// A tool, its arguments, and texts that must be in the reply.
type Row = (&'static str, Value, &'static [&'static str]);

fn rows() -> Vec<Row> {
    vec![
        (
            "arango_query",
            json!({"query": "RETURN 1", "databse": "sample"}),
            &["ValidationError", "did you mean `database`"],
        ),
        ("arango_query", json!({}), &["ValidationError", "`query` is missing"]),
        ("arango_query", json!({"query": 5}), &["must be a string, not a number"]),
        ("arango_query", json!({"query": "RETURN 1", "max_rows": 0}), &["at least 1"]),
        ("arango_query", json!({"query": "RETURN 1", "bind_vars": [1]}), &["must be an object, not an array"]),
        (
            "arango_query",
            json!({"query": "RETURN 1", "database": "nowhere"}),
            &["Target database not configured.", "embedded", "sample", "available databases"],
        ),
        (
            "arango_query",
            json!({"query": "FOR c IN characters\n  RETRUN c"}),
            &["QueryError", "1501", "\"line\":2", "\"column\":3", "^"],
        ),
        ("arango_query", json!({"query": "FOR x IN missing RETURN x"}), &["1203"]),
        ("arango_query", json!({"query": "RETURN @a"}), &["1551", "bind_vars"]),
        ("arango_query", json!({"query": "RETURN NO_SUCH_FUNCTION()"}), &["1540"]),
        ("arango_query", json!({"query": ""}), &["isError"]),
        (
            "arango_insert",
            json!({"collection": "missing", "document": {}}),
            &["Collection 'missing' does not exist", "CollectionNotFound", "1203"],
        ),
        ("arango_insert", json!({"collection": "characters", "document": {"_key": "Valjean"}}), &["1210", "409"]),
        ("arango_insert", json!({"collection": "characters", "document": {"_key": "a b"}}), &["1221"]),
        ("arango_insert", json!({"collection": "appearances", "document": {}}), &["1233"]),
        ("arango_insert", json!({"collection": "a/b", "document": {}}), &["illegal collection name"]),
        ("arango_insert", json!({"collection": "characters", "document": "[1]"}), &["must be an object"]),
        ("arango_update", json!({"collection": "characters", "key": "nobody", "update": {}}), &["1202"]),
        (
            "arango_update",
            json!({"collection": "characters", "key": "Valjean", "update": {"_key": "Javert"}}),
            &["keeps its key"],
        ),
        (
            "arango_update",
            json!({"collection": "characters", "key": "appearances/1", "update": {}}),
            &["illegal document key"],
        ),
        ("arango_remove", json!({"collection": "missing", "key": "a"}), &["Collection 'missing' does not exist"]),
        ("arango_remove", json!({"collection": "characters", "key": "nobody"}), &["1202"]),
        ("arango_create_collection", json!({"name": "characters", "type": "edge"}), &["ConflictError", "1207"]),
        ("arango_create_collection", json!({"name": "x", "type": "graph"}), &["one of: document, edge"]),
        (
            "set_focused_database",
            json!({"database": "nowhere"}),
            &["Database 'nowhere' not configured", "\"success\":false", "available_databases"],
        ),
        ("get_focused_database", json!({"focus": "nonsense"}), &["FocusError", "set_focused_database"]),
        ("list_available_databases", json!({"x": 1}), &["takes no arguments"]),
    ]
}

#[test]
fn every_mistake_is_answered_with_its_cause() {
    let mut client = Client::legacy();
    for (tool, arguments, wanted) in rows() {
        let answer = client.call(tool, arguments.clone());
        let body = failure(&answer);
        assert_eq!(body["tool"], tool);
        assert!(body["error"].is_string() && body["type"].is_string(), "{body}");
        let whole = answer.to_string().replace("\\\"", "\"");
        for text in wanted {
            assert!(whole.contains(text), "{tool} {arguments}: {text:?} is not in {whole}");
        }
    }
    success(&client.call("arango_query", json!({"query": "RETURN 1"})));
}

#[test]
fn an_unknown_tool_is_an_error_of_the_protocol_and_names_the_nearest() {
    for mut client in [Client::legacy(), Client::modern()] {
        let error = client.call("arango_qurey", json!({}))["error"].clone();
        assert_eq!(error["code"], -32602);
        assert!(error["message"].as_str().unwrap().contains("arango_query"), "{error}");
    }
}

#[test]
fn a_cut_result_says_so_in_three_places() {
    let mut client = Client::legacy();
    let answer = client.call("arango_query", json!({"query": "FOR i IN 1..10 RETURN i", "max_rows": 3}));
    assert_eq!(success(&answer), json!([1, 2, 3]));
    assert!(answer["result"]["content"][1]["text"].as_str().unwrap().contains("first 3 rows"));
    assert_eq!(answer["result"]["structuredContent"]["truncated"], true);
    assert_eq!(answer["result"]["_meta"]["truncated"], true);
    let whole = client.call("arango_query", json!({"query": "FOR i IN 1..3 RETURN i", "max_rows": 3}));
    assert!(whole["result"]["content"].get(1).is_none());
    assert!(whole["result"]["_meta"].get("truncated").is_none());
    let many = client.call("arango_query", json!({"query": "FOR i IN 1..1001 RETURN i"}));
    assert_eq!(success(&many).as_array().unwrap().len(), 1000);
}

#[test]
fn a_large_result_is_sent_once() {
    let mut client = Client::legacy();
    let query = "FOR i IN 1..1000 RETURN CONCAT('0123456789', REPEAT('x', 400))";
    let answer = client.call("arango_query", json!({"query": query}));
    assert_eq!(success(&answer).as_array().unwrap().len(), 1000);
    assert!(answer["result"].get("structuredContent").is_none());
}

#[test]
fn documents_live_through_insert_update_and_remove() {
    let mut client = Client::legacy();
    success(&client.call("arango_create_collection", json!({"name": "notes", "waitForSync": "true"})));
    let again = success(&client.call("arango_create_collection", json!({"name": "notes"})));
    assert_eq!(again, json!({"name": "notes", "type": "document", "waitForSync": true}));
    let stored =
        success(&client.call("arango_insert", json!({"collection": "notes", "document": {"a": {"b": 1}, "n": null}})));
    let key = stored["_key"].as_str().unwrap();
    assert_eq!(stored["_id"], format!("notes/{key}"));
    let update = json!({"collection": "notes", "key": format!("notes/{key}"), "update": "{\"a\": {\"c\": null}, \"_key\": \"KEY\"}".replace("KEY", key)});
    let updated = success(&client.call("arango_update", update));
    assert_ne!(updated["_rev"], stored["_rev"]);
    let read = client.call("arango_query", json!({"query": "FOR d IN notes RETURN UNSET(d, '_id', '_key', '_rev')"}));
    assert_eq!(success(&read), json!([{"a": {"b": 1, "c": null}, "n": null}]));
    success(&client.call("arango_remove", json!({"collection": "notes", "key": key})));
    assert_eq!(success(&client.call("arango_query", json!({"query": "RETURN LENGTH(notes)"}))), json!([0]));
}

#[test]
fn the_sample_can_be_walked() {
    let mut client = Client::legacy();
    let query = "FOR v, e IN 1..1 ANY @start GRAPH 'lesmis' SORT e.weight DESC LIMIT 1 RETURN [v.name, e.weight]";
    let answer = client.call("arango_query", json!({"query": query, "bindVars": {"start": "characters/Valjean"}}));
    assert_eq!(success(&answer), json!([["Cosette", 31]]));
}

#[test]
fn a_read_only_database_refuses_what_writes_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.yaml");
    let text = "version: \"1.0\"\ndatabases:\n  open:\n    url: \"embedded:\"\n    database: shared\n  closed:\n    \
                url: \"embedded:\"\n    database: shared\n    read_only: true\n    max_rows: 2\n";
    std::fs::write(&config, text).unwrap();
    let mut client = Client::start(&["-C", config.to_str().unwrap()], &[]);
    client.request("initialize", crate::support::initialize("2025-06-18"));
    client.notify("notifications/initialized");
    success(&client.call("arango_create_collection", json!({"name": "c"})));
    for (tool, arguments) in [
        ("arango_insert", json!({"collection": "c", "document": {}})),
        ("arango_create_collection", json!({"name": "d"})),
        ("arango_query", json!({"query": "INSERT {} INTO c"})),
        ("arango_query", json!({"query": "LET x = (FOR d IN c REMOVE d IN c) RETURN 1"})),
        ("arango_query", json!({"query": "this does not parse"})),
    ] {
        let mut arguments = arguments;
        arguments["database"] = json!("closed");
        assert_eq!(failure(&client.call(tool, arguments.clone()))["type"], "ReadOnlyError", "{tool} {arguments}");
    }
    let reads = json!({"query": "RETURN 'INSERT {} INTO c'", "database": "closed"});
    assert_eq!(success(&client.call("arango_query", reads)), json!(["INSERT {} INTO c"]));
    let bounded =
        client.call("arango_query", json!({"query": "FOR i IN 1..9 RETURN i", "max_rows": 5, "database": "closed"}));
    assert_eq!(success(&bounded), json!([1, 2]));
    assert_eq!(bounded["result"]["_meta"]["truncated"], true);
}

#[test]
fn resolution_is_explained_level_by_level() {
    let mut client = Client::legacy();
    success(&client.call("arango_set_focused_database", json!({"database": "sample"})));
    let status = success(&client.call("arango_get_database_resolution", json!({})));
    assert_eq!(
        (&status["resolved_database"], &status["resolved_level"]),
        (&json!("sample"), &json!("2_focused_database"))
    );
    assert_eq!(status["levels"]["3_config_default"]["value"], "embedded");
    assert_eq!(status["levels"].as_object().unwrap().len(), 6);
    let status = success(&client.call("arango_database_resolution_status", json!({"database": "nowhere"})));
    assert_eq!(status["resolved_database"], Value::Null);
    assert!(status["problem"].as_str().unwrap().contains("nowhere"));
}

//! The program as a shell sees it: output, exit codes, and the engine behind a port.

use std::process::Output;

use serde_json::{Value, json};

use crate::support::{engine::Engine, http::Server, program, run};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn version_prints_two_lines() {
    let output = run(&["version"]);
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.starts_with(concat!("mcp-arangodb-async ", env!("CARGO_PKG_VERSION"), "\n")));
}

#[test]
fn tools_lists_names_and_prints_json_when_asked() {
    assert!(stdout(&run(&["tools"])).contains("arango_query"));
    let tools: Value = serde_json::from_str(&stdout(&run(&["tools", "--json"]))).unwrap();
    assert!(tools.as_array().unwrap().iter().all(|tool| tool["inputSchema"]["type"] == "object"));
}

#[test]
fn a_cut_result_of_a_single_call_promises_no_rows_that_would_be_gone() {
    let output = run(&["call", "--embedded", "arango_query", "query=FOR i IN 1..9 RETURN i", "max_rows=2"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && told.contains("the first 2 rows"), "{told}");
    assert!(told.contains("are not kept") && !told.contains("rows_"), "{told}");
}

#[test]
fn a_tool_can_be_called_with_words_or_with_json() {
    let output = run(&["call", "--embedded", "arango_query", "query=FOR i IN 1..2 RETURN i", "max_rows=5"]);
    assert_eq!((stdout(&output).as_str(), output.status.code()), ("[1,2]\n", Some(0)), "{}", stderr(&output));
    let output = run(&["call", "arango_query", r#"{"query": "RETURN @a", "bindVars": {"a": [1]}}"#, "--embedded"]);
    assert_eq!(stdout(&output), "[[1]]\n");
}

#[test]
fn a_failed_tool_prints_its_error_and_exits_with_one() {
    let output = run(&["call", "--embedded", "arango_query", "query=RETRUN 1"]);
    assert_eq!(output.status.code(), Some(1));
    let body: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(body["errorNum"], 1501);
    let unknown = run(&["call", "--embedded", "arango_qurey"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("did you mean arango_query?"));
}

#[test]
fn wrong_usage_exits_with_two_and_says_what_is_wrong() {
    for arguments in [&["--no-such-flag"][..], &["call"], &["embedded"], &["server", "--transport", "carrier-pigeon"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_is_not_there_yet_is_refused_and_not_pretended() {
    let output = run(&["server", "--embedded", "/some/directory"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("not supported yet"));
}

#[test]
fn a_bad_setting_is_an_error_and_never_a_silent_default() {
    let home = tempfile::tempdir().unwrap();
    for (name, value) in [("MCP_TRANSPORT", "carrier-pigeon"), ("MCP_HTTP_PORT", "0"), ("MCP_FOCUS_KEY", "c2hvcnQ=")] {
        let output = program(home.path()).env(name, value).args(["server", "--embedded"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
    }
    let missing = run(&["server", "-C", "/no/such/file.yaml"]);
    assert!(stderr(&missing).contains("/no/such/file.yaml"), "{}", stderr(&missing));
}

#[test]
fn the_engine_asks_who_may_log_in() {
    let output = run(&["embedded", "--port", "0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--root-password-env") && stderr(&output).contains("--no-auth"));
    let output = run(&["embedded", "--port", "0", "--root-password-env", "NOT_SET"]);
    assert!(stderr(&output).contains("NOT_SET"));
    let output = run(&["embedded", "--port", "0", "--no-auth", "--host", "0.0.0.0"]);
    assert!(stderr(&output).contains("loopback"));
}

#[test]
fn an_engine_behind_a_port_is_a_database_like_any_other() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &["--root-password-env", "PW", "--sample"]);
    let config = home.path().join("config.yaml");
    let text = format!(
        "version: \"1.0\"\ndefault_database: main\ndatabases:\n  main:\n    url: {url}\n    database: _system\n    \
         username: root\n    password_env: PW\n  wrong:\n    url: {url}\n    database: _system\n    username: root\n    \
         password_env: WRONG\n  unset:\n    url: {url}\n    database: _system\n    username: root\n    password_env: UNSET\n",
        url = engine.url
    );
    std::fs::write(&config, text).unwrap();
    let call = |words: &[&str]| {
        let mut command = program(home.path());
        command.env("PW", "secret-word").env("WRONG", "something else");
        command.args(["call", "-C", config.to_str().unwrap()]).args(words).output().unwrap()
    };
    let output = call(&["arango_query", "query=RETURN LENGTH(characters)"]);
    assert_eq!(stdout(&output), "[77]\n", "{}", stderr(&output));

    let output = call(&["arango_query", "query=RETURN 1", "database=wrong"]);
    let body: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(body["http"], 401, "{body}");

    let output = call(&["arango_query", "query=RETURN 1", "database=unset"]);
    let told = stdout(&output) + &stderr(&output);
    assert!(told.contains("UNSET") && told.contains("Failed to get database connection"), "{told}");
    assert!(!told.contains("secret-word"));
}

#[tokio::test]
async fn a_running_server_can_be_called_from_the_shell() {
    let server = Server::start();
    let url = server.url.clone();
    let output = tokio::task::spawn_blocking(move || {
        run(&["call", "--server", &url, "arango_query", "query=RETURN LENGTH(characters)"])
    });
    let output = output.await.unwrap();
    assert_eq!(stdout(&output), "[77]\n", "{}", stderr(&output));
    let url = server.url.clone();
    let missing = tokio::task::spawn_blocking(move || run(&["call", "--server", &url, "no_such_tool"])).await.unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("Unknown tool"));
}

#[test]
fn the_environment_alone_is_a_configuration() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &["--no-auth"]);
    let output = program(home.path())
        .env("ARANGO_URL", &engine.url)
        .args(["call", "arango_create_collection", "name=things"])
        .output()
        .unwrap();
    let body: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(body, json!({"name": "things", "type": "document", "waitForSync": false}));
}

//! Starts the program and speaks to it.

pub(crate) mod database;
pub(crate) mod engine;
pub(crate) mod everywhere;
pub(crate) mod http;
pub(crate) mod shell;
pub(crate) mod stdio;
#[cfg(unix)]
pub(crate) mod terminal;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

/// How long any single answer may take. Generous: machines that run tests are busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program with a clean environment and a home of its own.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-arangodb-async"));
    command.env_clear().env("HOME", home).env("LOG_LEVEL", "warning").current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    program(home.path()).args(arguments).output().unwrap()
}

/// The parameters of a stateless request of a client with these capabilities.
pub(crate) fn modern_with(mut params: Value, capabilities: &Value) -> Value {
    let meta = &mut params["_meta"];
    meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
    meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "test", "version": "1" });
    meta["io.modelcontextprotocol/clientCapabilities"] = capabilities.clone();
    params
}

/// The names in a list of tools.
pub(crate) fn names(list: &Value) -> Vec<String> {
    let tools = list["result"]["tools"].as_array().unwrap_or_else(|| panic!("no tools in {list}"));
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The parameters of `initialize`.
pub(crate) fn initialize(version: &str) -> Value {
    initialize_with(version, &json!({}))
}

/// The parameters of `initialize` of a client with these capabilities.
pub(crate) fn initialize_with(version: &str, capabilities: &Value) -> Value {
    json!({ "protocolVersion": version, "capabilities": capabilities, "clientInfo": { "name": "test", "version": "1" } })
}

/// The JSON in the first text block of a tool's reply.
pub(crate) fn text(answer: &Value) -> Value {
    let block = answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text in {answer}"));
    serde_json::from_str(block).unwrap_or_else(|_| panic!("not JSON: {block}"))
}

/// The same, of a reply that must not be an error.
pub(crate) fn success(answer: &Value) -> Value {
    assert_eq!(answer["result"]["isError"], false, "{answer}");
    text(answer)
}

/// The same, of a reply that must be an error.
pub(crate) fn failure(answer: &Value) -> Value {
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    text(answer)
}

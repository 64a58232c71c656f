//! A changed configuration is taken over by a running server, one with a fault is not.

use serde_json::{Value, json};

use super::{configure, signal, until};
use crate::support::{http::Server, stdio, success};

async fn keys(server: &Server) -> Vec<String> {
    let listed = success(&server.modern_call("list_available_databases", json!({})).await);
    let all = listed["databases"].as_array().unwrap_or_else(|| panic!("{listed}"));
    all.iter().map(|entry| entry["key"].as_str().unwrap().to_owned()).collect()
}

async fn status(server: &Server) -> Value {
    serde_json::from_str(&server.get("/status.json").await.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_changed_file_is_taken_over_and_one_with_a_fault_is_not() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    configure(&file, &["a"]);
    let server = Server::start_with(&["--config-file", file.to_str().unwrap()]);
    assert_eq!(keys(&server).await, ["a"]);
    success(&server.modern_call("arango_create_collection", json!({"name": "kept"})).await);

    configure(&file, &["a", "b"]);
    until("the new database", async || keys(&server).await == ["a", "b"]).await;
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1", "database": "b"})).await);
    // What did not change stays as it is, with all that is in it.
    success(&server.modern_call("arango_describe_collection", json!({"collection": "kept"})).await);

    std::fs::write(&file, "databases:\n  a:\n    url: \"embedded:\"\n    reed_only: true\n").unwrap();
    until("the fault", async || status(&server).await["configuration"]["problem"].is_string()).await;
    let problem = status(&server).await["configuration"]["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains("config.yaml:4") && problem.contains("reed_only"), "{problem}");
    assert_eq!(keys(&server).await, ["a", "b"]);

    configure(&file, &["c"]);
    until("the mended file", async || keys(&server).await == ["c"]).await;
    assert_eq!(status(&server).await["configuration"]["problem"], Value::Null);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_is_turned_to_another_file_counts_as_a_change() {
    let home = tempfile::tempdir().unwrap();
    let (first, second, link) = (home.path().join("1"), home.path().join("2"), home.path().join("config.yaml"));
    configure(&first, &["a"]);
    configure(&second, &["b"]);
    std::os::unix::fs::symlink(&first, &link).unwrap();
    let server = Server::start_with(&["--config-file", link.to_str().unwrap(), "--read-only"]);
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&second, &link).unwrap();
    until("the other file", async || keys(&server).await == ["b"]).await;
    // Flags hold for what is read later too.
    let refused = server.modern_call("arango_insert", json!({"collection": "c", "document": {}})).await;
    assert_eq!(crate::support::failure(&refused)["type"], "ReadOnlyError");
}

#[cfg(unix)]
#[tokio::test]
async fn a_hangup_has_the_configuration_read_and_ends_nothing() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.yaml");
    configure(&file, &["a"]);
    let server = Server::start_with(&["--config-file", file.to_str().unwrap()]);
    let reloads = async || status(&server).await["configuration"]["reloads"].as_u64().unwrap();
    assert_eq!(reloads().await, 0);
    signal(&server, "-HUP");
    until("the reload", async || reloads().await == 1).await;
    assert_eq!(keys(&server).await, ["a"]);
}

#[cfg(unix)]
#[test]
fn a_server_on_pipes_survives_a_hangup_too() {
    let mut client = stdio::Client::legacy();
    let pid = client.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    success(&client.call("arango_query", json!({"query": "RETURN 1"})));
    success(&client.call("arango_query", json!({"query": "RETURN 2"})));
}

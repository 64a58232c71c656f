//! The keys that seal focus handles: shared by processes, changed without ending what is under way, and kept in a file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::{failure, http::Server, program, success};

/// A file with keys of these bytes, newest first, for its owner alone.
pub(crate) fn file(folder: &Path, name: &str, keys: &[u8]) -> PathBuf {
    let path = folder.join(name);
    let lines: Vec<_> = keys.iter().map(|byte| STANDARD.encode([*byte; 32])).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    protect(&path, 0o600);
    path
}

#[cfg(unix)]
fn protect(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn protect(_path: &Path, _mode: u32) {}

fn server(keys: &Path) -> Server {
    Server::start_with(&["--embedded", "--sample", "--focus-key-file", keys.to_str().unwrap()])
}

async fn focus(server: &Server) -> Value {
    success(&server.modern_call("set_focused_database", json!({ "database": "sample" })).await)["focus"].clone()
}

async fn with(server: &Server, handle: &Value) -> Value {
    let arguments = json!({ "query": "RETURN CURRENT_DATABASE()", "focus": handle });
    server.modern_call("arango_query", arguments).await
}

#[tokio::test]
async fn processes_with_the_same_key_open_each_others_handles() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, theirs) = (file(folder.path(), "mine", &[1]), file(folder.path(), "theirs", &[2]));
    let (one, other, stranger) = (server(&mine), server(&mine), server(&theirs));
    let handle = focus(&one).await;
    assert_eq!(success(&with(&other, &handle).await), json!(["sample"]));
    assert_eq!(failure(&with(&stranger, &handle).await)["type"], "FocusError");
}

#[tokio::test]
async fn keys_are_changed_while_handles_are_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let old = server(&file(folder.path(), "old", &[1]));
    let both = server(&file(folder.path(), "both", &[2, 1]));
    let new = server(&file(folder.path(), "new", &[2]));
    let (before, after) = (focus(&old).await, focus(&both).await);
    assert_eq!(success(&with(&both, &before).await), json!(["sample"]));
    assert_eq!(success(&with(&new, &after).await), json!(["sample"]));
    assert_eq!(failure(&with(&new, &before).await)["type"], "FocusError");
    assert_eq!(failure(&with(&old, &after).await)["type"], "FocusError");
}

#[cfg(unix)]
#[test]
fn a_file_of_keys_that_everybody_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let keys = file(folder.path(), "keys", &[1]);
    protect(&keys, 0o644);
    let mut command = program(folder.path());
    let output = command.args(["server", "--embedded"]).env("MCP_FOCUS_KEY_FILE", &keys).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("mode 644") && said.contains("chmod 600"), "{said}");
}

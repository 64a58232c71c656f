//! Operating a server: its configuration changes under it, it is watched, it is asked to stop.

mod audit;
mod documents;
mod ending;
mod metrics;
mod pages;
mod reload;
mod telemetry;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use super::support::{PATIENCE, http::Server};

/// Sends a signal to a server.
pub(super) fn signal(server: &Server, name: &str) {
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
}

/// Waits until something holds.
pub(super) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for the end of a server; gives its exit code.
pub(super) async fn end_of(server: &mut Server) -> Option<i32> {
    let mut code = None;
    until("the end of the server", async || match server.child.try_wait().unwrap() {
        Some(status) => {
            code = Some(status.code());
            true
        }
        None => false,
    })
    .await;
    code.flatten()
}

/// A configuration file with embedded databases of these names.
pub(super) fn configure(file: &Path, keys: &[&str]) {
    let entries = keys.iter().map(|key| format!("  {key}:\n    url: \"embedded:\"\n    database: {key}\n"));
    let text: Vec<String> = std::iter::once("databases:\n".to_owned()).chain(entries).collect();
    std::fs::write(file, text.concat()).unwrap();
}

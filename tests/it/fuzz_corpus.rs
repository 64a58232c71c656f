//! Replays the fuzzers' corpus, so that what they found stays mended without a fuzzer at hand.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "for the fuzzers it is a crate")]
mod targets;

/// How long one input may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "nothing in {}", folder.display());
    for file in files {
        let data = fs::read(&file).unwrap();
        let started = Instant::now();
        // On a stack of its own, as the engine's own threads have it.
        assert!(thread::spawn(move || target(&data)).join().is_ok(), "{} fails", file.display());
        assert!(started.elapsed() < PATIENCE, "{} takes too long", file.display());
    }
}

#[test]
fn aql_is_parsed_and_printed_without_a_panic() {
    replay("aql_parse", targets::aql_parse);
}

#[test]
fn aql_runs_without_a_panic() {
    replay("aql_run", targets::aql_run);
}

#[test]
fn requests_are_answered_without_a_panic() {
    replay("http_request", targets::http_request);
}

#[test]
fn handles_nobody_sealed_are_refused_without_a_panic() {
    replay("focus_open", targets::focus_open);
}

#[test]
fn configurations_are_read_without_a_panic() {
    replay("config_yaml", targets::config_yaml);
}

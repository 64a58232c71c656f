//! The progress bar of `call`: on a terminal it shows how far a long call is and goes away; elsewhere nobody sees it.

use std::{fmt::Write as _, fs, path::Path, process::Stdio};

use serde_json::Value;

use crate::support::{
    engine::Engine,
    http::Server,
    program,
    terminal::{Streams, Terminal},
};

const MANY: usize = 100_000;
const FEWER: usize = 20_000;

/// What clears a line of the terminal.
const CLEARED: &str = "\u{1b}[2K";

/// The arguments of a call that inserts that many documents, in a file.
fn write_arguments(home: &Path, documents: usize) -> fs::File {
    let mut text = "{\"collection\": \"things\", \"batch_size\": 1000, \"documents\": [{\"n\": 0}".to_owned();
    for n in 1..documents {
        write!(text, ",{{\"n\":{n}}}").unwrap();
    }
    text.push_str("]}");
    fs::write(home.join("documents.json"), text).unwrap();
    fs::File::open(home.join("documents.json")).unwrap()
}

/// The bar was there, told how much there is to do, never said anything but that, and is gone.
fn check_bar(shown: &str, total: &str) {
    assert!(shown.contains(&format!(" of {total} (")), "{shown:?}");
    assert!(shown.contains("[=") || shown.contains("[>") || shown.contains("[ "), "{shown:?}");
    assert!(shown.trim_end_matches(['\r', '\n']).ends_with(CLEARED), "{shown:?}");
    assert!(!shown.contains("\u{1b}[3"), "no colours: {shown:?}");
}

#[test]
fn long_calls_show_how_far_they_are_on_a_terminal_and_leave_nothing_there() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::start(home.path(), &["--no-auth"]);
    let call = |words: &[&str]| {
        let mut command = program(home.path());
        command.env("ARANGO_URL", &engine.url).env("NO_COLOR", "1").arg("call").args(words);
        command
    };
    assert!(call(&["arango_create_collection", "name=things"]).status().unwrap().success());
    let mut insert = call(&["arango_bulk_insert", "-"]);
    insert.stdin(write_arguments(home.path(), MANY));
    let (shown, output, status) = Terminal::start(insert, Streams::Errors).ended();
    assert!(status.success(), "{shown}");
    let output: Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(output["inserted_count"], MANY, "{output}");
    check_bar(&shown, "100,000");

    let backup = ["arango_backup", "collections=[\"things\"]", "outputDir=all"];
    let (shown, _, status) = Terminal::start(call(&backup), Streams::Errors).ended();
    assert!(status.success(), "{shown}");
    check_bar(&shown, "100,000");

    let piped = call(&["arango_backup", "collections=[\"things\"]", "outputDir=again"]).output().unwrap();
    assert!(piped.status.success() && piped.stderr.is_empty(), "{piped:?}");
}

#[tokio::test]
async fn calls_of_a_running_server_show_what_it_tells() {
    let server = Server::start();
    let url = server.url.clone();
    let call = move |words: &[&str]| {
        let home = tempfile::tempdir().unwrap();
        let mut command = program(home.path());
        command.args(["call", "--server", &url]).args(words);
        if words.contains(&"-") {
            command.stdin(Stdio::from(write_arguments(home.path(), FEWER)));
        }
        Terminal::start(command, Streams::Errors).ended()
    };
    let done = tokio::task::spawn_blocking(move || {
        let made = call(&["arango_create_collection", "name=things"]);
        assert!(made.2.success(), "{}", made.0);
        call(&["arango_bulk_insert", "-"])
    });
    let (shown, output, status) = done.await.unwrap();
    assert!(status.success(), "{shown}");
    assert!(String::from_utf8(output).unwrap().contains("20000"));
    check_bar(&shown, "20,000");
}

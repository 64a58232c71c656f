//! What is offered for a line, without a shell in between.

use std::{ffi::OsString, fs};

use proptest::{collection::vec, prelude::ProptestConfig, proptest, sample::select};

use super::*;

/// Words that are something somewhere, and words that are nothing anywhere.
const ODD: &[&str] = &[
    "",
    "-",
    "--",
    "---",
    "=",
    "--=",
    "-C",
    "-Cx",
    "--config-file=",
    "--database",
    "--embedded",
    "--embedded=x",
    "--yes",
    "-y",
    "--no-such",
    "db",
    "config",
    "add",
    "remove",
    "call",
    "arango_query",
    "query=",
    "database=",
    "admin",
    "database",
    "server",
    "--transport",
    "--port",
    "-1",
    "help",
    "__complete",
    "--current=",
    "ü",
    "~",
    "~/x",
    "\u{7f}\n",
    "'\"$(x)",
];

fn offered(line: &[&str]) -> Vec<String> {
    let (current, before) = line.split_last().unwrap();
    let mut words = vec![OsString::from("mcp-arangodb-async")];
    words.extend(before.iter().map(OsString::from));
    let found = candidates(CompleteOptions { current: current.into(), before: words });
    found.iter().filter_map(told).collect()
}

fn values(line: &[&str]) -> Vec<String> {
    offered(line).iter().map(|line| line.trim_end().split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn commands_and_options_are_completed_where_they_stand() {
    assert_eq!(values(&["comp"]), ["completions"]);
    assert_eq!(values(&["db", "re"]), ["remove"]);
    assert_eq!(values(&["admin", "database", "dr"]), ["drop"]);
    assert_eq!(values(&["db", "remove", "--dry"]), ["--dry-run"]);
    assert_eq!(values(&["completions", ""]).first().unwrap(), "bash");
    assert_eq!(values(&["server", "--transport", "h"]), ["http"]);
    assert_eq!(values(&["server", "--transport=h"]), ["--transport=http"]);
    assert!(values(&["--"]).contains(&"--transport".to_owned()));
    let everything = values(&[""]);
    assert!(everything.contains(&"db".to_owned()), "{everything:?}");
    assert!(!everything.iter().any(|each| each.starts_with(['_', '-'])), "{everything:?}");
}

#[test]
fn keys_come_from_the_file_on_the_line_however_it_is_spelt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my config.yaml");
    let entry = |key: &str, more: &str| format!("  {key}:\n    url: http://localhost:8529\n    database: d\n{more}");
    let text = format!(
        "version: \"1.0\"\ndatabases:\n{}{}",
        entry("production", "    description: the real one\n"),
        entry("staging", "")
    );
    fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    for option in ["-C", "--config-file", "--config-path", "--cfgf", "--config-f"] {
        assert_eq!(values(&["health", option, file, "--database=p"]), ["--database=production"], "{option}");
    }
    let glued = format!("--config-file={file}");
    assert_eq!(values(&["db", "remove", &glued, "pro"]), ["production"]);
    assert_eq!(offered(&["db", "update", "-C", file, "pro"]), ["production\tthe real one\n"]);
    for before in [["health", "--database"], ["db", "default"], ["db", "test"], ["db", "rm"]] {
        assert_eq!(values(&[before[0], "-C", file, before[1], "st"]).len(), usize::from(before[0] == "health"));
        assert_eq!(values(&[before[0], before[1], "-C", file, "st"]).len(), usize::from(before[0] != "health"));
    }
    assert_eq!(values(&["user", "list", "-C", file, "--database=s"]), ["--database=staging"]);
    assert_eq!(values(&["call", "-C", file, "arango_query", "database=s"]), ["database=staging"]);
}

#[test]
fn tools_their_arguments_and_known_values_are_completed() {
    assert_eq!(values(&["call", "arango_que"]), ["arango_query", "arango_query_builder", "arango_query_profile"]);
    assert_eq!(values(&["call", "--embedded", "arango_quer"]).len(), 3);
    assert_eq!(values(&["call", "--embedded", "arango_query", "bind"]), ["bind_vars="]);
    assert_eq!(values(&["call", "arango_create_collection", "name=x", "type=e"]), ["type=edge"]);
    assert_eq!(values(&["call", "no_such_tool", "a"]), Vec::<String>::new());
}

#[test]
fn files_and_directories_are_left_to_the_shell() {
    assert_eq!(offered(&["db", "list", "-C", ""]), ["\tfiles\n"]);
    assert_eq!(offered(&["db", "list", "--config-file=x"]), ["\tfiles\n"]);
    assert_eq!(offered(&["server", "--backup-dir", ""]), ["\tdirectories\n"]);
    assert_eq!(offered(&["server", "--embedded", ""]), ["\tdirectories\n"]);
    assert_eq!(values(&["server", "--embedded", "--sam"]), ["--sample"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_line_is_too_odd(words in vec(select(ODD), 1..7)) {
        drop(offered(&words));
    }
}

#[test]
fn a_line_that_means_nothing_offers_nothing() {
    assert_eq!(values(&["no-such-command", "x"]), Vec::<String>::new());
    assert_eq!(values(&["db", "remove", "-C", "/no/such/file", "x"]), Vec::<String>::new());
    assert!(candidates(CompleteOptions { current: OsString::new(), before: Vec::new() }).len() < 100);
}

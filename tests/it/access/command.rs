//! `token` as a shell sees it, and the section `access` as other commands leave it.

use std::fs;

use super::{CONFIG, Home};
use crate::support::program;

#[test]
fn tokens_are_made_listed_and_revoked() {
    let home = Home::new();
    let made = home.run(&[
        "token",
        "add",
        "ci",
        "--database",
        "sales",
        "--tool",
        "arango_set_focused_database",
        "--expires",
        "90d",
    ]);
    assert!(made.status.success());
    let token = String::from_utf8(made.stdout).unwrap();
    assert!(token.starts_with("maa_") && token.len() == 54, "{token}");
    let told = String::from_utf8(made.stderr).unwrap();
    assert!(told.contains("only time") && !told.contains("maa_"), "{told}");
    let file = fs::read_to_string(home.path("tokens.yaml")).unwrap();
    assert!(!file.contains(&token[4..20]) && file.contains("\"set_focused_database\""), "{file}");
    home.token(&["all"]);
    home.token(&["seven", "--pin", "hr", "--toolset", "baseline", "--read-only"]);
    let listed = String::from_utf8(home.run(&["token", "list"]).stdout).unwrap();
    let rows: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "CREATED", "EXPIRES", "DATABASES", "TOOLS", "WRITES"]);
    assert_eq!(rows[1][3..], ["sales", "set_focused_database", "yes"]);
    assert_eq!(rows[2][2..], ["never", "all", "all", "yes"]);
    assert_eq!(rows[3][2..], ["never", "hr", "(pinned)", "baseline", "no"]);
    assert!(home.run(&["token", "revoke", "ci"]).status.success());
    assert!(!String::from_utf8(home.run(&["token", "ls"]).stdout).unwrap().contains("ci"));
}

#[test]
fn slips_are_told() {
    let home = Home::new();
    home.token(&["ann"]);
    for (words, why) in [
        (&["add", "ann"][..], "the name is taken"),
        (&["add", "a b"], "cannot be the name"),
        (&["add", "b", "--tool", "arango_qery"], "did you mean arango_query?"),
        (&["add", "b", "--expires", "90"], "90d"),
        (&["add", "b", "--database", " "], "cannot be the key"),
        (&["revoke", "bob"], "there is no token"),
    ] {
        let output = home.run(&[&["token"], words].concat());
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(why) && output.stdout.is_empty(), "{words:?}: {told}");
    }
    assert_eq!(home.run(&["token", "add", "b", "--toolset", "all"]).status.code(), Some(2));
    assert_eq!(home.run(&["token", "add", "b", "--pin", "a", "--database", "b"]).status.code(), Some(2));
}

#[tokio::test]
async fn a_call_from_the_shell_shows_the_token_of_a_variable() {
    let home = Home::new();
    let token = home.token(&["ann", "--pin", "hr"]);
    let server = home.asking();
    let url = format!("{}/mcp", server.url);
    let call = |more: &[&str]| {
        let words = [&["call", "--server", &url], more, &["arango_query", "query=RETURN CURRENT_DATABASE()"]].concat();
        program(home.0.path()).args(words).env("THE_TOKEN", &token).output().unwrap()
    };
    assert_eq!(String::from_utf8(call(&["--token-env", "THE_TOKEN"]).stdout).unwrap().trim(), r#"["hr_db"]"#);
    let told = |output: std::process::Output| String::from_utf8(output.stderr).unwrap();
    assert!(told(call(&[])).contains("a token is needed"));
    assert!(told(call(&["--token-env", "OTHER"])).contains("OTHER is not set"));
}

#[test]
fn commands_that_edit_the_configuration_leave_the_section_as_it_is() {
    const SECTION: &str = "\n# Who may call.\naccess:\n    oauth: {issuer: 'https://login.example.com'}  # ours\n    certificates:\n        \
                           \"batch\":   {databases: [hr], read_only: true}\n";
    let home = Home::with(SECTION);
    for words in [
        &["add", "new", "--url", "embedded:", "-y"][..],
        &["update", "sales", "--description", "sold", "-y"],
        &["default", "hr"],
        &["remove", "stock", "-y"],
    ] {
        let output = home.run(&[&["db"], words, &["-C", "config.yaml"]].concat());
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(fs::read_to_string(home.path("config.yaml")).unwrap().contains(SECTION), "{words:?}");
    }
    assert_ne!(fs::read_to_string(home.path("config.yaml")).unwrap(), format!("{CONFIG}{SECTION}"));
}

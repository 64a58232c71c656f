//! `admin`, `user` and `health` as a shell sees them, against a server that asks for passwords.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    engine::{Engine, PASSWORD},
    program,
};

/// A server and the passwords of those who use it.
struct Site {
    home: TempDir,
    engine: Engine,
}

impl Site {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::start(home.path(), &["--root-password-env", "PW"]);
        Self { home, engine }
    }

    fn variables(&self) -> [(&str, &str); 5] {
        [
            ("ARANGO_URL", self.engine.url.as_str()),
            ("ARANGO_ROOT_PASSWORD", PASSWORD),
            ("ARANGO_PASSWORD", "app-word"),
            ("ARANGO_USERNAME", "app"),
            ("WRONG", "wrong-word"),
        ]
    }

    /// What a command line says, with nobody to answer its questions.
    fn says(&self, line: &str) -> String {
        self.answered("", line)
    }

    fn answered(&self, answer: &str, line: &str) -> String {
        self.told(&self.output(&self.variables(), answer, line))
    }

    /// What it says in another environment.
    fn with(&self, variables: &[(&str, &str)], line: &str) -> String {
        self.told(&self.output(variables, "", line))
    }

    fn output(&self, variables: &[(&str, &str)], answer: &str, line: &str) -> Output {
        let mut command = program(self.home.path());
        command.args(line.split_whitespace()).envs(variables.iter().copied()).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that asks nothing may have ended by now.
        drop(child.stdin.take().unwrap().write_all(answer.as_bytes()));
        child.wait_with_output().unwrap()
    }

    fn told(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace(&self.engine.url, "SERVER");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        for secret in [PASSWORD, "app-word", "wrong-word", "other-word"] {
            assert!(!out.contains(secret) && !err.contains(secret), "a password was printed:\n{out}{err}");
        }
        let err = if err.is_empty() { err } else { format!("--- stderr\n{err}") };
        format!("{out}{err}--- exit {}", output.status.code().unwrap())
    }

    fn done(&self, line: &str) {
        let said = self.says(line);
        assert!(said.ends_with("exit 0"), "{line}\n{said}");
    }

    fn json(&self, line: &str) -> Value {
        let output = self.output(&self.variables(), "", line);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", self.told(&output)))
    }
}

#[test]
fn a_database_comes_and_goes_with_a_user_and_the_permissions_for_it() {
    let site = Site::new();
    insta::assert_snapshot!(site.says("admin database create shop --with-user app --yes"), @r#"
    admin database create:
    [ADDED] database shop
    [ADDED] user app
    [GRANTED] permission rw: app on shop
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("admin database create lab --with-user app -p ro -y"), @r#"
    admin database create:
    [ADDED] database lab
    [EXISTS] user app
    [GRANTED] permission ro: app on lab
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("admin database list"), @r#"
    Server: SERVER

    DATABASE
    _system   system
    lab
    shop
    --- exit 0
    "#);
    assert_eq!(site.json("admin database ls --json"), json!(["_system", "lab", "shop"]));
    insta::assert_snapshot!(site.says("user databases"), @r#"
    Server: SERVER, as app

    DATABASE  PERMISSION
    lab       ro
    shop      rw
    --- exit 0
    "#);
    assert_eq!(site.json("user databases --json"), json!({"lab": "accessible", "shop": "accessible"}));
    insta::assert_snapshot!(site.answered("y\n", "admin database drop shop"), @r#"
    admin database drop:
    [REMOVED] database shop, with everything in it
    [REMOVED] permission rw: app on shop
    [REMOVED] permission rw: root on shop
    --- stderr
    This will change SERVER:
    [REMOVE] database shop, with everything in it
    [REMOVE] permission rw: app on shop
    [REMOVE] permission rw: root on shop
    Do you want to go on? [y/N] --- exit 0
    "#);
    site.done("admin database create shop --yes");
    assert_eq!(site.json("user databases --json"), json!({"lab": "accessible"}), "a permission outlived its database");
}

#[test]
fn users_come_are_let_in_and_out_and_go() {
    let site = Site::new();
    site.done("admin database create shop --yes");
    insta::assert_snapshot!(site.says("user add app -y"), @r#"
    user add:
    [ADDED] user app
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user add idle --active=false -y"), @r#"
    user add:
    [ADDED] user idle (not active)
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user list"), @r#"
    Server: SERVER

    USER  ACTIVE
    app   yes
    idle  no
    root  yes
    --- exit 0
    "#);
    assert_eq!(site.json("user ls --json")[1], json!({"username": "idle", "active": false, "extra": {}}));
    insta::assert_snapshot!(site.says("user grant app shop --perm ro --yes"), @r#"
    user grant:
    [GRANTED] permission ro: app on shop
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user grant app shop --yes"), @r#"
    user grant:
    [GRANTED] permission rw: app on shop, was ro
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user grant app shop"), @r#"
    user grant:
    [EXISTS] permission rw: app on shop
    --- exit 0
    "#);
    site.done("user grant app * -p ro --yes");
    insta::assert_snapshot!(site.says("user revoke app shop --yes"), @r#"
    user revoke:
    [REVOKED] permission rw: app on shop
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user revoke app shop --yes"), @r#"
    --- stderr
    error: app has no permission of its own on shop; the default for all databases holds already
    --- exit 1
    "#);
    insta::assert_snapshot!(site.says("user rm app --yes"), @r#"
    user remove:
    [REMOVED] user app
    [REMOVED] permission ro: app on * (all databases without one of their own)
    --- exit 0
    "#);
    assert_eq!(site.json("user ls --json").as_array().unwrap().len(), 2);
}

#[test]
fn one_changes_ones_own_password_on_the_chosen_server_only() {
    let (site, other) = (Site::new(), Site::new());
    for each in [&site, &other] {
        each.done("user add app --yes");
    }
    let new = [&site.variables()[..], &[("ARANGO_NEW_PASSWORD", "other-word")]].concat();
    // Another server is configured and comes first; it must not be asked.
    let command = format!("db add first -u {} -d _system -U app -P ARANGO_PASSWORD -y", other.engine.url);
    assert!(site.with(&[], &command).ends_with("exit 0"));
    let line = format!("user password --url {} --yes", site.engine.url);
    insta::assert_snapshot!(site.with(&new, &line), @r#"
    user password:
    [UPDATED] the password of app on SERVER
    --- exit 0
    "#);
    insta::assert_snapshot!(site.says("user databases"), @r#"
    --- stderr
    error: cannot list the databases of app: not authorized to execute this request [HTTP 401, error 11]; SERVER does not take the password in ARANGO_PASSWORD for the user app
    --- exit 1
    "#);
    assert!(site.with(&new, "user databases -P ARANGO_NEW_PASSWORD").ends_with("exit 0"));
    assert!(other.says("user databases").ends_with("exit 0"));
    // With a key, the entry says who one is.
    let entry = [("ARANGO_PASSWORD", "app-word"), ("N", "other-word")];
    let said = site.with(&entry, "user password --database first -N N --yes");
    assert!(said.starts_with("user password:\n[UPDATED] the password of app on http://"), "{said}");
    assert!(other.says("user databases").ends_with("exit 1"));
}

#[test]
fn a_dry_run_asks_no_server_and_needs_no_password() {
    let site = Site::new();
    let nowhere = [("ARANGO_URL", "http://127.0.0.1:1")];
    insta::assert_snapshot!(site.with(&nowhere, "admin database create shop --with-user app --dry-run"), @r#"
    admin database create (dry-run):
    [ADDED - DRY-RUN] database shop
    [ADDED - DRY-RUN] user app, unless there is one
    [GRANTED - DRY-RUN] permission rw: app on shop
    Dry run: no server was asked, and nothing was changed.
    --- exit 0
    "#);
    for line in [
        "admin database drop shop",
        "user add app",
        "user remove app",
        "user grant app shop",
        "user revoke app shop",
        "user password",
    ] {
        let said = site.with(&nowhere, &format!("{line} --dry-run"));
        assert!(said.contains(" - DRY-RUN] ") && said.ends_with("exit 0"), "{said}");
    }
    site.says("admin database create shop --dry-run");
    assert_eq!(site.json("admin database list --json"), json!(["_system"]));
}

#[test]
fn nothing_happens_without_a_yes() {
    let site = Site::new();
    site.done("admin database create shop --with-user app --yes");
    insta::assert_snapshot!(site.says("user remove app"), @r#"
    --- stderr
    This will change SERVER:
    [REMOVE] user app
    [REMOVE] permission rw: app on shop
    Do you want to go on? [y/N] 
    Cancelled: nothing was changed. To go on without being asked, use --yes.
    --- exit 2
    "#);
    let new = [&site.variables()[..], &[("ARANGO_NEW_PASSWORD", "other-word")]].concat();
    for line in [
        "admin database create more",
        "admin database drop shop",
        "user add more",
        "user remove app",
        "user grant app _system",
        "user revoke app shop",
        "user password",
    ] {
        let said = site.told(&site.output(&new, "n\n", line));
        assert!(said.contains("Cancelled") && said.ends_with("exit 2"), "{line}: {said}");
    }
    assert_eq!(site.json("admin database list --json"), json!(["_system", "shop"]));
    assert_eq!(site.json("user databases --json"), json!({"shop": "accessible"}));
    assert_eq!(site.json("user list --json").as_array().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_done_is_said_with_the_way_out() {
    let site = Site::new();
    site.done("admin database create shop --with-user app --yes");
    let lines = [
        "admin database create shop --with-user app",
        "admin database create _bad --yes",
        "admin database drop _system --yes",
        "admin database drop nowhere --yes",
        "admin database list -R WRONG",
        "admin database list -R UNSET",
        "admin database list --root-pw-env s3cr3t!",
        "admin database list --url http://127.0.0.1:1",
        "admin database list --url embedded:",
        "admin database list --database nobody",
        "admin database create new --with-user new --pw-env UNSET --yes",
        "user add app --yes",
        "user remove root --yes",
        "user remove nobody --yes",
        "user grant nobody shop --yes",
        "user grant app nowhere --yes",
        "user databases -P WRONG",
        "user password --yes",
    ];
    let said: Vec<_> = lines
        .iter()
        .map(|line| {
            let said = site.says(line);
            assert!(said.ends_with("--- exit 1"), "{line}: {said}");
            format!("$ {line}\n{}", said.lines().nth(1).unwrap())
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    $ admin database create shop --with-user app
    error: there is a database shop on SERVER already; to let app in, use `user grant app shop`
    $ admin database create _bad --yes
    error: illegal database name "_bad": it may not begin with a digit, a dot or an underscore
    $ admin database drop _system --yes
    error: _system cannot be dropped: the server keeps its users there
    $ admin database drop nowhere --yes
    error: there is no database nowhere on SERVER
    $ admin database list -R WRONG
    error: cannot list the databases: not authorized to execute this request [HTTP 401, error 11]; SERVER does not take the password in WRONG for the user root
    $ admin database list -R UNSET
    error: the password of root is missing: set UNSET, or name another variable with --root-password-env
    $ admin database list --root-pw-env s3cr3t!
    error: --root-password-env takes the name of an environment variable, of letters, digits and underscores; never the password
    $ admin database list --url http://127.0.0.1:1
    error: cannot list the databases: http://127.0.0.1:1: Connection refused (os error 111); check the url, and that the server runs and can be reached from here
    $ admin database list --url embedded:
    error: the embedded engine lives in one process and has no users; administer a server, e.g. one that `mcp-arangodb-async embedded --port 8529` serves
    $ admin database list --database nobody
    error: --database nobody: no such entry; configured: default
    $ admin database create new --with-user new --pw-env UNSET --yes
    error: the password of the new user new is missing: set UNSET, or name another variable with --password-env
    $ user add app --yes
    error: there is a user app on SERVER already
    $ user remove root --yes
    error: root cannot be removed: nobody could administer the server any more
    $ user remove nobody --yes
    error: there is no user nobody on SERVER
    $ user grant nobody shop --yes
    error: there is no user nobody on SERVER
    $ user grant app nowhere --yes
    error: there is no database nowhere on SERVER
    $ user databases -P WRONG
    error: cannot list the databases of app: not authorized to execute this request [HTTP 401, error 11]; SERVER does not take the password in WRONG for the user app
    $ user password --yes
    error: the new password of app is missing: set ARANGO_NEW_PASSWORD, or name another variable with --new-password-env
    "#);
    assert_eq!(site.json("admin database list --json"), json!(["_system", "shop"]));
}

#[test]
fn who_has_no_rights_is_told_so() {
    let site = Site::new();
    site.done("user add app --yes");
    insta::assert_snapshot!(site.says("user databases"), @r#"
    Server: SERVER, as app

    DATABASE  PERMISSION
    --- exit 0
    "#);
    // Root, too, may do no more than it is granted.
    site.done("user grant root _system -p ro --yes");
    let said = site.says("user remove app --yes");
    assert!(said.contains("HTTP 403") && said.contains("; root may not do this on SERVER"), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}

#[test]
fn a_group_without_a_command_prints_its_help_and_fails() {
    let site = Site::new();
    for group in ["admin", "admin database", "user"] {
        let said = site.says(group);
        assert!(said.contains(&format!("Usage: mcp-arangodb-async {group} ")) && said.ends_with("exit 1"), "{said}");
    }
}

#[test]
fn health_is_json_on_one_stream_or_the_other() {
    let site = Site::new();
    let url = site.engine.url.as_str();
    let root = [("ARANGO_URL", url), ("ARANGO_PASS", PASSWORD)];
    let output = site.output(&root, "", "health");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let version = report["info"]["version"].as_str().unwrap();
    assert!(version.starts_with("3.12") && output.status.success(), "{report}");
    assert_eq!(
        report,
        json!({
            "ok": true, "status": "healthy", "url": url, "database": "_system", "username": "root",
            "info": {"version": version},
        })
    );
    let wrong = [("ARANGO_URL", url), ("ARANGO_PASSWORD", "wrong-word")];
    insta::assert_snapshot!(site.with(&wrong, "health"), @r#"
    --- stderr
    default: asking SERVER (try 1 of 3)
    {
      "ok": false,
      "status": "unhealthy",
      "url": "SERVER",
      "database": "_system",
      "username": "root",
      "error": "not authorized to execute this request [HTTP 401, error 11]"
    }
    --- exit 1
    "#);
    let down =
        [("ARANGO_URL", "http://127.0.0.1:1"), ("ARANGO_CONNECT_RETRIES", "2"), ("ARANGO_CONNECT_DELAY_SEC", "0")];
    insta::assert_snapshot!(site.with(&down, "health"), @r#"
    --- stderr
    default: asking http://127.0.0.1:1 (try 1 of 2)
    default: http://127.0.0.1:1: Connection refused (os error 111); trying again in 0 seconds
    default: asking http://127.0.0.1:1 (try 2 of 2)
    {
      "ok": false,
      "status": "unhealthy",
      "url": "http://127.0.0.1:1",
      "database": "_system",
      "username": "root",
      "error": "http://127.0.0.1:1: Connection refused (os error 111)"
    }
    --- exit 1
    "#);
}

#[test]
fn health_asks_one_configured_database_or_all() {
    let site = Site::new();
    for (key, variable) in [("good", "PW"), ("bad", "WRONG")] {
        let line = format!("db add {key} -u {} -d _system -U root -P {variable} -y", site.engine.url);
        assert!(site.with(&[], &line).ends_with("exit 0"));
    }
    let passwords = [("PW", PASSWORD), ("WRONG", "wrong-word")];
    assert!(site.with(&passwords, "health --database good").ends_with("exit 0"));
    assert!(site.with(&passwords, "health --database bad").ends_with("exit 1"));
    let output = site.output(&passwords, "", "health --all");
    assert!(output.stdout.is_empty() && output.status.code() == Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    let reports: Value = serde_json::from_str(&told[told.find("[\n").unwrap()..]).unwrap();
    assert_eq!((&reports[0]["ok"], &reports[1]["ok"]), (&json!(true), &json!(false)));
    assert!(site.with(&[("PW", PASSWORD), ("WRONG", PASSWORD)], "health --all").ends_with("exit 0"));
}

//! `db` as a shell sees it: what it prints, what it asks, and what the file says afterwards.

mod disk;
mod servers;

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program;

const CONFIG: &str = r#"# Ours.
version: "1.0"
default_database: live   # ask first

databases:
  # Customers!
  live:
    url: https://db1:8529   # EU
    database: shop
    username: app
    password_env: LIVE_PASSWORD

  test: {url: 'http://t:8529', database: d, username: u}  # flow

# The end.
"#;

/// A home of its own, with a configuration when there is one.
struct Shell {
    home: TempDir,
}

impl Shell {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn with(text: &str) -> Self {
        let shell = Self::new();
        fs::create_dir(shell.config().parent().unwrap()).unwrap();
        fs::write(shell.config(), text).unwrap();
        shell
    }

    fn config(&self) -> PathBuf {
        self.home.path().join(".mcp-arangodb-async/config.yaml")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.config()).unwrap()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = program(self.home.path());
        command.args(words);
        command
    }

    fn db(&self, words: &[&str]) -> String {
        self.told(&self.command(&[&["db"], words].concat()).output().unwrap())
    }

    fn answered(&self, answer: &str, words: &[&str]) -> String {
        let mut child = self.command(words).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        self.told(&child.wait_with_output().unwrap())
    }

    /// Everything an invocation printed, and its exit code.
    fn told(&self, output: &Output) -> String {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let home = self.home.path().to_str().unwrap();
        let (out, err) = (text(&output.stdout).replace(home, "~"), text(&output.stderr).replace(home, "~"));
        let err = if err.is_empty() { err } else { format!("--- stderr\n{err}") };
        format!("{out}{err}--- exit {}", output.status.code().unwrap())
    }

    fn json(&self, words: &[&str]) -> Value {
        let output =
            self.command(&[&["db"], words].concat()).env("PW", "secret-word").env("WRONG", "x").output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", self.told(&output)))
    }
}

#[test]
fn a_first_entry_makes_a_file_for_its_owner_alone() {
    let shell = Shell::new();
    let words = ["add", "live", "--url", "https://db1:8529", "--database", "shop", "--username", "app"];
    let words = [&words[..], &["--password-env", "LIVE_PASSWORD", "--description", "Live: data", "--yes"]].concat();
    insta::assert_snapshot!(shell.db(&words), @r#"
    db add:
    [ADDED] live: url https://db1:8529, database shop, username app, password_env LIVE_PASSWORD, description "Live: data"
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- stderr
    Note: LIVE_PASSWORD is not set here; set it to the password where the server is started.
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.text(), @r#"
    version: "1.0"
    databases:
      live:
        url: https://db1:8529
        database: shop
        username: app
        password_env: LIVE_PASSWORD
        description: "Live: data"
    "#);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&shell.config()), mode(shell.config().parent().unwrap())), (0o600, 0o700));
    }
    insta::assert_snapshot!(shell.db(&words), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.live: the key is taken; use `db update` to change the entry, or choose another key
    --- exit 1
    "#);
}

#[test]
fn an_entry_is_changed_renamed_and_removed_and_nothing_else_in_the_file_is() {
    let shell = Shell::with(CONFIG);
    insta::assert_snapshot!(shell.db(&["update", "live", "--key", "prod", "--url", "https://db2:8529", "--max-rows", "9", "-y"]), @r#"
    db update:
    [UPDATED] live: url https://db2:8529
    [UPDATED] live: max_rows 9
    [UPDATED] live: is now called prod
    [UPDATED] default_database: prod
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    let expected = CONFIG
        .replace("default_database: live ", "default_database: prod ")
        .replace("  live:", "  prod:")
        .replace("https://db1:8529 ", "https://db2:8529 ")
        .replace("LIVE_PASSWORD\n", "LIVE_PASSWORD\n    max_rows: 9\n");
    assert_eq!(shell.text(), expected);
    insta::assert_snapshot!(shell.db(&["rm", "test", "--yes"]), @r#"
    db remove:
    [REMOVED] test, from the configuration (the database itself stays)
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    let expected = expected.replace("  test: {url: 'http://t:8529', database: d, username: u}  # flow\n", "");
    assert_eq!(shell.text(), expected);
    insta::assert_snapshot!(shell.db(&["update", "prod", "--max-rows", "", "--yes"]), @r#"
    db update:
    [UPDATED] prod: max_rows removed
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    assert_eq!(shell.text(), expected.replace("    max_rows: 9\n", ""));
    insta::assert_snapshot!(shell.db(&["remove", "prod", "--yes"]), @r#"
    db remove:
    [REMOVED] prod, from the configuration (the database itself stays)
    [REMOVED] default_database: prod
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    assert_eq!(shell.text(), "# Ours.\nversion: \"1.0\"\n\ndatabases:\n  # Customers!\n\n\n# The end.\n");
}

#[test]
fn the_spellings_of_the_python_version_work() {
    let shell = Shell::with("");
    let file = shell.home.path().join("other.yaml");
    for (flag, password) in
        [("--config-file", "--arango-password-env"), ("--cfgf", "--pw-env"), ("--cfgp", "--password-env"), ("-C", "-P")]
    {
        let key = flag.trim_start_matches('-');
        let words = [
            "db",
            "config",
            "add",
            key,
            "-u",
            "http://h",
            "-d",
            "d",
            "-U",
            "u",
            password,
            "V",
            flag,
            file.to_str().unwrap(),
            "-y",
        ];
        let told = shell.told(&shell.command(&words).output().unwrap());
        assert!(told.starts_with("db config add:\n[ADDED] ") && told.ends_with("exit 0"), "{told}");
    }
    let listed = shell.db(&["config", "ls", "--config-path", file.to_str().unwrap()]);
    assert_eq!(listed.matches("http://h").count(), 4, "{listed}");
    assert_eq!(shell.text(), "");
    let named = shell.db(&["add", "--name", "by-option", "--url", "embedded:", "--yes"]);
    assert!(named.contains("[ADDED] by-option: url embedded:"), "{named}");
    let short = shell.db(&["config", "up", "by-option", "--desc", "x", "-y"]);
    assert!(short.ends_with("exit 2"), "long options may be cut short, commands may not: {short}");
    let short = shell.db(&["config", "update", "by-option", "--desc", "x", "-y"]);
    assert!(short.ends_with("exit 0"), "{short}");
}

#[test]
fn a_dry_run_shows_the_difference_and_changes_nothing() {
    let shell = Shell::with(CONFIG);
    insta::assert_snapshot!(shell.db(&["update", "live", "--timeout", "60", "--read-only", "--dry-run"]), @r#"
    db update (dry-run):
    [UPDATED - DRY-RUN] live: timeout 60
    [UPDATED - DRY-RUN] live: read_only true
    --- ~/.mcp-arangodb-async/config.yaml
    +++ ~/.mcp-arangodb-async/config.yaml
    @@ -9,6 +9,8 @@
         database: shop
         username: app
         password_env: LIVE_PASSWORD
    +    timeout: 60
    +    read_only: true
     
       test: {url: 'http://t:8529', database: d, username: u}  # flow
     
    Dry run: nothing was changed.
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.db(&["add", "new", "--url", "embedded:", "--dry-run"]), @r#"
    db add (dry-run):
    [ADDED - DRY-RUN] new: url embedded:
    --- ~/.mcp-arangodb-async/config.yaml
    +++ ~/.mcp-arangodb-async/config.yaml
    @@ -11,5 +11,7 @@
         password_env: LIVE_PASSWORD
     
       test: {url: 'http://t:8529', database: d, username: u}  # flow
    +  new:
    +    url: "embedded:"
     
     # The end.
    Dry run: nothing was changed.
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.db(&["default", "test", "--dry-run"]), @r#"
    db default (dry-run):
    [UPDATED - DRY-RUN] default_database: test
    --- ~/.mcp-arangodb-async/config.yaml
    +++ ~/.mcp-arangodb-async/config.yaml
    @@ -1,6 +1,6 @@
     # Ours.
     version: "1.0"
    -default_database: live   # ask first
    +default_database: test   # ask first
     
     databases:
       # Customers!
    Dry run: nothing was changed.
    --- exit 0
    "#);
    assert_eq!(shell.text(), CONFIG);
    let nowhere = Shell::new();
    assert!(nowhere.db(&["add", "a", "--url", "embedded:", "--dry-run"]).ends_with("exit 0"));
    assert!(!nowhere.config().parent().unwrap().exists());
}

#[test]
fn nothing_is_changed_without_a_yes() {
    let shell = Shell::with(CONFIG);
    let remove = ["db", "remove", "live"];
    insta::assert_snapshot!(shell.answered("", &remove), @r#"
    --- stderr
    This will change ~/.mcp-arangodb-async/config.yaml:
    [REMOVE] live, from the configuration (the database itself stays)
    [REMOVE] default_database: live
    Do you want to go on? [y/N] 
    Cancelled: nothing was changed. To go on without being asked, use --yes.
    --- exit 2
    "#);
    insta::assert_snapshot!(shell.answered("n\n", &remove), @r#"
    --- stderr
    This will change ~/.mcp-arangodb-async/config.yaml:
    [REMOVE] live, from the configuration (the database itself stays)
    [REMOVE] default_database: live
    Do you want to go on? [y/N] Cancelled: nothing was changed. To go on without being asked, use --yes.
    --- exit 2
    "#);
    assert!(shell.answered("\n", &["db", "add", "x", "--url", "embedded:"]).ends_with("exit 2"));
    assert!(shell.answered("yess\n", &["db", "update", "live", "--timeout", "1"]).ends_with("exit 2"));
    assert_eq!(shell.text(), CONFIG);
    assert!(shell.answered("YES\n", &["db", "update", "live", "--timeout", "1"]).ends_with("exit 0"));
    let mut command = shell.command(&remove);
    assert!(command.env("MCP_ARANGODB_ASYNC_CLI_YES", "1").status().unwrap().success());
    assert!(!shell.text().contains("live"));
}

#[test]
fn what_does_not_fit_is_refused_with_advice_and_changes_nothing() {
    let shell = Shell::with(CONFIG);
    let server = ["--url", "http://h", "--database", "d", "--username", "u", "--yes"];
    let add = |more: &[&str]| shell.db(&[&["add"], more, &server].concat());
    insta::assert_snapshot!(add(&["live", "--password-env", "V"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.live: the key is taken; use `db update` to change the entry, or choose another key
    --- exit 1
    "#);
    insta::assert_snapshot!(add(&["x", "--password-env", "s3cr3t!"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.x.password_env: the value is not the name of an environment variable; use letters, digits and underscores, e.g. PROD_DB_PASSWORD, and set that variable to the password
    --- exit 1
    "#);
    insta::assert_snapshot!(add(&[" x", "--no-password"]), @r#"
    --- stderr
    error: " x" cannot be the key of a database: it begins or ends with white space
    --- exit 1
    "#);
    insta::assert_snapshot!(add(&["x"]), @r#"
    --- stderr
    error: the following required arguments were not provided:
      --password-env <VARIABLE> (or --password-file <FILE>, or --no-password)

    Usage: mcp-arangodb-async db add [OPTIONS] [NAME]

    For more information, try '--help'.
    --- exit 2
    "#);
    insta::assert_snapshot!(add(&["x", "--with-user", "me"]), @r#"
    --- stderr
    error: `db add` adds a database to the configuration; to create one on a server, use
      mcp-arangodb-async admin database create x --with-user USER

    Usage: mcp-arangodb-async db add [OPTIONS] [NAME]

    For more information, try '--help'.
    --- exit 2
    "#);
    insta::assert_snapshot!(shell.db(&["add", "x", "--url", "http://me:hunter2@h", "--database", "d", "--no-password"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.x.url: the URL holds a user name or password; give them apart: `username` and `password_env` in the file, ARANGO_USERNAME and ARANGO_PASSWORD in the environment
    --- exit 1
    "#);
    insta::assert_snapshot!(shell.db(&["remove", "lvie", "-y"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.lvie: no such entry; did you mean `live`?
    --- exit 1
    "#);
    insta::assert_snapshot!(shell.db(&["update", "live", "-y"]), @r#"
    --- stderr
    error: nothing to change in live: give at least one option, e.g. --timeout 60
    --- exit 1
    "#);
    insta::assert_snapshot!(shell.db(&["update", "live", "--username", "", "-y"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.live.username: the value is empty; give it a value or remove the key
    --- exit 1
    "#);
    insta::assert_snapshot!(shell.db(&["update", "live", "--timeout", "soon", "-y"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.live.timeout: "soon" is not a time; use seconds above 0 and at most 86400, e.g. 30.0
    --- exit 1
    "#);
    insta::assert_snapshot!(shell.db(&["default", "nobody"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml: databases.nobody: no such entry; configured: live, test
    --- exit 1
    "#);
    assert_eq!(shell.text(), CONFIG);
}

#[test]
fn the_default_is_shown_chosen_and_unset() {
    let shell = Shell::with(CONFIG);
    insta::assert_snapshot!(shell.db(&["default"]), @r#"
    live
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.db(&["default", "test"]), @r#"
    db default:
    [UPDATED] default_database: test
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    assert_eq!(shell.text(), CONFIG.replace("default_database: live", "default_database: test"));
    assert!(shell.db(&["default", "--unset"]).ends_with("exit 0"));
    insta::assert_snapshot!(shell.db(&["default"]), @r#"
    --- stderr
    No default database is configured; `db default NAME` chooses one.
    --- exit 0
    "#);
}

#[test]
fn a_group_without_a_command_prints_its_help_and_fails() {
    let shell = Shell::new();
    for words in [&[][..], &["config"]] {
        let told = shell.db(words);
        assert!(told.contains("Usage: mcp-arangodb-async db") && told.ends_with("exit 1"), "{told}");
    }
}

/// Options of an entry with values, and the keys they become.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("--url", "https://a:1", "urls"),
    ("--url", "https://b:2", "urls"),
    ("--database", "d", "database"),
    ("--username", "u", "username"),
    ("--password-file", "/run/pw", "password_file"),
    ("--auth", "jwt", "auth"),
    ("--ca-file", "/etc/ca.pem", "ca_file"),
    ("--confirm", "destructive", "confirm"),
    ("--timeout", "5.5", "timeout"),
    ("--max-runtime", "3", "max_runtime"),
    ("--memory-limit", "128MB", "memory_limit"),
    ("--max-rows", "10", "max_rows"),
    ("--max-bytes", "2 MB", "max_bytes"),
    ("--max-connections", "4", "max_connections"),
    ("--max-calls", "8", "max_calls"),
    ("--rate-limit", "20", "rate_limit"),
    ("--description", "x", "description"),
    ("--tag", "t", "tags"),
];

#[test]
fn whatever_an_entry_can_say_can_be_added_changed_and_removed() {
    let shell = Shell::new();
    let options: Vec<_> = SETTINGS.iter().flat_map(|(option, value, _)| [*option, *value]).collect();
    insta::assert_snapshot!(shell.db(&[&["add", "all", "--read-only", "--yes"], &options[..]].concat()), @r#"
    db add:
    [ADDED] all: urls https://a:1 https://b:2, database d, username u, password_file /run/pw, timeout 5.5, description x, max_connections 4, max_calls 8, rate_limit 20, max_rows 10, max_bytes "2 MB", max_runtime 3, memory_limit 128MB, read_only true, confirm destructive, auth jwt, ca_file /etc/ca.pem, tags t
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.text(), @r#"
    version: "1.0"
    databases:
      all:
        urls: [https://a:1, https://b:2]
        database: d
        username: u
        password_file: /run/pw
        timeout: 5.5
        description: x
        max_connections: 4
        max_calls: 8
        rate_limit: 20
        max_rows: 10
        max_bytes: 2 MB
        max_runtime: 3
        memory_limit: 128MB
        read_only: true
        confirm: destructive
        auth: jwt
        ca_file: /etc/ca.pem
        tags: [t]
    "#);
    let told = shell.db(&["update", "all", "--url", "http://c", "--password-env", "PW", "--read-only=false", "--yes"]);
    assert!(told.contains("[UPDATED] all: read_only false"), "{told}");
    let limits = ["--timeout", "--max-runtime", "--memory-limit", "--max-rows", "--max-bytes", "--max-connections"];
    let more = ["--max-calls", "--rate-limit", "--description", "--tag", "--ca-file"];
    let cleared: Vec<_> = limits.into_iter().chain(more).flat_map(|option| [option, ""]).collect();
    insta::assert_snapshot!(shell.db(&[&["update", "all", "--no-password", "--yes"], &cleared[..]].concat()), @r#"
    db update:
    [UPDATED] all: no password
    [UPDATED] all: timeout removed
    [UPDATED] all: description removed
    [UPDATED] all: max_connections removed
    [UPDATED] all: max_calls removed
    [UPDATED] all: rate_limit removed
    [UPDATED] all: max_rows removed
    [UPDATED] all: max_bytes removed
    [UPDATED] all: max_runtime removed
    [UPDATED] all: memory_limit removed
    [UPDATED] all: ca_file removed
    [UPDATED] all: tags removed
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.text(), @r#"
    version: "1.0"
    databases:
      all:
        database: d
        username: u
        read_only: false
        confirm: destructive
        auth: jwt
        url: http://c
    "#);
    for (option, value) in [("--max-bytes", "lots"), ("--max-runtime", "0"), ("--memory-limit", "1 TB: x")] {
        let told = shell.db(&["update", "all", option, value, "--yes"]);
        assert!(told.contains(value) && told.contains("; use ") && told.ends_with("exit 1"), "{told}");
    }
    let told = shell.db(&["update", "all", "--confirm", "sometimes", "--yes"]);
    assert!(told.contains("[possible values: never, destructive]") && told.ends_with("exit 2"), "{told}");
}

#[test]
fn there_is_an_option_for_every_key_that_an_entry_may_have() {
    let shell = Shell::new();
    fs::write(shell.home.path().join("broken"), "databases: {a: {b: c}}").unwrap();
    let known = shell.db(&["list", "-C", "broken"]);
    let known = known.split("llowed here: ").nth(1).unwrap().lines().next().unwrap();
    let also = ["url", "password_env", "read_only"];
    for key in known.split(", ") {
        assert!(also.contains(&key) || SETTINGS.iter().any(|(_, _, field)| *field == key), "no option for {key}");
    }
}

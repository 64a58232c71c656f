//! `db` as a shell sees it: what it prints and asks, what it leaves on disk, and what it finds on servers.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{engine::Engine, program};

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
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
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
fn a_broken_file_is_an_error_that_changes_nothing() {
    let broken = "databases:\n  a:\n    url: http://h\n    databse: d\n";
    let shell = Shell::with(broken);
    insta::assert_snapshot!(shell.db(&["add", "b", "--url", "embedded:", "-y"]), @r#"
    --- stderr
    error: ~/.mcp-arangodb-async/config.yaml:4:5: databse: unknown key; did you mean `database`? Allowed here: url, urls, database, username, password_env, password_file, timeout, description, read_only, auth, max_connections, max_rows, ca_file, tags
    --- exit 1
    "#);
    for words in [&["list"][..], &["remove", "a", "-y"], &["default", "a"], &["status"], &["test", "--all"]] {
        let told = shell.db(words);
        assert!(told.contains("databse") && told.ends_with("exit 1"), "{told}");
    }
    assert_eq!(shell.text(), broken);
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
fn databases_are_listed_for_people_and_for_scripts() {
    let shell = Shell::with(CONFIG);
    insta::assert_snapshot!(shell.db(&["list"]), @r#"
    Configuration file: ~/.mcp-arangodb-async/config.yaml

      KEY   URL               DATABASE  USER  PASSWORD                  DESCRIPTION
    * live  https://db1:8529  shop      app   $LIVE_PASSWORD (not set)
      test  http://t:8529     d         u     none
    --- exit 0
    "#);
    assert_eq!(
        shell.json(&["list", "--json"])[0],
        json!({
            "key": "live", "default": true, "url": "https://db1:8529", "database": "shop", "username": "app",
            "password_env": "LIVE_PASSWORD", "password_file": null, "timeout": 30.0, "description": null,
            "read_only": false, "tags": [], "from_environment": false,
        })
    );
    let empty = Shell::new();
    insta::assert_snapshot!(empty.db(&["list"]), @r#"
    No configuration file and no ARANGO_* variables: the built-in default. `db add` adds a database.

      KEY      URL                    DATABASE  USER  PASSWORD  DESCRIPTION
      _system  http://localhost:8529  _system   root  none
    --- exit 0
    "#);
    let mut command = empty.command(&["db", "list"]);
    command.env("ARANGO_URL", "http://e:8529").env("ARANGO_DB", "mine").env("ARANGO_PASSWORD", "hunter2");
    insta::assert_snapshot!(empty.told(&command.output().unwrap()), @r#"
    No configuration file: the ARANGO_* variables describe the database.

      KEY      URL            DATABASE  USER  PASSWORD          DESCRIPTION
    * default  http://e:8529  mine      root  $ARANGO_PASSWORD  from the environment
    --- exit 0
    "#);
}

#[test]
fn the_variable_names_the_file_and_the_option_comes_first() {
    let shell = Shell::new();
    let named = |name: &str| shell.home.path().join(name);
    let add = |key: &str, more: &[&str]| {
        let mut command = shell.command(&[&["db", "add", key, "--url", "embedded:", "-y"], more].concat());
        assert!(command.env("ARANGO_DATABASES_CONFIG_FILE", named("variable.yaml")).status().unwrap().success());
    };
    add("a", &[]);
    add("b", &["-C", named("flag.yaml").to_str().unwrap()]);
    assert!(fs::read_to_string(named("variable.yaml")).unwrap().contains("  a:\n"));
    assert!(fs::read_to_string(named("flag.yaml")).unwrap().contains("  b:\n"));
    assert!(!shell.config().exists());
}

#[test]
fn twenty_programs_at_once_lose_nothing() {
    let shell = Shell::new();
    let keys: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
    let children: Vec<_> = keys
        .iter()
        .map(|key| shell.command(&["db", "add", key, "--url", "embedded:", "--yes"]).spawn().unwrap())
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", shell.told(&output));
    }
    let listed = shell.json(&["list", "--json"]);
    let mut found: Vec<_> = listed.as_array().unwrap().iter().map(|entry| entry["key"].as_str().unwrap()).collect();
    found.sort_unstable();
    let mut expected: Vec<_> = keys.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_killed_save_leaves_the_old_file_or_the_new_one() {
    let shell = Shell::new();
    assert!(shell.db(&["add", "a", "--url", "embedded:", "-y"]).ends_with("exit 0"));
    let beside = shell.config().with_file_name(".config.yaml.new");
    let mut expected = shell.text();
    for round in 0..20 {
        let description = format!("{round}{}", "x".repeat(100_000));
        let mut command = shell.command(&["db", "update", "a", "--description", &description, "-y"]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        // Killed as soon as it writes, or a little later.
        let mut seen = 0;
        while child.try_wait().unwrap().is_none() && seen <= round * 20 {
            seen += i32::from(beside.exists());
            thread::yield_now();
        }
        drop(child.kill());
        drop(child.wait());
        let found = shell.text();
        if found != expected {
            assert!(found.contains(&format!("    description: \"{description}\"\n")), "torn in round {round}");
            expected = found;
        }
    }
    assert!(shell.db(&["update", "a", "--description", "", "-y"]).ends_with("exit 0"));
    assert!(!beside.exists() && !shell.text().contains("description"));
}

#[cfg(unix)]
#[test]
fn a_linked_file_keeps_its_link() {
    let shell = Shell::with("");
    fs::remove_file(shell.config()).unwrap();
    let real = shell.home.path().join("real.yaml");
    fs::write(&real, CONFIG).unwrap();
    std::os::unix::fs::symlink(&real, shell.config()).unwrap();
    let told = shell.db(&["remove", "test", "-y"]);
    assert!(told.contains("saved to: ~/real.yaml"), "{told}");
    assert_eq!(fs::read_link(shell.config()).unwrap(), real);
    assert!(!fs::read_to_string(&real).unwrap().contains("test"));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_an_error_that_changes_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let shell = Shell::with(CONFIG);
    let no_folder = shell.db(&["add", "a", "--url", "embedded:", "-y", "-C", "/dev/null/config.yaml"]);
    assert!(no_folder.contains("cannot be written") && no_folder.ends_with("exit 1"), "{no_folder}");

    // No file may grow beyond nothing, as on a full disk.
    let mut full = Command::new("/bin/sh");
    full.args(["-c", r#"trap "" XFSZ; ulimit -f 0; exec "$@""#, "sh", env!("CARGO_BIN_EXE_mcp-arangodb-async")]);
    full.args(["db", "remove", "live", "-y"]).env_clear().env("HOME", shell.home.path());
    let told = shell.told(&full.output().unwrap());
    assert!(told.contains("cannot be written") && told.ends_with("exit 1"), "{told}");
    assert_eq!(shell.text(), CONFIG);
    assert!(!shell.config().with_file_name(".config.yaml.new").exists());

    let folder = shell.config().parent().unwrap().to_owned();
    fs::remove_file(folder.join(".config.yaml.lock")).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is read-only to an administrator.
    let privileged = fs::write(folder.join("probe"), "").is_ok();
    let told = shell.db(&["remove", "live", "-y"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(told.ends_with(if privileged { "exit 0" } else { "exit 1" }), "{told}");
    assert_eq!(shell.text() == CONFIG, !privileged);
}

#[test]
fn databases_are_tested_by_using_them() {
    let shell = Shell::new();
    let engine = Engine::start(shell.home.path(), &["--root-password-env", "PW"]);
    engine.post("/_api/database", json!({"name": "shop"}));
    for user in ["reader", "stranger"] {
        engine.post("/_api/user", json!({"user": user, "passwd": "secret-word"}));
    }
    engine.put("/_api/user/reader/database/shop", json!({"grant": "ro"}));
    let add = |key: &str, url: &str, database: &str, user: &str, variable: &str| {
        let told = shell.db(&[
            "add",
            key,
            "--url",
            url,
            "--database",
            database,
            "--username",
            user,
            "--password-env",
            variable,
            "--yes",
        ]);
        assert!(told.ends_with("exit 0"), "{told}");
    };
    add("good", &engine.url, "shop", "root", "PW");
    add("jwt", &engine.url, "shop", "root", "PW");
    assert!(shell.db(&["update", "jwt", "--auth", "jwt", "--read-only", "-y"]).ends_with("exit 0"));
    add("reader", &engine.url, "shop", "reader", "PW");
    add("stranger", &engine.url, "shop", "stranger", "PW");
    add("wrong", &engine.url, "shop", "root", "WRONG");
    add("missing", &engine.url, "nowhere", "root", "PW");
    add("unset", &engine.url, "shop", "root", "UNSET");
    add("down", "http://127.0.0.1:1", "shop", "root", "PW");
    let found = shell.json(&["test", "--all", "--json"]);
    let of = |key: &str| found.as_array().unwrap().iter().find(|entry| entry["key"] == key).unwrap();
    let good = of("good");
    assert_eq!((&good["ok"], &good["writable"], &good["role"]), (&json!(true), &json!(true), &json!("single")));
    assert!(good["version"].as_str().unwrap().starts_with("3.12") && good["latency_ms"].as_f64().unwrap() > 0.0);
    assert_eq!((&of("jwt")["writable"], &of("jwt")["because"]), (&json!(false), &json!("the entry says so")));
    assert_eq!((&of("reader")["ok"], &of("reader")["writable"]), (&json!(true), &json!(false)));
    let failures: Vec<String> = ["stranger", "wrong", "missing", "unset", "down"]
        .iter()
        .map(|key| {
            assert_eq!(of(key)["ok"], false, "{key}");
            format!("{key}: {}\n  {}", of(key)["error"].as_str().unwrap(), of(key)["hint"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(failures.join("\n"), @r#"
    stranger: the user stranger has no rights in the database shop
      an administrator of the server can grant the user access to this database
    wrong: not authorized to execute this request [HTTP 401, error 11]
      the user or the password is wrong, or the user has no rights in this database
    missing: database not found [HTTP 404, error 1228]
      there is no such database on the server; check `database`
    unset: the password of database `unset` is missing: the environment variable UNSET is not set; set it where this server is started
      or name a file that sets it with --environment-file FILE
    down: http://127.0.0.1:1: Connection refused (os error 111)
      check the url, and that the server runs and can be reached from here
    "#);

    let mut command = shell.command(&["db", "test", "reader"]);
    let told = shell.told(&command.env("PW", "secret-word").output().unwrap());
    assert!(told.starts_with("✓ reader: ArangoDB 3.12") && told.contains("reader may only read"), "{told}");
    let told = shell.db(&["test", "down"]);
    assert!(told.contains("✗ down: ") && told.ends_with("exit 1") && !told.contains('\u{1b}'), "{told}");

    let variables = shell.home.path().join("variables");
    fs::write(&variables, "PW='secret-word'\n").unwrap();
    let told = shell.db(&["test", "good", "--env-file", variables.to_str().unwrap()]);
    assert!(told.starts_with("✓ good: "), "{told}");
}

#[test]
fn the_status_tells_the_file_the_levels_and_the_databases() {
    let shell = Shell::new();
    for key in ["a", "b"] {
        let told = shell.db(&["add", key, "--url", "http://127.0.0.1:1", "-d", "d", "--no-password", "--yes"]);
        assert!(told.ends_with("exit 0"), "{told}");
    }
    let mut command = shell.command(&["db", "status"]);
    let told = shell.told(&command.env("ARANGO_DB", "b").output().unwrap());
    insta::assert_snapshot!(told, @r#"
    Configuration file: ~/.mcp-arangodb-async/config.yaml
    Permissions: file 600, folder 700
    Default database: none

    Which database a call uses: the first level that says something
      1. the `database` argument of the call: -
      2. the focused database of the session, or the `focus` handle of the call: -
      3. `default_database` of the configuration: -
      4. the environment variable MCP_DEFAULT_DATABASE: -
    > 5. the environment variable ARANGO_DB: b
      6. the first configured database, or `_system` on http://localhost:8529 with none configured: a
    A call that names no database uses b.

    Databases
    ✗ a: http://127.0.0.1:1: Connection refused (os error 111)
      check the url, and that the server runs and can be reached from here
    ✗ b: http://127.0.0.1:1: Connection refused (os error 111)
      check the url, and that the server runs and can be reached from here
    --- exit 0
    "#);
    let status = shell.json(&["status", "--json"]);
    assert_eq!((&status["resolved_database"], &status["levels"][5]["decides"]), (&json!("a"), &json!(true)));
    assert_eq!(status["databases"][1]["ok"], false);
}

#[test]
fn a_group_without_a_command_prints_its_help_and_fails() {
    let shell = Shell::new();
    for words in [&[][..], &["config"]] {
        let told = shell.db(words);
        assert!(told.contains("Usage: mcp-arangodb-async db") && told.ends_with("exit 1"), "{told}");
    }
}

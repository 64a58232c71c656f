//! What `db` tells about databases: as they are configured, and as they are.

use std::fs;

use serde_json::json;

use super::{CONFIG, Shell};
use crate::support::engine::Engine;

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

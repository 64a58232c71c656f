//! `migrate`: from what the Python version was configured with to a file that the server starts with.

use crate::support::shell::Shell;

/// As the Python version wrote it.
const PLAIN: &str = "# The shop.
default_database: production
databases:
  production:
    url: http://db1:8529
    database: prod_db
    username: app   # not root
    password_env: PROD_PASSWORD
    timeout: 60.0
    description: Live data
  staging:
    url: http://db2:8529
    database: staging_db
    username: app
    password_env: STAGING_PASSWORD
";

/// What people made of it.
const HURT: &str = "# Old.
default_database: gone
pool_size: 3
databases:
  prod:
    url: http://admin:hunter2@db1:8529
    database: prod_db
    timeout: 30.0
  2nd-site:
    url: http://db2:8529
    database: d
    username: u
    password: hunter3
    retries: 3
  third:
    url: http://db3:8529
    database: d
    username: u
    password_env: 's3cr3t hunter4'
  fine:
    url: http://db4:8529
    database: d
    username: u
    password_env: PROD_PASSWORD
    description:
";

const OURS: &str = "# Mine.
version: \"1.0\"
databases:
  own: {url: 'http://own:8529', database: d, username: u}   # keep
  staging:
    url: http://db2:8529
    database: staging_db
    username: app
    password_env: STAGING_PASSWORD
";

const TARGET: &str = ".mcp-arangodb-async/config.yaml";

fn shell(text: &str) -> Shell {
    let shell = Shell::new();
    shell.put("config/databases.yaml", text);
    shell
}

#[test]
fn a_file_that_means_the_same_is_taken_over_with_its_comments() {
    let shell = shell(PLAIN);
    insta::assert_snapshot!(shell.run_with(&["migrate", "--dry-run"], &[("PROD_PASSWORD", "hunter2")]), @"");
    assert!(!shell.path(".mcp-arangodb-async").exists());
    insta::assert_snapshot!(shell.run_with(&["migrate"], &[("PROD_PASSWORD", "x"), ("STAGING_PASSWORD", "x")]), @"");
    assert_eq!(shell.text(TARGET), PLAIN);
    #[cfg(unix)]
    {
        use crate::support::shell::mode;
        assert_eq!((mode(&shell.path(TARGET)), mode(&shell.path(".mcp-arangodb-async"))), (0o600, 0o700));
    }
    assert!(shell.run(&["db", "list"]).contains("production"));
    assert_eq!(shell.text("config/databases.yaml"), PLAIN);
}

#[test]
fn passwords_become_names_of_variables_and_what_is_left_out_is_said() {
    let shell = shell(HURT);
    let told = shell.run(&["migrate"]);
    insta::assert_snapshot!(told, @"");
    let text = shell.text(TARGET);
    insta::assert_snapshot!(text, @"");
    assert!(!told.contains("hunter") && !text.contains("hunter"));
    assert!(shell.run(&["db", "list"]).ends_with("exit 0"));
}

#[test]
fn a_file_that_is_there_is_only_added_to_or_replaced_with_a_yes() {
    let shell = shell(PLAIN);
    shell.put(TARGET, OURS);
    insta::assert_snapshot!(shell.answered("", &["migrate"]), @"");
    assert_eq!(shell.text(TARGET), OURS);
    insta::assert_snapshot!(shell.run(&["migrate", "--merge", "--dry-run"]), @"");
    let told = shell.run(&["migrate", "--merge"]);
    assert!(told.contains("[EXISTS] staging") && told.contains("[ADDED] production"), "{told}");
    let merged = shell.text(TARGET);
    assert!(merged.starts_with("# Mine.") && merged.contains("# keep") && merged.contains("prod_db"), "{merged}");

    shell.put(TARGET, OURS.replace("db2", "db9"));
    let told = shell.run(&["migrate", "--merge", "--yes"]);
    assert!(told.contains("databases.staging: the file has an entry") && told.ends_with("exit 1"), "{told}");
    assert_eq!(shell.text(TARGET), OURS.replace("db2", "db9"));

    shell.put(TARGET, "databases: [\n");
    insta::assert_snapshot!(shell.run(&["migrate", "--yes"]), @"");
    assert_eq!(shell.text(TARGET), PLAIN);
    let names = shell.names(".mcp-arangodb-async");
    let backup = names.iter().find(|name| name.contains(".backup-")).unwrap();
    assert_eq!(shell.text(&format!(".mcp-arangodb-async/{backup}")), "databases: [\n");
    let again = shell.run(&["migrate", "--yes"]);
    assert_eq!((again.ends_with("exit 0"), shell.names(".mcp-arangodb-async")), (true, names));
}

#[test]
fn the_variables_of_the_python_version_become_an_entry() {
    let shell = Shell::new();
    shell.put(
        ".env",
        "ARANGO_URL=http://db:8529\nARANGO_DB=shop\nARANGO_USER=app\nARANGO_PASS='hunter2'\nARANGO_TIMEOUT_SEC=45\n\
         ARANGO_VERIFY_CERTIFICATE=false\nMCP_TRANSPORT=http\n",
    );
    insta::assert_snapshot!(shell.run(&["migrate", "--from-env", "-E", ".env"]), @"");
    insta::assert_snapshot!(shell.text(TARGET), @"");
    let told = Shell::new().run_with(&["migrate", "--from-env"], &[("ARANGO_URL", "nonsense")]);
    assert!(told.contains("ARANGO_URL: not a URL") && told.ends_with("exit 1"), "{told}");
    insta::assert_snapshot!(Shell::new().run(&["migrate", "--from-env"]), @"");
}

#[test]
fn variables_that_mean_something_else_now_are_named() {
    let shell = shell(PLAIN);
    let variables = [
        ("PROD_PASSWORD", "x"),
        ("STAGING_PASSWORD", "x"),
        ("MCP_TRANSPORT", "sse"),
        ("ARANGO_URL", "http://other:8529"),
        ("ARANGO_DATABASES_CONFIG_FILE", "config/databases.yaml"),
    ];
    insta::assert_snapshot!(shell.run_with(&["migrate"], &variables), @"");
}

#[test]
fn what_cannot_be_taken_over_is_an_error_and_writes_nothing() {
    insta::assert_snapshot!(Shell::new().run(&["migrate"]), @"");
    for (text, fault) in [
        ("databases: [\n", "not valid YAML"),
        ("databases:\n  a: hunter2\n", "wrong shape"),
        ("databases:\n  a: {database: d}\n", "databases.a: "),
        ("databases:\n  a: {url: 'http://h', database: d, timeout: soon}\n", "\"soon\" is not a time"),
        ("databases:\n  a: {url: 'http://h', database: d, read_only: true}\n", "written for this version already"),
        ("databases:\n  a: {url: 'http://h', database: d, tags: [x]}\n", "written for this version already"),
    ] {
        let shell = shell(text);
        let told = shell.run(&["migrate"]);
        assert!(told.contains(fault) && !told.contains("hunter2") && told.ends_with("exit 1"), "{told}");
        assert!(!shell.path(TARGET).exists());
    }
    let shell = shell(PLAIN);
    let told = shell.run(&["migrate", "-C", "config/databases.yaml", "--yes"]);
    assert!(told.contains("written over itself") && told.ends_with("exit 1"), "{told}");
    assert_eq!(shell.text("config/databases.yaml"), PLAIN);
    assert!(shell.run(&["migrate", "config/databases.yaml", "--config-file", "new.yaml"]).ends_with("exit 0"));
    assert_eq!(shell.text("new.yaml"), PLAIN);
}

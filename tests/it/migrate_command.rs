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
    insta::assert_snapshot!(shell.run_with(&["migrate", "--dry-run"], &[("PROD_PASSWORD", "hunter2")]), @r#"
    migrate (dry-run):
    [ADDED - DRY-RUN] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [ADDED - DRY-RUN] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADDED - DRY-RUN] default_database: production
    What is different:
    - STAGING_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    ~/.mcp-arangodb-async/config.yaml:
    # The shop.
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
    Dry run: nothing was changed.
    --- exit 0
    "#);
    assert!(!shell.path(".mcp-arangodb-async").exists());
    insta::assert_snapshot!(shell.run_with(&["migrate"], &[("PROD_PASSWORD", "x"), ("STAGING_PASSWORD", "x")]), @r#"
    migrate:
    [ADDED] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [ADDED] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADDED] default_database: production
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
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
    insta::assert_snapshot!(told, @r#"
    migrate:
    [ADDED] prod: url http://db1:8529, database prod_db, username admin, password_env PROD_2_PASSWORD, timeout 30.0
    [ADDED] 2nd-site: url http://db2:8529, database d, username u, password_env DB_2ND_SITE_PASSWORD
    [ADDED] third: url http://db3:8529, database d, username u, password_env THIRD_PASSWORD
    [ADDED] fine: url http://db4:8529, database d, username u, password_env PROD_PASSWORD
    What is different:
    - pool_size: no such key here; left out
    - databases.prod.url: holds a password, which is left out; set PROD_2_PASSWORD to it
    - databases.2nd-site.password: holds a password, which is left out; set DB_2ND_SITE_PASSWORD to it
    - databases.2nd-site.retries: no such key here; left out
    - databases.third.password_env: holds a password, which is left out; set THIRD_PASSWORD to it
    - default_database: "gone" is no key of `databases`; left out
    - comments: left out, as the file is written anew
    - PROD_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    let text = shell.text(TARGET);
    insta::assert_snapshot!(text, @r#"
    version: "1.0"
    databases:
      prod:
        url: http://db1:8529
        database: prod_db
        username: admin
        password_env: PROD_2_PASSWORD
        timeout: 30.0
      "2nd-site":
        url: http://db2:8529
        database: d
        username: u
        password_env: DB_2ND_SITE_PASSWORD
      third:
        url: http://db3:8529
        database: d
        username: u
        password_env: THIRD_PASSWORD
      fine:
        url: http://db4:8529
        database: d
        username: u
        password_env: PROD_PASSWORD
    "#);
    assert!(!told.contains("hunter") && !text.contains("hunter"));
    assert!(shell.run(&["db", "list"]).ends_with("exit 0"));
}

#[test]
fn a_file_that_is_there_is_only_added_to_or_replaced_with_a_yes() {
    let shell = shell(PLAIN);
    shell.put(TARGET, OURS);
    insta::assert_snapshot!(shell.answered("", &["migrate"]), @r#"
    --- stderr
    This will change ~/.mcp-arangodb-async/config.yaml:
    [UPDATE] the whole file is written anew, and a backup is kept; --merge would only add to it
    [ADD] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [ADD] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADD] default_database: production
    Do you want to go on? [y/N] 
    Cancelled: nothing was changed. To go on without being asked, use --yes.
    --- exit 2
    "#);
    assert_eq!(shell.text(TARGET), OURS);
    insta::assert_snapshot!(shell.run(&["migrate", "--merge", "--dry-run"]), @r#"
    migrate (dry-run):
    [ADDED - DRY-RUN] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [EXISTS - DRY-RUN] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADDED - DRY-RUN] default_database: production
    What is different:
    - PROD_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    - STAGING_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    --- ~/.mcp-arangodb-async/config.yaml
    +++ ~/.mcp-arangodb-async/config.yaml
    @@ -1,5 +1,6 @@
     # Mine.
     version: "1.0"
    +default_database: production
     databases:
       own: {url: 'http://own:8529', database: d, username: u}   # keep
       staging:
    @@ -7,3 +8,10 @@
         database: staging_db
         username: app
         password_env: STAGING_PASSWORD
    +  production:
    +    url: http://db1:8529
    +    database: prod_db
    +    username: app
    +    password_env: PROD_PASSWORD
    +    description: Live data
    +    timeout: 60.0
    Dry run: nothing was changed.
    --- exit 0
    "#);
    let told = shell.run(&["migrate", "--merge"]);
    assert!(told.contains("[EXISTS] staging") && told.contains("[ADDED] production"), "{told}");
    let merged = shell.text(TARGET);
    assert!(merged.starts_with("# Mine.") && merged.contains("# keep") && merged.contains("prod_db"), "{merged}");

    shell.put(TARGET, OURS.replace("db2", "db9"));
    let told = shell.run(&["migrate", "--merge", "--yes"]);
    assert!(told.contains("databases.staging: the file has an entry") && told.ends_with("exit 1"), "{told}");
    assert_eq!(shell.text(TARGET), OURS.replace("db2", "db9"));

    shell.put(TARGET, "databases: [\n");
    insta::assert_snapshot!(shell.run(&["migrate", "--yes"]), @r#"
    migrate:
    [ADDED] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [ADDED] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADDED] default_database: production
    What is different:
    - PROD_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    - STAGING_PASSWORD: not set here; before, that was an empty password; now it is an error, so set it where the server is started
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    As it was before: ~/.mcp-arangodb-async/config.yaml.backup-<moment>
    --- exit 0
    "#);
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
    insta::assert_snapshot!(shell.run(&["migrate", "--from-env", "-E", ".env"]), @r#"
    migrate:
    [ADDED] default: url http://db:8529, database shop, username app, password_env ARANGO_PASS, timeout 45
    [ADDED] default_database: default
    What is different:
    - ARANGO_VERIFY_CERTIFICATE: the file has no key for `false`; certificates are checked, and `ca_file` names the authority to trust
    - ARANGO_URL: beside a file it adds the entry `_env_default`; unset it, and of its companions keep only the password
    - MCP_HTTP_HOST: not set: before, all interfaces were listened on; now only 127.0.0.1
    - MCP_HTTP_CORS_ORIGINS: not set: before, every web page could call; now none can
    - .env: read by this command only; set its variables where the server is started
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
    insta::assert_snapshot!(shell.text(TARGET), @r#"
    version: "1.0"
    default_database: default
    databases:
      default:
        url: http://db:8529
        database: shop
        username: app
        password_env: ARANGO_PASS
        timeout: 45
    "#);
    let told = Shell::new().run_with(&["migrate", "--from-env"], &[("ARANGO_URL", "nonsense")]);
    assert!(told.contains("ARANGO_URL: not a URL") && told.ends_with("exit 1"), "{told}");
    insta::assert_snapshot!(Shell::new().run(&["migrate", "--from-env"]), @r#"
    --- stderr
    error: no ARANGO_* variable is set; set ARANGO_URL and its companions, or name a file of them with --environment-file FILE
    --- exit 1
    "#);
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
    insta::assert_snapshot!(shell.run_with(&["migrate"], &variables), @r#"
    migrate:
    [ADDED] production: url http://db1:8529, database prod_db, username app, password_env PROD_PASSWORD, description "Live data", timeout 60.0
    [ADDED] staging: url http://db2:8529, database staging_db, username app, password_env STAGING_PASSWORD
    [ADDED] default_database: production
    What is different:
    - MCP_TRANSPORT: "sse" is not allowed; use `stdio` or `http`; the server does not start with it
    - ARANGO_DATABASES_CONFIG_FILE: names config/databases.yaml; unset it, or have it name the new file
    - ARANGO_URL: before, it did not count beside a file; now it adds the entry `_env_default`; unset it if you do not want that
    Configuration saved to: ~/.mcp-arangodb-async/config.yaml
    --- exit 0
    "#);
}

#[test]
fn what_cannot_be_taken_over_is_an_error_and_writes_nothing() {
    insta::assert_snapshot!(Shell::new().run(&["migrate"]), @r#"
    --- stderr
    error: config/databases.yaml is not there; name the file of the Python version, run the command where that version was run, or take over the ARANGO_* variables with --from-env
    --- exit 1
    "#);
    for (text, fault) in [
        ("databases: \"a\n", "not valid YAML"),
        ("databases:\n  a: hunter2\n", "wrong shape"),
        ("databases:\n  a: {database: d}\n", "databases.a.url: the key is missing"),
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

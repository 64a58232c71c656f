//! Tests of the configuration: what is taken, what is refused, and in which words.

use std::{path::Path, time::Duration};

use super::*;

const PATH: &str = "/etc/arango/config.yaml";

fn parse(text: &str) -> Config {
    file::parse(text, Path::new(PATH)).unwrap()
}

fn refusal(text: &str) -> String {
    file::parse(text, Path::new(PATH)).unwrap_err().in_file(PATH).to_string()
}

/// One entry named `p` with `lines` in it.
fn entry_refusal(lines: &str) -> String {
    refusal(&format!("databases:\n  p:\n    database: prod\n{lines}"))
}

fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).unwrap()
}

const FULL: &str = r#"
version: "1.0"
default_database: production
databases:
  production:
    url: https://db1.example.com:8529
    database: prod_db
    username: prod_user
    password_env: PROD_DB_PASSWORD
    timeout: 12.5
    description: Live data
    read_only: true
    auth: jwt
    max_connections: 8
    max_calls: 4
    rate_limit: 20
    max_rows: 5000
    max_bytes: 1MiB
    max_runtime: 2.5
    memory_limit: 64MB
    ca_file: ca.pem
    tags: [live, eu]
  cluster:
    urls:
      - http://c1:8529
      - http://c2:8529/base
    database: käse
    password_file: /run/secrets/cluster
  scratch:
    url: "embedded:"
  graphs:
    url: embedded:/var/lib/graphs
    database: graphs
"#;

#[test]
fn every_key_of_the_file_reaches_its_field() {
    let config = parse(FULL);
    assert_eq!(config.default_database(), Some(&key("production")));
    let keys: Vec<_> = config.databases().keys().map(DatabaseKey::as_str).collect();
    assert_eq!(keys, ["production", "cluster", "scratch", "graphs"]);

    let production = config.entry(&key("production")).unwrap();
    assert_eq!(production.address.to_string(), "https://db1.example.com:8529");
    assert_eq!(production.database.as_str(), "prod_db");
    assert_eq!(production.username, "prod_user");
    assert_eq!(production.password, PasswordSource::Env("PROD_DB_PASSWORD".into()));
    assert_eq!(production.timeout, Duration::from_millis(12_500));
    assert_eq!(production.description.as_deref(), Some("Live data"));
    assert!(production.read_only && production.verify_certificate);
    assert_eq!(production.auth, AuthMethod::Jwt);
    assert_eq!(production.max_connections.unwrap().get(), 8);
    assert_eq!((production.max_calls.unwrap().get(), production.rate_limit.unwrap().get()), (4, 20));
    assert_eq!(production.max_rows.unwrap().get(), 5000);
    assert_eq!(production.max_bytes.unwrap().get(), 1 << 20);
    assert_eq!(production.max_runtime, Some(Duration::from_millis(2500)));
    assert_eq!(production.memory_limit.unwrap().get(), 64 << 20);
    assert_eq!(production.ca_file.as_deref(), Some(Path::new("/etc/arango/ca.pem")));
    assert_eq!(production.tags, ["live", "eu"]);

    let cluster = config.entry(&key("cluster")).unwrap();
    assert_eq!(cluster.address.to_string(), "http://c1:8529, http://c2:8529/base");
    assert_eq!(cluster.password, PasswordSource::File("/run/secrets/cluster".into()));
    assert_eq!((cluster.username.as_str(), cluster.timeout), ("root", Duration::from_secs(30)));

    let scratch = config.entry(&key("scratch")).unwrap();
    assert_eq!((&scratch.address, scratch.database.as_str()), (&Address::Embedded(None), "_system"));
    let graphs = config.entry(&key("graphs")).unwrap();
    assert_eq!(graphs.address, Address::Embedded(Some(PathBuf::from("/var/lib/graphs"))));
}

#[test]
fn a_file_of_the_original_is_taken_as_it_is() {
    let config = parse(
        "default_database: a\ndatabases:\n  a:\n    url: http://host:8529\n    database: d\n    username: u\n    \
         password_env: V\n    timeout: 30.0\n    description: text\n",
    );
    assert_eq!(config.databases().len(), 1);
}

#[test]
fn an_empty_file_configures_nothing() {
    for text in ["", "# nothing yet\n", "databases:\n", "databases: {}\n", "version: 1.0\n"] {
        assert!(parse(text).databases().is_empty(), "{text:?}");
    }
}

#[test]
fn a_misspelt_key_is_refused_with_its_place_and_the_nearest_right_one() {
    insta::assert_snapshot!(refusal("default_databse: a\n"), @"/etc/arango/config.yaml:1:1: default_databse: unknown key; did you mean `default_database`? Allowed here: version, default_database, databases, access");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    pasword_env: V\n"), @"/etc/arango/config.yaml:5:5: pasword_env: unknown key; did you mean `password_env`? Allowed here: url, urls, database, username, password_env, password_file, timeout, description, read_only, confirm, auth, max_connections, max_calls, rate_limit, max_rows, max_bytes, max_runtime, memory_limit, ca_file, tags");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    zzz: V\n"), @"/etc/arango/config.yaml:5:5: zzz: unknown key; allowed here: url, urls, database, username, password_env, password_file, timeout, description, read_only, confirm, auth, max_connections, max_calls, rate_limit, max_rows, max_bytes, max_runtime, memory_limit, ca_file, tags");
}

#[test]
fn a_password_in_the_file_is_refused_without_being_repeated() {
    let refused = entry_refusal("    url: http://h\n    password: hunter2\n");
    assert!(!refused.contains("hunter2"));
    insta::assert_snapshot!(refused, @"/etc/arango/config.yaml:5:5: password: passwords do not belong in this file; put the name of an environment variable under `password_env`, or the path of a file under `password_file`");
    let refused = entry_refusal("    url: http://h\n    password_env: hunter 2!\n");
    assert!(!refused.contains("hunter"));
    insta::assert_snapshot!(refused, @"/etc/arango/config.yaml:5:19: databases.p.password_env: the value is not the name of an environment variable; use letters, digits and underscores, e.g. PROD_DB_PASSWORD, and set that variable to the password");
    let refused = entry_refusal("    url: http://root:hunter2@h:8529\n");
    assert!(!refused.contains("hunter2"));
    insta::assert_snapshot!(refused, @"/etc/arango/config.yaml:4:10: databases.p.url: the URL holds a user name or password; give them apart: `username` and `password_env` in the file, ARANGO_USERNAME and ARANGO_PASSWORD in the environment");
}

#[test]
fn an_address_is_http_https_or_embedded() {
    insta::assert_snapshot!(entry_refusal("    url: ftp://h\n"), @"/etc/arango/config.yaml:4:10: databases.p.url: the scheme `ftp` is not supported; use http, https or embedded");
    insta::assert_snapshot!(entry_refusal("    url: localhost:8529\n"), @"/etc/arango/config.yaml:4:10: databases.p.url: the scheme `localhost` is not supported; use http, https or embedded");
    insta::assert_snapshot!(entry_refusal("    url: nonsense\n"), @"/etc/arango/config.yaml:4:10: databases.p.url: not a URL: relative URL without a base; use a URL like http://localhost:8529");
    insta::assert_snapshot!(entry_refusal("    url: http://h/?a=1\n"), @"/etc/arango/config.yaml:4:10: databases.p.url: the URL has a query or a fragment; use a URL like http://localhost:8529");
    insta::assert_snapshot!(entry_refusal("    url: embedded:data\n"), @r#"/etc/arango/config.yaml:4:10: databases.p.url: the directory is not an absolute path; use "embedded:" or embedded:/absolute/directory"#);
    insta::assert_snapshot!(entry_refusal("    urls: []\n"), @"/etc/arango/config.yaml:3:5: databases.p.url: the key is missing; say where the database is, e.g. `url: http://localhost:8529`");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    urls: [http://g]\n"), @"/etc/arango/config.yaml:4:10: databases.p.url: `url` and `urls` are both there; keep one of them");
    insta::assert_snapshot!(entry_refusal("    timeout: 3\n"), @"/etc/arango/config.yaml:3:5: databases.p.url: the key is missing; say where the database is, e.g. `url: http://localhost:8529`");
}

#[test]
fn an_embedded_address_needs_no_quotes() {
    for line in ["url: embedded:", "url: embedded:   # in memory", "url: embedded", "url: 'embedded:'"] {
        let config = parse(&format!("databases:\n  a:\n    {line}\n    timeout: 3\n"));
        assert_eq!(config.entry(&key("a")).unwrap().address, Address::Embedded(None), "{line}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for timeout in ["0", "-1", "abc", ".nan", ".inf", "1e9", "\"\""] {
        let refused = entry_refusal(&format!("    url: http://h\n    timeout: {timeout}\n"));
        assert!(refused.contains(":5:14: databases.p.timeout: "), "{refused}");
        assert!(refused.ends_with("use seconds above 0 and at most 86400, e.g. 30.0"), "{refused}");
    }
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    read_only: maybe\n"), @r#"/etc/arango/config.yaml:5:16: databases.p.read_only: "maybe" is neither true nor false; use true or false"#);
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    confirm: always\n"), @r#"/etc/arango/config.yaml:5:14: databases.p.confirm: "always" does not say what to confirm; use destructive or never"#);
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    auth: kerberos\n"), @r#"/etc/arango/config.yaml:5:11: databases.p.auth: "kerberos" is not a way to authenticate; use basic or jwt"#);
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    max_rows: 0\n"), @r#"/etc/arango/config.yaml:5:15: databases.p.max_rows: "0" is not a count; use a whole number above 0"#);
    for size in ["0", "-1", "1.5MB", "12 parsecs", "MB", "99999999999GB", "\"\""] {
        let refused = entry_refusal(&format!("    url: http://h\n    memory_limit: {size}\n"));
        assert!(refused.contains(":5:19: databases.p.memory_limit: "), "{refused}");
        assert!(refused.ends_with("use bytes above 0, or a unit: 512KB, 256MB, 1GB"), "{refused}");
    }
    let refused = entry_refusal("    url: http://h\n    max_runtime: 0\n");
    assert!(refused.contains("databases.p.max_runtime: ") && refused.contains("seconds above 0"), "{refused}");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    username: \"\"\n"), @"/etc/arango/config.yaml:5:15: databases.p.username: the value is empty; give it a value or remove the key");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    tags: x\n"), @"/etc/arango/config.yaml:5:11: tags: the value has the wrong shape; it should be a list, e.g. [a, b]");
    insta::assert_snapshot!(refusal("databases:\n  p:\n    url: http://h\n    database: a/b\n"), @r#"/etc/arango/config.yaml:4:15: databases.p.database: illegal database name "a/b": control characters and `/` are not allowed"#);
    insta::assert_snapshot!(refusal("databases:\n  p:\n    url: http://h\n"), @"/etc/arango/config.yaml:3:5: databases.p.database: the key is missing; name the database on the server, e.g. `database: _system`");
    insta::assert_snapshot!(refusal("databases:\n  \" p\":\n    url: http://h\n    database: d\n"), @"/etc/arango/config.yaml:3:5: databases. p: not a key: it begins or ends with white space");
    insta::assert_snapshot!(refusal("version: 9\n"), @r#"/etc/arango/config.yaml:1:10: version: "9" is not a version of this format; use "1.0""#);
}

#[test]
fn a_default_that_is_not_configured_is_refused() {
    let with = |default: &str| format!("default_database: {default}\n{}", FULL.split_once("production\n").unwrap().1);
    insta::assert_snapshot!(refusal(&with("prodution")), @r#"/etc/arango/config.yaml:1:19: default_database: "prodution" is not a key of `databases`; did you mean `production`?"#);
    insta::assert_snapshot!(refusal(&with("xyz")), @r#"/etc/arango/config.yaml:1:19: default_database: "xyz" is not a key of `databases`; use one of: production, cluster, scratch, graphs"#);
    insta::assert_snapshot!(refusal("default_database: a\n"), @r#"/etc/arango/config.yaml:1:19: default_database: "a" is not a key of `databases`; no databases are configured: remove it or add the database"#);
}

#[test]
fn what_is_not_yaml_or_has_the_wrong_shape_is_refused_with_its_place() {
    insta::assert_snapshot!(refusal("databases: [a]\n"), @"/etc/arango/config.yaml:1:12: databases: the value has the wrong shape; it should be keys with values, indented below it");
    insta::assert_snapshot!(refusal("just a sentence\n"), @"/etc/arango/config.yaml:1:1: the value has the wrong shape; it should be keys with values, indented below it");
    insta::assert_snapshot!(refusal("databases:\n  p: x\n"), @"/etc/arango/config.yaml:2:6: p: the value has the wrong shape; it should be keys with values, indented below it");
    insta::assert_snapshot!(refusal("databases: {\n"), @"/etc/arango/config.yaml:1:12: not valid YAML: unclosed bracket '{' at line 1, column 12");
    insta::assert_snapshot!(refusal("version: 1.0\nversion: 1.0\n"), @"/etc/arango/config.yaml:2:1: version: the key is there twice; remove one of them");
    insta::assert_snapshot!(refusal("databases:\n  p:\n    url: http://h\n    database: d\n  p:\n    url: http://h\n"), @"/etc/arango/config.yaml:5:3: p: the key is there twice; remove one of them");
    insta::assert_snapshot!(entry_refusal("    url: http://h\n    url: http://g\n"), @"/etc/arango/config.yaml:5:5: url: the key is there twice; remove one of them");
    insta::assert_snapshot!(entry_refusal("    url: [http://h]\n"), @"/etc/arango/config.yaml:4:10: url: the value has the wrong shape; it should be a single value");
}

#[test]
fn deep_nesting_and_alias_bombs_end_in_an_error() {
    refusal(&"[".repeat(100_000));
    let bomb = (1..40)
        .fold("databases: &a0 [x]\n".to_owned(), |text, n| format!("{text}k{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1));
    refusal(&bomb);
}

fn load(path: Option<&Path>, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(path, &env.iter().copied().collect::<MapEnv>())
}

fn only_entry(config: &Config) -> (&str, &DatabaseEntry) {
    assert_eq!(config.databases().len(), 1);
    let (key, entry) = config.databases().first().unwrap();
    (key.as_str(), entry)
}

#[test]
fn without_a_file_the_environment_describes_the_database() {
    let config = load(
        None,
        &[
            ("ARANGO_URL", "https://db:8530"),
            ("ARANGO_DB", "shop"),
            ("ARANGO_USER", "me"),
            ("ARANGO_PASS", "hunter2"),
            ("ARANGO_TIMEOUT_SEC", "5"),
            ("ARANGO_VERIFY_CERTIFICATE", "False"),
        ],
    )
    .unwrap();
    let (name, entry) = only_entry(&config);
    assert_eq!((name, config.default_database().unwrap().as_str()), ("default", "default"));
    assert_eq!(config.source(), &Source::Environment);
    assert_eq!((entry.address.to_string().as_str(), entry.database.as_str()), ("https://db:8530", "shop"));
    assert_eq!((entry.username.as_str(), entry.timeout), ("me", Duration::from_secs(5)));
    assert_eq!(entry.password, PasswordSource::Env("ARANGO_PASS".into()));
    assert!(!entry.verify_certificate);
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn the_original_names_of_variables_win_over_the_short_ones() {
    let env =
        [("ARANGO_USERNAME", "long"), ("ARANGO_USER", "short"), ("ARANGO_PASSWORD", "long"), ("ARANGO_PASS", "short")];
    let config = load(None, &env).unwrap();
    let (_, entry) = only_entry(&config);
    assert_eq!(entry.username, "long");
    assert_eq!(entry.password, PasswordSource::Env("ARANGO_PASSWORD".into()));
    assert_eq!((entry.address.to_string().as_str(), entry.database.as_str()), ("http://localhost:8529", "_system"));
}

#[test]
fn with_nothing_configured_there_is_the_local_system_database() {
    let config = load(None, &[]).unwrap();
    let (name, entry) = only_entry(&config);
    assert_eq!((name, entry.origin), ("_system", Origin::BuiltIn));
    assert_eq!((entry.address.to_string().as_str(), entry.database.as_str()), ("http://localhost:8529", "_system"));
    assert_eq!((config.source(), config.default_database()), (&Source::BuiltIn, None));
}

#[test]
fn bad_values_in_the_environment_are_errors() {
    let refused = |name: &str, value: &str| load(None, &[(name, value)]).unwrap_err().to_string();
    insta::assert_snapshot!(refused("ARANGO_TIMEOUT_SEC", "soon"), @r#"ARANGO_TIMEOUT_SEC: "soon" is not a time; use seconds above 0 and at most 86400, e.g. 30.0"#);
    insta::assert_snapshot!(refused("ARANGO_URL", "localhost"), @"ARANGO_URL: not a URL: relative URL without a base; use a URL like http://localhost:8529");
    insta::assert_snapshot!(refused("ARANGO_DB", "a/b"), @r#"ARANGO_DB: illegal database name "a/b": control characters and `/` are not allowed"#);
    insta::assert_snapshot!(
        load(None, &[("ARANGO_URL", "http://h"), ("ARANGO_VERIFY_CERTIFICATE", "no")]).unwrap_err().to_string(), @r#"ARANGO_VERIFY_CERTIFICATE: "no" is not allowed; use `true` or `false`"#
    );
    let refused = refused("ARANGO_URL", "http://u:hunter2@h");
    assert!(!refused.contains("hunter2"), "{refused}");
}

#[test]
fn beside_a_file_the_environment_is_one_more_entry_only_when_it_has_an_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, FULL).unwrap();
    let config = load(Some(&path), &[("ARANGO_DB", "shop")]).unwrap();
    assert_eq!((config.databases().len(), config.environment_key()), (4, None));
    assert!(config.warnings().iter().any(|warning| warning.starts_with("ARANGO_DB: \"shop\"")));

    let config = load(Some(&path), &[("ARANGO_DB", "shop"), ("ARANGO_URL", "http://h")]).unwrap();
    assert_eq!(config.environment_key(), Some(&key("_env_default")));
    assert_eq!(config.databases().last().unwrap().0, &key("_env_default"));
    assert_eq!(config.default_database(), Some(&key("production")));
}

#[test]
fn the_file_is_the_named_one_then_the_variable_then_the_one_at_home_and_never_the_working_directory() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "version: '1.0'\n").unwrap();
        path
    };
    let (flag, variable, home) = (at("flag.yaml"), at("variable.yaml"), at(".mcp-arangodb-async/config.yaml"));
    let both = MapEnv::from([
        ("ARANGO_DATABASES_CONFIG_FILE", variable.to_str().unwrap()),
        ("HOME", folder.path().to_str().unwrap()),
    ]);
    assert_eq!(file::locate(Some(&flag), &both).unwrap(), Some(flag));
    assert_eq!(file::locate(None, &both).unwrap(), Some(variable));
    let only_home = MapEnv::from([("HOME", folder.path().to_str().unwrap())]);
    assert_eq!(file::locate(None, &only_home).unwrap(), Some(home));
    assert_eq!(file::locate(None, &MapEnv::default()).unwrap(), None);
    let tilde = MapEnv::from([("ARANGO_DATABASES_CONFIG_FILE", "~/x.yaml"), ("HOME", "/home/me")]);
    assert_eq!(file::locate(None, &tilde).unwrap(), Some(PathBuf::from("/home/me/x.yaml")));
}

#[test]
fn a_named_file_that_is_not_there_is_an_error() {
    let refused = load(Some(Path::new("/nowhere/config.yaml")), &[]).unwrap_err().to_string();
    assert!(refused.starts_with("/nowhere/config.yaml: the file cannot be read: "), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, FULL).unwrap();
    for (mode, warnings) in [(0o600, 0), (0o644, 1), (0o660, 1)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(load(Some(&path), &[]).unwrap().warnings().len(), warnings, "{mode:o}");
    }
}

#[test]
fn an_entry_of_the_command_line_takes_the_place_of_the_built_in_default() {
    let entry =
        DatabaseEntry::new(Address::Embedded(None), DatabaseName::parse("_system").unwrap(), Origin::CommandLine);
    let config = load(None, &[]).unwrap().with_database(key("embedded"), entry, true);
    assert_eq!(only_entry(&config).0, "embedded");
    assert_eq!((config.source(), config.default_database()), (&Source::CommandLine, Some(&key("embedded"))));
}

#[test]
fn the_example_in_the_repository_is_valid() {
    let config = parse(include_str!("../../config.example.yaml"));
    assert_eq!(config.databases().len(), 3);
    assert_eq!(config.default_database(), Some(&key("production")));
}

#[test]
fn of_what_holds_for_the_server_and_for_a_database_the_stricter_counts() {
    let text = "databases:\n  a:\n    url: \"embedded:\"\n    confirm: destructive\n  b:\n    url: \"embedded:\"\n    read_only: true\n";
    let config = || file::parse(text, Path::new("/c.yaml")).unwrap();
    let of = |config: &Config| config.databases().values().map(|e| (e.read_only, e.confirm)).collect::<Vec<_>>();
    let (never, destructive) = (Confirm::Never, Confirm::Destructive);
    assert_eq!(of(&config().guarded(false, never)), [(false, destructive), (true, never)]);
    assert_eq!(of(&config().guarded(true, destructive)), [(true, destructive), (true, destructive)]);
    assert!(config().guarded(true, never).all_read_only() && !config().all_read_only());
    assert!(config().any_confirms() && !Config::empty(Source::CommandLine).guarded(true, destructive).any_confirms());
}

//! `doctor` as a shell sees it: whole reports, on databases that are well and on those that are not.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::PathBuf,
    process::{Command, Output},
    thread,
};

use axum::{Router, http::Uri};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    engine::{Engine, PASSWORD},
    program,
};

/// A home of its own with a configuration.
struct Patient {
    home: TempDir,
}

impl Patient {
    /// Without any configuration.
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn add(&self, key: &str, url: &str, more: &[&str]) {
        let output = self.command(&[&["db", "add", key, "--yes", "--url", url], more].concat()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn config(&self) -> PathBuf {
        self.home.path().join(".mcp-arangodb-async/config.yaml")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = program(self.home.path());
        command.args(words).env("PW", PASSWORD).env("WRONG", "not-the-word");
        command
    }

    fn doctor(&self, words: &[&str]) -> String {
        self.told(&self.command(&[&["doctor"], words].concat()).output().unwrap())
    }

    /// Everything it printed and its exit code, without what differs from run to run. There is never a password in it.
    fn told(&self, output: &Output) -> String {
        let text = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
        assert!(!text.contains(PASSWORD) && !text.contains("not-the-word"), "{text}");
        let text = text.replace(self.home.path().to_str().unwrap(), "~").replace(env!("CARGO_PKG_VERSION"), "VERSION");
        let lines: Vec<_> = text.lines().map(steady).collect();
        format!("{}\n--- exit {}", lines.join("\n"), output.status.code().unwrap())
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.command(&[&["doctor", "--json"], words].concat()).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// A line without times, ports and the number of tools.
fn steady(line: &str) -> String {
    let mut words: Vec<_> = line.split(' ').map(str::to_owned).collect();
    for at in 0..words.len() {
        if words[at].starts_with("ms") && at > 0 {
            "N".clone_into(&mut words[at - 1]);
        }
        let word = &words[at];
        if let Some((before, port)) = word.split_once("127.0.0.1:") {
            let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
            let port = if &port[..end] == "1" { "1" } else { "PORT" };
            words[at] = format!("{before}127.0.0.1:{port}{}", &word[before.len() + "127.0.0.1:".len() + end..]);
        }
    }
    let line = words.join(" ");
    match line.split_once("tools: it lists ") {
        Some((before, count)) => {
            assert!(count.parse::<usize>().unwrap() > 10, "{line}");
            format!("{before}tools: it lists N")
        }
        None => line,
    }
}

/// A report from the heading of a group on, up to the next group.
fn group<'a>(report: &'a str, heading: &str) -> &'a str {
    let begin = report.find(heading).unwrap_or_else(|| panic!("no {heading} in {report}"));
    report[begin..].split("\n\n").next().unwrap()
}

/// An engine with the database `shop` and users with different rights.
fn engine(patient: &Patient) -> Engine {
    let engine = Engine::start(patient.home.path(), &["--root-password-env", "PW"]);
    engine.post("/_api/database", json!({ "name": "shop" }));
    for user in ["app", "reader", "stranger"] {
        engine.post("/_api/user", json!({ "user": user, "passwd": PASSWORD }));
    }
    engine.put("/_api/user/app/database/shop", json!({ "grant": "rw" }));
    engine.put("/_api/user/reader/database/shop", json!({ "grant": "ro" }));
    engine
}

#[test]
fn where_all_is_well_each_check_says_so() {
    let patient = Patient::new();
    let engine = engine(&patient);
    patient.add("live", &engine.url, &["-d", "shop", "-U", "app", "-P", "PW"]);
    patient.add("archive", &engine.url, &["-d", "shop", "-U", "reader", "-P", "PW", "--read-only", "--auth", "jwt"]);
    patient.add("scratch", "embedded:", &[]);
    assert!(patient.command(&["db", "default", "live"]).status().unwrap().success());
    insta::assert_snapshot!(patient.doctor(&[]), @r#"
    Configuration
    ✓ file: ~/.mcp-arangodb-async/config.yaml is valid: 3 databases
    ✓ permissions: file 600, folder 700
    ✓ password: of live: $PW is set
    ✓ password: of archive: $PW is set
    ✓ default: a call that names no database uses live (`default_database` of the configuration)

    Database live: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✓ authentication: app is let in with the password
    ✓ database: shop is there
    ✓ rights: app may read and write
    ✓ version: ArangoDB 3.12.5 (community, single), N ms
    ✓ clock: the server's agrees with that of this machine to the minute

    Database archive: shop on http://127.0.0.1:PORT, as reader
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✓ authentication: reader is let in with a token
    ✓ database: shop is there
    ✓ rights: reader may only read, and so says the entry
    ✓ version: ArangoDB 3.12.5 (community, single), N ms
    ✓ clock: the server's agrees with that of this machine to the minute

    Database scratch: _system on embedded:, as root
    ✓ engine: the engine in this program; what is in it is gone when the server ends

    MCP server, over stdio
    ✓ initialize: mcp-arangodb-async VERSION answers, protocol 2025-11-25
    ✓ discover: it answers without a session too, protocol 2026-07-28
    ✓ tools: it lists N
    ✓ end: it ends when its client goes away

    All is well.
    --- exit 0
    "#);
    let report = patient.json(&["--database", "archive"]);
    assert_eq!((&report["ok"], &report["failures"], &report["warnings"]), (&json!(true), &json!(0), &json!(0)));
    let groups: Vec<_> = report["groups"].as_array().unwrap().iter().map(|group| &group["group"]).collect();
    assert_eq!(groups, ["configuration", "database", "server"]);
    assert_eq!(report["groups"][1]["database"], "archive");
    let tcp = &report["groups"][1]["checks"][0];
    assert_eq!((&tcp["check"], &tcp["status"], tcp.get("advice")), (&json!("tcp"), &json!("ok"), None));
}

#[test]
fn each_trouble_with_a_user_or_a_database_has_its_own_line_and_what_to_do() {
    let patient = Patient::new();
    let engine = engine(&patient);
    let on = |key, more: &[&str]| patient.add(key, &engine.url, more);
    on("stranger", &["-d", "shop", "-U", "stranger", "-P", "PW"]);
    on("wrong", &["-d", "shop", "-U", "app", "-P", "WRONG"]);
    on("token", &["-d", "shop", "-U", "app", "-P", "WRONG", "--auth", "jwt"]);
    on("bare", &["-d", "shop", "-U", "app", "--no-password"]);
    on("missing db", &["-d", "shp", "-U", "app", "-P", "PW"]);
    on("unset", &["-d", "shop", "-U", "app", "-P", "UNSET"]);
    insta::assert_snapshot!(patient.doctor(&[]), @r#"
    Configuration
    ✓ file: ~/.mcp-arangodb-async/config.yaml is valid: 6 databases
    ✓ permissions: file 600, folder 700
    ✓ password: of stranger: $PW is set
    ✓ password: of wrong: $WRONG is set
    ✓ password: of token: $WRONG is set
    ✓ password: of missing db: $PW is set
    ✗ password: of unset: $UNSET is not set
      set UNSET where this command and the server are started, or name a file that sets it with --environment-file FILE
    ✓ default: a call that names no database uses stranger (the first configured database, or `_system` on http://localhost:8529 with none configured)

    Database stranger: shop on http://127.0.0.1:PORT, as stranger
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✓ authentication: stranger is let in with the password
    ✗ rights: the user stranger has no rights in the database shop
      change it as an administrator: mcp-arangodb-async user grant stranger shop --permission rw --database stranger

    Database wrong: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✗ authentication: app is not let in: not authorized to execute this request [HTTP 401, error 11]
      check that $WRONG is the password of app, and that the server has this user

    Database token: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✗ authentication: app is not let in: not authorized to execute this request [HTTP 401, error 11]
      check that $WRONG is the password of app, and that the server has this user

    Database bare: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✗ authentication: app is not let in: not authorized to execute this request [HTTP 401, error 11]
      name a password: mcp-arangodb-async db update bare --password-env VARIABLE

    Database missing db: shp on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✓ authentication: app is let in with the password
    ✗ database: there is no database shp on this server
      name another: mcp-arangodb-async db update 'missing db' --database NAME; or create it: mcp-arangodb-async admin database create shp --database 'missing db'

    Database unset: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✗ authentication: not tried without the password
      see `password` above: it is what has to be mended

    MCP server, over stdio
    ✓ initialize: mcp-arangodb-async VERSION answers, protocol 2025-11-25
    ✓ discover: it answers without a session too, protocol 2026-07-28
    ✓ tools: it lists N
    ✓ end: it ends when its client goes away

    7 failures.
    --- exit 1
    
    "#);
}

#[test]
fn each_trouble_on_the_way_to_a_server_has_its_own_line_and_what_to_do() {
    let patient = Patient::new();
    let engine = engine(&patient);
    let user = ["-d", "shop", "-U", "app", "-P", "PW"];
    let encrypted = engine.url.replace("http:", "https:");
    patient.add("down", "http://127.0.0.1:1", &user);
    // Longer than a name may be, so that nobody is asked for it.
    patient.add("unknown", &format!("http://{}.test", "x".repeat(70)), &user);
    patient.add("encrypted", &encrypted, &user);
    patient.add("untrusted", &encrypted, &[&user[..], &["--ca-file", "ca"]].concat());
    let told = patient.doctor(&[]);
    let found = ["down", "encrypted", "untrusted"].map(|key| group(&told, &format!("Database {key}")));
    insta::assert_snapshot!(found.join("\n\n"), @r#"
    Database down: shop on http://127.0.0.1:1, as app
    ✗ tcp: http://127.0.0.1:1 accepts no connection: Connection refused (os error 111)
      check host and port in `url`, that the server runs, and that no firewall is between

    Database encrypted: shop on https://127.0.0.1:PORT, as app
    ✓ tcp: https://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✗ tls: https://127.0.0.1:PORT: no encrypted connection: received corrupt message of type InvalidContentType; if your own authority signed its certificate, name that authority's file under `ca_file`
      check that the URL names the host as the certificate does, that the port speaks TLS (else use http://), and that the certificate has not expired

    Database untrusted: shop on https://127.0.0.1:PORT, as app
    ✓ tcp: https://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✗ tls: ca_file ~/ca: No such file or directory (os error 2)
      name the file of an authority: mcp-arangodb-async db update untrusted --ca-file FILE
    "#);
    // How it is told that there is no such name differs from system to system.
    let unknown = group(&told, "Database unknown").replace(&"x".repeat(70), "x…x");
    assert!(unknown.contains("✗ dns: http://x…x.test: its name cannot be resolved: "), "{unknown}");
    assert!(told.ends_with("\n4 failures.\n--- exit 1"), "{told}");
    let report = patient.json(&["--database", "down"]);
    assert_eq!((&report["ok"], &report["failures"]), (&json!(false), &json!(1)));
    let tcp = &report["groups"][1]["checks"][0];
    assert_eq!((&tcp["check"], &tcp["status"]), (&json!("tcp"), &json!("failure")));
    assert!(tcp["advice"].as_str().unwrap().contains("that the server runs"));
}

#[test]
fn a_server_that_says_nothing_or_something_else_is_given_up() {
    let patient = Patient::new();
    let listen = || std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (silent, page) = (listen(), listen());
    let url = |of: &std::net::TcpListener| format!("http://{}", of.local_addr().unwrap());
    patient.add("silent", &url(&silent), &["-d", "shop", "-U", "app", "-P", "PW", "--timeout", "2"]);
    patient.add("page", &url(&page), &["-d", "shop", "-U", "app", "-P", "PW"]);
    thread::spawn(move || {
        while let Ok((mut stream, _)) = page.accept() {
            drop(stream.read(&mut [0; 4096]));
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n<h1>Hi</h1>"));
        }
    });
    let told = patient.doctor(&[]);
    let found = ["silent", "page"].map(|key| group(&told, &format!("Database {key}")));
    insta::assert_snapshot!(found.join("\n\n"), @r#"
    Database silent: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✗ answer: http://127.0.0.1:PORT did not answer within 2 seconds
      look at the load and the log of the server, and that this is its port; or give it more time: mcp-arangodb-async db update silent --timeout SECONDS

    Database page: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✗ answer: unexpected answer with HTTP status 200: <h1>Hi</h1>
      check that this is the port of ArangoDB's HTTP API, and not https:// where `url` says http://
    "#);
}

#[test]
fn rights_that_do_not_fit_the_entry_are_warnings() {
    let patient = Patient::new();
    let engine = engine(&patient);
    patient.add("guarded", &engine.url, &["-d", "shop", "-U", "app", "-P", "PW", "--read-only"]);
    patient.add("root", &engine.url, &["-d", "shop", "-U", "root", "-P", "PW", "--read-only"]);
    patient.add("reader", &engine.url, &["-d", "shop", "-U", "reader", "-P", "PW"]);
    let elsewhere = patient.home.path().join("a b.yaml");
    fs::rename(patient.config(), &elsewhere).unwrap();
    let told = patient.doctor(&["-C", elsewhere.to_str().unwrap()]);
    let lines: Vec<_> = told.lines().skip_while(|line| !line.starts_with("Database")).collect();
    let rights = lines.windows(2).filter(|pair| pair[0].contains("rights: ")).flatten();
    insta::assert_snapshot!(rights.copied().collect::<Vec<_>>().join("\n"), @r#"
    ! rights: the entry is read-only, but app may write; only this program holds it back
      change it as an administrator: mcp-arangodb-async user grant app shop --permission ro --database guarded --config-file '~/a b.yaml'
    ! rights: the entry is read-only, but root may write; only this program holds it back
      use a user other than root, one that may only read
    ! rights: reader may only read: whatever writes will fail
      say so: mcp-arangodb-async db update reader --read-only --config-file '~/a b.yaml'; or change it as an administrator: mcp-arangodb-async user grant reader shop --permission rw --database reader --config-file '~/a b.yaml'
    "#);
    assert!(told.ends_with("\n3 warnings.\n--- exit 0"), "{told}");
}

#[test]
fn one_coordinator_that_is_down_is_a_warning() {
    let patient = Patient::new();
    let engine = engine(&patient);
    let words = ["--url", &engine.url, "-d", "shop", "-U", "app", "-P", "PW"];
    patient.add("cluster", "http://127.0.0.1:1", &words);
    let told = patient.doctor(&[]);
    let found = group(&told, "Database cluster");
    assert!(found.contains("! tcp: http://127.0.0.1:1 accepts no connection: "), "{found}");
    assert!(found.contains("✓ tcp: http://127.0.0.1:PORT accepts connections"), "{found}");
    assert!(found.contains("✓ rights: app may read and write"), "{found}");
    assert!(told.ends_with("\n1 warning.\n--- exit 0"), "{told}");
}

#[test]
fn without_a_configuration_it_says_what_would_be_used_and_what_to_do() {
    let patient = Patient::new();
    let told = patient.doctor(&[]);
    insta::assert_snapshot!(group(&told, "Configuration"), @r#"
    Configuration
    ! file: none, and no ARANGO_* variables: root without a password on http://localhost:8529 would be used
      add a database: mcp-arangodb-async db add KEY --url URL --database NAME --username USER --password-env VARIABLE
    ✓ default: a call that names no database uses _system (the first configured database, or `_system` on http://localhost:8529 with none configured)
    "#);
    assert!(told.contains("\nDatabase _system: _system on http://localhost:8529, as root\n"), "{told}");
    let told = patient.doctor(&["-C", "/nowhere/config.yaml"]);
    insta::assert_snapshot!(told, @r#"
    Configuration
    ✗ file: /nowhere/config.yaml: the file cannot be read: No such file or directory (os error 2)
      mend this first: the server does not start, and nothing else was checked

    1 failure.
    --- exit 1
    "#);
}

#[test]
fn a_database_of_the_environment_is_corrected_there() {
    let patient = Patient::new();
    let engine = engine(&patient);
    let variables = patient.home.path().join("variables");
    let text = format!("ARANGO_URL={}\nARANGO_DB=shp\nARANGO_USERNAME=app\nARANGO_PASSWORD={PASSWORD}\n", engine.url);
    fs::write(&variables, text).unwrap();
    let told = patient.doctor(&["-E", variables.to_str().unwrap()]);
    assert!(told.contains("\n✓ password: of default: $ARANGO_PASSWORD is set\n"), "{told}");
    assert!(
        told.contains("\n✗ database: there is no database shp on this server\n  name another: set ARANGO_DB; "),
        "{told}"
    );
    assert!(told.contains("\n✓ end: "), "{told}");
    let mut command = patient.command(&["doctor"]);
    let told = patient.told(&command.env("ARANGO_URL", "nonsense").output().unwrap());
    assert!(told.starts_with("Configuration\n✗ environment: ARANGO_URL: not a URL"), "{told}");
}

#[test]
fn a_broken_file_is_told_with_its_place_and_nothing_else_is_tried() {
    let patient = Patient::new();
    patient.add("a", "embedded:", &[]);
    fs::write(patient.config(), "databases:\n  a:\n    url: http://h\n    databse: d\n").unwrap();
    let told = patient.doctor(&[]);
    assert!(
        told.starts_with("Configuration\n✗ file: ~/.mcp-arangodb-async/config.yaml:4:5: databse: unknown key; did")
    );
    assert!(told.ends_with("\n\n1 failure.\n--- exit 1") && !told.contains("MCP server"), "{told}");
    let told = patient.doctor(&["--json"]);
    assert!(told.ends_with("--- exit 1") && told.contains("\"check\": \"file\""), "{told}");
}

#[test]
fn a_default_that_names_nothing_fails_or_warns() {
    let patient = Patient::new();
    patient.add("a", "embedded:", &[]);
    let doctor = |variables: &[(&str, &str)]| {
        let mut command = patient.command(&["doctor"]);
        patient.told(&command.envs(variables.iter().copied()).output().unwrap())
    };
    let told = doctor(&[("MCP_DEFAULT_DATABASE", "b")]);
    assert!(told.contains("✗ default: a call that names no database fails: database \"b\" (from the env"), "{told}");
    assert!(told.contains("db default KEY\n") && told.ends_with("exit 1"), "{told}");
    let told = doctor(&[("MCP_DEFAULT_DATABASE", "a"), ("ARANGO_DB", "b")]);
    assert!(told.contains("✓ default: a call that names no database uses a (the environment variable MCP"), "{told}");
    assert!(told.contains("! default: ARANGO_DB: \"b\" is not a configured database\n"), "{told}");
    assert!(told.ends_with("\n1 warning.\n--- exit 0"), "{told}");
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_or_change_are_told_with_the_command_that_mends_it() {
    use std::os::unix::fs::PermissionsExt;
    let patient = Patient::new();
    patient.add("a", "embedded:", &["--password-file", "pw"]);
    let set = |path: &str, mode| {
        fs::set_permissions(patient.home.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    let password = patient.home.path().join("pw");
    let found = || group(&patient.doctor(&[]), "Configuration").to_owned();
    insta::assert_snapshot!(found(), @r#"
    Configuration
    ✓ file: ~/.mcp-arangodb-async/config.yaml is valid: 1 database
    ✓ permissions: file 600, folder 700
    ✗ password: of a: ~/pw cannot be read: No such file or directory (os error 2)
      put the password into the first line of that file, readable by the user who starts the server
    ✓ default: a call that names no database uses a (the first configured database, or `_system` on http://localhost:8529 with none configured)
    "#);
    fs::write(&password, "").unwrap();
    assert!(found().contains("✗ password: of a: ~/pw is empty\n"), "{}", found());
    fs::write(&password, PASSWORD).unwrap();
    set("pw", 0o600);
    assert!(found().contains("✓ password: of a: ~/pw can be read\n"), "{}", found());
    set("pw", 0o640);
    set(".mcp-arangodb-async/config.yaml", 0o644);
    insta::assert_snapshot!(found(), @r#"
    Configuration
    ✓ file: ~/.mcp-arangodb-async/config.yaml is valid: 1 database
    ! permissions: file 644, folder 700: others can read the file
      chmod 600 ~/.mcp-arangodb-async/config.yaml
    ! password: of a: others can read or change ~/pw (mode 640)
      chmod 600 ~/pw
    ✓ default: a call that names no database uses a (the first configured database, or `_system` on http://localhost:8529 with none configured)
    "#);
    set(".mcp-arangodb-async/config.yaml", 0o666);
    set(".mcp-arangodb-async", 0o777);
    insta::assert_snapshot!(found(), @r#"
    Configuration
    ✓ file: ~/.mcp-arangodb-async/config.yaml is valid: 1 database
    ✗ permissions: file 666, folder 777: others can put another file in its place
      chmod go-w ~/.mcp-arangodb-async
    ✗ permissions: file 666, folder 777: others can change the file
      chmod 600 ~/.mcp-arangodb-async/config.yaml
    ! password: of a: others can read or change ~/pw (mode 640)
      chmod 600 ~/pw
    ✓ default: a call that names no database uses a (the first configured database, or `_system` on http://localhost:8529 with none configured)
    "#);
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let patient = Patient::new();
    patient.add("a", "embedded:", &[]);
    let mut command = patient.command(&["doctor"]);
    let told = patient.told(&command.env("MCP_HTTP_PORT", "http").output().unwrap());
    insta::assert_snapshot!(group(&told, "MCP server"), @r#"
    MCP server, over stdio
    ✗ initialize: it ended before it answered initialize; it said: error: MCP_HTTP_PORT: "http" is not a port; use a number from 1 to 65535
      start it by hand and read what it says: mcp-arangodb-async server --transport stdio
    "#);
    assert!(told.ends_with("\n1 failure.\n--- exit 1"), "{told}");
}

#[test]
fn colours_are_for_terminals_and_no_color_turns_them_off() {
    let patient = Patient::new();
    patient.add("a", "embedded:", &[]);
    let coloured = |variables: &[(&str, &str)]| {
        let output = patient.command(&["doctor"]).envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&b'\x1b')
    };
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

/// A server of another version whose clock is wrong.
async fn stranger(uri: Uri) -> ([(&'static str, &'static str); 1], String) {
    let body = match uri.path().rsplit('/').next().unwrap() {
        "version" => json!({ "server": "arango", "license": "community", "version": "3.10.14" }),
        "role" => json!({ "role": "COORDINATOR" }),
        "mode" => json!({ "mode": "readonly" }),
        _ => json!({ "result": "rw" }),
    };
    ([("date", "Sun, 06 Nov 1994 08:49:37 GMT")], body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_a_wrong_clock_and_a_server_that_takes_no_writes_are_warnings() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = axum::serve(listener, Router::new().fallback(stranger));
    tokio::spawn(async move { server.await });
    let told = tokio::task::spawn_blocking(move || {
        let patient = Patient::new();
        patient.add("old", &url, &["-d", "shop", "-U", "app", "--no-password"]);
        patient.doctor(&[])
    });
    let told = told.await.unwrap();
    let found = group(&told, "Database old");
    let clock = found.lines().position(|line| line.starts_with("! clock: the server's is ")).unwrap();
    let (before, clock): (Vec<_>, Vec<_>) = (found.lines().take(clock).collect(), found.lines().skip(clock).collect());
    assert!(clock[0].ends_with(" seconds behind that of this machine"), "{found}");
    insta::assert_snapshot!(before.join("\n"), @r#"
    Database old: shop on http://127.0.0.1:PORT, as app
    ✓ tcp: http://127.0.0.1:PORT accepts connections (127.0.0.1:PORT)
    ✓ tls: not encrypted, and need not be: the server is on this machine
    ✓ authentication: app is let in without a password
    ✓ database: shop is there
    ! rights: app may write, but the server takes no writes at present
      an administrator of the server can end its read-only mode
    ! version: ArangoDB 3.10.14 (community, coordinator), N ms: older than 3.11, the oldest version that is supported
      update the server; until then some calls may fail
    "#);
    assert!(told.ends_with("\n3 warnings.\n--- exit 0"), "{told}");
}

//! `client-config`: what it prints, what it writes and leaves alone, and whether the client can then really use it.

use std::{fmt::Write as _, fs, process::Command};

use serde_json::{Value, json};

use crate::support::{
    engine::{Engine, PASSWORD},
    initialize,
    shell::Shell,
    stdio::Client,
    success,
};

/// Every client, with the file it reads on this system, the key of its servers, and how it names a variable.
const CLIENTS: [(&str, &str, &str); 7] = [
    ("claude-desktop", ".config/Claude/claude_desktop_config.json", "mcpServers"),
    ("claude-code", ".claude.json", "mcpServers"),
    ("cursor", ".cursor/mcp.json", "mcpServers"),
    ("vscode", ".config/Code/User/mcp.json", "servers"),
    ("windsurf", ".codeium/windsurf/mcp_config.json", "mcpServers"),
    ("zed", ".config/zed/settings.json", "context_servers"),
    ("gemini-cli", ".gemini/settings.json", "mcpServers"),
];

const CONFIG: &str = "databases:
  live: {url: 'https://db1:8529', database: shop, username: app, password_env: LIVE_PASSWORD}
  test: {url: 'http://db2:8529', database: shop, username: app, password_env: TEST_PASSWORD}
  copy: {url: 'http://db3:8529', database: shop, username: app, password_env: TEST_PASSWORD}
";

/// As a person writes it, for a client that takes comments.
const ZED: &str = "// Zed
{
\t\"theme\": \"One Dark\", // at night
\t/* servers */
\t\"context_servers\": {
\t\t\"other\": { \"command\": \"other\", \"args\": [ ], }, // not ours
\t},
\t\"vim_mode\": true,
}
";

fn shell() -> Shell {
    let shell = Shell::new();
    shell.put(".mcp-arangodb-async/config.yaml", CONFIG);
    shell
}

#[test]
fn every_client_is_told_in_its_own_words_and_never_a_password() {
    let shell = shell();
    let variables = [("LIVE_PASSWORD", "hunter2"), ("TEST_PASSWORD", "hunter3")];
    let names = CLIENTS.iter().map(|(name, ..)| *name).chain(["generic"]);
    let told: Vec<_> = names
        .map(|name| format!("$ client-config {name}\n{}\n", shell.run_with(&["client-config", name], &variables)))
        .collect();
    let told = told.concat();
    assert!(!told.contains("hunter"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn a_running_server_is_told_of_by_its_address() {
    let shell = shell();
    let mut told = String::new();
    for (name, ..) in CLIENTS {
        let words = ["client-config", name, "--url", "http://127.0.0.1:8000/mcp", "--name", "shop"];
        writeln!(told, "$ client-config {name} --url …\n{}", shell.run(&words)).unwrap();
    }
    insta::assert_snapshot!(told);
    for (url, fault) in [
        ("http://me:hunter2@h/mcp", "user name or password"),
        ("http://h/mcp?token=hunter2", "a query"),
        ("ftp://h", "`ftp`"),
        ("here", "not a URL"),
    ] {
        let told = shell.run(&["client-config", "cursor", "--url", url]);
        assert!(told.contains(fault) && !told.contains("hunter2") && told.ends_with("exit 1"), "{told}");
    }
    assert!(shell.run(&["client-config", "cursor", "--url", "http://h", "--read-only"]).ends_with("exit 2"));
}

#[test]
fn words_for_the_server_are_passed_on_and_paths_become_absolute() {
    let shell = shell();
    shell.put("other.yaml", "databases: {}\n");
    let words = ["client-config", "gemini-cli", "-C", "other.yaml", "--read-only", "--confirm", "destructive"];
    insta::assert_snapshot!(shell.run(&[&words[..], &["--backup-dir", "b", "--command", "maa"]].concat()), @r#"
    {
      "mcpServers": {
        "arangodb": {
          "command": "maa",
          "args": [
            "server",
            "--config-file",
            "~/other.yaml",
            "--backup-dir",
            "~/b",
            "--read-only",
            "--confirm",
            "destructive"
          ]
        }
      }
    }
    --- stderr
    For Gemini CLI: put this into ~/.gemini/settings.json, or have it merged with --write.
    Note: no database is configured yet; `db add` adds one, --embedded needs none.
    --- exit 0
    "#);
    let named = shell.run_with(&["client-config", "cursor"], &[("ARANGO_DATABASES_CONFIG_FILE", "other.yaml")]);
    assert!(named.contains("\"--config-file\",\n        \"~/other.yaml\""), "{named}");
    let embedded = shell.run(&["client-config", "cursor", "--embedded", "--sample", "--name", "try"]);
    assert!(embedded.contains("\"--embedded\",\n        \"--sample\"") && !embedded.contains("\"env\""), "{embedded}");
    for (words, fault) in [
        (["--name", "a b"], "--name: \"a b\" cannot be"),
        (["-C", "nowhere.yaml"], "nowhere.yaml"),
        (["--write", "--project"], "exit 0"),
    ] {
        let told = shell.run(&[&["client-config", "cursor"][..], &words].concat());
        assert!(told.contains(fault), "{told}");
    }
}

#[test]
fn a_database_of_the_environment_is_passed_on_without_its_password() {
    let shell = Shell::new();
    let variables = [("ARANGO_URL", "http://db:8529"), ("ARANGO_DB", "shop"), ("ARANGO_PASSWORD", "hunter2")];
    insta::assert_snapshot!(shell.run_with(&["client-config", "claude-code"], &variables), @r#"
    {
      "mcpServers": {
        "arangodb": {
          "type": "stdio",
          "command": "<program>",
          "args": [
            "server"
          ],
          "env": {
            "ARANGO_URL": "http://db:8529",
            "ARANGO_DB": "shop",
            "ARANGO_PASSWORD": "${ARANGO_PASSWORD}"
          }
        }
      }
    }
    --- stderr
    For Claude Code: put this into ~/.claude.json, or have it merged with --write.
    Note: no password is written here, and the server needs these variables: ARANGO_PASSWORD. Set them where Claude Code is started.
    --- exit 0
    "#);
}

#[test]
fn the_rest_of_a_file_stays_byte_for_byte_and_a_backup_is_kept() {
    let shell = shell();
    shell.put(".config/zed/settings.json", ZED);
    let words = ["client-config", "zed", "--write", "--read-only", "--command", "/opt/mcp"];
    insta::assert_snapshot!(shell.run(&[&words[..], &["--dry-run"]].concat()), @r#"
    client-config zed (dry-run):
    [ADDED - DRY-RUN] arangodb: /opt/mcp server --read-only
    --- ~/.config/zed/settings.json
    +++ ~/.config/zed/settings.json
    @@ -4,6 +4,10 @@
     	/* … */
     	"context_servers": {
     		"other": { "command": "…", "args": [ ], }, // …
    +		"arangodb": {
    +			"command": "/opt/mcp",
    +			"args": ["server", "--read-only"],
    +		},
     	},
     	"vim_mode": true,
     }
    Dry run: nothing was changed.
    --- exit 0
    "#);
    assert_eq!(shell.text(".config/zed/settings.json"), ZED);
    assert_eq!(shell.names(".config/zed"), ["settings.json"]);

    insta::assert_snapshot!(shell.run(&words), @r#"
    client-config zed:
    [ADDED] arangodb: /opt/mcp server --read-only
    Saved to: ~/.config/zed/settings.json
    As it was before: ~/.config/zed/settings.json.backup-<moment>
    --- stderr
    Zed shows the server in the settings of its Agent Panel.
    Note: no password is written here, and the server needs these variables: LIVE_PASSWORD, TEST_PASSWORD. Zed cannot name a variable in its file, but passes on those it was started with: set them in the profile of your login shell.
    --- exit 0
    "#);
    let ours = "\t\t\"arangodb\": {\n\t\t\t\"command\": \"/opt/mcp\",\n\t\t\t\"args\": [\"server\", \"--read-only\"],\n\t\t},\n";
    let after = shell.text(".config/zed/settings.json");
    assert_eq!(after.replacen(ours, "", 1), ZED);
    let names = shell.names(".config/zed");
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(shell.text(&format!(".config/zed/{}", names[1])), ZED);

    insta::assert_snapshot!(shell.run(&words), @r#"
    Zed has this entry already: ~/.config/zed/settings.json
    --- stderr
    Note: no password is written here, and the server needs these variables: LIVE_PASSWORD, TEST_PASSWORD. Zed cannot name a variable in its file, but passes on those it was started with: set them in the profile of your login shell.
    --- exit 0
    "#);
    assert_eq!(shell.text(".config/zed/settings.json"), after);
    assert_eq!(shell.names(".config/zed"), names);
}

#[test]
fn another_entry_of_that_name_is_replaced_only_with_a_yes() {
    let shell = shell();
    let old = "{\r\n  \"mcpServers\": {\r\n    \"arangodb\": { \"command\": \"uvx\" },\r\n    \"x\": {}\r\n  }\r\n}";
    let old = format!("\u{feff}{old}");
    shell.put(".cursor/mcp.json", &old);
    let words = ["client-config", "cursor", "--write", "--command", "/opt/mcp", "--embedded"];
    let shown = shell.run(&[&words[..], &["--dry-run"]].concat());
    assert!(shown.contains("-    \"arangodb\": { \"command\": \"…\" },") && !shown.contains("uvx"), "{shown}");
    insta::assert_snapshot!(shell.answered("n\n", &words), @r#"
    --- stderr
    This will change ~/.cursor/mcp.json:
    [UPDATE] arangodb: /opt/mcp server --embedded
    Do you want to go on? [y/N] Cancelled: nothing was changed. To go on without being asked, use --yes.
    --- exit 2
    "#);
    assert!(shell.answered("", &words).ends_with("exit 2"));
    assert_eq!((shell.text(".cursor/mcp.json"), shell.names(".cursor").len()), (old.clone(), 1));
    insta::assert_snapshot!(shell.answered("y\n", &words), @r#"
    client-config cursor:
    [UPDATED] arangodb: /opt/mcp server --embedded
    Saved to: ~/.cursor/mcp.json
    As it was before: ~/.cursor/mcp.json.backup-<moment>
    --- stderr
    This will change ~/.cursor/mcp.json:
    [UPDATE] arangodb: /opt/mcp server --embedded
    Do you want to go on? [y/N] Cursor shows the server under Settings > MCP.
    --- exit 0
    "#);
    let entry = "\"arangodb\": {\r\n      \"type\": \"stdio\",\r\n      \"command\": \"/opt/mcp\",\r\n      \"args\": [\"server\", \"--embedded\"]\r\n    }";
    assert_eq!(shell.text(".cursor/mcp.json"), old.replace("\"arangodb\": { \"command\": \"uvx\" }", entry));
    let words = ["client-config", "cursor", "--write", "--command", "/opt/other", "--embedded"];
    assert!(shell.run(&[&words[..], &["--yes"]].concat()).ends_with("exit 0"));
    assert_eq!(shell.names(".cursor").len(), 3, "each change keeps its own backup");
    let beside = [&words[..], &["--name", "second"]].concat();
    assert!(shell.run(&beside).contains("[ADDED] second: /opt/other server --embedded"));
}

#[test]
fn a_file_that_is_not_the_clients_is_an_error_and_stays_as_it_is() {
    let shell = shell();
    for (text, fault) in [
        ("{\"mcpServers\": {", "not valid JSON"),
        ("mcpServers:\n  a: b\n", "not valid JSON"),
        ("{\"pw\": \"hunter2", "not valid JSON"),
        ("null", "not a JSON object"),
        ("[1]", "not a JSON object"),
        ("{\"mcpServers\": []}", "\"mcpServers\" in it is not an object"),
        ("{\"mcpServers\": {}, \"mcpServers\": {}}", "changing more than was asked for"),
    ] {
        shell.put(".cursor/mcp.json", text);
        let told = shell.run(&["client-config", "cursor", "--write", "--yes"]);
        assert!(told.contains(fault) && told.contains("nothing was changed") && told.ends_with("exit 1"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        assert_eq!((shell.text(".cursor/mcp.json").as_str(), shell.names(".cursor").len()), (text, 1));
    }
    shell.put(".cursor/mcp.json", [0xff, 0xfe, 0]);
    assert!(shell.run(&["client-config", "cursor", "--write"]).ends_with("exit 1"));
    for (words, fault) in [
        (["windsurf", "--project"], "Windsurf has no file for a project"),
        (["generic", "--write"], "name it with --file FILE"),
    ] {
        let told = shell.run(&[&["client-config"][..], &words, &["--write"][..1]].concat());
        assert!(told.contains(fault) || told.ends_with("exit 2"), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn modes_and_links_stay_and_what_is_new_is_for_its_owner_alone() {
    use crate::support::shell::mode;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let shell = shell();
    shell.put("dotfiles/mcp.json", "{\n}\n");
    fs::create_dir(shell.path(".cursor")).unwrap();
    symlink("../dotfiles/mcp.json", shell.path(".cursor/mcp.json")).unwrap();
    fs::set_permissions(shell.path("dotfiles/mcp.json"), fs::Permissions::from_mode(0o640)).unwrap();
    let told = shell.run(&["client-config", "cursor", "--write"]);
    assert!(told.contains("Saved to: ~/dotfiles/mcp.json"), "{told}");
    assert!(fs::symlink_metadata(shell.path(".cursor/mcp.json")).unwrap().is_symlink());
    let names = shell.names("dotfiles");
    let modes: Vec<_> = names.iter().map(|name| mode(&shell.path("dotfiles").join(name))).collect();
    assert_eq!((names.len(), modes), (2, vec![0o640, 0o640]));

    assert!(shell.run(&["client-config", "vscode", "--write", "--project"]).ends_with("exit 0"));
    assert_eq!((mode(&shell.path(".vscode")), mode(&shell.path(".vscode/mcp.json"))), (0o700, 0o600));

    fs::set_permissions(shell.path(".vscode"), fs::Permissions::from_mode(0o500)).unwrap();
    let before = shell.text(".vscode/mcp.json");
    let told = shell.run(&["client-config", "vscode", "--write", "--project", "--name", "b"]);
    // Root writes everywhere.
    assert!(told.ends_with("exit 0") || told.contains("nothing was changed"), "{told}");
    assert!(told.ends_with("exit 0") || shell.text(".vscode/mcp.json") == before);
    fs::set_permissions(shell.path(".vscode"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn an_input_of_vs_code_is_asked_for_once() {
    let shell = shell();
    let inputs = "{\n  \"inputs\": [\n    { \"id\": \"TEST_PASSWORD\", \"type\": \"promptString\" } // mine\n  ],\n  \"servers\": {}\n}\n";
    shell.put(".vscode/mcp.json", inputs);
    let words = ["client-config", "vscode", "--write", "--project", "--command", "/opt/mcp"];
    assert!(shell.run(&words).ends_with("exit 0"));
    insta::assert_snapshot!(shell.text(".vscode/mcp.json"), @r#"
    {
      "inputs": [
        { "id": "TEST_PASSWORD", "type": "promptString" }, // mine
        {
          "type": "promptString",
          "id": "LIVE_PASSWORD",
          "description": "LIVE_PASSWORD, for ArangoDB",
          "password": true
        }
      ],
      "servers": {
        "arangodb": {
          "type": "stdio",
          "command": "/opt/mcp",
          "args": ["server"],
          "env": {
            "LIVE_PASSWORD": "${input:LIVE_PASSWORD}",
            "TEST_PASSWORD": "${input:TEST_PASSWORD}"
          }
        }
      }
    }
    "#);
    assert!(shell.run(&words).starts_with("VS Code has this entry already"));
}

#[test]
fn commands_at_once_lose_nothing() {
    let shell = shell();
    let name = |number: usize| format!("server-{number}");
    let children: Vec<_> = (0..8)
        .map(|number| shell.command(&["client-config", "cursor", "--write", "--name", &name(number)]).spawn().unwrap())
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let file: Value = serde_json::from_str(&shell.text(".cursor/mcp.json")).unwrap();
    let servers = file["mcpServers"].as_object().unwrap();
    assert!((0..8).all(|number| servers.contains_key(&name(number))), "{servers:?}");
}

/// The value a client gives a variable: what the person has set, or entered.
fn filled_in(value: &str, password: &str) -> String {
    match value {
        "${PW}" | "${env:PW}" | "$PW" | "${input:PW}" => password.to_owned(),
        other => other.to_owned(),
    }
}

#[test]
fn what_was_written_starts_a_server_that_reaches_the_database() {
    let shell = Shell::new();
    let engine = Engine::start(shell.home.path(), &["--root-password-env", "PW"]);
    let entry = format!("  live: {{url: '{}', database: _system, username: root", engine.url);
    for (client, path, servers) in CLIENTS {
        // The two that cannot name a variable in their file have the password in a file, or pass everything on.
        let password = if client == "claude-desktop" { "password_file: pw" } else { "password_env: PW" };
        shell.put(".mcp-arangodb-async/pw", PASSWORD);
        shell.put(".mcp-arangodb-async/config.yaml", format!("databases:\n{entry}, {password}}}\n"));
        assert!(shell.run(&["client-config", client, "--write"]).ends_with("exit 0"));
        let file: Value = serde_json::from_str(&shell.text(path)).unwrap();
        let entry = &file[servers]["arangodb"];
        let mut command = Command::new(entry["command"].as_str().unwrap());
        command.args(entry["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()));
        command.env_clear().env("HOME", shell.home.path()).current_dir("/");
        if client == "zed" {
            command.env("PW", PASSWORD);
        }
        for (name, value) in entry["env"].as_object().into_iter().flatten() {
            command.env(name, filled_in(value.as_str().unwrap(), PASSWORD));
        }
        let mut server = Client::over(command, tempfile::tempdir().unwrap());
        let answer = server.request("initialize", initialize("2025-06-18"));
        assert_eq!(answer["result"]["protocolVersion"], "2025-06-18", "{client}: {answer}");
        server.notify("notifications/initialized");
        let rows = success(&server.call("arango_query", json!({ "query": "RETURN 6 * 7" })));
        assert_eq!(rows, json!([42]), "{client}");
    }
}

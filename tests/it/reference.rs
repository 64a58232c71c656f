//! The reference pages are made from the program itself: this test makes them and compares. With `UPDATE_REFERENCE=1` it
//! writes them instead.

use std::{fmt::Write as _, fs, path::Path};

use mcp_arangodb_async::config::env::VARIABLES;
use serde_json::{Value, json};

use super::support::{run, stdio::Client};

#[expect(clippy::disallowed_methods, reason = "a switch for the developer, not a setting of the program")]
fn compare(page: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference").join(page);
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == expected,
        "docs/reference/{page} is out of date; make it anew with: UPDATE_REFERENCE=1 cargo test --test it reference"
    );
}

fn output(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_page_on_tools_is_up_to_date() {
    let tools: Vec<Value> = serde_json::from_str(&output(&["tools", "--json"])).unwrap();
    let mut page = "# Tools\n\nMade from the program; see `mcp-arangodb-async tools`. The text is what models read, so \
                    it is short. `database` is a key of the configuration, by default the focused database; `focus` is a \
                    handle that `set_focused_database` returned.\n"
        .to_owned();
    for tool in &tools {
        let text = |name: &str| tool[name].as_str().unwrap().to_owned();
        writeln!(page, "\n## {}\n\n{}. {}\n", text("name"), text("title"), text("description")).unwrap();
        let properties = tool["inputSchema"]["properties"].as_object().unwrap();
        let required: Vec<&str> = tool["inputSchema"]["required"]
            .as_array()
            .map_or(Vec::new(), |all| all.iter().filter_map(Value::as_str).collect());
        if !properties.is_empty() {
            page.push_str("| argument | type | |\n| --- | --- | --- |\n");
        }
        for (name, schema) in properties {
            let must = if required.contains(&name.as_str()) { ", required" } else { "" };
            let kind = schema["type"].as_str().unwrap_or("any");
            let about = schema["description"].as_str().unwrap_or_default();
            writeln!(page, "| `{name}` | {kind}{must} | {} |", cell(about)).unwrap();
        }
        let aliases: Vec<String> =
            tool["aliases"].as_array().unwrap().iter().map(|name| format!("`{}`", name.as_str().unwrap())).collect();
        if !aliases.is_empty() {
            writeln!(page, "\nAlso answers to {}.", aliases.join(", ")).unwrap();
        }
    }
    compare("tools.md", &page);
}

#[test]
fn listing_every_tool_costs_a_client_at_most_24_kib() {
    const BUDGET: usize = 24 * 1024;
    let options = ["--embedded", "--confirm", "destructive"];
    let list = Client::legacy_with(&options, json!({})).request("tools/list", json!({}));
    let mut costs: Vec<(usize, &str)> = Vec::new();
    for tool in list["result"]["tools"].as_array().unwrap() {
        let text = |name: &str| tool[name].as_str().unwrap();
        // serde_json writes compactly, and strings count in bytes of UTF-8.
        let cost = text("name").len() + text("description").len() + tool["inputSchema"].to_string().len();
        costs.push((cost, text("name")));
    }
    costs.sort_unstable();
    let total: usize = costs.iter().map(|(cost, _)| cost).sum();
    assert!(costs.iter().any(|(_, name)| *name == "arango_query"), "the list is that of all tools");
    assert!(total <= BUDGET, "{total} bytes; the dearest: {:?}", costs.iter().rev().take(8).collect::<Vec<_>>());
}

#[test]
fn the_page_on_the_command_line_is_up_to_date() {
    let mut page = "# Command line\n\nMade from the program's own help.\n".to_owned();
    let commands: [&[&str]; 39] = [
        &[],
        &["server"],
        &["call"],
        &["db"],
        &["db", "add"],
        &["db", "remove"],
        &["db", "list"],
        &["db", "update"],
        &["db", "default"],
        &["db", "test"],
        &["db", "status"],
        &["admin"],
        &["admin", "database"],
        &["admin", "database", "create"],
        &["admin", "database", "drop"],
        &["admin", "database", "list"],
        &["user"],
        &["user", "add"],
        &["user", "remove"],
        &["user", "list"],
        &["user", "grant"],
        &["user", "revoke"],
        &["user", "databases"],
        &["user", "password"],
        &["token"],
        &["token", "add"],
        &["token", "list"],
        &["token", "revoke"],
        &["health"],
        &["doctor"],
        &["client-config"],
        &["migrate"],
        &["audit"],
        &["audit", "verify"],
        &["tools"],
        &["embedded"],
        &["completions"],
        &["man"],
        &["version"],
    ];
    for command in commands {
        let help = output(&[command, &["--help"]].concat());
        let name = ["mcp-arangodb-async"].iter().chain(command).copied().collect::<Vec<_>>().join(" ");
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        writeln!(page, "\n## {name}\n\n```text\n{}\n```", lines.join("\n").trim_end()).unwrap();
    }
    compare("cli.md", &page);
}

#[test]
fn the_page_on_the_environment_is_up_to_date() {
    let mut page = "# Environment\n\nEvery variable the program reads, beside those that `password_env` names.\n\n\
                    | variable | default | |\n| --- | --- | --- |\n"
        .to_owned();
    for variable in VARIABLES {
        let default = if variable.default.is_empty() { String::new() } else { format!("`{}`", variable.default) };
        writeln!(page, "| `{}` | {default} | {} |", variable.name, cell(variable.doc)).unwrap();
    }
    compare("environment.md", &page);
}

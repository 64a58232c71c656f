//! Bytes before and after.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn entry(servers: &'static str, inputs: Vec<Value>) -> Entry {
    Entry {
        servers,
        name: "arangodb".to_owned(),
        value: json!({ "command": "/bin/mcp", "args": ["server", "--read-only"], "env": { "PW": "${PW}" } }),
        line: String::new(),
        inputs,
        secrets: Vec::new(),
        nothing_configured: false,
    }
}

fn merged(text: &str) -> String {
    merge(text, &entry("mcpServers", Vec::new())).unwrap().0
}

#[test]
fn an_empty_file_becomes_one_that_says_nothing_else() {
    let expected = "{\n  \"mcpServers\": {\n    \"arangodb\": {\n      \"command\": \"/bin/mcp\",\n      \"args\": [\"server\", \"--read-only\"],\n      \"env\": {\n        \"PW\": \"${PW}\"\n      }\n    }\n  }\n}\n";
    for text in ["", "\n", "  \r\n", "\u{feff}"] {
        let after = merged(text);
        assert_eq!(read(after.trim_start_matches('\u{feff}')).unwrap(), read(expected).unwrap());
        assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}'));
    }
    assert_eq!(merged(""), expected);
}

/// What is put in.
const ENTRY: &str = r#""arangodb": {
      "command": "/bin/mcp",
      "args": ["server", "--read-only"],
      "env": {
        "PW": "${PW}"
      }
    }"#;

#[test]
fn everything_but_the_entry_stays_byte_for_byte() {
    let cases = [
        (
            "{\n  \"a\": 1,\n  \"mcpServers\": {\n    \"x\": {\n    } // the last\n  } // end\n}",
            format!(
                "{{\n  \"a\": 1,\n  \"mcpServers\": {{\n    \"x\": {{\n    }}, // the last\n    {ENTRY}\n  }} // end\n}}"
            ),
        ),
        (
            "// top\n{\n  \"mcpServers\": {\n    /* ours */ \"arangodb\": { \"command\": \"old\" }, // why\n    \"x\": 1.50\n  }\n}\n",
            format!("// top\n{{\n  \"mcpServers\": {{\n    /* ours */ {ENTRY}, // why\n    \"x\": 1.50\n  }}\n}}\n"),
        ),
        (
            "{\n  \"a\": \"\\u00e4 // no comment\"\n}\n",
            format!("{{\n  \"a\": \"\\u00e4 // no comment\",\n  \"mcpServers\": {{\n    {ENTRY}\n  }}\n}}\n"),
        ),
        ("// only\n", format!("// only\n{{\n  \"mcpServers\": {{\n    {ENTRY}\n  }}\n}}\n")),
    ];
    for (text, expected) in cases {
        assert_eq!(merged(text), expected);
        assert_eq!(merged(&text.replace('\n', "\r\n")), expected.replace('\n', "\r\n"));
        assert_eq!(merged(&format!("\u{feff}{text}")), format!("\u{feff}{expected}"));
    }
}

#[test]
fn tabs_and_trailing_commas_are_used_where_the_file_uses_them() {
    let after = merged("{\n\t\"mcpServers\": {\n\t\t\"x\": {}, // x\n\t},\n}\n");
    let expected = "{\n\t\"mcpServers\": {\n\t\t\"x\": {}, // x\n\t\t\"arangodb\": {\n\t\t\t\"command\": \"/bin/mcp\",\n\t\t\t\"args\": [\"server\", \"--read-only\"],\n\t\t\t\"env\": {\n\t\t\t\t\"PW\": \"${PW}\",\n\t\t\t},\n\t\t},\n\t},\n}\n";
    assert_eq!(after, expected);
}

#[test]
fn a_second_time_changes_nothing_however_the_entry_is_written() {
    for text in ["", "{\"a\":1}", "{\r\n}", "{ \"mcpServers\": {} }"] {
        let wanted = entry("mcpServers", Vec::new());
        let (after, outcome) = merge(text, &wanted).unwrap();
        assert_eq!(outcome, Outcome::Added);
        assert_eq!(merge(&after, &wanted).unwrap(), (after, Outcome::Same));
    }
    let other = "{\"mcpServers\":{\"arangodb\":{\"env\":{\"PW\":\"${PW}\"},\"args\":[\"server\",\"--read-only\"],\"command\":\"/bin/mcp\"}}}";
    assert_eq!(merge(other, &entry("mcpServers", Vec::new())).unwrap(), (other.to_owned(), Outcome::Same));
}

#[test]
fn an_input_that_is_missing_is_added_beside_an_entry_that_is_there() {
    let wanted = entry("servers", vec![json!({ "id": "PW", "password": true }), json!({ "id": "B" })]);
    let document = serde_json::to_string_pretty(&wanted.document()).unwrap();
    assert_eq!(merge(&document, &wanted).unwrap().1, Outcome::Same);
    let without = document.replace("\"id\": \"B\"", "\"id\": \"C\"");
    let (after, outcome) = merge(&without, &wanted).unwrap();
    assert_eq!(outcome, Outcome::Added);
    assert_eq!(read(&after).unwrap()[INPUTS].as_array().unwrap().len(), 3);
    assert!(merge("{\"inputs\": {}}", &wanted).unwrap_err().contains("\"inputs\" in it is not a list"));
}

#[test]
fn what_is_no_configuration_of_a_client_is_refused_without_repeating_it() {
    let wanted = entry("mcpServers", Vec::new());
    let deep = "[".repeat(100_000);
    for text in [
        "[",
        "nope",
        "null",
        "// x\nnull",
        "[]",
        "{'a':1}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{\"pw\": hunter2}",
        "{\"pw\": \"hunter2",
        &deep,
    ] {
        let refused = merge(text, &wanted).unwrap_err();
        assert!(refused.contains("JSON") && !refused.contains("hunter2"), "{refused}");
    }
    for text in [
        "{\"mcpServers\":null}",
        "{\"mcpServers\":{},\"mcpServers\":{}}",
        "{\"mcpServers\":{\"arangodb\":1,\"arangodb\":2}}",
    ] {
        assert!(merge(text, &wanted).is_err(), "{text}");
    }
}

#[test]
fn what_others_wrote_is_not_shown() {
    let text = "// hunter1\n{\n  \"a\": /* hunter2\n */ \"hunter3\", // \"hunter4\"\n  \"list\": [\"hunter5\", 5],\n  \"command\": \"/bin/mcp\"\n}\n";
    let shown = "// …\n{\n  \"a\": /* …\n */ \"…\", // …\n  \"list\": [\"…\", 5],\n  \"command\": \"/bin/mcp\"\n}\n";
    assert_eq!(without_secrets(text, &entry("mcpServers", Vec::new())), shown);
    assert_eq!(without_secrets("{\"hunter2", &entry("mcpServers", Vec::new())), "");
}

proptest! {
    #[test]
    fn whatever_is_in_a_file_it_is_refused_or_kept(text in r#"[{}\[\]:,"/* \n\ra1]{0,40}"#, inside in any::<bool>()) {
        let text = if inside { format!("{{\"mcpServers\": {{{text}}}, \"inputs\": [{text}]}}") } else { text };
        for wanted in [entry("mcpServers", Vec::new()), entry("mcpServers", vec![json!({ "id": "PW" })])] {
            if let Ok((after, _)) = merge(&text, &wanted) {
                prop_assert_eq!(merge(&after, &wanted), Ok((after.clone(), Outcome::Same)));
                prop_assert!(!without_secrets(&after, &wanted).is_empty());
            }
        }
    }
}

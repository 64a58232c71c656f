//! Bytes before and after.

use serde_json::json;

use super::*;

fn entry(servers: &'static str, inputs: Vec<Value>) -> Entry {
    Entry {
        servers,
        name: "arangodb".to_owned(),
        value: json!({ "command": "/bin/mcp", "args": ["server", "--read-only"], "env": { "PW": "${PW}" } }),
        inputs,
        secrets: Vec::new(),
        nothing_configured: false,
    }
}

fn merged(text: &str) -> String {
    merge(text, &entry("mcpServers", Vec::new())).unwrap().0
}

/// The text without what was put in: what is left must be what was there.
fn without(after: &str, inserted: &str) -> String {
    assert_eq!(after.matches(inserted).count(), 1, "{after}");
    after.replace(inserted, "")
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

#[test]
fn show() {
    for text in [
        "{}",
        "{ }\n",
        "{\"a\":1}",
        "{\n\t\"a\": 1, // one\n\t\"mcpServers\": {\n\t\t\"x\": { \"command\": \"x\" }, // x\n\t},\n}\n",
        "{\r\n    \"mcpServers\": {\r\n    }\r\n}\r\n",
        "// only\n",
        "{\n  \"mcpServers\": { \"x\": { \"command\": \"x\" } }\n}\n",
        "{\n  \"mcpServers\": {\n    /* c */ \"arangodb\": { \"command\": \"old\" }, // why\n    \"x\": {}\n  }\n}\n",
        "{\n  \"a\": 1,\n  \"mcpServers\": {\n    \"x\": {\n    } // the last\n  } // end\n}\n",
    ] {
        println!("=====\n{text:?}\n-----\n{}\n----\n{:?}", merged(text), merged(text));
    }
    for text in ["{\"a\":1,\"a\":2}", "{\"mcpServers\":{},\"mcpServers\":{\"arangodb\":1}}", "[", "nope", "null", "[]", "{'a':1}", "{\"mcpServers\":null}", "{\"mcpServers\":[]}", "{\"pw\": hunter2}", "{\"a\": \"hunter2"] {
        println!("{text} -> {:?}", merge(text, &entry("mcpServers", Vec::new())));
    }
    let deep = "[".repeat(100_000);
    println!("{:?}", merge(&deep, &entry("mcpServers", Vec::new())));
}

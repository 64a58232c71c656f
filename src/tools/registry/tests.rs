//! The list of tools as a whole, and the path of a call with tools made for the purpose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::tools::{test_services, tool::Fixed};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// A number.
    #[serde(default)]
    number: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct Doubled {
    doubled: u32,
}

struct Double;

impl Tool for Double {
    const NAME: &'static str = "double";
    const ALIASES: &'static [&'static str] = &["twice"];
    const TITLE: &'static str = "Double";
    const DESCRIPTION: &'static str = "Doubles a number. For tests.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Doubled>;

    async fn call(_context: &CallContext, args: Args) -> Result<Fixed<Doubled>, ToolError> {
        let number = args.number.expect("a number");
        Ok(Fixed(Doubled { doubled: number * 2 }))
    }
}

async fn call(name: &str, arguments: Value) -> Value {
    let registry = Registry::new(vec![Entry::of::<Double>()]);
    let entry = registry.find(name).unwrap();
    let context = CallContext::new(test_services(), Caller::process());
    let given = arguments.as_object().unwrap().clone();
    serde_json::to_value(registry.call(entry, &context, given).await).unwrap()
}

fn text(result: &Value) -> Value {
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[test]
fn every_tool_is_complete_and_every_name_is_given_once() {
    let registry = Registry::standard();
    let mut names = HashSet::new();
    for entry in registry.entries() {
        for name in std::iter::once(&entry.name).chain(entry.aliases) {
            assert!(names.insert(*name), "{name} is taken twice");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        }
        assert!(entry.description.len() > 60, "{} needs a description", entry.name);
        assert!(!entry.title.is_empty());
        assert_eq!(entry.input_schema["type"], "object");
        for (property, schema) in entry.input_schema["properties"].as_object().unwrap() {
            assert!(schema["type"].is_string(), "{}.{property} needs a type", entry.name);
        }
    }
}

#[test]
fn schemas_are_plain_enough_for_every_client() {
    for entry in Registry::standard().entries() {
        let text = serde_json::to_string(&*entry.input_schema).unwrap();
        for banned in ["$ref", "\"null\"", "anyOf", "oneOf", "$defs", "\"format\"", "\"title\""] {
            assert!(!text.contains(banned), "{banned} in the schema of {}: {text}", entry.name);
        }
    }
}

#[test]
fn later_spellings_are_accepted_but_not_listed() {
    let registry = Registry::standard();
    assert_eq!(registry.find("arango_get_database_resolution").unwrap().name, "arango_database_resolution_status");
    assert!(registry.entries().iter().all(|entry| entry.name != "arango_get_database_resolution"));
    assert_eq!(registry.nearest("arango_qurey"), Some("arango_query"));
    assert_eq!(registry.nearest("zzz"), None);
}

#[tokio::test]
async fn a_result_is_text_and_structured_content() {
    let result = call("twice", json!({"number": "21"})).await;
    assert_eq!(text(&result), json!({"doubled": 42}));
    assert_eq!(result["structuredContent"], json!({"doubled": 42}));
    assert_eq!(result["isError"], false);
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let result = call("double", json!({})).await;
    assert_eq!(result["isError"], true);
    assert_eq!(text(&result)["type"], "InternalError");
    let overflow = call("double", json!({"number": u32::MAX})).await;
    assert_eq!(overflow["isError"], true);
}

#[tokio::test]
async fn an_unknown_argument_is_refused_with_the_nearest_name() {
    let result = call("double", json!({"nubmer": 1})).await;
    let body = text(&result);
    assert_eq!(result["isError"], true);
    assert_eq!(body["type"], "ValidationError");
    assert_eq!(body["tool"], "double");
    assert_eq!(body["did_you_mean"], "number");
}

fn config(text: &str) -> Config {
    crate::config::file::parse(text, std::path::Path::new("/c.yaml")).unwrap()
}

const ONE_OF_TWO: &str = "databases:\n  a:\n    url: \"embedded:\"\n    read_only: true\n    confirm: destructive\n  b:\n    url: \"embedded:\"\n";

#[test]
fn tools_that_always_write_leave_the_list_once_nothing_may_be_written_anywhere() {
    let listed = |config: &Config, name: &str| {
        let registry = Registry::standard().guarded(config);
        assert!(registry.find(name).is_some(), "{name} is known in any case");
        registry.entries().iter().any(|entry| entry.name == name)
    };
    let (some, all) = (config(ONE_OF_TWO), config(ONE_OF_TWO).guarded(true, crate::config::Confirm::Never));
    for entry in Registry::standard().entries() {
        assert!(listed(&some, entry.name), "{}", entry.name);
        assert_eq!(listed(&all, entry.name), !entry.effect.always_writes(), "{}", entry.name);
    }
}

#[tokio::test]
async fn a_tool_that_left_the_list_says_why_it_does_nothing() {
    let all = config(ONE_OF_TWO).guarded(true, crate::config::Confirm::Never);
    let registry = Registry::standard().guarded(&all);
    let context = CallContext::new(test_services(), Caller::process());
    let reply = registry.call(registry.find("arango_insert").unwrap(), &context, JsonObject::new()).await;
    let body = text(&serde_json::to_value(reply).unwrap());
    assert_eq!((&body["type"], &body["tool"]), (&json!("ReadOnlyError"), &json!("arango_insert")));
}

#[test]
fn confirm_is_listed_once_a_database_asks_for_it_and_only_by_tools_that_can_destroy_something() {
    let takes = |registry: &Registry, name: &str| {
        registry.find(name).unwrap().input_schema["properties"].get(CONFIRM).is_some()
    };
    let careful = Registry::standard().guarded(&config(ONE_OF_TWO));
    for (name, destroys) in [("arango_query", true), ("arango_delete_index", true), ("arango_list_indexes", false)] {
        assert_eq!(takes(&careful, name), destroys, "{name}");
        assert!(!takes(&Registry::standard(), name), "{name}");
    }
}

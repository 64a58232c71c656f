//! The list of tools as a whole, and the path of a call with tools made for the purpose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::config::DatabaseKey;
use crate::tools::{Caller, test_services, tool::Fixed};

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
        let registry = Registry::standard();
        assert!(registry.find(name).is_some(), "{name} is known in any case");
        registry.offered(config, &Rights::all()).iter().any(|entry| entry.name == name)
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
    let (registry, services) = (Registry::standard(), test_services());
    services.reconfigure(Arc::new(all));
    let context = CallContext::new(services, Caller::process());
    let reply = registry.call(registry.find("arango_insert").unwrap(), &context, JsonObject::new()).await;
    let body = text(&serde_json::to_value(reply).unwrap());
    assert_eq!((&body["type"], &body["tool"]), (&json!("ReadOnlyError"), &json!("arango_insert")));
}

#[test]
fn confirm_is_listed_once_a_database_asks_for_it_and_only_by_tools_that_can_destroy_something() {
    let registry = Registry::standard();
    let takes = |config: &Config, name: &str| {
        let offered = registry.offered(config, &Rights::all());
        offered.iter().find(|entry| entry.name == name).unwrap().input_schema["properties"].get(CONFIRM).is_some()
    };
    let (careful, plain) = (config(ONE_OF_TWO), config("databases:\n  a:\n    url: \"embedded:\"\n"));
    for (name, destroys) in [("arango_query", true), ("arango_delete_index", true), ("arango_list_indexes", false)] {
        assert_eq!(takes(&careful, name), destroys, "{name}");
        assert!(!takes(&plain, name), "{name}");
    }
}

fn limited(rights: Rights) -> Caller {
    Caller { rights: Arc::new(rights), ..Caller::process() }
}

/// Calls a tool under a configuration with the rights of a caller: the body of the reply.
async fn call_with(rights: &Rights, name: &str, arguments: Value) -> Value {
    let (registry, services) = (Registry::standard(), test_services());
    services.reconfigure(Arc::new(config(ONE_OF_TWO)));
    let context = CallContext::new(services, limited(rights.clone()));
    let given = arguments.as_object().unwrap().clone();
    let reply = registry.call(registry.find(name).unwrap(), &context, given).await;
    text(&serde_json::to_value(reply).unwrap())
}

#[tokio::test]
async fn a_database_out_of_reach_is_as_if_it_were_not_configured() {
    let rights = Rights { databases: Some([DatabaseKey::parse("b").unwrap()].into()), ..Rights::all() };
    let ok = call_with(&rights, "arango_query", json!({"query": "RETURN 1"})).await;
    assert_eq!(ok, json!([1]));
    for arguments in [json!({"query": "RETURN 1", "database": "a"}), json!({"query": "RETURN 1", "database": "c"})] {
        let refused = call_with(&rights, "arango_query", arguments).await;
        assert_eq!(refused["type"], "DatabaseNotConfigured");
        assert_eq!(refused["available_databases"], json!(["b"]));
    }
    let listed = call_with(&rights, "list_available_databases", json!({})).await.to_string();
    assert!(listed.contains("\"b\"") && !listed.contains("\"a\""), "{listed}");
    let probed = call_with(&rights, "arango_list_database_configs", json!({})).await;
    assert_eq!(probed["total_count"], 1);
}

#[tokio::test]
async fn who_may_reach_nothing_reaches_nothing() {
    let rights = Rights { databases: Some([].into()), ..Rights::all() };
    let refused = call_with(&rights, "arango_query", json!({"query": "RETURN 1"})).await;
    assert_eq!((&refused["type"], &refused["available_databases"]), (&json!("DatabaseNotConfigured"), &json!([])));
}

#[tokio::test]
async fn the_right_to_read_is_not_the_right_to_write() {
    let rights = Rights { read_only: true, ..Rights::all() };
    let refused = call_with(&rights, "arango_query", json!({"query": "REMOVE 'x' IN c", "database": "b"})).await;
    assert_eq!(refused["type"], "ReadOnlyError");
    assert!(refused["error"].as_str().unwrap().starts_with("you have the right to read only"), "{refused}");
    let offered = Registry::standard().offered(&config(ONE_OF_TWO).within(&rights), &rights);
    assert!(offered.iter().all(|entry| !entry.effect.always_writes()));
}

#[tokio::test]
async fn a_tool_one_has_no_right_to_is_neither_listed_nor_run() {
    let rights = Rights { tools: Some(["arango_query".to_owned()].into()), ..Rights::all() };
    let names: Vec<_> =
        Registry::standard().offered(&config(ONE_OF_TWO), &rights).iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["arango_query"]);
    let refused = call_with(&rights, "arango_list_collections", json!({})).await;
    assert_eq!((&refused["type"], &refused["tool"]), (&json!("PermissionDenied"), &json!("arango_list_collections")));
}

#[tokio::test]
async fn a_call_ends_under_the_configuration_it_began_with() {
    let (registry, services) = (Registry::standard(), test_services());
    services.reconfigure(Arc::new(config(ONE_OF_TWO)));
    let reloads = services.reloads();
    let context = CallContext::new(services.clone(), Caller::process());
    services.reconfigure(Arc::new(config("databases:\n  z:\n    url: \"embedded:\"\n")));
    assert!(reloads.has_changed().unwrap());
    let given = json!({"query": "RETURN 1", "database": "b"}).as_object().unwrap().clone();
    let query = registry.find("arango_query").unwrap();
    let begun_before = registry.call(query, &context, given.clone()).await;
    assert_eq!(text(&serde_json::to_value(begun_before).unwrap()), json!([1]));
    let begun_after = registry.call(query, &CallContext::new(services, Caller::process()), given).await;
    assert_eq!(text(&serde_json::to_value(begun_after).unwrap())["type"], "DatabaseNotConfigured");
}

//! Tests of the resolution: examples for each rule, then properties over all combinations of levels.

use proptest::prelude::*;

use super::*;
use crate::config::{Address, DatabaseEntry, MapEnv, Origin, Source};

fn key(text: &str) -> DatabaseKey {
    DatabaseKey::parse(text).unwrap()
}

/// Entries as `key=database`, the default if any, and variables.
fn config(entries: &[(&str, &str)], default: Option<&str>, env: &[(&str, &str)]) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    let mut text = default.map(|key| format!("default_database: {key}\n")).unwrap_or_default();
    text.push_str("databases:\n");
    let entry =
        |(key, database): &(&str, &str)| format!("  {key}:\n    url: http://{key}:8529\n    database: {database}\n");
    text.extend(entries.iter().map(entry));
    std::fs::write(&path, text).unwrap();
    Config::load(Some(&path), &env.iter().copied().collect::<MapEnv>()).unwrap()
}

fn ask<'a>(config: &'a Config, argument: Option<&'a str>, focus: Option<&'a str>) -> Inputs<'a> {
    Inputs { argument, focus, config }
}

#[test]
fn each_level_decides_when_those_above_it_are_silent() {
    let entries = [("first", "d1"), ("arg", "d2"), ("foc", "d3"), ("def", "d4"), ("env", "d5"), ("adb", "d6")];
    let env = [("MCP_DEFAULT_DATABASE", "env"), ("ARANGO_DB", "adb")];
    let decided = |argument, focus, default, env: &[_]| {
        let config = config(&entries, default, env);
        let found = resolve(&ask(&config, argument, focus)).unwrap();
        (found.key.to_string(), found.level)
    };
    assert_eq!(decided(Some("arg"), Some("foc"), Some("def"), &env), ("arg".into(), Level::ToolArgument));
    assert_eq!(decided(None, Some("foc"), Some("def"), &env), ("foc".into(), Level::Focus));
    assert_eq!(decided(Some(""), Some(""), Some("def"), &env), ("def".into(), Level::ConfigDefault));
    assert_eq!(decided(None, None, None, &env), ("env".into(), Level::EnvDefault));
    assert_eq!(decided(None, None, None, &env[1..]), ("adb".into(), Level::EnvArangoDb));
    assert_eq!(decided(None, None, None, &[]), ("first".into(), Level::BuiltIn));
}

#[test]
fn with_nothing_configured_the_local_system_database_is_meant() {
    let config = Config::load(None, &MapEnv::default()).unwrap();
    let found = resolve(&ask(&config, None, None)).unwrap();
    assert_eq!((found.key.as_str(), found.level), ("_system", Level::BuiltIn));
}

#[test]
fn a_key_is_matched_before_the_name_of_a_database() {
    let config = config(&[("a", "b"), ("b", "c")], None, &[]);
    assert_eq!(resolve(&ask(&config, Some("b"), None)).unwrap().key, key("b"));
    assert_eq!(resolve(&ask(&config, Some("c"), None)).unwrap().key, key("b"));
}

#[test]
fn the_name_of_a_database_must_be_unique_to_stand_for_a_key() {
    let config = config(&[("eu", "shop"), ("us", "shop"), ("x", "y")], None, &[]);
    let refused = resolve(&ask(&config, Some("shop"), None)).unwrap_err();
    assert_eq!(refused.ambiguous, [key("eu"), key("us")]);
    assert_eq!(
        refused.to_string(),
        "database \"shop\" (from the `database` argument of the call) could be any of several; use one of the keys eu, us"
    );
}

#[test]
fn an_unknown_name_is_an_error_that_lists_what_there_is_and_never_falls_through() {
    let config = config(&[("a", "d"), ("b", "e")], Some("a"), &[]);
    let refused = resolve(&ask(&config, Some("c"), Some("a"))).unwrap_err();
    assert_eq!((refused.level, &refused.available), (Level::ToolArgument, &vec![key("a"), key("b")]));
    assert_eq!(
        refused.to_string(),
        "database \"c\" (from the `database` argument of the call) is not configured; configured: a, b"
    );
    assert_eq!(resolve(&ask(&config, None, Some("gone"))).unwrap_err().level, Level::Focus);
}

#[test]
fn arango_db_means_a_key_else_the_entry_of_the_environment() {
    let entries = [("shop", "x"), ("other", "crm")];
    let with_url = |name| config(&entries, None, &[("ARANGO_DB", name), ("ARANGO_URL", "http://h")]);
    let found = |config: &Config| resolve(&ask(config, None, None)).map(|found| found.key.to_string());
    assert_eq!(found(&with_url("shop")).unwrap(), "shop");
    assert_eq!(found(&with_url("crm")).unwrap(), "_env_default");
    assert_eq!(found(&config(&entries, None, &[("ARANGO_DB", "crm")])).unwrap(), "other");
    assert_eq!(found(&config(&entries, None, &[("ARANGO_DB", "none")])).unwrap_err().level, Level::EnvArangoDb);
}

#[test]
fn the_explanation_shows_every_level_and_marks_the_one_that_decides() {
    let config = config(&[("a", "d"), ("b", "e")], Some("a"), &[("ARANGO_DB", "zzz")]);
    let levels = explain(&ask(&config, None, Some("a")));
    // Two levels name the same database; only the stronger one decides.
    assert_eq!(
        levels.iter().map(|report| report.decides).collect::<Vec<_>>(),
        [false, true, false, false, false, false]
    );
    assert_eq!(levels[1].key, levels[2].key);
    assert_eq!((levels[4].value.as_deref(), &levels[4].key), (Some("zzz"), &None));
    assert_eq!(levels[5].value.as_deref(), Some("a"));
    assert_eq!(Level::ALL.map(Level::number), [1, 2, 3, 4, 5, 6]);
}

const NAMES: [&str; 7] = ["k0", "k1", "k2", "k3", "db", "unknown", ""];

/// Keys k0 to k3, two of which have a database called `db`.
fn sample(default: Option<usize>, env: Option<&str>, arango_db: Option<&str>) -> Config {
    let variables = [("MCP_DEFAULT_DATABASE", env), ("ARANGO_DB", arango_db)];
    let variables: Vec<_> = variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let default = default.map(|index| format!("k{index}"));
    config(&[("k0", "db"), ("k1", "db"), ("k2", "d2"), ("k3", "d3")], default.as_deref(), &variables)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_first_level_that_says_anything_decides_whatever_the_others_say(
        argument in proptest::option::of(proptest::sample::select(&NAMES[..])),
        focus in proptest::option::of(proptest::sample::select(&NAMES[..])),
        default in proptest::option::of(0_usize..4),
        env in proptest::option::of(proptest::sample::select(&NAMES[..])),
        arango_db in proptest::option::of(proptest::sample::select(&NAMES[..])),
    ) {
        let config = sample(default, env, arango_db);
        let said = [
            argument.map(str::to_owned),
            focus.map(str::to_owned),
            default.map(|index| format!("k{index}")),
            env.map(str::to_owned),
            arango_db.map(str::to_owned),
            Some("k0".to_owned()),
        ];
        let expected = said.iter().position(|name| name.as_ref().is_some_and(|name| !name.is_empty())).unwrap();
        let name = said[expected].clone().unwrap();
        let inputs = ask(&config, argument, focus);
        let answer = resolve(&inputs);
        prop_assert_eq!(&answer, &resolve(&inputs));
        match &answer {
            Ok(found) => {
                prop_assert_eq!(usize::from(found.level.number()), expected + 1);
                prop_assert_eq!(found.key.as_str(), name.as_str());
            }
            Err(refused) => {
                prop_assert_eq!(usize::from(refused.level.number()), expected + 1);
                prop_assert_eq!(&refused.asked, &name);
                prop_assert_eq!(refused.available.len(), 4);
                prop_assert!(name == "unknown" || name == "db");
            }
        }
        let levels = explain(&inputs);
        let deciding: Vec<_> = levels.iter().filter(|report| report.decides).collect();
        prop_assert_eq!(deciding.len(), 1);
        prop_assert_eq!(usize::from(deciding[0].level.number()), expected + 1);
        prop_assert_eq!(deciding[0].key.as_ref(), answer.as_ref().ok().map(|found| &found.key));
    }
}

#[test]
fn an_entry_of_the_command_line_can_be_focused_on_like_any_other() {
    let entry = DatabaseEntry::new(
        Address::Embedded(None),
        crate::wire::DatabaseName::parse("lesmis").unwrap(),
        Origin::CommandLine,
    );
    let config = Config::empty(Source::BuiltIn).with_database(key("embedded"), entry, true);
    assert_eq!(resolve(&ask(&config, None, None)).unwrap().level, Level::ConfigDefault);
    assert_eq!(resolve(&ask(&config, None, Some("lesmis"))).unwrap().key, key("embedded"));
}

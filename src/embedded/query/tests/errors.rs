//! What is wrong with a query.

use serde_json::json;

use super::{super::Options, Garden};
use crate::{
    embedded::value::{Value, object},
    wire::CollectionName,
};

#[test]
fn errors_tell_in_which_phase_they_came_up() {
    let garden = Garden::planted();
    let message = |text: &str| garden.attempt(text, json!({}), Options::default()).unwrap_err().to_string();
    assert_eq!(message("FOR x IN nowhere RETURN x"), "AQL: collection or view not found: nowhere (while parsing)");
    assert_eq!(message("REMOVE 'none' IN plants"), "AQL: document not found (while executing)");
    assert!(message("FOR x IN RETURN x").starts_with("AQL: syntax error, unexpected"));
}

#[test]
fn names_have_to_be_known() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("RETURN nobody"), 1203);
    assert_eq!(garden.fails("RETURN NOBODY()"), 1540);
    assert_eq!(garden.fails("RETURN my::function(1)"), 1582);
    assert_eq!(garden.fails("WITH nowhere RETURN 1"), 1203);
    assert_eq!(garden.fails("INSERT {} INTO nowhere"), 1203);
}

#[test]
fn variables_are_declared_once() {
    let garden = Garden::empty();
    assert_eq!(garden.fails("LET a = 1 LET a = 2 RETURN a"), 1511);
    assert_eq!(garden.fails("FOR a IN 1..2 FOR a IN 1..2 RETURN a"), 1511);
    garden.gives("LET a = (FOR b IN 1..2 RETURN b) FOR b IN a RETURN b", json!([1, 2]));
}

#[test]
fn collections_are_no_values() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("RETURN plants"), 1568);
    assert_eq!(garden.fails("LET a = plants RETURN a"), 1568);
    assert_eq!(garden.fails("RETURN UNIQUE(plants)"), 1568);
    assert_eq!(garden.fails_with("RETURN @@c", json!({"@c": "plants"})), 1568);
}

#[test]
fn parameters_have_to_be_given_used_and_fit() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("RETURN @a"), 1551);
    assert_eq!(garden.fails_with("RETURN 1", json!({"a": 1})), 1552);
    assert_eq!(garden.fails_with("FOR p IN @@c RETURN p", json!({"@c": 5})), 1553);
    assert_eq!(garden.fails_with("FOR p IN @@c RETURN p", json!({"c": "plants"})), 1551);
    assert_eq!(garden.fails_with("FOR p IN plants RETURN p.@a", json!({"a": 5})), 1553);
    assert_eq!(garden.fails_with("FOR p IN @@c RETURN p", json!({"@c": "nowhere"})), 1203);
}

#[test]
fn functions_take_as_many_arguments_as_they_say() {
    let error = Garden::empty().attempt("RETURN LENGTH()", json!({}), Options::default()).unwrap_err();
    assert_eq!(error.num.0, 1541);
    assert!(error.message.contains("expected number of arguments: minimum: 1, maximum: 1"), "{}", error.message);
}

#[test]
fn warnings_are_errors_when_asked_for() {
    let strict = || Options { fail_on_warning: true, ..Options::default() };
    let error = Garden::empty().attempt("RETURN 1 / 0", json!({}), strict()).unwrap_err();
    assert_eq!(error.num.0, 1562);
}

#[test]
fn no_more_warnings_are_kept_than_asked_for() {
    let options = Options { max_warning_count: 2, ..Options::default() };
    let outcome = Garden::empty().attempt("FOR i IN 1..9 RETURN i / 0", json!({}), options).unwrap();
    assert_eq!(outcome.warnings.list.len(), 2);
}

#[test]
fn a_query_may_be_long_but_not_endless() {
    let garden = Garden::empty();
    let loops = |count: usize| (0..count).map(|i| format!("FOR v{i} IN [1]")).collect::<Vec<_>>().join(" ");
    garden.gives(&format!("{} RETURN v4000", loops(4500)), json!([1]));
    assert_eq!(garden.fails(&format!("{} RETURN 1", loops(20_000))), 1524);
}

#[test]
fn views_cannot_be_searched_and_that_is_said() {
    let garden = Garden::planted();
    let definition = object([("type", Value::from("arangosearch"))]);
    let name = CollectionName::parse("seen").unwrap();
    garden.database.create_view(name, definition.as_object().unwrap()).unwrap();
    assert_eq!(garden.fails("FOR p IN plants SEARCH p.a == 1 RETURN p"), 9);
    for text in ["FOR p IN seen RETURN p", "FOR p IN seen SEARCH p.a == 1 RETURN p", "INSERT {} INTO seen"] {
        let error = garden.attempt(text, json!({}), Options::default()).unwrap_err();
        let told = error.num.0 == 9 || text.starts_with("INSERT") && error.num.0 == 1203;
        assert!(told, "{text}: {error}");
    }
    assert_eq!(garden.fails("FOR p IN unseen RETURN p"), 1203);
}

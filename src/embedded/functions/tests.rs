//! What the tests of all categories share, and tests over the list of functions.

use std::collections::HashSet;

use super::{Context, Data, Warnings, all, lookup, nearest};
use crate::{
    clock::SequenceRandom,
    embedded::{
        error::Error,
        value::{Value, json, object, order},
    },
    wire::ErrorNum,
};

/// A database with one collection `people` of the document `people/ada`.
pub(crate) struct OnePerson;

impl Data for OnePerson {
    fn document(&self, id: &str) -> Option<Value> {
        (id == "people/ada").then(|| object([("_id", Value::from("people/ada")), ("_key", Value::from("ada"))]))
    }

    fn collections(&self) -> Vec<(String, String)> {
        vec![("17".to_owned(), "people".to_owned())]
    }

    fn collection_count(&self, name: &str) -> Option<usize> {
        (name == "people").then_some(1)
    }

    fn documents(&self, collection: &str) -> Option<Box<dyn Iterator<Item = Value> + '_>> {
        (collection == "people")
            .then(|| -> Box<dyn Iterator<Item = Value>> { Box::new(self.document("people/ada").into_iter()) })
    }

    fn indexes(&self, _: &str) -> Vec<Value> {
        Vec::new()
    }

    fn schema(&self, name: &str) -> Option<Value> {
        (name == "people").then(|| json::parse(br#"{"rule":{"required":["name"]},"level":"new"}"#).unwrap())
    }

    fn database_name(&self) -> String {
        "_system".to_owned()
    }

    fn user(&self) -> Option<String> {
        None
    }
}

/// Calls a function with the elements of a JSON array.
pub(crate) fn call(name: &str, args: &str) -> (Result<Value, Error>, Vec<ErrorNum>) {
    let function = lookup(name).unwrap();
    let args = json::parse(args.as_bytes()).unwrap();
    let random = SequenceRandom::from_seed(1);
    let mut warnings = Warnings { list: Vec::new(), limit: 10, fail: false };
    let mut context =
        Context { now_millis: 0, random: &*random, warnings: &mut warnings, data: &OnePerson, is_over: &|| false };
    let result = match function.check_count(args.as_array().unwrap().len()) {
        Ok(()) => (function.call)(&mut context, args.as_array().unwrap()),
        Err(error) => Err(error),
    };
    (result, warnings.list.into_iter().map(|(num, _)| num).collect())
}

#[test]
fn a_long_sort_ends_when_the_query_has_to() {
    let random = SequenceRandom::from_seed(1);
    let mut warnings = Warnings::default();
    let mut context =
        Context { now_millis: 0, random: &*random, warnings: &mut warnings, data: &OnePerson, is_over: &|| true };
    let items = Value::array(vec![Value::Int(2), Value::Int(1)]);
    for name in ["SORTED", "SORTED_UNIQUE"] {
        let left = (lookup(name).unwrap().call)(&mut context, std::slice::from_ref(&items)).unwrap();
        assert!(order::equal(&left, &Value::array(Vec::new())), "{name}");
    }
}

/// Checks that a call gives this value and no warning.
#[track_caller]
pub(crate) fn check(name: &str, args: &str, expected: &str) {
    let (result, warnings) = call(name, args);
    let result = result.unwrap();
    let expected = json::parse(expected.as_bytes()).unwrap();
    assert!(
        near(&result, &expected),
        "{name}{args}: {} instead of {}",
        json::to_string(&result),
        json::to_string(&expected)
    );
    assert!(warnings.is_empty(), "{name}{args}: {warnings:?}");
}

/// Checks that a call gives this value with this warning.
#[track_caller]
pub(crate) fn check_warns(name: &str, args: &str, expected: &str, warning: ErrorNum) {
    let (result, warnings) = call(name, args);
    assert_eq!(json::to_string(&result.unwrap()), expected, "{name}{args}");
    assert!(warnings.contains(&warning), "{name}{args}: {warnings:?}");
}

fn near(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => (left - right).abs() <= 1e-12 * right.abs(),
        _ => match (left.as_array(), right.as_array()) {
            (Some(left), Some(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| near(left, right))
            }
            _ => order::equal(left, right),
        },
    }
}

#[test]
fn no_name_is_there_twice_and_all_are_in_upper_case() {
    let mut seen = HashSet::new();
    for function in all() {
        assert!(seen.insert(function.name), "{}", function.name);
        assert_eq!(function.name, function.name.to_ascii_uppercase());
        assert!(function.min <= function.max);
    }
}

#[test]
fn a_misspelt_name_has_a_nearest_one() {
    assert_eq!(nearest("lenght_concat_foo_bar"), None);
    assert_eq!(nearest("SUBSTRNG"), Some("SUBSTRING"));
    assert_eq!(nearest("concat_seperator"), Some("CONCAT_SEPARATOR"));
}

#[test]
fn a_wrong_number_of_arguments_names_the_bounds() {
    let error = lookup("POW").unwrap().check_count(1).unwrap_err();
    assert_eq!(error.num, ErrorNum::QUERY_FUNCTION_ARGUMENT_NUMBER_MISMATCH);
    assert!(error.message.ends_with("minimum: 2, maximum: 2"));
}

#[test]
fn no_function_panics_whatever_it_is_given() {
    const ODD: &[&str] = &[
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e308",
        "-1e308",
        "9223372036854775807",
        "-9223372036854775808",
        r#""""#,
        r#""a""#,
        r#""\ud83e\udd51%_\\ [""#,
        "[]",
        "[null,1,\"a\",[1]]",
        r#"[["a"],["b"]]"#,
        "{}",
        r#"{"a":1}"#,
    ];
    let mut next = 1_u64;
    for function in all().filter(|function| function.name != "SLEEP") {
        for round in 0..400 {
            let count = function.min + round % (function.max.min(function.min + 2) - function.min + 1);
            let args: Vec<_> = (0..count)
                .map(|_| {
                    next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    ODD[(next >> 33) as usize % ODD.len()]
                })
                .collect();
            drop(call(function.name, &format!("[{}]", args.join(","))));
        }
    }
}

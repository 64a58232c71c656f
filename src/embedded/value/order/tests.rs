//! Tests of the order of values: that it is one, and that equality and hashes agree with it.

use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hasher as _},
};

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::{COLLATOR, compare, compare_printable, compare_text, equal, hash};
use crate::embedded::value::{Value, json, object};

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn hash_of(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash(value, &mut hasher);
    hasher.finish()
}

#[test]
fn types_come_in_the_order_of_the_manual() {
    let sorted = ["null", "false", "true", "-1", "0", "0.5", "1", r#""""#, r#""a""#, "[]", "[0]", "{}", r#"{"a":1}"#];
    for (at, left) in sorted.iter().enumerate() {
        for (other, right) in sorted.iter().enumerate() {
            assert_eq!(compare(&value(left), &value(right)), at.cmp(&other), "{left} {right}");
        }
    }
}

#[test]
fn big_whole_numbers_are_not_rounded_when_compared_with_doubles() {
    let big = Value::Int(9_007_199_254_740_993);
    let double = Value::Double(9_007_199_254_740_992.0);
    assert_eq!(compare(&big, &double), Ordering::Greater);
    assert!(!equal(&big, &double));
    assert_eq!(compare(&Value::Int(i64::MAX), &Value::Double(9_223_372_036_854_775_808.0)), Ordering::Less);
    assert_eq!(compare(&Value::Int(i64::MIN), &Value::Double(-9_223_372_036_854_775_808.0)), Ordering::Equal);
    assert_eq!(compare(&Value::Int(-1), &Value::Double(-1.5)), Ordering::Greater);
    assert_eq!(compare(&Value::Int(-2), &Value::Double(-1.5)), Ordering::Less);
    assert!(equal(&Value::Int(0), &Value::Double(-0.0)));
    assert_eq!(hash_of(&Value::Int(0)), hash_of(&Value::Double(-0.0)));
}

#[test]
fn texts_are_collated_with_capitals_first_and_equal_only_byte_for_byte() {
    let mut words = ["b", "a", "\u{e4}", "B", "A", "z", "1", "_", "\u{c4}", "ab"];
    words.sort_by(|left, right| compare_text(left, right));
    assert_eq!(words, ["_", "1", "A", "a", "\u{c4}", "\u{e4}", "ab", "B", "b", "z"]);
    let (composed, decomposed) = (Value::from("\u{e9}"), Value::from("e\u{301}"));
    assert!(!equal(&composed, &decomposed));
    assert!(compare(&composed, &decomposed).is_ne());
}

#[test]
fn what_is_missing_counts_as_null() {
    for (left, right) in [
        ("[]", "[null]"),
        ("[1]", "[1, null, null]"),
        (r#"{"b":1}"#, r#"{"a":null,"b":1}"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#),
        ("[[null]]", "[[]]"),
    ] {
        let (left, right) = (value(left), value(right));
        assert!(equal(&left, &right) && equal(&right, &left));
        assert_eq!(compare(&left, &right), Ordering::Equal);
        assert_eq!(hash_of(&left), hash_of(&right));
    }
    assert!(!equal(&value(r#"{"b":1}"#), &value(r#"{"a":1,"b":1}"#)));
    assert!(!equal(&value("[]"), &value("[false]")));
}

#[test]
fn objects_are_compared_by_their_first_differing_name() {
    assert_eq!(compare(&value(r#"{"a":1}"#), &value(r#"{"b":1}"#)), Ordering::Greater);
    assert_eq!(compare(&value(r#"{"b":1,"a":1}"#), &value(r#"{"a":1,"b":2}"#)), Ordering::Less);
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-2i64..3).prop_map(Value::Int),
        any::<i64>().prop_map(Value::Int),
        prop_oneof![Just(0.5), Just(-0.0), Just(1.0), Just(9e18), any::<f64>()].prop_map(Value::number),
        "[aAb\u{e4}e\u{301}]{0,3}".prop_map(Value::string),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::array),
            prop::collection::vec(("[abc]", inner), 0..4).prop_map(object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn the_order_is_total_and_agrees_with_equality_and_hash(a in any_value(), b in any_value(), c in any_value()) {
        assert_eq!(compare(&a, &a), Ordering::Equal);
        assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
        assert_eq!(compare(&a, &b).is_eq(), equal(&a, &b));
        if equal(&a, &b) {
            assert_eq!(hash_of(&a), hash_of(&b));
        }
        if compare(&a, &b).is_le() && compare(&b, &c).is_le() {
            assert!(compare(&a, &c).is_le());
        }
    }
}

#[test]
fn every_pair_of_printable_characters_has_a_place() {
    let printable: Vec<String> = (' '..='~').map(String::from).collect();
    for left in &printable {
        for right in &printable {
            let expected = COLLATOR.as_ref().unwrap().compare(left, right);
            assert_eq!(compare_printable(left.as_bytes(), right.as_bytes()), Some(expected), "{left:?} {right:?}");
        }
    }
    assert_eq!(compare_printable(b"a\n", b"a"), None);
}

proptest! {
    #[test]
    fn printable_texts_are_compared_as_the_collator_does(left in "[ -~]{0,6}", right in "[ -~]{0,6}") {
        let expected = COLLATOR.as_ref().unwrap().compare(&left, &right);
        assert_eq!(compare_printable(left.as_bytes(), right.as_bytes()), Some(expected));
    }

    #[test]
    fn letters_in_any_case_are_compared_as_the_collator_does(left in "[a-cA-C -]{0,5}", right in "[a-cA-C -]{0,5}") {
        let expected = COLLATOR.as_ref().unwrap().compare(&left, &right);
        assert_eq!(compare_printable(left.as_bytes(), right.as_bytes()), Some(expected));
    }
}

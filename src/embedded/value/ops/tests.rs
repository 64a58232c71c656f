//! Tests of casts and arithmetic.

use proptest::prelude::{ProptestConfig, proptest};

use super::{
    add, div, double_text, modulo, mul, negate, plus, range, sub, to_array, to_i64, to_number, to_text, truth,
};
use crate::{
    embedded::value::{Value, json, order},
    wire::ErrorNum,
};

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn number(text: &str) -> String {
    json::to_string(&to_number(&value(text)))
}

#[test]
fn casts_to_numbers_follow_the_manual() {
    for (from, to) in [
        ("null", "0"),
        ("true", "1"),
        (r#""""#, "0"),
        (r#"" 12 ""#, "12"),
        (r#""1.5""#, "1.5"),
        (r#""1.5abc""#, "0"),
        (r#""-1e2""#, "-100"),
        (r#""+3""#, "3"),
        (r#""0x1f""#, "31"),
        (r#""inf""#, "0"),
        (r#""NaN""#, "0"),
        (r#""--1""#, "0"),
        (r#""1e999""#, "0"),
        ("[]", "0"),
        (r#"["7"]"#, "7"),
        ("[[[3]]]", "3"),
        ("[1,2]", "0"),
        (r#"{"a":1}"#, "0"),
    ] {
        assert_eq!(number(from), to, "{from}");
    }
    assert_eq!(to_i64(&Value::Double(-1.9)), -1);
    assert_eq!(to_i64(&Value::Double(1e300)), i64::MAX);
}

#[test]
fn casts_to_texts_and_arrays_follow_the_manual() {
    for (from, to) in [("null", ""), ("true", "true"), ("1.0", "1"), ("1.5", "1.5"), ("[1, \"a\"]", "[1,\"a\"]")] {
        assert_eq!(&*to_text(&value(from)), to);
    }
    assert_eq!(json::to_string(&to_array(&value("null"))), "[]");
    assert_eq!(json::to_string(&to_array(&value("1"))), "[1]");
    assert_eq!(json::to_string(&to_array(&value(r#"{"a":1,"b":[2]}"#))), "[1,[2]]");
}

#[test]
fn doubles_are_written_plainly_near_their_digits_and_with_an_exponent_further_away() {
    for (number, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (1e7, "10000000"),
        (1e8, "1e+8"),
        (123e7, "1230000000"),
        (1e21, "1e+21"),
        (0.001, "0.001"),
        (1e-7, "1e-7"),
        (0.000_001, "0.000001"),
        (1.234_567_890_123, "1.234567890123"),
        (12.5e-10, "1.25e-9"),
        (f64::MAX, "1.7976931348623157e+308"),
        (5e-324, "5e-324"),
    ] {
        assert_eq!(double_text(number), text);
    }
}

#[test]
fn whole_numbers_stay_whole_until_they_overflow() {
    let text = |value: Value| json::to_string(&value);
    assert_eq!(text(add(&value("9007199254740993"), &value("1"))), "9007199254740994");
    assert!(matches!(add(&Value::Int(i64::MAX), &Value::Int(1)), Value::Double(_)));
    assert!(matches!(negate(&Value::Int(i64::MIN)), Value::Double(_)));
    assert!(matches!(div(&Value::Int(i64::MIN), &Value::Int(-1)), Ok(Value::Double(_))));
    assert_eq!(text(div(&value("7"), &value("2")).unwrap()), "3.5");
    assert_eq!(text(modulo(&value("-7"), &value("3")).unwrap()), "-1");
    assert_eq!(text(modulo(&value("5.5"), &value("2")).unwrap()), "1.5");
    assert_eq!(text(sub(&value("\"3\""), &value("[1]"))), "2");
    assert_eq!(text(mul(&Value::Double(1e200), &Value::Double(1e200))), "null");
}

#[test]
fn dividing_by_nothing_is_an_error() {
    for divisor in ["0", "0.0", "null", "\"x\"", "{}"] {
        assert_eq!(div(&Value::Int(1), &value(divisor)).unwrap_err(), ErrorNum::QUERY_DIVISION_BY_ZERO);
        assert_eq!(modulo(&Value::Int(1), &value(divisor)).unwrap_err(), ErrorNum::QUERY_DIVISION_BY_ZERO);
    }
}

#[test]
fn ranges_go_both_ways_and_have_a_limit() {
    let text = |low: &str, high: &str| json::to_string(&range(&value(low), &value(high)).unwrap());
    assert_eq!(text("1", "3"), "[1,2,3]");
    assert_eq!(text("2.9", "\"0\""), "[2,1,0]");
    assert_eq!(text("null", "0"), "[0]");
    let (low, high) = (Value::Int(i64::MIN), Value::Int(i64::MAX));
    assert_eq!(range(&low, &high).unwrap_err(), ErrorNum::RESOURCE_LIMIT);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn arithmetic_takes_anything_and_never_panics(a in order::tests::any_value(), b in order::tests::any_value()) {
        for result in [add(&a, &b), sub(&a, &b), mul(&a, &b), negate(&a), plus(&b)] {
            assert!(matches!(result, Value::Int(_) | Value::Double(_) | Value::Null));
        }
        assert_eq!(div(&a, &b).is_err(), super::to_f64(&b) == 0.0);
        assert_eq!(modulo(&a, &b).is_err(), super::to_f64(&b) == 0.0);
        assert_eq!(truth(&to_number(&a)), super::to_f64(&a) != 0.0);
        to_text(&a);
    }
}

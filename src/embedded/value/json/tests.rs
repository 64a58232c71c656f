//! Tests of reading and writing JSON.

use proptest::prelude::{ProptestConfig, proptest};

use super::{parse, shared_name, to_string};
use crate::embedded::value::{Str, Value, order};

#[test]
fn numbers_keep_their_kind_and_whole_doubles_lose_their_fraction() {
    for (text, written) in [
        ("1.0", "1"),
        ("-0.0", "-0"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "1.8446744073709552e+19"),
        ("0.1", "0.1"),
        ("123456789012345678901234567890", "1.2345678901234568e+29"),
        ("1e300", "1e+300"),
    ] {
        let value = parse(text.as_bytes()).unwrap();
        assert_eq!(to_string(&value).replace("e+", "e"), written.replace("e+", "e"), "{text}");
    }
    assert!(matches!(parse(b"-9223372036854775808").unwrap(), Value::Int(i64::MIN)));
    assert!(matches!(parse(b"9223372036854775808").unwrap(), Value::Double(_)));
}

#[test]
fn the_last_of_two_equal_names_counts_and_order_is_kept() {
    assert_eq!(to_string(&parse(br#"{"b":1,"a":2,"b":3}"#).unwrap()), r#"{"b":3,"a":2}"#);
}

#[test]
fn bad_text_is_an_error_not_a_panic() {
    let deep = "[".repeat(100_000);
    for text in [b"" as &[u8], b"{", b"[1,]", b"\"\xff\"", b"nul", b"1 2", b"1e999", deep.as_bytes()] {
        assert!(parse(text).is_err());
    }
}

#[test]
fn texts_are_escaped_as_json_demands() {
    let text = "\u{0}\u{8}\u{c}\n\r\t\"\\/\u{7f}\u{e9}\u{1f600}";
    let written = to_string(&Value::from(text));
    assert_eq!(written, serde_json::to_string(text).unwrap());
}

#[test]
fn names_are_shared_between_documents() {
    let (one, two) = (shared_name("name"), shared_name("name"));
    assert!(Str::ptr_eq(&one, &two));
    assert_eq!(shared_name(&"x".repeat(100)).len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn what_is_written_reads_back_equal(value in order::tests::any_value()) {
        let text = to_string(&value);
        assert!(order::equal(&parse(text.as_bytes()).unwrap(), &value), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), serde_json::to_value(&value).unwrap());
        assert!(order::equal(&Value::from(serde_json::Value::from(&value)), &value));
    }
}

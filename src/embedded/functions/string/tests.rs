//! Tests of the string functions in `mod.rs`.

use crate::{
    embedded::functions::tests::{call, check, check_warns},
    wire::ErrorNum,
};

#[test]
fn texts_are_cut_by_characters() {
    check("LEFT", r#"["h\u00e9llo", 2]"#, r#""h\u00e9""#);
    check("LEFT", r#"["abc", -1]"#, r#""""#);
    check("RIGHT", r#"["\ud83e\udd51ab", 3]"#, r#""\ud83e\udd51ab""#);
    check("RIGHT", r#"["abc", 2]"#, r#""bc""#);
    check("SUBSTRING", r#"["\ud83e\udd51abc", 1, 2]"#, r#""ab""#);
    check("SUBSTRING", r#"["abc", -2]"#, r#""bc""#);
    check("SUBSTRING", r#"["abc", -9, 2]"#, r#""ab""#);
    check("SUBSTRING", r#"["abc", 9]"#, r#""""#);
    check("SUBSTRING", r#"["abc", 1, -1]"#, r#""""#);
    check("CHAR_LENGTH", r#"["\ud83e\udd51"]"#, "1");
    check("CHAR_LENGTH", "[[1, 2]]", "5");
}

#[test]
fn bytes_may_only_be_cut_between_characters() {
    check("SUBSTRING_BYTES", r#"["a\u20acbcd", 1, 3]"#, r#""\u20ac""#);
    check("SUBSTRING_BYTES", r#"["a\u20acbcd", -1]"#, r#""d""#);
    check("SUBSTRING_BYTES", r#"["a\u20acbcd", 4, 1, 1]"#, r#""\u20acbc""#);
    check("SUBSTRING_BYTES", r#"["a\u20acbcd", 4, 1, 9, 0]"#, r#""a\u20acb""#);
    let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
    check_warns("SUBSTRING_BYTES", r#"["a\u20ac", 2]"#, "null", warning);
    check_warns("SUBSTRING_BYTES", r#"["a\u20ac", 1, 2]"#, "null", warning);
}

#[test]
fn joining_leaves_out_null_and_takes_one_array_apart() {
    check("CONCAT", r#"["a", null, 1, true, [2]]"#, r#""a1true[2]""#);
    check("CONCAT", r#"[["a", null, [1, "b"]]]"#, r#""a[1,\"b\"]""#);
    check("CONCAT_SEPARATOR", r#"["-", "a", null, "", "b"]"#, r#""a--b""#);
    check("CONCAT_SEPARATOR", r#"["-", ["a", "b"]]"#, r#""a-b""#);
    check("CONCAT_SEPARATOR", r#"["-", ["a", "b"], "c"]"#, r#""[\"a\",\"b\"]-c""#);
}

#[test]
fn trimming_takes_a_side_or_the_characters() {
    check("TRIM", r#"[" \t a \r\n"]"#, r#""a""#);
    check("TRIM", r#"["  a  ", 1]"#, r#""a  ""#);
    check("TRIM", r#"["  a  ", 2]"#, r#""  a""#);
    check("TRIM", r#"["xyaxy", "yx"]"#, r#""a""#);
    check("LTRIM", r#"["xxaxx", "x"]"#, r#""axx""#);
    check("RTRIM", r#"["xxaxx", "x"]"#, r#""xxa""#);
}

#[test]
fn case_follows_unicode() {
    check("UPPER", r#"["stra\u00dfe \u01c6"]"#, r#""STRASSE \u01c4""#);
    check("LOWER", r#"["\u00c4\u03a3"]"#, r#""\u00e4\u03c2""#);
}

#[test]
fn repeating_has_a_limit() {
    check("REPEAT", r#"["ab", 3, "-"]"#, r#""ab-ab-ab""#);
    check("REPEAT", r#"["ab", 0]"#, r#""""#);
    check_warns("REPEAT", r#"["ab", 9000000]"#, "null", ErrorNum::RESOURCE_LIMIT);
    check_warns("REPEAT", r#"["", 9223372036854775807]"#, "null", ErrorNum::RESOURCE_LIMIT);
}

#[test]
fn json_goes_both_ways() {
    check("JSON_STRINGIFY", r#"[{"a": [1.0, null, "\u00e9"]}]"#, r#""{\"a\":[1,null,\"\u00e9\"]}""#);
    check("JSON_PARSE", r#"["{\"a\": 1}"]"#, r#"{"a": 1}"#);
    let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
    check_warns("JSON_PARSE", r#"["{a:1}"]"#, "null", warning);
    check_warns("JSON_PARSE", "[1]", "null", warning);
}

#[test]
fn characters_have_code_points() {
    check("TO_CHAR", "[8364]", r#""\u20ac""#);
    let warning = ErrorNum::QUERY_FUNCTION_ARGUMENT_TYPE_MISMATCH;
    check_warns("TO_CHAR", "[55296]", "null", warning);
    check_warns("TO_CHAR", "[-1]", "null", warning);
}

#[test]
fn tokens_and_identifiers_are_random() {
    let token = call("RANDOM_TOKEN", "[40]").0.unwrap();
    assert!(token.as_str().unwrap().len() == 40 && token.as_str().unwrap().chars().all(|c| c.is_ascii_alphanumeric()));
    assert!(call("RANDOM_TOKEN", "[65537]").0.is_err());
    let uuid = call("UUID", "[]").0.unwrap();
    assert_eq!(uuid::Uuid::parse_str(uuid.as_str().unwrap()).unwrap().get_version_num(), 4);
}

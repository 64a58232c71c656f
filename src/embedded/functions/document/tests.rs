//! Calls of the object functions as a query makes them.

use crate::embedded::functions::answer::harness::check;

#[test]
fn attributes_and_values_can_leave_out_system_attributes() {
    check(&[
        ("ATTRIBUTES", r#"[{"z": 1, "_key": "k", "a": 2}]"#, r#"["z","_key","a"]"#),
        ("ATTRIBUTES", r#"[{"z": 1, "_key": "k", "a": 2}, true, true]"#, r#"["a","z"]"#),
        ("KEYS", "[{}]", "[]"),
        ("KEYS", "[[1]]", "warning 1542"),
        ("VALUES", r#"[{"z": 1, "_key": "k"}, true]"#, "[1]"),
        ("ENTRIES", r#"[{"z": 1, "y": null}]"#, r#"[["z",1],["y",null]]"#),
        ("ENTRIES", "[null]", "warning 1542"),
        ("HAS", r#"[{"a": null}, "a"]"#, "true"),
        ("HAS", r#"[{"1": null}, 1]"#, "true"),
        ("HAS", r#"[null, "a"]"#, "false"),
    ]);
}

#[test]
fn parts_of_objects_are_kept_or_dropped_at_one_or_all_levels() {
    let document = r#"{"a": {"a": 1, "b": 2}, "b": {"a": 3}, "c": [{"b": 1}]}"#;
    let with = |names: &str| format!("[{document}, {names}]");
    check(&[
        ("KEEP", &with("\"a\", [\"c\"]"), r#"{"a":{"a":1,"b":2},"c":[{"b":1}]}"#),
        ("KEEP_RECURSIVE", &with("\"a\""), r#"{"a":{"a":1}}"#),
        ("UNSET", &with("\"b\""), r#"{"a":{"a":1,"b":2},"c":[{"b":1}]}"#),
        ("UNSET_RECURSIVE", &with("[\"b\"]"), r#"{"a":{"a":1},"c":[{"b":1}]}"#),
        ("UNSET", "[[], \"b\"]", "warning 1542"),
        ("KEEP", &with("null"), "warning 1542"),
    ]);
}

#[test]
fn merging_prefers_the_later_value() {
    check(&[
        ("MERGE", r#"[{"a": {"x": 1}, "b": 1}, {"a": {"y": 2}}, {"c": 3}]"#, r#"{"a":{"y":2},"b":1,"c":3}"#),
        ("MERGE", r#"[[{"a": 1}, {"a": 2}]]"#, r#"{"a":2}"#),
        ("MERGE", "[[]]", "{}"),
        ("MERGE", "[{}, null]", "warning 1542"),
        (
            "MERGE_RECURSIVE",
            r#"[{"a": {"x": 1, "l": [1]}}, {"a": {"y": 2, "l": [2]}}]"#,
            r#"{"a":{"x":1,"l":[2],"y":2}}"#,
        ),
        ("MERGE_RECURSIVE", r#"[[{"a": {"x": 1}}, {"a": 5}, {"a": {"z": 1}}]]"#, r#"{"a":{"z":1}}"#),
        ("MERGE_RECURSIVE", r#"[{"a": 1}]"#, r#"{"a":1}"#),
    ]);
}

#[test]
fn examples_match_missing_attributes_that_should_be_null() {
    check(&[
        ("MATCHES", r#"[{"a": 1}, {"a": 1.0, "b": null}]"#, "true"),
        ("MATCHES", r#"[{"a": 1}, [{"a": 2}, {}], true]"#, "1"),
        ("MATCHES", r#"[{"a": 1}, [], true]"#, "-1"),
        ("MATCHES", r#"[{"a": 1}, ["x", {"a": 1}]]"#, "true and warning 1542"),
        ("MATCHES", "[5, {}]", "null"),
    ]);
}

#[test]
fn identifiers_are_taken_apart() {
    check(&[
        ("PARSE_IDENTIFIER", r#"["c/k"]"#, r#"{"collection":"c","key":"k"}"#),
        ("PARSE_COLLECTION", r#"[{"_id": "c/k"}]"#, r#""c""#),
        ("PARSE_KEY", r#"["c/k"]"#, r#""k""#),
        ("PARSE_KEY", r#"["c"]"#, "warning 1542"),
        ("PARSE_KEY", r#"["c/k/l"]"#, "warning 1542"),
        ("PARSE_KEY", r#"[{"_key": "k"}]"#, "warning 1542"),
        ("IS_SAME_COLLECTION", r#"["c", "c/k"]"#, "true"),
        ("IS_SAME_COLLECTION", r#"["c", {"_id": "d/k"}]"#, "false"),
        ("IS_SAME_COLLECTION", r#"["c", null]"#, "warning 1542"),
    ]);
}

#[test]
fn values_are_looked_up_by_name_and_by_path() {
    check(&[
        ("TRANSLATE", r#"["x", {"x": null}, 7]"#, "null"),
        ("TRANSLATE", r#"["y", {"x": 1}, 7]"#, "7"),
        ("TRANSLATE", r#"[3, {"3": 1}]"#, "1"),
        ("TRANSLATE", "[true, {}]", "true"),
        ("TRANSLATE", "[1, []]", "warning 1542"),
        ("VALUE", r#"[{"a": [{"b": 1}, 5]}, ["a", 0, "b"]]"#, "1"),
        ("VALUE", r#"[{"a": [{"b": 1}, 5]}, ["a", -1]]"#, "5"),
        ("VALUE", r#"[{"a": 1}, ["a", "b", 3]]"#, "null"),
        ("VALUE", r#"[{"a": 1}, "a"]"#, "warning 1542"),
        ("VALUE", r#"[{"a": 1}, [true]]"#, "warning 1542"),
    ]);
}

#[test]
fn zipping_needs_as_many_names_as_values() {
    check(&[
        ("ZIP", r#"[["a", 1, "a"], [1, [2], 3]]"#, r#"{"a":1,"1":[2]}"#),
        ("ZIP", r#"[["a"], []]"#, "warning 1542"),
        ("ZIP", r#"[["a"], "b"]"#, "warning 1542"),
    ]);
}

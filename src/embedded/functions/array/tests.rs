//! Calls of the array functions as a query makes them.

use super::ops;
use crate::embedded::functions::answer::harness::{call, check};

#[test]
fn adding_elements_respects_the_unique_flag() {
    check(&[
        ("APPEND", "[[7, 7], [8]]", "[7,7,8]"),
        ("APPEND", "[[7, 7], [8, 7.0], true]", "[7,8]"),
        ("APPEND", "[[7, 7], [], true]", "[7,7]"),
        ("APPEND", "[[7, 7], null, true]", "[7,7]"),
        ("APPEND", "[null, [1, 1], true]", "[1,1]"),
        ("APPEND", "[[7], {\"a\": 1}]", "[7,{\"a\":1}]"),
        ("APPEND", "[\"x\", [1]]", "warning 1542"),
        ("PUSH", "[[1], 1]", "[1,1]"),
        ("PUSH", "[[1, 1], 1, true]", "[1,1]"),
        ("PUSH", "[null, null]", "[null]"),
        ("PUSH", "[1, 1]", "warning 1542"),
        ("UNSHIFT", "[[1], 2]", "[2,1]"),
        ("UNSHIFT", "[[1], 1, true]", "[1]"),
        ("UNSHIFT", "[{}, 1]", "warning 1542"),
    ]);
}

#[test]
fn elements_are_taken_from_either_end() {
    check(&[
        ("FIRST", "[[4, 5]]", "4"),
        ("FIRST", "[[]]", "null"),
        ("FIRST", "[null]", "warning 1563"),
        ("LAST", "[[4, 5]]", "5"),
        ("LAST", "[{}]", "warning 1563"),
        ("NTH", "[[4, 5], 1.9]", "5"),
        ("NTH", "[[4, 5], 2]", "null"),
        ("NTH", "[[4, 5], -1]", "null"),
        ("POP", "[[4, 5]]", "[4]"),
        ("POP", "[[]]", "[]"),
        ("SHIFT", "[[4, 5]]", "[5]"),
        ("SHIFT", "[[]]", "[]"),
    ]);
}

#[test]
fn lengths_are_those_of_the_manual() {
    check(&[
        ("LENGTH", "[null]", "0"),
        ("LENGTH", "[true]", "1"),
        ("LENGTH", "[false]", "0"),
        ("LENGTH", "[1234]", "4"),
        ("LENGTH", "[-2.5]", "4"),
        ("LENGTH", "[\"añ🥝\"]", "3"),
        ("LENGTH", "[[1, [2, 3]]]", "2"),
        ("COUNT", "[{\"a\": 1, \"b\": null}]", "2"),
    ]);
}

#[test]
fn flattening_goes_as_deep_as_asked() {
    check(&[
        ("FLATTEN", "[[1, [2, [3, [4]]]]]", "[1,2,[3,[4]]]"),
        ("FLATTEN", "[[1, [2, [3, [4]]]], 2]", "[1,2,3,[4]]"),
        ("FLATTEN", "[[1, [2, [3, [4]]]], 1e18]", "[1,2,3,4]"),
        ("FLATTEN", "[[[1]], -5]", "[1]"),
        ("FLATTEN", "[[[], [[]]]]", "[[]]"),
        ("FLATTEN", "[\"x\"]", "warning 1563"),
    ]);
}

#[test]
fn interleaving_goes_on_when_an_array_ends() {
    check(&[
        ("INTERLEAVE", "[[1, 4], [2], [3, 5, 6]]", "[1,2,3,4,5,6]"),
        ("INTERLEAVE", "[[], []]", "[]"),
        ("INTERLEAVE", "[[], null]", "warning 1542"),
    ]);
}

#[test]
fn removing_and_replacing_count_from_the_end_when_negative() {
    check(&[
        ("REMOVE_NTH", "[[1, 2, 3], -1]", "[1,2]"),
        ("REMOVE_NTH", "[[1, 2, 3], -4]", "[1,2,3]"),
        ("REMOVE_NTH", "[null, 0]", "[]"),
        ("REMOVE_NTH", "[[1, 2, 3], -9223372036854775808]", "[1,2,3]"),
        ("REMOVE_VALUE", "[[1, 2, 1.0, 1], 1, 2]", "[2,1]"),
        ("REMOVE_VALUE", "[[1, 2, 1], 1, 0]", "[1,2,1]"),
        ("REMOVE_VALUE", "[[1, 2, 1], 1, -1]", "[2]"),
        ("REMOVE_VALUE", "[5, 1]", "warning 1542"),
        ("REPLACE_NTH", "[[1, 2], -1, 9]", "[1,9]"),
        ("REPLACE_NTH", "[[1, 2], -7, 9]", "[9,2]"),
        ("REPLACE_NTH", "[[1, 2], 2, 9]", "[1,2,9]"),
        ("REPLACE_NTH", "[[1, 2], 4, 9, 0]", "[1,2,0,0,9]"),
        ("REPLACE_NTH", "[[1, 2], 4, 9, null]", "[1,2,null,null,9]"),
        ("REPLACE_NTH", "[[], -1, 9]", "[9]"),
        ("REPLACE_NTH", "[null, 0, 9]", "warning 1542"),
    ]);
    assert_eq!(call("REPLACE_NTH", "[[1, 2], 3, 9]").1, Some(1542));
    let beyond = format!("[[1], {}, 9, 0]", ops::MAX_RANGE + 1);
    assert_eq!(call("REPLACE_NTH", &beyond).1, Some(32));
}

#[test]
fn positions_are_found_by_value() {
    check(&[
        ("POSITION", "[[1, [2]], [2.0]]", "true"),
        ("POSITION", "[[1, [2]], [2], true]", "1"),
        ("CONTAINS_ARRAY", "[[1], \"1\", true]", "-1"),
        ("POSITION", "[\"abc\", \"b\"]", "warning 1542"),
    ]);
}

#[test]
fn slices_stay_within_the_array() {
    check(&[
        ("SLICE", "[[1, 2, 3, 4], 1]", "[2,3,4]"),
        ("SLICE", "[[1, 2, 3, 4], 1, 2]", "[2,3]"),
        ("SLICE", "[[1, 2, 3, 4], -3, -1]", "[2,3]"),
        ("SLICE", "[[1, 2, 3, 4], -9, 2]", "[1,2]"),
        ("SLICE", "[[1, 2, 3, 4], 3, -3]", "[]"),
        ("SLICE", "[[1, 2, 3, 4], 9]", "[]"),
        ("SLICE", "[[1, 2, 3, 4], 1, 9223372036854775807]", "[2,3,4]"),
        ("SLICE", "[[1, 2, 3, 4], 1, 0]", "[]"),
        ("SLICE", "[\"abc\", 1]", "warning 1563"),
    ]);
}

#[test]
fn sorting_and_reversing_keep_all_elements() {
    check(&[
        ("SORTED", "[[\"b\", 3, null, [1], {}, true, \"a\", 1.5]]", "[null,true,1.5,3,\"a\",\"b\",[1],{}]"),
        ("SORTED_UNIQUE", "[[2, 1, 2.0, \"2\", 1]]", "[1,2,\"2\"]"),
        ("SORTED", "[null]", "warning 1563"),
        ("REVERSE", "[[1, 2]]", "[2,1]"),
        ("REVERSE", "[\"añ🥝\"]", "\"🥝ña\""),
        ("REVERSE", "[12]", "warning 1542"),
    ]);
}

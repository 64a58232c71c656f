//! Expressions.

use serde_json::json;

use super::{Garden, is};

#[test]
fn logical_operators_give_one_of_their_operands() {
    is("1 || 2", json!(1));
    is("0 || 'a'", json!("a"));
    is("1 && 2", json!(2));
    is("null && 2", json!(null));
    is("!1", json!(false));
    is("0 ?: 7", json!(7));
    is("3 ?: 7", json!(3));
}

#[test]
fn operands_that_do_not_matter_are_not_evaluated() {
    let garden = Garden::empty();
    for text in [
        "RETURN 1 || FAIL('x')",
        "RETURN 0 && FAIL('x')",
        "RETURN true ? 1 : FAIL('x')",
        "FOR i IN [] RETURN FAIL('x')",
    ] {
        garden.rows(text);
    }
    assert_eq!(garden.fails("RETURN 0 || FAIL('x')"), 1569);
}

#[test]
fn comparisons_follow_the_order_of_types() {
    is("null < false && false < 0 && 0 < '' && '' < [] && [] < {}", json!(true));
    is("1 == 1.0", json!(true));
    is("'a' == 'A'", json!(false));
    is("{a: 1} == {a: 1, b: null}", json!(true));
    is("[1, 2] < [1, 3]", json!(true));
}

#[test]
fn membership_needs_an_array() {
    is("2 IN [1, 2]", json!(true));
    is("2 NOT IN [1, 2]", json!(false));
    is("'a' IN 'abc'", json!(false));
    is("5 IN 1..10", json!(true));
    is("5.5 IN 1..10", json!(false));
    is("'5' NOT IN 1..10", json!(true));
}

#[test]
fn membership_in_a_long_list_compares_as_in_a_short_one() {
    let list = |tail: &str| format!("[{}, {tail}]", (0..50).map(|i| format!("'{i}'")).collect::<Vec<_>>().join(", "));
    is(&format!("NOOPT(7.0) IN {}", list("7")), json!(true));
    is(&format!("NOOPT(7.0) IN {}", list("8")), json!(false));
    is(&format!("NOOPT({{a: null}}) NOT IN {}", list("{}")), json!(false));
    is(&format!("NOOPT('A') NOT IN {}", list("'a'")), json!(true));
}

#[test]
fn arithmetic_casts_its_operands() {
    is("'3' + true", json!(4));
    is("[4] * 2", json!(8));
    is("7 % 4", json!(3));
    is("1 / 4", json!(0.25));
    is("-'2'", json!(-2));
    is("9223372036854775807 + 1", json!(9_223_372_036_854_775_808.0));
    is("-9223372036854775807", json!(-9_223_372_036_854_775_807_i64));
}

#[test]
fn division_by_zero_is_null_with_a_warning() {
    is("1 / 0", json!(null));
    is("1 % 0", json!(null));
    assert_eq!(Garden::empty().warnings("FOR i IN 1..2 RETURN i / 0"), [1562, 1562]);
}

#[test]
fn access_to_what_is_not_there_is_null() {
    is("{a: 1}.b", json!(null));
    is("NOOPT('text').b", json!(null));
    is("[1, 2, 3][-1]", json!(3));
    is("[1, 2, 3][5]", json!(null));
    is("[1, 2, 3][1.9]", json!(2));
    is("[1, 2, 3]['1']", json!(2));
    is("[1, 2, 3]['x']", json!(null));
    is("{a: {b: 2}}['a'].b", json!(2));
    is("{'1': 'one'}[1]", json!("one"));
}

#[test]
fn objects_take_computed_names_and_the_last_of_equal_ones() {
    is("{a: 1, a: 2}", json!({"a": 2}));
    is("{[CONCAT('a', 1)]: 1, [2 + 3]: 2}", json!({"a1": 1, "5": 2}));
    assert_eq!(Garden::empty().fails("LET a = 1 RETURN {a, b}"), 1512);
}

#[test]
fn expansions_reach_into_each_element() {
    is("[{a: 1}, {a: 2}, 3][*].a", json!([1, 2, null]));
    is("NOOPT('no array')[*].a", json!([]));
    is("[[1, 2], [3]][**]", json!([1, 2, 3]));
    is("[{a: [{b: 1}, {b: 2}]}, {a: [{b: 3}]}][*].a[*].b", json!([[1, 2], [3]]));
    is("[{a: [{b: 1}, {b: 2}]}, {a: [{b: 3}]}][*].a[**].b", json!([1, 2, 3]));
}

#[test]
fn expansions_filter_limit_and_map() {
    is("(1..10)[* FILTER CURRENT % 2 == 0 LIMIT 1, 2 RETURN CURRENT * 10]", json!([40, 60]));
    is("[[1, 2], [3, 4]][* RETURN CURRENT[* FILTER CURRENT > 1]]", json!([[2], [3, 4]]));
    is("[{n: [1]}, {n: []}][* FILTER LENGTH(CURRENT.n) > 0].n[0]", json!([1]));
}

#[test]
fn expansions_in_expansions_see_the_element_of_the_outer_one() {
    let garden = Garden::empty();
    let beds = "LET beds = NOOPT([{ rows: [{ n: 1 }, { n: 2 }] }, { rows: [{ n: 3 }] }]) ";
    for (expression, expected) in [
        ("beds[*].rows[*].n", json!([[1, 2], [3]])),
        ("beds[* RETURN CURRENT.rows[* FILTER CURRENT.n > 1].n]", json!([[2], [3]])),
        ("beds[* FILTER CURRENT.rows[? 2 FILTER CURRENT.n > 0]].rows[0].n", json!([1])),
        ("beds[* RETURN LENGTH(FOR row IN CURRENT.rows[*] RETURN row)]", json!([2, 1])),
        ("(beds[* RETURN LENGTH(CURRENT.rows)])[* RETURN CURRENT * 10]", json!([20, 10])),
    ] {
        garden.gives(&format!("{beds} RETURN {expression}"), json!([expected]));
        garden.gives(&format!("{} RETURN {expression}", beds.replace("NOOPT", "")), json!([expected]));
    }
}

#[test]
fn subqueries_in_expansions_see_the_element() {
    is("[1, 2][* RETURN (FOR i IN 1..CURRENT RETURN i * CURRENT)]", json!([[1], [2, 4]]));
}

#[test]
fn array_filters_count_matches() {
    is("[1, 2, 3][? FILTER CURRENT > 2]", json!(true));
    is("[1, 2, 3][? ALL FILTER CURRENT > 2]", json!(false));
    is("[1, 2, 3][? NONE FILTER CURRENT > 5]", json!(true));
    is("[1, 2, 3][? 2 FILTER CURRENT > 1]", json!(true));
    is("[1, 2, 3][? 2..3 FILTER CURRENT > 2]", json!(false));
    is("[1, 2, 3][? AT LEAST (2) FILTER CURRENT > 1]", json!(true));
    is("[][?]", json!(false));
}

#[test]
fn array_comparisons_have_quantifiers() {
    is("[1, 2, 3] ANY > 2", json!(true));
    is("[1, 2, 3] ALL IN [1, 2, 3, 4]", json!(true));
    is("[1, 2, 3] NONE == 4", json!(true));
    is("[1, 2, 3] AT LEAST (2) > 1", json!(true));
    is("5 ANY == 5", json!(false));
}

#[test]
fn patterns_match_texts() {
    is("'rosemary' LIKE 'rose%'", json!(true));
    is("'rosemary' NOT LIKE '_ose'", json!(true));
    is("'rosemary' =~ '^r.*y$'", json!(true));
    is("'rosemary' !~ 'x'", json!(true));
}

#[test]
fn calls_that_depend_on_nothing_are_made_once() {
    assert_eq!(Garden::empty().warnings("FOR i IN 1..5 RETURN i + LENGTH(TO_ARRAY(1 / 0))"), [1562]);
    Garden::empty().gives("LET r = (FOR i IN 1..20 RETURN DISTINCT RAND()) RETURN LENGTH(r) > 1", json!([true]));
}

#[test]
fn long_chains_and_deep_nesting_are_evaluated() {
    let sum = vec!["1"; 450].join(" + ");
    Garden::empty().gives(&format!("LET x = 0 RETURN x + {sum}"), json!([450]));
    let deep = format!("RETURN {}1{}", "[".repeat(150), "]".repeat(150));
    assert_eq!(Garden::empty().run(&deep, json!({})).rows.len(), 1);
    let too_long = vec!["x"; 100_000].join(" + ");
    assert_eq!(Garden::empty().fails(&format!("LET x = 1 RETURN {too_long}")), 1524);
}

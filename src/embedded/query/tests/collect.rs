//! `COLLECT`.

use serde_json::json;

use super::Garden;

#[test]
fn groups_come_in_order_of_their_criteria() {
    Garden::planted().gives("FOR p IN plants COLLECT bed = p.bed RETURN bed", json!([null, "north", "south", "west"]));
}

#[test]
fn groups_can_have_several_criteria_and_a_count() {
    Garden::planted().gives(
        "FOR p IN plants FILTER p.bed COLLECT bed = p.bed, tall = p.height > 50 WITH COUNT INTO n RETURN [bed, tall, n]",
        json!([["north", true, 2], ["south", false, 2], ["west", true, 1]]),
    );
}

#[test]
fn members_hold_all_variables_of_the_query_unless_told_otherwise() {
    let garden = Garden::empty();
    let query = |into: &str| format!("FOR i IN 1..3 LET j = i * 2 COLLECT odd = i % 2 INTO g{into} RETURN [odd, g]");
    garden.gives(&query(""), json!([[0, [{"i": 2, "j": 4}]], [1, [{"i": 1, "j": 2}, {"i": 3, "j": 6}]]]));
    garden.gives(&query(" KEEP j"), json!([[0, [{"j": 4}]], [1, [{"j": 2}, {"j": 6}]]]));
    garden.gives(&query(" = i + j"), json!([[0, [6]], [1, [3, 9]]]));
}

#[test]
fn members_leave_out_variables_from_before_the_first_of_several_loops() {
    let garden = Garden::empty();
    garden.gives("LET a = 1 FOR i IN [2] COLLECT k = i INTO g RETURN g", json!([[{"a": 1, "i": 2}]]));
    garden.gives("LET a = 1 FOR i IN [2] FOR j IN [3] COLLECT k = i INTO g RETURN g", json!([[{"i": 2, "j": 3}]]));
}

#[test]
fn variables_from_before_the_first_loop_outlive_a_collect_and_those_of_loops_do_not() {
    let garden = Garden::empty();
    garden.gives("LET a = 1 FOR i IN 1..4 COLLECT odd = i % 2 RETURN [a, odd]", json!([[1, 0], [1, 1]]));
    assert_eq!(garden.fails("FOR i IN 1..4 COLLECT odd = i % 2 RETURN i"), 1203);
}

#[test]
fn aggregates_take_all_rows_of_a_group() {
    Garden::planted().gives(
        "FOR p IN plants COLLECT bed = p.bed AGGREGATE n = COUNT(p), least = MIN(p.height), most = MAX(p.height), \
         sum = SUM(p.height), mean = AVG(p.height) FILTER bed == 'north' RETURN [n, least, most, sum, mean]",
        json!([[2, 60, 90, 150, 75]]),
    );
}

#[test]
fn aggregates_without_groups_give_one_row_even_of_nothing() {
    let garden = Garden::empty();
    garden.gives(
        "FOR i IN [] COLLECT AGGREGATE n = COUNT(i), a = MIN(i), b = SUM(i), c = AVERAGE(i), d = UNIQUE(i), e = BIT_OR(i) \
         RETURN [n, a, b, c, d, e]",
        json!([[0, null, 0, null, [], null]]),
    );
    garden.gives("FOR i IN [] COLLECT WITH COUNT INTO n RETURN n", json!([0]));
    garden.gives("FOR i IN [] COLLECT a = i RETURN a", json!([]));
}

#[test]
fn every_aggregate_function_has_its_value() {
    let garden = Garden::empty();
    let check = |function: &str, expected| {
        garden.gives(
            &format!("FOR i IN [2, 4, 4, null] COLLECT AGGREGATE a = {function}(i) RETURN a"),
            json!([expected]),
        );
    };
    check("LENGTH", json!(4));
    check("COUNT_DISTINCT", json!(3));
    check("SORTED_UNIQUE", json!([null, 2, 4]));
    check("UNIQUE", json!([2, 4, null]));
    check("PUSH", json!([2, 4, 4, null]));
    check("BIT_AND", json!(0));
    check("BIT_OR", json!(6));
    check("BIT_XOR", json!(2));
    check("VARIANCE", json!(0.888_888_888_888_888_8));
    check("VARIANCE_SAMPLE", json!(1.333_333_333_333_333_3));
    check("STDDEV", json!(0.942_809_041_582_063_4));
    check("STDDEV_SAMPLE", json!(1.154_700_538_379_251_5));
    check("MAX", json!(4));
}

#[test]
fn an_aggregate_of_what_it_cannot_take_is_null() {
    Garden::empty().gives(
        "FOR i IN [1, 'x'] COLLECT AGGREGATE a = SUM(i), b = MAX(i), c = VARIANCE(i) RETURN [a, b, c]",
        json!([[null, "x", null]]),
    );
}

#[test]
fn aggregates_are_known_functions_with_one_argument() {
    let garden = Garden::empty();
    assert_eq!(garden.fails("FOR i IN 1..3 COLLECT AGGREGATE a = UPPER(i) RETURN a"), 1574);
    assert_eq!(garden.fails("FOR i IN 1..3 COLLECT AGGREGATE a = SUM(i) + 1 RETURN a"), 1574);
    assert_eq!(garden.fails("FOR i IN 1..3 COLLECT g = i AGGREGATE a = SUM(g) RETURN a"), 1512);
}

#[test]
fn equal_values_of_different_notation_are_one_group() {
    Garden::empty().gives(
        "FOR x IN [1, 1.0, {a: null}, {}, 'a', 'A'] COLLECT v = x WITH COUNT INTO n RETURN n",
        json!([2, 1, 1, 2]),
    );
}

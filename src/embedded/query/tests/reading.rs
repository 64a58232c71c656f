//! `FOR`, `FILTER`, `LET`, `SORT`, `LIMIT`, `RETURN`, subqueries.

use serde_json::json;

use super::{super::Options, Garden, as_json};

#[test]
fn documents_come_in_the_order_they_were_written() {
    Garden::planted().gives("FOR p IN plants RETURN p._key", json!(["rose", "mint", "leek", "fern", "oak", "moss"]));
}

#[test]
fn loops_nest_with_the_inner_one_running_for_each_row_of_the_outer() {
    Garden::empty()
        .gives("FOR a IN 1..2 FOR b IN [a, a * 10] RETURN [a, b]", json!([[1, 1], [1, 10], [2, 2], [2, 20]]));
}

#[test]
fn a_loop_over_something_that_is_no_array_gives_nothing_and_warns() {
    let garden = Garden::empty();
    garden.gives("FOR x IN 'abc' RETURN x", json!([]));
    assert_eq!(garden.warnings("FOR x IN 'abc' RETURN x"), [1563]);
}

#[test]
fn a_huge_range_is_counted_through_only_as_far_as_needed() {
    let garden = Garden::empty();
    garden.gives("FOR i IN 1..1000000000000 LIMIT 3 RETURN i", json!([1, 2, 3]));
    garden.gives("FOR i IN 3..1 RETURN i", json!([3, 2, 1]));
    garden.gives("FOR i IN 1..LENGTH('abc') RETURN i", json!([1, 2, 3]));
}

#[test]
fn filters_keep_rows_whose_condition_is_true_in_the_sense_of_truth() {
    Garden::empty()
        .gives("FOR x IN [0, 1, '', 'a', null, [], {}, false, true] FILTER x RETURN x", json!([1, "a", [], {}, true]));
}

#[test]
fn sorting_is_stable_and_follows_the_order_of_types() {
    let garden = Garden::planted();
    garden.gives(
        "FOR p IN plants SORT p.height DESC, p._key RETURN p._key",
        json!(["oak", "rose", "fern", "leek", "mint", "moss"]),
    );
    garden.gives("FOR p IN plants SORT p.bed RETURN p._key", json!(["moss", "rose", "fern", "mint", "leek", "oak"]));
    garden.gives("FOR x IN [[], 'a', 1, null, {}, true] SORT x RETURN x", json!([null, true, 1, "a", [], {}]));
}

#[test]
fn the_direction_of_a_sort_can_be_a_parameter() {
    let garden = Garden::empty();
    let rows = garden.run("FOR i IN 1..3 SORT i @way RETURN i", json!({"way": "desc"})).rows;
    assert_eq!(as_json(&rows), json!([3, 2, 1]));
    assert_eq!(garden.fails_with("FOR i IN 1..3 SORT i @way RETURN i", json!({"way": "sideways"})), 1501);
}

#[test]
fn limits_skip_and_cut() {
    let garden = Garden::empty();
    garden.gives("FOR i IN 1..10 LIMIT 2 RETURN i", json!([1, 2]));
    garden.gives("FOR i IN 1..10 LIMIT 8, 5 RETURN i", json!([9, 10]));
    garden.gives("FOR i IN 1..10 LIMIT 0 RETURN i", json!([]));
    garden.gives("FOR i IN 1..4 SORT i DESC LIMIT 1, 2 RETURN i", json!([3, 2]));
    assert_eq!(garden.fails("FOR i IN 1..3 LIMIT -1 RETURN i"), 1504);
}

#[test]
fn a_full_count_counts_what_the_last_limit_cut_off() {
    let garden = Garden::planted();
    let options = Options { full_count: true, ..Options::default() };
    let text = "FOR p IN plants FILTER p.height < 100 SORT p.height LIMIT 1, 2 RETURN p._key";
    let outcome = garden.attempt(text, json!({}), options).unwrap();
    assert_eq!(as_json(&outcome.rows), json!(["mint", "leek"]));
    assert_eq!(outcome.stats.full_count, Some(5));
    assert_eq!(garden.run(text, json!({})).stats.full_count, None);
}

#[test]
fn distinct_keeps_the_first_of_equal_values() {
    Garden::empty().gives(
        "FOR x IN [2, 1, 2.0, 'a', 1, {a: 1, b: 2}, {b: 2, a: 1}] RETURN DISTINCT x",
        json!([2, 1, "a", {"a": 1, "b": 2}]),
    );
}

#[test]
fn subqueries_see_the_variables_around_them_and_give_arrays() {
    let garden = Garden::planted();
    garden.gives(
        "FOR b IN ['north', 'east'] LET found = (FOR p IN plants FILTER p.bed == b RETURN p._key) RETURN {b, found}",
        json!([{"b": "north", "found": ["rose", "fern"]}, {"b": "east", "found": []}]),
    );
    garden.gives("RETURN LENGTH(FOR p IN plants RETURN 1)", json!([6]));
    garden.gives("RETURN FIRST(FOR p IN plants SORT p.height RETURN p._key)", json!(["moss"]));
}

#[test]
fn a_subquery_that_depends_on_nothing_runs_once() {
    let garden = Garden::planted();
    let outcome =
        garden.run("FOR i IN 1..10 LET keys = (FOR p IN plants RETURN p._key) RETURN LENGTH(keys)", json!({}));
    assert_eq!(outcome.stats.scanned_full, 6);
}

#[test]
fn the_statistics_tell_what_was_read_and_held_back() {
    let stats = Garden::planted().run("FOR p IN plants FILTER p.bed == 'south' RETURN p", json!({})).stats;
    assert_eq!((stats.scanned_full, stats.scanned_index, stats.filtered), (6, 0, 4));
}

#[test]
fn collections_can_be_counted_by_name() {
    let garden = Garden::planted();
    garden.gives("RETURN LENGTH(plants)", json!([6]));
    garden.gives(
        "RETURN [COLLECTION_COUNT(plants), DOCUMENT(plants, 'oak').height, DOCUMENT('plants/oak').height]",
        json!([[6, 900, 900]]),
    );
}

#[test]
fn collections_can_be_parameters() {
    let rows = Garden::planted()
        .run(
            "FOR p IN @@all FILTER p.@name[0] == @tag RETURN p._key",
            json!({"@all": "plants", "name": "tags", "tag": "food"}),
        )
        .rows;
    assert_eq!(as_json(&rows), json!(["leek"]));
}

#[test]
fn an_attribute_parameter_can_be_a_path() {
    let rows = Garden::empty().run("LET d = {a: {b: 5}} RETURN d.@path", json!({"path": ["a", "b"]})).rows;
    assert_eq!(as_json(&rows), json!([5]));
}

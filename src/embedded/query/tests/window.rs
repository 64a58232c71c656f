//! `WINDOW`.

use serde_json::json;

use super::Garden;

#[test]
fn a_window_counts_neighbouring_rows() {
    Garden::empty().gives(
        "FOR i IN 1..4 WINDOW { preceding: 1, following: 1 } AGGREGATE s = SUM(i), near = PUSH(i) RETURN [i, s, near]",
        json!([[1, 3, [1, 2]], [2, 6, [1, 2, 3]], [3, 9, [2, 3, 4]], [4, 7, [3, 4]]]),
    );
}

#[test]
fn an_unbounded_window_grows() {
    Garden::empty()
        .gives("FOR i IN 1..4 WINDOW { preceding: 'unbounded' } AGGREGATE s = SUM(i) RETURN s", json!([1, 3, 6, 10]));
}

#[test]
fn a_window_over_a_value_measures_distance_and_sorts_by_it() {
    Garden::empty().gives(
        "FOR t IN [10, 1, 2, 5] WINDOW t WITH { preceding: 3, following: 1 } AGGREGATE near = PUSH(t) RETURN [t, near]",
        json!([[1, [1, 2]], [2, [1, 2]], [5, [2, 5]], [10, [10]]]),
    );
}

#[test]
fn a_window_over_dates_takes_durations() {
    Garden::empty().gives(
        "FOR d IN ['2024-03-01T00:00:00Z', '2024-03-01T00:20:00Z', '2024-03-01T01:30:00Z'] \
         WINDOW DATE_TIMESTAMP(d) WITH { preceding: 'PT30M' } AGGREGATE n = COUNT(d) RETURN n",
        json!([1, 2, 1]),
    );
}

#[test]
fn windows_are_refused_after_modifications() {
    let garden = Garden::planted();
    assert_eq!(
        garden.fails("FOR p IN plants REMOVE p IN plants WINDOW { preceding: 1 } AGGREGATE n = COUNT(1) RETURN n"),
        1595
    );
}

//! Limits of memory and time.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::{super::Options, Garden};

#[test]
fn a_query_that_keeps_too_much_fails() {
    let garden = Garden::empty();
    for text in [
        "FOR i IN 1..100000 RETURN i",
        "FOR i IN 1..100000 SORT i DESC LET x = RAND() FILTER x > 5 RETURN x",
        "FOR i IN 1..100000 COLLECT a = i RETURN 1",
        "FOR i IN 1..100000 COLLECT a = i % 2 INTO g RETURN LENGTH(g)",
        "RETURN LENGTH(FOR i IN 1..100000 RETURN i)",
    ] {
        let options = Options { memory_limit: 100_000, ..Options::default() };
        assert_eq!(garden.attempt(text, json!({}), options).unwrap_err().num.0, 32, "{text}");
    }
}

#[test]
fn what_is_no_longer_kept_does_not_count() {
    let garden = Garden::empty();
    let options = Options { memory_limit: 200_000, ..Options::default() };
    let text = "FOR i IN 1..1000 LET many = (FOR j IN 1..1000 RETURN j) FILTER LENGTH(many) + i < 0 RETURN 1";
    garden.attempt(text, json!({}), options.clone()).unwrap();
    garden.attempt("FOR i IN 1..100000 SORT i DESC LIMIT 3 RETURN i", json!({}), options).unwrap();
}

#[test]
fn a_killed_query_ends() {
    let garden = Garden::empty();
    garden.environment.killed.store(true, Ordering::Relaxed);
    assert_eq!(garden.fails("FOR i IN 1..1000000000 FILTER i < 0 RETURN i"), 1500);
}

#[test]
fn a_query_that_takes_too_long_ends_and_leaves_nothing_behind() {
    let mut garden = Garden::planted();
    garden.environment.clock = std::sync::Arc::new(crate::clock::SystemClock);
    let options = Options { max_runtime: Some(Duration::from_millis(20)), ..Options::default() };
    let text = "LET made = (INSERT {} INTO plants) FOR i IN 1..1000000000 FILTER i < 0 RETURN i";
    assert_eq!(garden.attempt(text, json!({}), options).unwrap_err().num.0, 1500);
    garden.gives("RETURN LENGTH(plants)", json!([6]));
}

#[test]
fn arrays_made_from_ranges_are_bounded() {
    assert_eq!(Garden::empty().fails("RETURN LENGTH(1..1000000000)"), 32);
}

/// `LET v1 = [v0, v0] LET v2 = [v1, v1] …` and what is made of the last one.
fn doubled(levels: usize, result: &str) -> String {
    let lets: Vec<_> = (1..levels).map(|at| format!("LET v{at} = NOOPT([v{0}, v{0}])", at - 1)).collect();
    format!("LET v0 = NOOPT([1]) {} RETURN {}", lets.join(" "), result.replace("LAST", &format!("v{}", levels - 1)))
}

#[test]
fn values_that_double_with_every_step_are_refused_before_anybody_walks_them() {
    let garden = Garden::empty();
    for result in ["LENGTH(LAST)", "LAST", "FLATTEN(LAST, 99)", "LAST == v0", "JSON_STRINGIFY(LAST)", "HASH(LAST)"] {
        let options = Options { memory_limit: 1 << 20, ..Options::default() };
        let error = garden.attempt(&doubled(60, result), json!({}), options).unwrap_err();
        assert_eq!(error.num.0, 32, "{result}");
    }
    let constant = doubled(60, "LENGTH(LAST)").replace("NOOPT", "");
    let options = Options { memory_limit: 1 << 20, ..Options::default() };
    assert_eq!(garden.attempt(&constant, json!({}), options).unwrap_err().num.0, 32);
    let request = super::Request { text: constant, ..super::Request::default() };
    super::super::explain(&garden.database, &garden.environment, &request, false).unwrap();
}

#[test]
fn values_that_nest_ever_deeper_are_refused() {
    let nested = format!("NOOPT({}v{}{})", "[".repeat(90), "AT", "]".repeat(90));
    let lets: Vec<_> =
        (1..200_usize).map(|at| format!("LET v{at} = {}", nested.replace("AT", &(at - 1).to_string()))).collect();
    let text = format!("LET v0 = 1 {} RETURN v199", lets.join(" "));
    assert_eq!(Garden::empty().fails(&text), 32);
    assert_eq!(Garden::empty().fails(&text.replace("NOOPT", "")), 32);
}

#[test]
fn what_variables_hold_counts() {
    let garden = Garden::planted();
    let refused = |text: &str| {
        let options = Options { memory_limit: 2_000_000, ..Options::default() };
        assert_eq!(garden.attempt(text, json!({}), options).unwrap_err().num.0, 32, "{text}");
    };
    refused("LET a = NOOPT(1..50000) LET b = NOOPT(1..50000) RETURN LENGTH(a) + LENGTH(b)");
    refused("FOR i IN 1..100 LET text = CONCAT(REPEAT('x', 30000), i) SORT RAND() RETURN LENGTH(text)");
    refused("LET a = NOOPT(1..1000) RETURN LENGTH(a[* RETURN CONCAT(REPEAT('x', 3000), CURRENT)])");
    refused("FOR i IN 1..2000 WINDOW { preceding: 'unbounded' } AGGREGATE seen = PUSH(i) RETURN LENGTH(seen)");
    refused("FOR i IN 1..100000 INSERT { number: i } INTO plants");
    garden.gives("RETURN LENGTH(plants)", json!([6]));
}

#[test]
fn texts_do_not_grow_beyond_all_bounds() {
    let garden = Garden::empty();
    for text in [
        "LET a = REPEAT('a', 100000) RETURN LENGTH(SUBSTITUTE(a, 'a', a))",
        "LET a = REPEAT('a', 1000000) RETURN LENGTH(CONCAT_SEPARATOR(a, 1..1000))",
    ] {
        assert_eq!(garden.fails(text), 32, "{text}");
    }
}

#[test]
fn a_search_that_keeps_too_many_paths_fails() {
    let garden = Garden::planted();
    garden.collection("near", crate::embedded::store::CollectionKind::Edge);
    garden.run("FOR a IN plants FOR b IN plants INSERT { _from: a._id, _to: b._id } INTO near", json!({}));
    let options = Options { memory_limit: 1_000_000, ..Options::default() };
    let text = "FOR v IN 1..100 OUTBOUND 'plants/rose' near OPTIONS { order: 'bfs' } FILTER v == 1 RETURN v";
    assert_eq!(garden.attempt(text, json!({}), options).unwrap_err().num.0, 32);
}

/// Runs a query in a thread, does something once it has begun, and gives the number of the error it ends with.
fn ended_by(garden: &Garden, text: &str, options: Options, act: impl FnOnce(&Garden)) -> u16 {
    std::thread::scope(|scope| {
        let query = scope.spawn(|| garden.attempt(text, json!({}), options).unwrap_err().num.0);
        act(garden);
        query.join().unwrap()
    })
}

#[test]
fn a_sleeping_query_can_be_killed_and_runs_out_of_time() {
    let mut garden = Garden::empty();
    let kill = |garden: &Garden| garden.environment.killed.store(true, Ordering::Relaxed);
    assert_eq!(ended_by(&garden, "RETURN SLEEP(1e300)", Options::default(), kill), 1500);
    garden.environment.killed.store(false, Ordering::Relaxed);
    garden.environment.clock = std::sync::Arc::new(crate::clock::SystemClock);
    let options = Options { max_runtime: Some(Duration::from_millis(20)), ..Options::default() };
    assert_eq!(garden.attempt("RETURN SLEEP(3600)", json!({}), options).unwrap_err().num.0, 1500);
}

#[test]
fn a_query_that_waits_for_a_lock_can_be_killed_and_runs_out_of_time() {
    let garden = Garden::planted();
    let name = crate::wire::CollectionName::parse("plants").unwrap();
    let held = garden.database.begin(&[name], Duration::ZERO).unwrap();
    let options = Options { max_runtime: Some(Duration::from_millis(20)), ..Options::default() };
    assert_eq!(garden.attempt("INSERT {} INTO plants", json!({}), options).unwrap_err().num.0, 1500);
    let kill = |garden: &Garden| garden.environment.killed.store(true, Ordering::Relaxed);
    assert_eq!(ended_by(&garden, "INSERT {} INTO plants", Options::default(), kill), 1500);
    garden.environment.killed.store(false, Ordering::Relaxed);
    drop(held);
    garden.gives("RETURN LENGTH(plants)", json!([6]));
}

#[test]
fn a_long_sort_ends_when_its_time_is_over() {
    let mut garden = Garden::empty();
    garden.environment.clock = std::sync::Arc::new(crate::clock::SystemClock);
    let options = Options { max_runtime: Some(Duration::from_millis(50)), ..Options::default() };
    let text = "FOR i IN 1..100000000 SORT i DESC RETURN i";
    assert_eq!(garden.attempt(text, json!({}), options).unwrap_err().num.0, 1500);
}

#[test]
fn many_rows_are_sorted_stably_in_pieces() {
    let garden = Garden::empty();
    let text = "LET rows = (FOR i IN 1..5000 SORT i % 7, i > 2500 DESC RETURN i) \
                RETURN [LENGTH(rows), rows[0], rows[1], rows[4999], LENGTH(UNIQUE(rows))]";
    garden.gives(text, json!([[5000, 2506, 2513, 2498, 5000]]));
}

//! Rules change how a query is executed, never what it gives.

use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use serde_json::json;

use super::{super::Options, Garden, as_json};
use crate::embedded::store::CollectionKind;

fn indexed() -> Garden {
    let garden = Garden::planted();
    garden.index("plants", json!({"type": "persistent", "fields": ["bed", "height"]}));
    garden.index("plants", json!({"type": "persistent", "fields": ["colour"], "sparse": true}));
    garden.collection("beside", CollectionKind::Edge);
    garden.run(
        "FOR e IN [['rose', 'mint'], ['mint', 'leek'], ['rose', 'oak']] \
         INSERT {_from: CONCAT('plants/', e[0]), _to: CONCAT('plants/', e[1])} INTO beside",
        json!({}),
    );
    garden
}

#[test]
fn keys_ids_and_ends_of_edges_are_looked_up() {
    let garden = indexed();
    for (text, found) in [
        ("FOR p IN plants FILTER p._key == 'oak' RETURN p", 1),
        ("FOR p IN plants FILTER 'oak' == p._key && p.height > 1 RETURN p", 1),
        ("FOR p IN plants FILTER p._key IN ['oak', 'oak', 'mint', 5] RETURN p", 2),
        ("FOR p IN plants FILTER p._key == 'oak' || p._key == 'mint' RETURN p", 2),
        ("FOR p IN plants FILTER p._id == 'plants/oak' RETURN p", 1),
        ("FOR p IN plants FILTER p._id == 'others/oak' RETURN p", 0),
        ("FOR e IN beside FILTER e._from == 'plants/rose' RETURN e", 2),
        ("FOR e IN beside FILTER e._to IN ['plants/leek'] RETURN e", 1),
        ("FOR p IN plants FILTER p.bed == 'south' RETURN p", 2),
        ("FOR p IN plants FILTER p.height == 40 FILTER p.bed == 'south' RETURN p", 2),
        ("FOR p IN plants FILTER p.bed IN ['south', 'west'] RETURN p", 3),
    ] {
        let stats = garden.run(text, json!({})).stats;
        assert_eq!((stats.scanned_full, stats.scanned_index), (0, found), "{text}");
    }
}

#[test]
fn a_join_looks_up_by_the_values_of_the_outer_loop() {
    let garden = indexed();
    let text = "FOR e IN beside FOR p IN plants FILTER p._id == e._to SORT p._key RETURN p._key";
    let outcome = garden.run(text, json!({}));
    assert_eq!(as_json(&outcome.rows), json!(["leek", "mint", "oak"]));
    assert_eq!((outcome.stats.scanned_full, outcome.stats.scanned_index), (3, 3));
}

#[test]
fn a_sparse_index_is_not_asked_for_nulls() {
    let outcome = indexed().run("FOR p IN plants FILTER p.colour == null RETURN p", json!({}));
    assert_eq!((outcome.rows.len(), outcome.stats.scanned_full), (6, 6));
}

#[test]
fn a_filter_after_a_limit_stays_there() {
    Garden::planted().gives("FOR p IN plants LIMIT 2 FILTER p._key == 'leek' RETURN p._key", json!([]));
}

#[test]
fn a_filter_is_applied_before_an_inner_loop_that_it_does_not_look_at() {
    let outcome = Garden::planted().run("FOR p IN plants FOR q IN plants FILTER p.bed == 'west' RETURN 1", json!({}));
    assert_eq!((outcome.rows.len(), outcome.stats.scanned_full), (6, 12));
}

#[test]
fn rules_can_be_switched_off() {
    let options = Options { optimizer_rules: vec!["-all".to_owned()], ..Options::default() };
    let outcome = indexed().attempt("FOR p IN plants FILTER p._key == 'oak' RETURN p", json!({}), options).unwrap();
    assert_eq!((outcome.rows.len(), outcome.stats.scanned_full), (1, 6));
}

/// A condition over the variables `p` and `q`.
fn condition() -> impl Strategy<Value = String> {
    let side = |document: &'static str| {
        prop_oneof![Just("_key"), Just("bed"), Just("height"), Just("colour"), Just("tags[0]"),]
            .prop_map(move |attribute| format!("{document}.{attribute}"))
    };
    let value = prop_oneof![
        Just("'oak'".to_owned()),
        Just("'south'".to_owned()),
        Just("40".to_owned()),
        Just("null".to_owned()),
        Just("['south', 'oak', 40, null]".to_owned()),
        side("q"),
    ];
    let operator = prop_oneof![Just("=="), Just("IN"), Just("!="), Just("<"), Just(">=")];
    let single = (side("p"), operator, value).prop_map(|(left, operator, right)| format!("{left} {operator} {right}"));
    let pair = (single.clone(), prop_oneof![Just("AND"), Just("OR")], single.clone());
    prop_oneof![single, pair.prop_map(|(left, operator, right)| format!("({left} {operator} {right})"))]
}

proptest! {
    #[test]
    fn every_query_gives_the_same_with_and_without_rules(
        first in condition(),
        second in condition(),
        sorted in prop_oneof![Just(""), Just("SORT p.height, p._key, q._key LIMIT 3")],
    ) {
        let garden = indexed();
        let text = format!(
            "FOR q IN plants FOR p IN plants FILTER {first} FILTER {second} {sorted} RETURN [p._key, q._key]"
        );
        let plain = Options { optimizer_rules: vec!["-all".to_owned()], ..Options::default() };
        let sort = |options| {
            let rows = as_json(&garden.attempt(&text, json!({}), options).unwrap().rows);
            let mut rows: Vec<String> = rows.as_array().unwrap().iter().map(ToString::to_string).collect();
            rows.sort();
            rows
        };
        assert_eq!(sort(Options::default()), sort(plain), "{text}");
    }
}

//! `UPSERT`.

use serde_json::json;

use super::Garden;

const BY_KEY: &str =
    "UPSERT {_key: @key} INSERT {_key: @key, n: 1} UPDATE {n: OLD.n + 1} IN plants RETURN [OLD != null, NEW.n]";

#[test]
fn what_is_missing_is_inserted_and_what_is_there_updated() {
    let garden = Garden::planted();
    let run = || super::as_json(&garden.run(BY_KEY, json!({"key": "ivy"})).rows);
    assert_eq!(run(), json!([[false, 1]]));
    assert_eq!(run(), json!([[true, 2]]));
}

#[test]
fn documents_the_query_itself_has_written_are_found() {
    let garden = Garden::planted();
    garden.gives(
        "FOR c IN ['red', 'blue', 'red'] UPSERT {colour: c} INSERT {colour: c, n: 1} UPDATE {n: OLD.n + 1} IN plants RETURN NEW.n",
        json!([1, 1, 2]),
    );
}

#[test]
fn the_search_looks_into_nested_attributes() {
    let garden = Garden::planted();
    garden.run("UPDATE 'oak' WITH {at: {x: 1, y: 2}} IN plants", json!({}));
    garden.gives(
        "UPSERT {at: {x: 1}} INSERT {} REPLACE {hit: true} IN plants RETURN [OLD._key, NEW.hit]",
        json!([["oak", true]]),
    );
}

#[test]
fn the_search_can_be_a_condition() {
    Garden::planted().gives(
        "UPSERT FILTER CURRENT.height > 100 INSERT {} UPDATE {tall: true} IN plants RETURN NEW._key",
        json!(["oak"]),
    );
}

#[test]
fn an_index_is_asked_where_there_is_one() {
    let garden = Garden::planted();
    garden.index("plants", json!({"type": "persistent", "fields": ["bed", "height"]}));
    let outcome = garden
        .run("UPSERT {bed: 'south', height: 40} INSERT {} UPDATE {found: true} IN plants RETURN NEW._key", json!({}));
    assert_eq!(super::as_json(&outcome.rows), json!(["mint"]));
    assert_eq!((outcome.stats.scanned_full, outcome.stats.scanned_index), (0, 1));
}

#[test]
fn an_empty_search_finds_any_document() {
    let garden = Garden::empty();
    garden.collection("one", crate::embedded::store::CollectionKind::Document);
    garden.gives("FOR i IN 1..3 UPSERT {} INSERT {n: 1} UPDATE {n: OLD.n + 1} IN one RETURN NEW.n", json!([1, 2, 3]));
}

#[test]
fn the_names_in_a_search_have_to_be_known() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("LET s = {a: 1} UPSERT s INSERT {} UPDATE {} IN plants"), 1501);
    assert_eq!(garden.fails("UPSERT {['a']: 1} INSERT {} UPDATE {} IN plants"), 1501);
}

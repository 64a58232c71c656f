//! `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`.

use serde_json::json;

use super::{super::Options, Garden};

#[test]
fn inserted_documents_are_there_afterwards_and_new_shows_them() {
    let garden = Garden::planted();
    garden.gives("INSERT {_key: 'ivy', height: 300} INTO plants RETURN NEW.height", json!([300]));
    garden.gives("RETURN DOCUMENT('plants/ivy')._id", json!(["plants/ivy"]));
}

#[test]
fn a_query_does_not_see_what_it_writes() {
    let garden = Garden::planted();
    let outcome = garden.run("FOR p IN plants INSERT {copy: p._key} INTO plants", json!({}));
    assert_eq!((outcome.stats.writes_executed, outcome.rows.len()), (6, 0));
    garden.gives("RETURN LENGTH(plants)", json!([12]));
}

#[test]
fn updates_merge_and_replacements_do_not() {
    let garden = Garden::planted();
    garden.gives("UPDATE 'oak' WITH {age: 3} IN plants RETURN [OLD.age, NEW.age, NEW.height]", json!([[null, 3, 900]]));
    garden
        .gives("REPLACE {_key: 'oak', age: 4} IN plants RETURN [OLD.age, NEW.age, NEW.height]", json!([[3, 4, null]]));
}

#[test]
fn options_say_what_becomes_of_nulls_and_nested_objects() {
    let garden = Garden::planted();
    garden.gives(
        "UPDATE 'oak' WITH {height: null} IN plants OPTIONS {keepNull: false} RETURN HAS(NEW, 'height')",
        json!([false]),
    );
    garden.run("UPDATE 'oak' WITH {at: {x: 1}} IN plants", json!({}));
    garden.gives("UPDATE 'oak' WITH {at: {y: 2}} IN plants RETURN NEW.at", json!([{"x": 1, "y": 2}]));
    garden.gives(
        "UPDATE 'oak' WITH {at: {z: 3}} IN plants OPTIONS {mergeObjects: false} RETURN NEW.at",
        json!([{"z": 3}]),
    );
}

#[test]
fn removed_documents_are_shown_by_old() {
    let garden = Garden::planted();
    garden.gives(
        "FOR p IN plants FILTER p.height > 80 REMOVE p IN plants SORT OLD._key RETURN OLD._key",
        json!(["oak", "rose"]),
    );
    garden.gives("RETURN LENGTH(plants)", json!([4]));
}

#[test]
fn a_query_that_fails_leaves_nothing_behind() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("FOR k IN ['a', 'b', 'rose'] INSERT {_key: k} INTO plants"), 1210);
    assert_eq!(garden.fails("FOR k IN ['rose', 'nothing'] REMOVE k IN plants"), 1202);
    garden.gives("RETURN LENGTH(plants)", json!([6]));
}

#[test]
fn errors_can_be_ignored_and_are_counted() {
    let garden = Garden::planted();
    let outcome = garden
        .run("FOR k IN ['rose', 'none'] REMOVE k IN plants OPTIONS {ignoreErrors: true} RETURN OLD._key", json!({}));
    assert_eq!((outcome.rows.len(), outcome.stats.writes_executed, outcome.stats.writes_ignored), (1, 1, 1));
}

#[test]
fn inserts_can_overwrite() {
    let garden = Garden::planted();
    let insert = |mode: &str| {
        format!(
            "INSERT {{_key: 'oak', age: 1}} INTO plants OPTIONS {{overwriteMode: '{mode}'}} RETURN [NEW.age, NEW.height]"
        )
    };
    garden.gives(&insert("ignore"), json!([[null, null]]));
    garden.gives(&insert("update"), json!([[1, 900]]));
    garden.gives(&insert("replace"), json!([[1, null]]));
    assert_eq!(garden.fails(&insert("conflict")), 1210);
    assert_eq!(garden.fails(&insert("sometimes")), 10);
}

#[test]
fn a_limit_after_a_modification_limits_the_rows_and_not_the_modification() {
    let garden = Garden::planted();
    garden.gives("FOR p IN plants UPDATE p WITH {seen: true} IN plants LIMIT 1 RETURN NEW._key", json!(["rose"]));
    garden.gives("FOR p IN plants FILTER p.seen COLLECT WITH COUNT INTO n RETURN n", json!([6]));
}

#[test]
fn subqueries_can_modify_for_each_row() {
    let garden = Garden::planted();
    garden.gives("FOR i IN 1..2 LET made = (INSERT {i} INTO plants RETURN NEW.i) RETURN made", json!([[1], [2]]));
    garden.gives("RETURN LENGTH(plants)", json!([8]));
}

#[test]
fn what_has_been_written_cannot_be_read_again() {
    let garden = Garden::planted();
    for text in [
        "FOR p IN plants REMOVE p IN plants FOR q IN plants RETURN q",
        "INSERT {} INTO plants INSERT {} INTO plants",
        "INSERT {} INTO plants RETURN LENGTH(plants)",
        "INSERT {} INTO plants RETURN DOCUMENT('plants/oak')",
        "FOR p IN plants LET gone = (REMOVE p IN plants) RETURN 1",
    ] {
        assert_eq!(garden.fails(text), 1579, "{text}");
    }
}

#[test]
fn the_place_of_a_document_is_a_key_or_an_object_with_one() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("REMOVE null IN plants"), 1227);
    assert_eq!(garden.fails("REMOVE {a: 1} IN plants"), 1226);
    assert_eq!(garden.fails("UPDATE 'oak' WITH 5 IN plants"), 1227);
    assert_eq!(garden.fails("INSERT 5 INTO plants"), 1227);
}

#[test]
fn revisions_are_compared_only_when_asked_for() {
    let garden = Garden::planted();
    garden.gives("UPDATE {_key: 'oak', _rev: 'old'} WITH {a: 1} IN plants RETURN NEW.a", json!([1]));
    assert_eq!(
        garden.fails("UPDATE {_key: 'oak', _rev: 'old'} WITH {a: 2} IN plants OPTIONS {ignoreRevs: false}"),
        1200
    );
}

#[test]
fn options_have_to_be_constant_and_unknown_ones_are_warned_of() {
    let garden = Garden::planted();
    assert_eq!(garden.fails("FOR p IN plants REMOVE p IN plants OPTIONS {ignoreErrors: p.bed}"), 1575);
    assert_eq!(garden.warnings("FOR p IN plants UPDATE p WITH {} IN plants OPTIONS {colour: 1}"), [1539]);
    let strict = Options { fail_on_warning: true, ..Options::default() };
    let error = garden.attempt("INSERT {} INTO plants OPTIONS {colour: 1}", json!({}), strict).unwrap_err();
    assert_eq!(error.num.0, 1539);
}

#[test]
fn a_version_attribute_keeps_older_documents_from_replacing_newer_ones() {
    let garden = Garden::planted();
    garden.run("UPDATE 'oak' WITH { version: 5 } IN plants", json!({}));
    let write = |text: &str| {
        let stats = garden.run(text, json!({})).stats;
        (stats.writes_executed, stats.writes_ignored)
    };
    let options = "OPTIONS { versionAttribute: 'version' }";
    assert_eq!(write(&format!("UPDATE 'oak' WITH {{ version: 5, height: 1 }} IN plants {options}")), (0, 1));
    assert_eq!(write(&format!("REPLACE 'oak' WITH {{ version: 4 }} IN plants {options}")), (0, 1));
    garden.gives("RETURN DOCUMENT('plants/oak').height", json!([900]));
    let insert = "INSERT { _key: 'oak', version: 3 } INTO plants OPTIONS";
    assert_eq!(write(&format!("{insert} {{ overwriteMode: 'update', versionAttribute: 'version' }}")), (0, 1));
    assert_eq!(write(&format!("UPDATE 'oak' WITH {{ version: 6, height: 1 }} IN plants {options}")), (1, 0));
    assert_eq!(write(&format!("UPDATE 'oak' WITH {{ height: 2 }} IN plants {options}")), (1, 0));
    garden.gives("LET oak = DOCUMENT('plants/oak') RETURN [oak.version, oak.height]", json!([[6, 2]]));
}

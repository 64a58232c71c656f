//! Tests of the store as a whole: documents, indexes and collections through the facade.

use std::{ops::Bound, time::Duration};

use super::*;
use crate::{
    clock::{ManualClock, SequenceRandom},
    embedded::value::{Value, json, order},
    wire::CollectionName,
};

mod concurrency;
mod hooks;
mod model;
mod recovery;

pub(super) fn store() -> Store {
    Store::in_memory(ManualClock::at(1_770_000_000_000), SequenceRandom::from_seed(1))
}

pub(super) fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

pub(super) fn object(text: &str) -> Object {
    value(text).as_object().unwrap().clone()
}

pub(super) fn name(text: &str) -> CollectionName {
    CollectionName::parse(text).unwrap()
}

pub(super) fn spec(text: &str, kind: CollectionKind, properties: &str) -> CollectionSpec {
    CollectionSpec { name: name(text), kind, properties: object(properties) }
}

pub(super) fn database_with(collection: &str, kind: CollectionKind) -> Arc<Database> {
    let database = store().database("_system").unwrap();
    database.create_collection(spec(collection, kind, "{}")).unwrap();
    database
}

pub(super) fn begin(database: &Database, collection: &str) -> Transaction {
    database.begin(&[name(collection)], Duration::from_secs(10)).unwrap()
}

pub(super) fn insert(database: &Database, collection: &str, text: &str) -> Result<Written, Error> {
    let mut transaction = begin(database, collection);
    let written = transaction.insert(collection, &value(text), &WriteOptions::default())?;
    transaction.commit()?;
    Ok(written)
}

fn num<T>(result: Result<T, Error>) -> u16 {
    result.err().map_or(0, |error| error.num.0)
}

fn names_of(document: &Value) -> Vec<&str> {
    document.as_object().unwrap().keys().map(|name| &**name).collect()
}

#[test]
fn a_new_server_has_the_system_database_with_its_collections() {
    let store = store();
    let names: Vec<_> = store.databases().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["_system"]);
    let system = store.database("_system").unwrap();
    assert_eq!(&*system.id(), "1");
    let snapshot = system.snapshot();
    for expected in ["_users", "_graphs", "_analyzers", "_queues"] {
        assert!(snapshot.collection(expected).unwrap().is_system(), "{expected}");
    }
    assert_eq!(num(store.drop_database("_system")), 11);
}

#[test]
fn a_database_is_made_once_and_dropped_with_everything_in_it() {
    let store = store();
    let name = DatabaseName::parse("shop").unwrap();
    let database = store.create_database(name.clone()).unwrap();
    assert!(database.snapshot().collection("_graphs").is_some());
    assert!(database.snapshot().collection("_users").is_none());
    assert_eq!(num(store.create_database(name)), 1207);
    database.create_collection(spec("goods", CollectionKind::Document, "{}")).unwrap();
    let mut open = begin(&database, "goods");
    open.insert("goods", &value("{}"), &WriteOptions::default()).unwrap();
    store.drop_database("shop").unwrap();
    assert_eq!(num(open.commit()), 1228);
    assert_eq!(num(store.database("shop")), 1228);
    assert_eq!(num(store.drop_database("shop")), 1228);
}

#[test]
fn a_document_gets_its_system_attributes_first_and_those_it_brings_are_ignored() {
    let database = database_with("people", CollectionKind::Document);
    let written =
        insert(&database, "people", r#"{"name":"Zoë","_rev":"x","_id":"other/1","_key":"z","_from":"a"}"#).unwrap();
    let snapshot = database.snapshot();
    let document = snapshot.document("people/z").unwrap();
    assert_eq!(names_of(document), ["_key", "_id", "_rev", "name"]);
    assert_eq!(document.get("_id").as_str(), Some("people/z"));
    assert_eq!(document.get("_rev").as_str(), Some(&*written.rev));
    assert!(written.rev.starts_with('_') && written.rev.len() == 11);
}

#[test]
fn keys_that_break_the_rules_are_refused() {
    let database = database_with("people", CollectionKind::Document);
    for bad in [r#"{"_key":12}"#, r#"{"_key":null}"#, r#"{"_key":""}"#, r#"{"_key":"a b"}"#, r#"{"_key":"ä"}"#] {
        assert_eq!(num(insert(&database, "people", bad)), 1221, "{bad}");
    }
    let long = "k".repeat(254);
    insert(&database, "people", &format!(r#"{{"_key":"{long}"}}"#)).unwrap();
    assert_eq!(num(insert(&database, "people", &format!(r#"{{"_key":"{long}k"}}"#))), 1221);
    assert_eq!(num(insert(&database, "people", "[]")), 1227);
    assert_eq!(num(insert(&database, "people", "null")), 1227);
}

#[test]
fn a_taken_key_is_a_conflict_that_names_the_key() {
    let database = database_with("people", CollectionKind::Document);
    insert(&database, "people", r#"{"_key":"a"}"#).unwrap();
    let error = insert(&database, "people", r#"{"_key":"a"}"#).unwrap_err();
    assert_eq!(error.num.0, 1210);
    assert_eq!(
        error.message,
        "unique constraint violated - in index primary of type primary over '_key'; conflicting key: a"
    );
}

#[test]
fn overwrite_modes_ignore_replace_or_update_the_document_there() {
    let database = database_with("people", CollectionKind::Document);
    let mut transaction = begin(&database, "people");
    let mut write = |text: &str, overwrite_mode| {
        let options = WriteOptions { overwrite_mode, ..WriteOptions::default() };
        transaction.insert("people", &value(text), &options).unwrap()
    };
    let first = write(r#"{"_key":"a","x":1}"#, OverwriteMode::Conflict);
    let ignored = write(r#"{"_key":"a","x":2}"#, OverwriteMode::Ignore);
    assert!(!ignored.changed && ignored.new.is_none() && ignored.rev == first.rev);
    let updated = write(r#"{"_key":"a","y":2}"#, OverwriteMode::Update);
    assert_eq!(names_of(updated.new.as_ref().unwrap()), ["_key", "_id", "_rev", "x", "y"]);
    let replaced = write(r#"{"_key":"a","z":3}"#, OverwriteMode::Replace);
    assert_eq!(names_of(replaced.new.as_ref().unwrap()), ["_key", "_id", "_rev", "z"]);
    assert!(replaced.rev > updated.rev && replaced.old.is_some());
}

#[test]
fn an_update_merges_objects_and_treats_null_as_asked() {
    let database = database_with("people", CollectionKind::Document);
    insert(&database, "people", r#"{"_key":"a","o":{"x":1,"n":null},"gone":1}"#).unwrap();
    let mut transaction = begin(&database, "people");
    let mut update = |patch: &str, keep_null, merge_objects| {
        let options = WriteOptions { keep_null, merge_objects, ..WriteOptions::default() };
        let new = transaction.update("people", "a", &value(patch), &options).unwrap().new.unwrap();
        let mut object = new.as_object().unwrap().clone();
        object.retain(|name, _| !name.starts_with('_'));
        Value::object(object)
    };
    let check = |left: Value, right: &str| assert!(order::equal(&left, &value(right)), "{left:?}");
    check(update(r#"{"o":{"y":2},"_key":"other"}"#, true, true), r#"{"o":{"x":1,"n":null,"y":2},"gone":1}"#);
    let slim = update(r#"{"o":{"x":null,"deep":{"a":null,"b":1}},"gone":null}"#, false, true);
    assert_eq!(names_of(&slim), ["o"]);
    assert_eq!(names_of(slim.get("o")), ["n", "y", "deep"]);
    assert_eq!(names_of(slim.get("o").get("deep")), ["b"]);
    check(update(r#"{"o":{"z":3}}"#, true, false), r#"{"o":{"z":3}}"#);
}

#[test]
fn a_write_with_the_wrong_revision_is_a_conflict() {
    let database = database_with("people", CollectionKind::Document);
    let first = insert(&database, "people", r#"{"_key":"a"}"#).unwrap();
    let mut transaction = begin(&database, "people");
    let expecting = |rev: &Str| WriteOptions { expected_rev: Some(Str::clone(rev)), ..WriteOptions::default() };
    let second = transaction.update("people", "a", &value("{}"), &expecting(&first.rev)).unwrap();
    assert!(second.rev > first.rev);
    let error = transaction.replace("people", "a", &value("{}"), &expecting(&first.rev)).unwrap_err();
    assert_eq!((error.num.0, &*error.message), (1200, "conflict, _rev values do not match"));
    assert_eq!(num(transaction.remove("people", "a", &expecting(&first.rev))), 1200);
    assert_eq!(num(transaction.remove("people", "b", &WriteOptions::default())), 1202);
    assert!(transaction.remove("people", "a", &expecting(&second.rev)).unwrap().new.is_none());
}

#[test]
fn edges_need_both_ends_and_are_found_from_either() {
    let database = database_with("knows", CollectionKind::Edge);
    for bad in ["{}", r#"{"_from":"a/1"}"#, r#"{"_from":"a/1","_to":"b"}"#, r#"{"_from":"a/1","_to":7}"#] {
        assert_eq!(num(insert(&database, "knows", bad)), 1233, "{bad}");
    }
    insert(&database, "knows", r#"{"_key":"e","w":1,"_to":"p/2","_from":"p/1"}"#).unwrap();
    let knows = |vertex: &str, end| {
        let snapshot = database.snapshot();
        let edges = snapshot.collection("knows").unwrap().edges(vertex, end);
        edges.len()
    };
    assert_eq!((knows("p/1", EdgeEnd::Out), knows("p/1", EdgeEnd::In), knows("p/2", EdgeEnd::In)), (1, 0, 1));
    let mut transaction = begin(&database, "knows");
    let options = WriteOptions::default();
    let moved = transaction.update("knows", "e", &value(r#"{"_to":"p/3"}"#), &options).unwrap().new.unwrap();
    assert_eq!(names_of(&moved), ["_key", "_id", "_from", "_to", "_rev", "w"]);
    assert_eq!(num(transaction.replace("knows", "e", &value(r#"{"w":2}"#), &options)), 1233);
    transaction.commit().unwrap();
    assert_eq!((knows("p/2", EdgeEnd::In), knows("p/3", EdgeEnd::In)), (0, 1));
    begin(&database, "knows").remove("knows", "e", &options).unwrap();
    assert_eq!(knows("p/3", EdgeEnd::In), 1, "an uncommitted removal is not seen");
}

#[test]
fn key_generators_make_the_keys_they_promise() {
    let database = database_with("plain", CollectionKind::Document);
    let make = |collection: &str, options: &str| {
        database.create_collection(spec(collection, CollectionKind::Document, options)).unwrap();
        let key = |text| insert(&database, collection, text).map(|written| written.key.to_string());
        (key("{}").unwrap(), key("{}").unwrap())
    };
    assert_eq!(
        make("auto", r#"{"keyOptions":{"type":"autoincrement","offset":10,"increment":5}}"#),
        ("10".into(), "15".into())
    );
    insert(&database, "auto", r#"{"_key":"22"}"#).unwrap();
    assert_eq!(&*insert(&database, "auto", "{}").unwrap().key, "25");
    let (first, second) = make("padded", r#"{"keyOptions":{"type":"padded"}}"#);
    assert!(first.len() == 16 && first < second);
    let (first, second) = make("uuid", r#"{"keyOptions":{"type":"uuid","allowUserKeys":false}}"#);
    assert!(first.len() == 36 && first != second);
    assert_eq!(num(insert(&database, "uuid", r#"{"_key":"mine"}"#)), 1222);
    let (first, second) = make("usual", "{}");
    assert!(first.parse::<u64>().unwrap() < second.parse::<u64>().unwrap());
    insert(&database, "usual", r#"{"_key":"18446744073709551615"}"#).unwrap();
    assert_eq!(num(insert(&database, "usual", "{}")), 1225);
    let wrong = spec("wrong", CollectionKind::Document, r#"{"keyOptions":{"type":"odd"}}"#);
    assert_eq!(num(database.create_collection(wrong)), 1232);
}

#[test]
fn collections_are_found_by_name_or_id_and_follow_a_new_name() {
    let database = database_with("people", CollectionKind::Document);
    insert(&database, "people", r#"{"_key":"a"}"#).unwrap();
    let id = database.snapshot().collection("people").unwrap().id();
    assert_eq!(num(database.create_collection(spec("people", CollectionKind::Edge, "{}"))), 1207);
    assert_eq!(num(database.create_collection(spec("_hidden", CollectionKind::Edge, "{}"))), 1208);
    database.rename_collection("people", name("folk")).unwrap();
    let snapshot = database.snapshot();
    assert!(snapshot.collection("people").is_none());
    assert_eq!(snapshot.collection(&id).unwrap().name().as_str(), "folk");
    assert_eq!(snapshot.document("folk/a").unwrap().get("_id").as_str(), Some("folk/a"));
    assert_eq!(num(database.drop_collection("_graphs", false)), 11);
    database.drop_collection(&id, false).unwrap();
    assert_eq!(num(database.drop_collection("folk", false)), 1203);
}

#[test]
fn what_the_engine_cannot_check_or_compute_is_refused_and_not_ignored() {
    let database = database_with("people", CollectionKind::Document);
    let schema = object(r#"{"schema":{"rule":{"type":"object"},"level":"strict"}}"#);
    assert_eq!(num(database.set_properties("people", &schema)), 9);
    let computed = object(r#"{"computedValues":[{"name":"x","expression":"RETURN 1","overwrite":true}]}"#);
    assert_eq!(num(database.set_properties("people", &computed)), 9);
    let idle = object(r#"{"schema":{"rule":{},"level":"none"},"waitForSync":true}"#);
    let properties = database.set_properties("people", &idle).unwrap().properties();
    assert!(matches!(properties.get("waitForSync"), Some(Value::Bool(true))));
    assert_eq!(properties.get("schema").unwrap().get("type").as_str(), Some("json"));
    assert_eq!(num(database.set_properties("people", &object(r#"{"schema":5}"#))), 1621);
}

#[test]
fn a_unique_index_refuses_a_second_document_and_says_which_one_is_in_the_way() {
    let database = database_with("people", CollectionKind::Document);
    let definition = object(r#"{"type":"persistent","fields":["mail"],"unique":true,"sparse":true,"name":"byMail"}"#);
    let (info, new) = database.create_index("people", &definition).unwrap();
    assert!(new && &*info.name == "byMail");
    assert!(!database.create_index("people", &definition).unwrap().1);
    insert(&database, "people", r#"{"_key":"a","mail":"x"}"#).unwrap();
    insert(&database, "people", r#"{"_key":"b"}"#).unwrap();
    insert(&database, "people", r#"{"_key":"c"}"#).unwrap();
    let error = insert(&database, "people", r#"{"_key":"d","mail":"x"}"#).unwrap_err();
    assert_eq!(
        error.message,
        "unique constraint violated - in index byMail of type persistent over 'mail'; conflicting key: a"
    );
    let mut transaction = begin(&database, "people");
    let options = WriteOptions::default();
    assert_eq!(num(transaction.update("people", "b", &value(r#"{"mail":"x"}"#), &options)), 1210);
    transaction.update("people", "a", &value(r#"{"mail":"x","n":1}"#), &options).unwrap();
    transaction.remove("people", "a", &options).unwrap();
    transaction.update("people", "b", &value(r#"{"mail":"x"}"#), &options).unwrap();
    transaction.commit().unwrap();
    let found = database.snapshot().collection("people").unwrap().find_equal("byMail", &[value(r#""x""#)]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        num(database
            .create_index("people", &object(r#"{"type":"ttl","fields":["t"],"expireAfter":1,"name":"byMail"}"#))),
        1005
    );
}

#[test]
fn an_index_over_documents_that_break_it_is_not_made() {
    let database = database_with("people", CollectionKind::Document);
    insert(&database, "people", r#"{"a":1}"#).unwrap();
    insert(&database, "people", r#"{"a":1.0}"#).unwrap();
    let definition = object(r#"{"type":"persistent","fields":["a"],"unique":true}"#);
    assert_eq!(num(database.create_index("people", &definition)), 1210);
    assert_eq!(database.snapshot().collection("people").unwrap().indexes().len(), 1);
    assert_eq!(num(database.drop_index("people", "0")), 11);
    assert_eq!(num(database.drop_index("people", "99999")), 1212);
}

#[test]
fn an_array_index_finds_documents_by_each_member() {
    let database = database_with("posts", CollectionKind::Document);
    let (info, _) =
        database.create_index("posts", &object(r#"{"type":"persistent","fields":["tags[*]","year"]}"#)).unwrap();
    insert(&database, "posts", r#"{"_key":"a","tags":["x","y","x"],"year":1}"#).unwrap();
    insert(&database, "posts", r#"{"_key":"b","tags":["y"],"year":2}"#).unwrap();
    insert(&database, "posts", r#"{"_key":"c","tags":[],"year":2}"#).unwrap();
    let posts = database.snapshot().collection("posts").unwrap().clone();
    let keys = |values: &[&str]| -> Vec<String> {
        let values: Vec<Value> = values.iter().map(|text| value(text)).collect();
        let found = posts.find_equal(&info.id, &values);
        found.iter().map(|document| document.get("_key").as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys(&[r#""y""#]), ["a", "b"]);
    assert_eq!(keys(&[r#""y""#, "2.0"]), ["b"]);
    assert!(keys(&[r#""z""#]).is_empty());
    assert_eq!(keys(&[]).len(), 2);
}

#[test]
fn an_index_is_walked_in_order_within_bounds_in_both_directions() {
    let database = database_with("numbers", CollectionKind::Document);
    let (info, _) = database.create_index("numbers", &object(r#"{"type":"skiplist","fields":["g","n"]}"#)).unwrap();
    assert_eq!((&*info.kind, info.definition.get("type").unwrap().as_str()), ("persistent", Some("skiplist")));
    let mut transaction = begin(&database, "numbers");
    for n in 0..100 {
        let document = value(&format!(r#"{{"g":{},"n":{}}}"#, n % 2, (n * 37) % 100));
        transaction.insert("numbers", &document, &WriteOptions::default()).unwrap();
    }
    transaction.commit().unwrap();
    let numbers = database.snapshot().collection("numbers").unwrap().clone();
    let walk = |lower, upper, reverse| -> Vec<i64> {
        let range = IndexRange { prefix: vec![Value::Int(1)], lower, upper, reverse };
        let number = |document: Value| if let Value::Int(n) = document.get("n") { *n } else { panic!("no number") };
        numbers.scan_index(&info.id, &range).map(number).collect()
    };
    assert_eq!(walk(Bound::Included(Value::Int(91)), Bound::Excluded(Value::Int(97)), false), [91, 93, 95]);
    assert_eq!(walk(Bound::Excluded(Value::Int(91)), Bound::Unbounded, true), [99, 97, 95, 93]);
    assert!(walk(Bound::Included(Value::Int(5)), Bound::Excluded(Value::Int(5)), false).is_empty());
    assert!(walk(Bound::Included(Value::Int(9)), Bound::Included(Value::Int(5)), false).is_empty());
    assert_eq!(walk(Bound::Unbounded, Bound::Unbounded, false).len(), 50);
}

#[test]
fn definitions_of_indexes_are_checked_and_shown_with_their_defaults() {
    let database = database_with("things", CollectionKind::Edge);
    for bad in [
        r#"{"fields":["a"]}"#,
        r#"{"type":"odd","fields":["a"]}"#,
        r#"{"type":"persistent"}"#,
        r#"{"type":"persistent","fields":[]}"#,
        r#"{"type":"persistent","fields":["a","a"]}"#,
        r#"{"type":"persistent","fields":["_id"]}"#,
        r#"{"type":"ttl","fields":["a","b"],"expireAfter":1}"#,
        r#"{"type":"ttl","fields":["a"]}"#,
        r#"{"type":"geo","fields":["a","b","c"]}"#,
        r#"{"type":"mdi","fields":["a"]}"#,
        r#"{"type":"vector","fields":["a"],"params":{"metric":"l2"}}"#,
    ] {
        assert_eq!(num(database.create_index("things", &object(bad))), 10, "{bad}");
    }
    assert_eq!(num(database.create_index("things", &object(r#"{"type":"persistent","fields":["a[*].b[*]"]}"#))), 1220);
    for good in [
        r#"{"type":"ttl","fields":["a"],"expireAfter":0}"#,
        r#"{"type":"geo","fields":["a"],"geoJson":true}"#,
        r#"{"type":"fulltext","fields":["a"]}"#,
        r#"{"type":"mdi-prefixed","fields":["a"],"prefixFields":["b"],"fieldValueTypes":"double"}"#,
        r#"{"type":"inverted","fields":["a",{"name":"b","analyzer":"text_en"}]}"#,
        r#"{"type":"vector","fields":["a"],"params":{"metric":"l2","dimension":3,"nLists":1}}"#,
    ] {
        let definition = object(good);
        assert!(database.create_index("things", &definition).unwrap().1, "{good}");
        assert!(!database.create_index("things", &definition).unwrap().1, "{good} again");
    }
    let infos = database.snapshot().collection("things").unwrap().indexes();
    let ids: Vec<_> = infos.iter().take(2).map(|info| info.definition.get("id").unwrap().as_str().unwrap()).collect();
    assert_eq!(ids, ["things/0", "things/1"]);
    assert_eq!(infos.len(), 8);
}

#[test]
fn going_back_to_a_savepoint_restores_documents_and_indexes() {
    let database = database_with("people", CollectionKind::Document);
    let (info, _) =
        database.create_index("people", &object(r#"{"type":"hash","fields":["a"],"unique":true}"#)).unwrap();
    let options = WriteOptions::default();
    let mut transaction = begin(&database, "people");
    transaction.insert("people", &value(r#"{"_key":"1","a":1}"#), &options).unwrap();
    let mark = transaction.savepoint();
    transaction.truncate("people").unwrap();
    transaction.insert("people", &value(r#"{"_key":"2","a":1}"#), &options).unwrap();
    transaction.roll_back_to(mark);
    assert_eq!(num(transaction.insert("people", &value(r#"{"_key":"3","a":1}"#), &options)), 1210);
    assert_eq!(transaction.current("people").unwrap().len(), 1);
    transaction.commit().unwrap();
    let people = database.snapshot().collection("people").unwrap().clone();
    assert_eq!(people.find_equal(&info.id, &[Value::Int(1)])[0].get("_key").as_str(), Some("1"));
}

#[test]
fn a_write_to_a_collection_that_was_not_named_is_refused() {
    let database = database_with("people", CollectionKind::Document);
    database.create_collection(spec("others", CollectionKind::Document, "{}")).unwrap();
    let mut transaction = begin(&database, "people");
    assert_eq!(num(transaction.insert("others", &value("{}"), &WriteOptions::default())), 1652);
    assert_eq!(num(transaction.truncate("nowhere")), 1203);
    assert!(transaction.current("others").is_some());
    assert_eq!(num(database.begin(&[name("nowhere")], Duration::ZERO)), 1203);
}

#[test]
fn documents_nested_too_deeply_are_refused() {
    let database = database_with("people", CollectionKind::Document);
    let mut deep = Value::Null;
    for _ in 0..400 {
        deep = Value::array(vec![deep]);
    }
    let document = Value::object(Object::from_iter([(Str::from("deep"), deep)]));
    let mut transaction = begin(&database, "people");
    assert_eq!(num(transaction.insert("people", &document, &WriteOptions::default())), 10);
}

#[test]
fn a_unique_multi_dimensional_index_refuses_what_it_has_already() {
    let database = database_with("boxes", CollectionKind::Document);
    let definition =
        r#"{"type":"mdi-prefixed","fields":["x"],"prefixFields":["p"],"fieldValueTypes":"double","unique":true}"#;
    let (info, _) = database.create_index("boxes", &object(definition)).unwrap();
    assert_eq!((&*info.kind, info.fields.len()), ("mdi-prefixed", 1));
    insert(&database, "boxes", r#"{"p":1,"x":2}"#).unwrap();
    insert(&database, "boxes", r#"{"p":2,"x":2}"#).unwrap();
    assert_eq!(num(insert(&database, "boxes", r#"{"p":1,"x":2.0}"#)), 1210);
}

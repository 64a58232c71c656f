//! Tests of named graphs and of writing through them.

use std::sync::Arc;

use super::{
    definition::{self, EdgeDefinition},
    edit,
    elements::{self, Part, Rewrite, Target},
};
use crate::{
    clock::{ManualClock, SequenceRandom},
    embedded::{
        error::Error,
        store::{CollectionKind, CollectionSpec, Database, Store, WriteOptions},
        value::{Object, Str, Value, json},
    },
    wire::CollectionName,
};

const SCHOOL: &str = r#"{"name":"school","edgeDefinitions":[{"collection":"teaches","from":["staff"],"to":["pupils","classes","pupils"]}],"orphanCollections":["rooms"]}"#;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

fn object(text: &str) -> Object {
    value(text).as_object().unwrap().clone()
}

fn definition(text: &str) -> EdgeDefinition {
    EdgeDefinition::parse(&value(text)).unwrap()
}

fn empty() -> Arc<Database> {
    let store = Store::in_memory(ManualClock::at(1_770_000_000_000), SequenceRandom::from_seed(5));
    store.database("_system").unwrap()
}

fn school() -> Arc<Database> {
    let database = empty();
    edit::create(&database, &object(SCHOOL)).unwrap();
    database
}

fn num<T>(result: Result<T, Error>) -> u16 {
    result.err().map_or(0, |error| error.num.0)
}

fn exists(database: &Database, name: &str) -> bool {
    database.snapshot().collection(name).is_some()
}

fn orphans(database: &Database, graph: &str) -> Vec<Str> {
    definition::get(&database.snapshot(), graph).unwrap().orphans
}

#[test]
fn a_graph_is_made_with_its_collections_and_shown_as_arangodb_shows_it() {
    let database = school();
    let snapshot = database.snapshot();
    assert_eq!(snapshot.collection("teaches").unwrap().kind(), CollectionKind::Edge);
    let graph = definition::get(&snapshot, "school").unwrap();
    let shown = graph.show();
    let names: Vec<&str> = shown.keys().map(|name| &**name).collect();
    assert_eq!(names, ["_key", "edgeDefinitions", "orphanCollections", "_rev", "_id", "name"]);
    let vertices: Vec<String> = graph.vertex_collections().iter().map(ToString::to_string).collect();
    assert_eq!(vertices, ["classes", "pupils", "rooms", "staff"]);
    assert_eq!(definition::graphs_with(&snapshot, "rooms"), [Str::from("school")]);
    let error = definition::get(&snapshot, "nowhere").unwrap_err();
    assert_eq!((error.num.0, &*error.message), (1924, "graph 'nowhere' not found"));
}

#[test]
fn bad_graphs_are_refused_before_anything_is_made() {
    let database = school();
    for (text, expected) in [
        (r#"{"edgeDefinitions":[]}"#, 1922),
        (r#"{"name":"a b"}"#, 1208),
        (SCHOOL, 1925),
        (r#"{"name":"g","edgeDefinitions":{}}"#, 1923),
        (r#"{"name":"g","edgeDefinitions":[{"collection":"new1","from":["a"]}]}"#, 1923),
        (r#"{"name":"g","edgeDefinitions":[{"collection":"new1","from":[],"to":["a"]}]}"#, 1923),
        (r#"{"name":"g","edgeDefinitions":[{"collection":"new1","from":["a"],"to":[7]}]}"#, 1923),
        (
            r#"{"name":"g","edgeDefinitions":[{"collection":"e","from":["a"],"to":["a"]},{"collection":"e","from":["a"],"to":["b"]}]}"#,
            1920,
        ),
        (r#"{"name":"g","edgeDefinitions":[{"collection":"teaches","from":["staff"],"to":["rooms"]}]}"#, 1921),
        (r#"{"name":"g","edgeDefinitions":[{"collection":"rooms","from":["a"],"to":["a"]}]}"#, 1944),
        (r#"{"name":"g","orphanCollections":"x"}"#, 1943),
        (r#"{"name":"g","orphanCollections":[1]}"#, 1943),
    ] {
        assert_eq!(num(edit::create(&database, &object(text))), expected, "{text}");
    }
    assert!(!exists(&database, "new1") && !exists(&database, "a"));
    assert_eq!(definition::list(&database.snapshot()).len(), 1);
}

#[test]
fn dropping_a_graph_spares_the_collections_of_other_graphs() {
    let database = school();
    let shared =
        r#"{"name":"club","edgeDefinitions":[{"collection":"teaches","from":["staff"],"to":["classes","pupils"]}]}"#;
    edit::create(&database, &object(shared)).unwrap();
    edit::drop_graph(&database, "school", true).unwrap();
    assert!(exists(&database, "teaches") && exists(&database, "pupils") && !exists(&database, "rooms"));
    edit::drop_graph(&database, "club", false).unwrap();
    assert!(exists(&database, "teaches"));
    assert_eq!(num(edit::drop_graph(&database, "club", false)), 1924);
}

#[test]
fn vertex_collections_come_and_go_as_long_as_no_edges_use_them() {
    let database = school();
    let name = |text: &str| CollectionName::parse(text).unwrap();
    let add = |text: &str, make| num(edit::add_vertex_collection(&database, "school", &name(text), make));
    assert_eq!(
        (add("rooms", true), add("staff", true), add("yards", false), add("yards", true)),
        (1938, 1929, 1926, 0)
    );
    let remove = |text: &str, drop| num(edit::remove_vertex_collection(&database, "school", text, drop));
    assert_eq!(
        (remove("unknown", true), remove("staff", true), remove("yards", true), remove("rooms", false)),
        (1926, 1928, 0, 0)
    );
    assert!(!exists(&database, "yards") && exists(&database, "rooms"));
    assert!(orphans(&database, "school").is_empty());
}

#[test]
fn edge_definitions_are_added_replaced_everywhere_and_removed() {
    let database = school();
    let cleans = r#"{"collection":"cleans","from":["staff"],"to":["rooms"]}"#;
    edit::add_edge_definition(&database, "school", definition(cleans)).unwrap();
    assert!(orphans(&database, "school").is_empty(), "rooms has edges now");
    assert_eq!(num(edit::add_edge_definition(&database, "school", definition(cleans))), 1920);
    edit::create(&database, &object(&format!(r#"{{"name":"other","edgeDefinitions":[{cleans}]}}"#))).unwrap();
    let wider = definition(r#"{"collection":"cleans","from":["pupils"],"to":["rooms"]}"#);
    assert_eq!(num(edit::replace_edge_definition(&database, "school", "unknown", &wider, false)), 1930);
    edit::replace_edge_definition(&database, "school", "cleans", &wider, false).unwrap();
    let snapshot = database.snapshot();
    assert_eq!(definition::get(&snapshot, "other").unwrap().edge_definition("cleans"), Some(&wider));
    assert_eq!(orphans(&database, "other"), [Str::from("staff")]);
    edit::remove_edge_definition(&database, "school", "cleans", true).unwrap();
    assert!(exists(&database, "cleans"), "the other graph uses it");
    edit::remove_edge_definition(&database, "other", "cleans", true).unwrap();
    assert!(!exists(&database, "cleans") && exists(&database, "rooms"));
    assert_eq!(num(edit::remove_edge_definition(&database, "other", "cleans", true)), 1930);
}

#[test]
fn graphs_follow_a_collection_that_gets_another_name() {
    let database = school();
    let to = CollectionName::parse("adults").unwrap();
    database.rename_collection("staff", to.clone()).unwrap();
    edit::follow_rename(&database, "staff", &to).unwrap();
    let graph = definition::get(&database.snapshot(), "school").unwrap();
    assert!(graph.uses("adults") && !graph.uses("staff"));
}

#[test]
fn an_edge_needs_vertices_that_exist_in_collections_that_belong_there() {
    let database = school();
    let options = WriteOptions::default();
    let vertex = |collection: &str, key: &str| {
        let document = value(&format!(r#"{{"_key":"{key}"}}"#));
        num(elements::insert(&database, "school", Part::Vertex, collection, &document, &options))
    };
    assert_eq!((vertex("staff", "s"), vertex("pupils", "p"), vertex("rooms", "r")), (0, 0, 0));
    assert_eq!((vertex("nowhere", "x"), vertex("_jobs", "x"), vertex("teaches", "x")), (1203, 1926, 1926));
    let edge = |from: &str, to: &str| {
        let document = value(&format!(r#"{{"_key":"e","_from":"{from}","_to":"{to}"}}"#));
        num(elements::insert(&database, "school", Part::Edge, "teaches", &document, &options))
    };
    assert_eq!(edge("staff/s", "pupils/nobody"), 1202);
    assert_eq!(edge("staff/s", "_jobs/x"), 1947);
    assert_eq!(edge("staff/s", "rooms/r"), 1906);
    assert_eq!(edge("staff", "rooms/r"), 1233);
    assert_eq!(edge("staff/s", "pupils/p"), 0);
    let target = Target { graph: "school", part: Part::Edge, collection: "teaches", key: "e" };
    let rewrite = |how, text: &str| num(elements::rewrite(&database, target, how, &value(text), &options));
    assert_eq!(rewrite(Rewrite::Update, r#"{"since":1}"#), 0);
    assert_eq!(rewrite(Rewrite::Update, r#"{"_to":"pupils/nobody"}"#), 1202);
    assert_eq!(rewrite(Rewrite::Replace, r#"{"since":1}"#), 1233);
    assert_eq!(rewrite(Rewrite::Replace, r#"{"_from":"staff/s","_to":"pupils/p"}"#), 0);
    let missing = Target { key: "none", ..target };
    assert_eq!(num(elements::rewrite(&database, missing, Rewrite::Replace, &value("{}"), &options)), 1202);
    let snapshot = database.snapshot();
    assert_eq!(num(elements::get(&snapshot, "school", Part::Edge, "teaches", "none")), 1202);
    assert!(elements::get(&snapshot, "school", Part::Edge, "teaches", "e").unwrap().get("since").is_null());
}

#[test]
fn a_vertex_takes_its_edges_in_all_graphs_with_it() {
    let database = school();
    let likes = r#"{"name":"other","edgeDefinitions":[{"collection":"likes","from":["pupils"],"to":["staff"]}]}"#;
    edit::create(&database, &object(likes)).unwrap();
    let loose = CollectionSpec {
        name: CollectionName::parse("loose").unwrap(),
        kind: CollectionKind::Edge,
        properties: Object::default(),
    };
    database.create_collection(loose).unwrap();
    let names: Vec<_> =
        ["staff", "pupils", "teaches", "likes", "loose"].map(|name| CollectionName::parse(name).unwrap()).to_vec();
    let mut transaction = database.begin(&names, std::time::Duration::from_secs(1)).unwrap();
    let options = WriteOptions::default();
    for (collection, text) in [
        ("staff", r#"{"_key":"s"}"#),
        ("pupils", r#"{"_key":"p"}"#),
        ("teaches", r#"{"_from":"staff/s","_to":"pupils/p"}"#),
        ("likes", r#"{"_from":"pupils/p","_to":"staff/s"}"#),
        ("loose", r#"{"_from":"pupils/p","_to":"staff/s"}"#),
    ] {
        transaction.insert(collection, &value(text), &options).unwrap();
    }
    transaction.commit().unwrap();
    let target = Target { graph: "school", part: Part::Vertex, collection: "staff", key: "s" };
    let wrong = WriteOptions { expected_rev: Some(Str::from("x")), ..WriteOptions::default() };
    assert_eq!(num(elements::remove(&database, target, &wrong)), 1200);
    elements::remove(&database, target, &options).unwrap();
    assert_eq!(num(elements::remove(&database, target, &options)), 1202);
    let lengths = ["staff", "teaches", "likes", "loose", "pupils"]
        .map(|name| database.snapshot().collection(name).unwrap().len());
    assert_eq!(lengths, [0, 0, 0, 1, 1], "edges of no graph stay");
}

//! Several threads at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::{begin, database_with, name, num, object, spec, value};
use crate::embedded::{
    store::{CollectionKind, WriteOptions},
    value::Value,
};

#[test]
fn readers_never_see_half_of_a_transaction() {
    let database = database_with("left", CollectionKind::Document);
    database.create_collection(spec("right", CollectionKind::Document, "{}")).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (database, done) = (Arc::clone(&database), Arc::clone(&done));
            thread::spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let snapshot = database.snapshot();
                    let count = |name| snapshot.collection(name).unwrap().scan().count();
                    assert_eq!(count("left"), count("right"));
                    assert_eq!(count("left") % 5, 0);
                }
            })
        })
        .collect();
    for _ in 0..40 {
        let mut transaction = database.begin(&[name("left"), name("right")], Duration::from_secs(10)).unwrap();
        for _ in 0..5 {
            transaction.insert("left", &value("{}"), &WriteOptions::default()).unwrap();
            transaction.insert("right", &value("{}"), &WriteOptions::default()).unwrap();
        }
        transaction.commit().unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
}

#[test]
fn writers_of_one_document_come_one_after_the_other_and_lose_nothing() {
    let database = database_with("counters", CollectionKind::Document);
    super::insert(&database, "counters", r#"{"_key":"c","n":0}"#).unwrap();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let database = Arc::clone(&database);
            thread::spawn(move || {
                for _ in 0..50 {
                    let mut transaction = begin(&database, "counters");
                    let n = transaction.current("counters").unwrap().get("c").unwrap().get("n").as_f64().unwrap();
                    let patch = value(&format!(r#"{{"n":{}}}"#, n + 1.0));
                    transaction.update("counters", "c", &patch, &WriteOptions::default()).unwrap();
                    transaction.commit().unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let snapshot = database.snapshot();
    assert_eq!(snapshot.document("counters/c").unwrap().get("n").as_f64(), Some(200.0));
}

#[test]
fn a_writer_waits_for_another_no_longer_than_it_was_told() {
    let database = database_with("people", CollectionKind::Document);
    let held = begin(&database, "people");
    assert_eq!(num(database.begin(&[name("people")], Duration::from_millis(5))), 1200);
    drop(held);
    assert!(database.begin(&[name("people")], Duration::ZERO).is_ok());
}

#[test]
fn a_kept_scan_does_not_see_later_changes() {
    let database = database_with("people", CollectionKind::Document);
    for n in 0..50 {
        super::insert(&database, "people", &format!(r#"{{"_key":"{n}","n":{n}}}"#)).unwrap();
    }
    let mut scan = database.snapshot().collection("people").unwrap().scan();
    assert_eq!(scan.len(), 50);
    assert!(scan.next().is_some());
    let mut transaction = begin(&database, "people");
    transaction.truncate("people").unwrap();
    transaction.commit().unwrap();
    let rest: Vec<Value> = scan.collect();
    let numbers: Vec<f64> = rest.iter().map(|document| document.get("n").as_f64().unwrap()).collect();
    assert_eq!(rest.len(), 49);
    assert!(numbers.is_sorted());
}

#[test]
fn collections_and_indexes_come_and_go_while_documents_are_written_without_a_deadlock() {
    let database = database_with("steady", CollectionKind::Document);
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let database = Arc::clone(&database);
            thread::spawn(move || {
                let own = format!("own{number}");
                for round in 0..15 {
                    database.create_collection(spec(&own, CollectionKind::Document, "{}")).unwrap();
                    let both = [name("steady"), name(&own)];
                    let mut transaction = database.begin(&both, Duration::from_secs(30)).unwrap();
                    for collection in ["steady", &own] {
                        let document = value(&format!(r#"{{"n":{round},"t":{number}}}"#));
                        transaction.insert(collection, &document, &WriteOptions::default()).unwrap();
                    }
                    transaction.commit().unwrap();
                    let index = object(&format!(r#"{{"type":"persistent","fields":["n","t"],"name":"by{number}"}}"#));
                    let (info, _) = database.create_index("steady", &index).unwrap();
                    // The definitions are the same, so another thread may have made it, or dropped it meanwhile.
                    drop(database.drop_index("steady", &info.name));
                    let to = name(&format!("{own}_renamed"));
                    database.rename_collection(&own, to.clone()).unwrap();
                    database.drop_collection(to.as_str(), false).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let steady = database.snapshot().collection("steady").unwrap().clone();
    assert_eq!(steady.len(), 60);
    assert_eq!(steady.scan().count(), 60);
}

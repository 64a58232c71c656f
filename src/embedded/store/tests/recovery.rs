//! The state made again from the changes a backend was given.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{begin, insert, name, num, object, spec, value};
use crate::{
    clock::{ManualClock, SequenceRandom},
    embedded::{
        error::Error,
        store::{Backend, Changes, CollectionKind, EdgeEnd, Store, Update, WriteOptions},
        value::{Value, order},
    },
    wire::{DatabaseName, ErrorNum},
};

/// Remembers everything, until it is told to fail.
#[derive(Debug, Default)]
struct Log {
    kept: Mutex<Vec<Vec<u8>>>,
    fails: Mutex<bool>,
}

impl Backend for Log {
    fn append(&self, changes: &Changes) -> Result<(), Error> {
        if *self.fails.lock() {
            return Err(ErrorNum::IO_ERROR.into());
        }
        self.kept.lock().push(serde_json::to_vec(changes).unwrap());
        Ok(())
    }
}

fn open(log: &Arc<Log>) -> Store {
    let kept = log.kept.lock().clone();
    let history = kept.iter().map(|line| serde_json::from_slice::<Changes>(line).unwrap());
    let clock = ManualClock::at(1_770_000_000_000);
    Store::open(clock, SequenceRandom::from_seed(9), Arc::clone(log) as Arc<dyn Backend>, None, history).unwrap()
}

#[test]
fn a_store_opened_from_its_changes_is_the_same_store() {
    let log = Arc::new(Log::default());
    let store = open(&log);
    let database = store.create_database(DatabaseName::parse("shop").unwrap()).unwrap();
    drop(store.create_database(DatabaseName::parse("gone").unwrap()).unwrap());
    store.drop_database("gone").unwrap();
    let auto = r#"{"keyOptions":{"type":"autoincrement"}}"#;
    database.create_collection(spec("goods", CollectionKind::Document, auto)).unwrap();
    database.create_collection(spec("links", CollectionKind::Edge, "{}")).unwrap();
    let (index, _) =
        database.create_index("goods", &object(r#"{"type":"persistent","fields":["n"],"unique":true}"#)).unwrap();
    for n in 0..20 {
        insert(&database, "goods", &format!(r#"{{"n":{n}}}"#)).unwrap();
    }
    insert(&database, "links", r#"{"_from":"goods/1","_to":"goods/2"}"#).unwrap();
    let mut transaction = begin(&database, "goods");
    transaction.update("goods", "3", &value(r#"{"n":333}"#), &WriteOptions::default()).unwrap();
    transaction.remove("goods", "4", &WriteOptions::default()).unwrap();
    transaction.commit().unwrap();
    let view = object(r#"{"type":"arangosearch","links":{"goods":{"includeAllFields":true},"links":{}}}"#);
    for view_name in ["found", "lost"] {
        database.create_view(name(view_name), &view).unwrap();
    }
    database.drop_view("lost").unwrap();
    database.rename_view("found", name("seen")).unwrap();
    let changes = object(r#"{"commitIntervalMsec":7,"primarySort":[{"field":"n","asc":true}]}"#);
    let seen = database.set_view_properties("seen", &changes, Update::Merge).unwrap();
    database.rename_collection("links", name("ties")).unwrap();

    let again = open(&log);
    assert_eq!(again.databases(), store.databases());
    let reopened = again.database("shop").unwrap();
    assert_eq!(reopened.id(), database.id());
    let (before, after) = (database.snapshot(), reopened.snapshot());
    let views = after.views();
    let [view] = views.as_slice() else { panic!("{views:?}") };
    assert_eq!(view.properties["id"].as_str(), seen.properties["id"].as_str());
    assert_eq!(view.properties["commitIntervalMsec"].as_f64(), Some(7.0));
    assert_eq!(view.properties["primarySort"].as_array().map(<[_]>::len), Some(0));
    assert_eq!(view.collections, [name("goods"), name("ties")]);
    let names = |snapshot: &crate::embedded::store::Snapshot| -> Vec<String> {
        snapshot.collections().map(|collection| collection.name().to_string()).collect()
    };
    assert_eq!(names(&before), names(&after));
    let all = |snapshot: &crate::embedded::store::Snapshot| -> Vec<Value> {
        snapshot.collections().flat_map(crate::embedded::store::Collection::scan).collect()
    };
    let (before, documents) = (all(&before), all(&after));
    assert_eq!(before.len(), documents.len());
    assert!(before.iter().zip(&documents).all(|(left, right)| order::equal(left, right)));
    let goods = after.collection("goods").unwrap();
    assert_eq!(goods.find_equal(&index.name, &[Value::Int(333)]).len(), 1);
    assert_eq!(after.collection("ties").unwrap().edges("goods/1", EdgeEnd::Out).len(), 1);
    assert_eq!(&*insert(&reopened, "goods", r#"{"n":-1}"#).unwrap().key, "21");
}

#[test]
fn what_the_backend_could_not_keep_does_not_take_effect() {
    let log = Arc::new(Log::default());
    let store = open(&log);
    let database = store.database("_system").unwrap();
    database.create_collection(spec("goods", CollectionKind::Document, "{}")).unwrap();
    *log.fails.lock() = true;
    assert_eq!(num(insert(&database, "goods", "{}")), 1305);
    assert_eq!(num(database.drop_collection("goods", false)), 1305);
    *log.fails.lock() = false;
    assert!(database.snapshot().collection("goods").unwrap().is_empty());
    insert(&database, "goods", "{}").unwrap();
}

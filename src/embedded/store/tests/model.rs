//! Random operations, compared with a model that is too simple to be wrong.

use std::collections::BTreeMap;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::{begin, database_with, object, value};
use crate::embedded::{
    store::{Collection, CollectionKind, IndexRange, WriteOptions},
    value::Value,
};

#[derive(Debug, Clone)]
enum Step {
    Insert(u8, i8),
    Update(u8, i8),
    Remove(u8),
    Truncate,
    Commit,
    Abandon,
    Mark,
    GoBack,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..12_u8;
    let number = -4..5_i8;
    prop_oneof![
        6 => (key.clone(), number.clone()).prop_map(|(key, number)| Step::Insert(key, number)),
        4 => (key.clone(), number).prop_map(|(key, number)| Step::Update(key, number)),
        3 => key.prop_map(Step::Remove),
        1 => any::<bool>().prop_map(|all| if all { Step::Truncate } else { Step::Abandon }),
        2 => Just(Step::Commit),
        1 => Just(Step::Mark),
        1 => Just(Step::GoBack),
    ]
}

type Model = BTreeMap<String, i64>;

/// The model's answer to a write: 1202, 1210, or 0 when it was made.
fn put(model: &mut Model, key: u8, number: i8, update: bool) -> u16 {
    let (key, number) = (key.to_string(), i64::from(number));
    if update != model.contains_key(&key) {
        return if update { 1202 } else { 1210 };
    }
    if model.iter().any(|(other, taken)| *taken == number && *other != key) {
        return 1210;
    }
    model.insert(key, number);
    0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn any_sequence_of_operations_gives_what_the_model_gives(steps in prop::collection::vec(step(), 1..80)) {
        let database = database_with("things", CollectionKind::Document);
        let index = object(r#"{"type":"persistent","fields":["n"],"unique":true}"#);
        let (index, _) = database.create_index("things", &index).unwrap();
        let options = WriteOptions::default();
        let mut committed = Model::new();
        let mut model = Model::new();
        let mut transaction = begin(&database, "things");
        let mut mark = None;
        for step in steps {
            match step {
                Step::Insert(key, n) => {
                    let document = value(&format!(r#"{{"_key":"{key}","n":{n}}}"#));
                    let got = super::num(transaction.insert("things", &document, &options));
                    assert_eq!(got, put(&mut model, key, n, false));
                }
                Step::Update(key, n) => {
                    let patch = value(&format!(r#"{{"n":{n}}}"#));
                    let got = super::num(transaction.update("things", &key.to_string(), &patch, &options));
                    assert_eq!(got, put(&mut model, key, n, true));
                }
                Step::Remove(key) => {
                    let got = transaction.remove("things", &key.to_string(), &options).is_ok();
                    assert_eq!(got, model.remove(&key.to_string()).is_some());
                }
                Step::Truncate => {
                    transaction.truncate("things").unwrap();
                    model.clear();
                }
                Step::Mark => mark = Some((transaction.savepoint(), model.clone())),
                Step::GoBack => {
                    if let Some((savepoint, then)) = mark.take() {
                        transaction.roll_back_to(savepoint);
                        model = then;
                    }
                }
                Step::Commit | Step::Abandon => {
                    mark = None;
                    if matches!(step, Step::Commit) {
                        transaction.commit().unwrap();
                        committed = model.clone();
                    } else {
                        drop(transaction);
                        model = committed.clone();
                    }
                    transaction = begin(&database, "things");
                }
            }
            let seen = |collection: &Collection| -> Model {
                let pair = |document: Value| {
                    let Value::Int(n) = document.get("n") else { panic!("no number") };
                    (document.get("_key").as_str().unwrap().to_owned(), *n)
                };
                collection.scan().map(pair).collect()
            };
            let current = transaction.current("things").unwrap();
            assert_eq!(seen(current), model);
            assert_eq!(seen(database.snapshot().collection("things").unwrap()), committed);
            let in_order: Vec<f64> = current
                .scan_index(&index.id, &IndexRange::default())
                .map(|document| document.get("n").as_f64().unwrap())
                .collect();
            assert!(in_order.is_sorted() && in_order.len() == model.len());
        }
    }
}

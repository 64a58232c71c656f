//! Computed values and schemas, with stand-ins for what evaluates them.

use std::sync::Arc;

use super::{begin, insert, name, num, object, spec, store, value};
use crate::embedded::{
    error::Error,
    store::{CollectionKind, Database, DocumentHooks, WriteOptions},
    value::Value,
};

/// Expressions are names of attributes to copy; rules name an attribute that must be a number.
#[derive(Debug)]
struct Fake;

impl DocumentHooks for Fake {
    fn check_expression(&self, expression: &str) -> Result<(), Error> {
        if expression == "bad" { Err(Error::new(crate::wire::ErrorNum::BAD_PARAMETER, "bad")) } else { Ok(()) }
    }

    fn compute(&self, expression: &str, document: &Value, _fail_on_warning: bool) -> Result<Value, Error> {
        Ok(document.get(expression).clone())
    }

    fn check_rule(&self, _rule: &Value) -> Result<(), Error> {
        Ok(())
    }

    fn validate(&self, rule: &Value, document: &Value, message: &str) -> Result<(), Error> {
        assert!(document.get("_key").is_null(), "the schema does not see system attributes");
        let attribute = rule.get("number").as_str().unwrap();
        if document.get(attribute).as_f64().is_some() {
            return Ok(());
        }
        Err(Error::new(crate::wire::ErrorNum::VALIDATION_FAILED, message.to_owned()))
    }
}

fn with(properties: &str) -> Arc<Database> {
    let store = store();
    store.set_hooks(Arc::new(Fake));
    let database = store.database("_system").unwrap();
    database.create_collection(spec("things", CollectionKind::Document, properties)).unwrap();
    database
}

fn update(database: &Database, patch: &str) -> Result<Value, Error> {
    let mut transaction = begin(database, "things");
    let written = transaction.update("things", "k", &value(patch), &WriteOptions::default())?;
    transaction.commit()?;
    Ok(written.new.unwrap())
}

#[test]
fn values_are_computed_when_asked_to_and_overwrite_only_when_told() {
    let database = with(
        r#"{"computedValues":[
            {"name":"copy","expression":"x","overwrite":false},
            {"name":"born","expression":"_key","overwrite":true,"computeOn":["insert"]},
            {"name":"none","expression":"nothing","overwrite":true,"keepNull":false}]}"#,
    );
    let new = insert(&database, "things", r#"{"_key":"k","x":1,"none":5,"born":0}"#).unwrap().new.unwrap();
    assert_eq!((new.get("copy").as_f64(), new.get("born").as_str()), (Some(1.0), Some("k")));
    assert!(!new.as_object().unwrap().contains_key("none"));
    let new = update(&database, r#"{"x":2,"born":7}"#).unwrap();
    assert_eq!((new.get("copy").as_f64(), new.get("born").as_f64()), (Some(1.0), Some(7.0)));
    let shown = database.snapshot().collection("things").unwrap().properties();
    assert_eq!(shown.get("computedValues").unwrap().as_array().unwrap().len(), 3);
}

#[test]
fn definitions_of_computed_values_are_checked() {
    let database = with("{}");
    for bad in [
        r#"{"computedValues":{}}"#,
        r#"{"computedValues":[{"name":"a","expression":"x"}]}"#,
        r#"{"computedValues":[{"name":"_key","expression":"x","overwrite":true}]}"#,
        r#"{"computedValues":[{"name":"a","expression":"bad","overwrite":true}]}"#,
        r#"{"computedValues":[{"name":"a","expression":"x","overwrite":true,"computeOn":["never"]}]}"#,
        r#"{"computedValues":[{"name":"a","expression":"x","overwrite":true},{"name":"a","expression":"x","overwrite":true}]}"#,
    ] {
        assert_eq!(num(database.set_properties("things", &object(bad))), 10, "{bad}");
    }
}

#[test]
fn a_schema_is_looked_at_as_its_level_says() {
    let database = with("{}");
    insert(&database, "things", r#"{"_key":"k"}"#).unwrap();
    let level = |level: &str| {
        let schema =
            format!(r#"{{"schema":{{"rule":{{"number":"n"}},"level":"{level}","message":"n must be a number"}}}}"#);
        database.set_properties("things", &object(&schema)).unwrap();
        (num(insert(&database, "things", "{}")), num(update(&database, r#"{"a":1}"#)))
    };
    assert_eq!(level("none"), (0, 0));
    assert_eq!(level("new"), (1620, 0));
    assert_eq!(level("moderate"), (1620, 0));
    assert_eq!(level("strict"), (1620, 1620));
    assert_eq!(num(update(&database, r#"{"n":1}"#)), 0);
    let error = update(&database, r#"{"n":"x"}"#).unwrap_err();
    assert_eq!(error.message, "n must be a number");
    database.set_properties("things", &object(r#"{"schema":null}"#)).unwrap();
    assert_eq!(num(update(&database, r#"{"n":"x"}"#)), 0);
    assert!(database.begin(&[name("things")], std::time::Duration::ZERO).is_ok(), "no lock was left behind");
}

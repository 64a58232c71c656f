//! Computed attributes.

use std::sync::Arc;

use serde_json::json;

use super::{super::hooks::AqlHooks, Garden};
use crate::embedded::{
    store::CollectionKind,
    value::{Object, Str, Value},
};

fn computing() -> Garden {
    let garden = Garden::empty();
    let hooks = AqlHooks::new(garden.environment.clock.clone(), garden.environment.random.clone()).unwrap();
    garden.store.set_hooks(Arc::new(hooks));
    garden.collection("people", CollectionKind::Document);
    garden
}

fn compute(garden: &Garden, expression: &str) -> Result<(), u16> {
    let computed = json!([{"name": "full", "expression": expression, "overwrite": true}]);
    let changes = Object::from_iter([(Str::from("computedValues"), Value::from(computed))]);
    garden.database.set_properties("people", &changes).map(|_| ()).map_err(|error| error.num.0)
}

#[test]
fn attributes_are_computed_from_the_document() {
    let garden = computing();
    compute(&garden, "RETURN CONCAT(@doc.first, ' ', @doc.last)").unwrap();
    garden.gives("INSERT {first: 'Ada', last: 'L'} INTO people RETURN NEW.full", json!(["Ada L"]));
}

#[test]
fn attributes_can_be_computed_from_nothing() {
    let garden = computing();
    compute(&garden, "RETURN 1 + 1").unwrap();
    garden.gives("INSERT {} INTO people RETURN NEW.full", json!([2]));
}

#[test]
fn expressions_that_could_do_more_are_refused() {
    let garden = computing();
    for text in ["RETURN LENGTH(people)", "FOR i IN 1..2 RETURN i", "RETURN", "RETURN @other"] {
        assert_eq!(compute(&garden, text), Err(10), "{text}");
    }
}

//! Queries from text to rows, over a small garden in memory.

#![expect(clippy::needless_pass_by_value, reason = "calls read better with json! as it stands")]

use std::sync::{Arc, atomic::AtomicBool};

use serde_json::{Value as Json, json};

use super::{Environment, Options, Outcome, Request, run};
use crate::{
    clock::{ManualClock, SequenceRandom},
    embedded::{
        error::Error,
        store::{CollectionKind, CollectionSpec, Database, Store},
        value::{Object, Str, Value},
    },
    wire::CollectionName,
};

mod collect;
mod errors;
mod explain;
mod expressions;
mod graphs;
mod hooks;
mod indexes;
mod limits;
mod modify;
mod optimiser;
mod reading;
mod upsert;
mod window;

/// A server with one database that the tests use.
pub(super) struct Garden {
    pub(super) store: Store,
    pub(super) database: Arc<Database>,
    pub(super) environment: Environment,
}

impl Garden {
    /// An empty garden.
    pub(super) fn empty() -> Self {
        let clock = ManualClock::at(1_700_000_000_000);
        let random = SequenceRandom::from_seed(7);
        let store = Store::in_memory(clock.clone(), random.clone());
        let database = store.database("_system").unwrap();
        let killed = Arc::new(AtomicBool::new(false));
        Self { store, database, environment: Environment { clock, random, user: None, killed } }
    }

    /// Six plants in three beds.
    pub(super) fn planted() -> Self {
        let garden = Self::empty();
        garden.collection("plants", CollectionKind::Document);
        garden.run(
            "FOR p IN @plants INSERT p INTO plants",
            json!({"plants": [
                {"_key": "rose", "bed": "north", "height": 90, "tags": ["thorns", "scent"]},
                {"_key": "mint", "bed": "south", "height": 40, "tags": ["scent", "food"]},
                {"_key": "leek", "bed": "south", "height": 40, "tags": ["food"]},
                {"_key": "fern", "bed": "north", "height": 60, "tags": []},
                {"_key": "oak", "bed": "west", "height": 900},
                {"_key": "moss", "bed": null, "height": 2.5, "tags": null},
            ]}),
        );
        garden
    }

    pub(super) fn collection(&self, name: &str, kind: CollectionKind) {
        let name = CollectionName::parse(name).unwrap();
        self.database.create_collection(CollectionSpec { name, kind, properties: Object::default() }).unwrap();
    }

    pub(super) fn index(&self, collection: &str, definition: Json) {
        let Value::Object(definition) = Value::from(definition) else { panic!("an object is needed") };
        self.database.create_index(collection, &definition).unwrap();
    }

    pub(super) fn attempt(&self, text: &str, binds: Json, options: Options) -> Result<Outcome, Error> {
        let Value::Object(binds) = Value::from(binds) else { panic!("an object is needed") };
        let bind_vars = binds.iter().map(|(name, value)| (Str::clone(name), value.clone())).collect();
        run(&self.database, &self.environment, &Request { text: text.to_owned(), bind_vars, options })
    }

    pub(super) fn run(&self, text: &str, binds: Json) -> Outcome {
        self.attempt(text, binds, Options::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The rows of a query as JSON.
    pub(super) fn rows(&self, text: &str) -> Json {
        as_json(&self.run(text, json!({})).rows)
    }

    /// Checks the rows of a query.
    pub(super) fn gives(&self, text: &str, expected: Json) {
        assert_eq!(self.rows(text), expected, "{text}");
    }

    /// The number of the error a query ends with.
    pub(super) fn fails(&self, text: &str) -> u16 {
        self.fails_with(text, json!({}))
    }

    pub(super) fn fails_with(&self, text: &str, binds: Json) -> u16 {
        match self.attempt(text, binds, Options::default()) {
            Ok(outcome) => panic!("{text}: {:?}", outcome.rows),
            Err(error) => error.num.0,
        }
    }

    /// The numbers of the warnings a query gives.
    pub(super) fn warnings(&self, text: &str) -> Vec<u16> {
        self.run(text, json!({})).warnings.list.iter().map(|(num, _)| num.0).collect()
    }
}

pub(super) fn as_json(rows: &[Value]) -> Json {
    Json::Array(rows.iter().map(Json::from).collect())
}

/// Checks what an expression gives.
pub(super) fn is(expression: &str, expected: Json) {
    Garden::empty().gives(&format!("RETURN {expression}"), json!([expected]));
}

//! Documents that expire: a TTL index names an attribute with a moment, and so many seconds after it the document goes.
//!
//! There is no thread for it: a request that comes later than the interval after the last sweep does one first, so
//! nobody can see a document that should have been gone by then.

use std::time::Duration;

use parking_lot::Mutex;

use crate::embedded::{
    error::Error,
    store::{Collection, Database, IndexInfo, IndexRange, Store, WriteOptions},
    value::{Str, Value},
};

/// How documents expire, as `/_api/ttl/properties` shows it.
#[derive(Debug, Clone, Copy)]
pub(in crate::embedded) struct Settings {
    /// Whether they do.
    pub(in crate::embedded) active: bool,
    /// Milliseconds between two sweeps.
    pub(in crate::embedded) frequency: i64,
    /// How many a sweep may remove in all.
    pub(in crate::embedded) max_total: usize,
    /// How many a sweep may remove from one collection.
    pub(in crate::embedded) max_collection: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { active: true, frequency: 30_000, max_total: 1_000_000, max_collection: 100_000 }
    }
}

/// What sweeps did so far, as `/_api/ttl/statistics` shows it.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::embedded) struct Statistics {
    /// Sweeps.
    pub(in crate::embedded) runs: usize,
    /// Documents removed.
    pub(in crate::embedded) removed: usize,
    /// How often a sweep left documents for the next one.
    pub(in crate::embedded) limit_reached: usize,
}

/// When the last sweep was, and what it all came to.
#[derive(Debug, Default)]
pub(in crate::embedded) struct Expiry(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    settings: Settings,
    statistics: Statistics,
    last_millis: i64,
}

impl Expiry {
    /// Begins to wait for the first sweep.
    pub(super) fn from(now_millis: i64) -> Self {
        Self(Mutex::new(State { last_millis: now_millis, ..State::default() }))
    }

    pub(in crate::embedded) fn settings(&self) -> Settings {
        self.0.lock().settings
    }

    pub(in crate::embedded) fn set(&self, settings: Settings) {
        self.0.lock().settings = settings;
    }

    pub(in crate::embedded) fn statistics(&self) -> Statistics {
        self.0.lock().statistics
    }

    /// Removes what has expired, if it is time for that.
    pub(super) fn sweep_when_due(&self, store: &Store, now_millis: i64) {
        let settings = {
            let mut state = self.0.lock();
            let waited = now_millis.saturating_sub(state.last_millis);
            // A clock that was set back must not keep documents alive for as long.
            if !state.settings.active || (0..state.settings.frequency).contains(&waited) {
                return;
            }
            state.last_millis = now_millis;
            state.settings
        };
        let (removed, limited) = sweep(store, settings, now_millis);
        let statistics = &mut self.0.lock().statistics;
        statistics.runs = statistics.runs.saturating_add(1);
        statistics.removed = statistics.removed.saturating_add(removed);
        statistics.limit_reached = statistics.limit_reached.saturating_add(usize::from(limited));
    }
}

/// How many documents were removed, and whether more would have been.
fn sweep(store: &Store, settings: Settings, now_millis: i64) -> (usize, bool) {
    let (mut removed, mut limited) = (0_usize, false);
    for name in store.databases() {
        // A database that was dropped meanwhile has nothing left to expire.
        let Ok(database) = store.database(name.as_str()) else { continue };
        for collection in database.snapshot().collections() {
            let Some(index) = collection.indexes().into_iter().find(|index| &*index.kind == "ttl") else { continue };
            let Some(range) = expired(&index, now_millis) else { continue };
            let most = settings.max_collection.min(settings.max_total.saturating_sub(removed));
            if keys(collection, &index, &range, 1).is_empty() {
                continue;
            }
            match remove(&database, collection, &index, &range, most) {
                Ok(count) => {
                    removed = removed.saturating_add(count);
                    limited |= count == most;
                }
                // Somebody writes to it right now: the next sweep will find the documents again.
                Err(error) => tracing::debug!(%error, collection = %collection.name(), "documents could not expire"),
            }
        }
    }
    (removed, limited)
}

/// The entries of a TTL index whose time has come.
fn expired(index: &IndexInfo, now_millis: i64) -> Option<IndexRange> {
    let after = index.definition.get("expireAfter").and_then(Value::as_f64)?;
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
    let latest = now_millis as f64 / 1000.0 - after;
    let upper = std::ops::Bound::Included(Value::Double(latest));
    (latest >= 0.0).then(|| IndexRange { upper, ..IndexRange::default() })
}

fn keys(collection: &Collection, index: &IndexInfo, range: &IndexRange, most: usize) -> Vec<Str> {
    let documents = collection.scan_index(&index.id, range).take(most);
    documents.filter_map(|document| document.get("_key").as_str().map(Str::from)).collect()
}

/// Removes documents like any writer does, but waits for nobody.
fn remove(
    database: &Database,
    collection: &Collection,
    index: &IndexInfo,
    range: &IndexRange,
    most: usize,
) -> Result<usize, Error> {
    let name = collection.name();
    let mut transaction = database.begin(std::slice::from_ref(name), Duration::ZERO)?;
    // What was found before the lock was held may have been given more time since.
    let keys = transaction.current(name.as_str()).map(|now| keys(now, index, range, most)).unwrap_or_default();
    for key in &keys {
        transaction.remove(name.as_str(), key, &WriteOptions::default())?;
    }
    transaction.commit()?;
    Ok(keys.len())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use http::Request;
    use serde_json::{Value as Json, json};

    use crate::{
        clock::{ManualClock, SequenceRandom},
        embedded::{Caller, Engine},
    };

    const NOW: i64 = 1_700_000_000_000;

    struct Server(Engine, Arc<ManualClock>);

    impl Server {
        fn new() -> Self {
            let clock = ManualClock::at(NOW);
            let server = Self(Engine::in_memory(clock.clone(), SequenceRandom::from_seed(1)), clock);
            server.send("POST", "/_api/collection", &json!({"name": "sessions"}));
            server
        }

        fn send(&self, method: &str, path: &str, body: &Json) -> Json {
            let request = Request::builder().method(method).uri(path).body(Bytes::from(body.to_string())).unwrap();
            let response = self.0.handle(request, &Caller::Trusted);
            serde_json::from_slice(response.body()).unwrap_or_default()
        }

        fn expire_after(&self, seconds: i64) {
            let definition = json!({"type": "ttl", "fields": ["seen"], "expireAfter": seconds});
            assert_eq!(self.send("POST", "/_api/index?collection=sessions", &definition)["type"], "ttl");
        }

        fn keys(&self) -> Json {
            let query = json!({"query": "FOR s IN sessions SORT s._key RETURN s._key"});
            self.send("POST", "/_api/cursor", &query)["result"].clone()
        }
    }

    #[test]
    fn documents_go_so_long_after_their_moment_though_nobody_writes() {
        let server = Server::new();
        let seconds = NOW / 1000;
        let documents = json!([
            {"_key": "number", "seen": seconds},
            {"_key": "text", "seen": "2023-11-14T22:13:20.000Z"},
            {"_key": "offset", "seen": "2023-11-15T00:13:20+02:00"},
            {"_key": "later", "seen": seconds + 3600},
            {"_key": "millis", "seen": NOW},
            {"_key": "none"},
            {"_key": "null", "seen": null},
            {"_key": "words", "seen": "yesterday"},
            {"_key": "list", "seen": [seconds]},
            {"_key": "negative", "seen": -5},
        ]);
        server.send("POST", "/_api/document/sessions", &documents);
        server.expire_after(60);
        server.1.advance(59_000);
        assert_eq!(server.keys().as_array().unwrap().len(), 10);
        server.1.advance(31_000);
        let left = json!(["later", "list", "millis", "negative", "none", "null", "words"]);
        assert_eq!(server.keys(), left);
        let statistics = server.send("GET", "/_api/ttl/statistics", &Json::Null);
        assert_eq!((&statistics["result"]["documentsRemoved"], &statistics["result"]["runs"]), (&json!(3), &json!(2)));
    }

    #[test]
    fn a_document_that_was_given_more_time_stays() {
        let server = Server::new();
        server.expire_after(0);
        let seconds = NOW / 1000;
        server.send("POST", "/_api/document/sessions", &json!([{"_key": "a", "seen": seconds + 10}]));
        server.send("PATCH", "/_api/document/sessions/a", &json!({"seen": seconds + 100}));
        server.1.advance(31_000);
        assert_eq!(server.keys(), json!(["a"]));
        server.1.advance(80_000);
        assert_eq!(server.keys(), json!([]));
    }

    #[test]
    fn a_sweep_removes_no_more_than_it_may_and_can_be_switched_off() {
        let server = Server::new();
        server.expire_after(0);
        let documents: Vec<Json> = (0..5).map(|number| json!({"seen": number})).collect();
        server.send("POST", "/_api/document/sessions", &Json::Array(documents));
        let settings = server.send("PUT", "/_api/ttl/properties", &json!({"maxCollectionRemoves": 2}));
        assert_eq!(settings["result"]["maxCollectionRemoves"], 2);
        server.1.advance(30_000);
        assert_eq!(server.keys().as_array().unwrap().len(), 3);
        server.send("PUT", "/_api/ttl/properties", &json!({"active": false}));
        server.1.advance(300_000);
        assert_eq!(server.keys().as_array().unwrap().len(), 3);
        assert_eq!(server.send("PUT", "/_api/ttl/properties", &json!({"frequency": "x"}))["errorNum"], 10);
    }
}

//! What lives between requests: cursors with rows still to fetch, and the queries that run right now.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;

use crate::wire::ErrorNum;

use super::{
    super::value::{Object, Str, Value},
    error::Failure,
    tracking::{Settings, Slow, Tracking},
};

/// Rows still to fetch, by cursor id. Cursors that have expired go when the next one is made or asked for.
#[derive(Debug, Default)]
pub(in super::super) struct Cursors(Mutex<HashMap<u64, Entry>>);

/// Whom a cursor belongs to; for anybody else it does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// The database's name.
    pub(super) database: String,
    /// The database's id, which another database of the same name would not have.
    pub(super) database_id: Str,
    /// The user, if authentication is on.
    pub(super) user: Option<String>,
}

/// What a cursor is made of.
#[derive(Debug)]
pub(super) struct Spec {
    /// Whom it belongs to.
    pub(super) owner: Owner,
    /// The rows after the first batch.
    pub(super) rows: std::vec::IntoIter<Value>,
    /// Rows a batch, at least 1.
    pub(super) batch_size: usize,
    /// How long it is kept without being asked for.
    pub(super) ttl_millis: i64,
    /// Whether the last batch can be fetched again.
    pub(super) allow_retry: bool,
    /// What each batch tells beside the rows: `count`, `extra`, `cached`.
    pub(super) common: Object,
    /// The body of the first batch, kept when `allow_retry` is set.
    pub(super) first: Option<Object>,
}

#[derive(Debug)]
struct Entry {
    spec: Spec,
    expires_at: i64,
    /// The number of the batch given last.
    served: u64,
    last: Option<Object>,
}

impl Cursors {
    /// Keeps a cursor whose first batch is being sent.
    pub(super) fn insert(&self, id: u64, mut spec: Spec, now: i64) {
        let mut cursors = self.0.lock();
        cursors.retain(|_, entry| entry.expires_at > now);
        let last = spec.first.take();
        cursors.insert(id, Entry { expires_at: now.saturating_add(spec.ttl_millis), spec, served: 1, last });
    }

    /// The next batch, or batch number `wanted`, which may be the last one given once more if that was asked for.
    ///
    /// # Errors
    /// 1600 when there is no such cursor or batch.
    pub(super) fn next(&self, id: u64, wanted: Option<u64>, owner: &Owner, now: i64) -> Result<Object, Failure> {
        let mut cursors = self.0.lock();
        let entry = find(&mut cursors, id, owner, now)?;
        entry.expires_at = now.saturating_add(entry.spec.ttl_millis);
        if wanted == Some(entry.served)
            && let Some(last) = &entry.last
        {
            return Ok(last.clone());
        }
        let next = entry.served.saturating_add(1);
        if wanted.is_some_and(|wanted| wanted != next) || (entry.spec.rows.len() == 0) {
            return Err(ErrorNum::CURSOR_NOT_FOUND.into());
        }
        entry.served = next;
        let rows: Vec<Value> = entry.spec.rows.by_ref().take(entry.spec.batch_size).collect();
        let more = entry.spec.rows.len() > 0;
        let body = batch(rows, &entry.spec.common, more.then_some(next), Some(id).filter(|_| more));
        if entry.spec.allow_retry {
            entry.last = Some(body.clone());
        } else if !more {
            cursors.remove(&id);
        }
        Ok(body)
    }

    /// Forgets a cursor.
    ///
    /// # Errors
    /// 1600 when there is none.
    pub(super) fn remove(&self, id: u64, owner: &Owner, now: i64) -> Result<(), Failure> {
        let mut cursors = self.0.lock();
        find(&mut cursors, id, owner, now)?;
        cursors.remove(&id);
        Ok(())
    }
}

fn find<'c>(cursors: &'c mut HashMap<u64, Entry>, id: u64, owner: &Owner, now: i64) -> Result<&'c mut Entry, Failure> {
    cursors.retain(|_, entry| entry.expires_at > now);
    cursors.get_mut(&id).filter(|entry| entry.spec.owner == *owner).ok_or_else(|| ErrorNum::CURSOR_NOT_FOUND.into())
}

/// The body of one batch; `number` is that of this batch, given when more are to come.
pub(super) fn batch(rows: Vec<Value>, common: &Object, number: Option<u64>, id: Option<u64>) -> Object {
    let mut body = Object::default();
    body.insert("result".into(), Value::array(rows));
    body.insert("hasMore".into(), Value::Bool(id.is_some()));
    if let Some(id) = id {
        body.insert("id".into(), Value::from(id.to_string().as_str()));
    }
    body.extend(common.iter().map(|(name, value)| (Arc::clone(name), value.clone())));
    if let Some(number) = number {
        body.insert("nextBatchId".into(), Value::from(number.saturating_add(1).to_string().as_str()));
    }
    body
}

/// The queries that run right now, by id, and the slow ones that have ended.
#[derive(Debug, Default)]
pub(in super::super) struct Queries {
    running: Arc<Mutex<HashMap<u64, Running>>>,
    tracking: Mutex<Tracking>,
}

/// A query that runs.
#[derive(Debug, Clone)]
pub(super) struct Running {
    /// Whom it belongs to.
    pub(super) owner: Owner,
    /// The text.
    pub(super) text: String,
    /// The bind parameters.
    pub(super) bind_vars: Object,
    /// When it began.
    pub(super) started_millis: i64,
    /// Stops it when set.
    pub(super) killed: Arc<AtomicBool>,
}

/// Keeps a query listed for as long as it lives.
#[derive(Debug)]
pub(super) struct Listed {
    queries: Arc<Mutex<HashMap<u64, Running>>>,
    id: u64,
}

impl Queries {
    /// Lists a query until the returned value is dropped.
    pub(super) fn enter(&self, id: u64, running: Running) -> Listed {
        if self.settings().enabled {
            self.running.lock().insert(id, running);
        }
        Listed { queries: Arc::clone(&self.running), id }
    }

    /// How queries are watched.
    pub(super) fn settings(&self) -> Settings {
        self.tracking.lock().settings.clone()
    }

    /// Watches queries differently.
    pub(super) fn set(&self, settings: Settings) {
        self.tracking.lock().settings = settings;
    }

    /// Keeps a query that has ended, if it was slow.
    pub(super) fn ended(&self, query: Slow) {
        self.tracking.lock().ended(query);
    }

    /// The slow queries of a database, oldest first.
    pub(super) fn slow(&self, database: &str) -> Vec<Slow> {
        let tracking = self.tracking.lock();
        tracking.slow.iter().filter(|slow| slow.query.owner.database == database).cloned().collect()
    }

    /// Forgets the slow queries of a database.
    pub(super) fn forget_slow(&self, database: &str) {
        self.tracking.lock().slow.retain(|slow| slow.query.owner.database != database);
    }

    /// The queries of a database, oldest first.
    pub(super) fn list(&self, database: &str) -> Vec<(u64, Running)> {
        let running = self.running.lock();
        let here = running.iter().filter(|(_, query)| query.owner.database == database);
        let mut list: Vec<_> = here.map(|(id, query)| (*id, query.clone())).collect();
        list.sort_unstable_by_key(|(id, _)| *id);
        list
    }

    /// Stops a query soon.
    ///
    /// # Errors
    /// 1591 when there is none of that id in the database.
    pub(super) fn kill(&self, id: u64, database: &str) -> Result<(), Failure> {
        let running = self.running.lock();
        let query = running.get(&id).filter(|query| query.owner.database == database);
        query.ok_or(ErrorNum::QUERY_NOT_FOUND)?.killed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.queries.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(user: &str) -> Owner {
        Owner { database: "_system".into(), database_id: "1".into(), user: Some(user.into()) }
    }

    fn with_cursor(rows: i64, allow_retry: bool) -> Cursors {
        let cursors = Cursors::default();
        let rows: Vec<Value> = (0..rows).map(Value::Int).collect();
        let spec = Spec {
            owner: owner("ada"),
            rows: rows.into_iter(),
            batch_size: 2,
            ttl_millis: 1000,
            allow_retry,
            common: Object::default(),
            first: None,
        };
        cursors.insert(7, spec, 0);
        cursors
    }

    fn rows(body: &Object) -> usize {
        body.get("result").and_then(Value::as_array).map_or(0, <[Value]>::len)
    }

    #[test]
    fn a_cursor_gives_its_rows_in_batches_and_is_gone_after_the_last() {
        let cursors = with_cursor(3, false);
        assert_eq!(rows(&cursors.next(7, None, &owner("ada"), 1).unwrap()), 2);
        let last = cursors.next(7, None, &owner("ada"), 2).unwrap();
        assert_eq!(rows(&last), 1);
        assert!(last.get("id").is_none());
        assert!(cursors.next(7, None, &owner("ada"), 3).is_err());
    }

    #[test]
    fn a_cursor_is_kept_alive_by_being_asked_for_and_expires_otherwise() {
        let cursors = with_cursor(9, false);
        assert!(cursors.next(7, None, &owner("ada"), 900).is_ok());
        assert!(cursors.next(7, None, &owner("ada"), 1800).is_ok());
        assert!(cursors.next(7, None, &owner("ada"), 2800).is_err());
    }

    #[test]
    fn nobody_else_can_read_or_remove_a_cursor() {
        let cursors = with_cursor(9, false);
        assert!(cursors.next(7, None, &owner("eve"), 1).is_err());
        assert!(cursors.remove(7, &owner("eve"), 1).is_err());
        assert!(cursors.remove(7, &owner("ada"), 1).is_ok());
    }

    #[test]
    fn the_last_batch_can_be_fetched_again_when_retries_are_allowed() {
        let cursors = with_cursor(3, true);
        let second = cursors.next(7, Some(2), &owner("ada"), 1).unwrap();
        assert_eq!(rows(&second), 2);
        assert_eq!(rows(&cursors.next(7, Some(2), &owner("ada"), 2).unwrap()), 2);
        assert_eq!(rows(&cursors.next(7, Some(3), &owner("ada"), 3).unwrap()), 1);
        assert_eq!(rows(&cursors.next(7, Some(3), &owner("ada"), 4).unwrap()), 1);
        assert!(cursors.next(7, Some(2), &owner("ada"), 5).is_err());
    }

    #[test]
    fn a_query_is_listed_while_it_runs_and_can_be_killed() {
        let queries = Queries::default();
        let killed = Arc::new(AtomicBool::new(false));
        let running = Running {
            owner: owner("ada"),
            text: "RETURN 1".into(),
            bind_vars: Object::default(),
            started_millis: 0,
            killed: Arc::clone(&killed),
        };
        let listed = queries.enter(3, running);
        assert_eq!(queries.list("_system").len(), 1);
        assert!(queries.kill(3, "other").is_err());
        queries.kill(3, "_system").unwrap();
        assert!(killed.load(Ordering::Relaxed));
        drop(listed);
        assert!(queries.list("_system").is_empty());
    }
}

//! What all operators of a running query share: the data, the limits, the warnings, the counts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{lists::Lists, meter::Meters};
use crate::{
    clock::{Clock, Random},
    embedded::{
        error::Error,
        eval::{Host, Row},
        functions::{self, Data, Function, Warnings},
        plan::expr::Subquery,
        store::{Snapshot, Transaction},
        value::Value,
    },
    wire::{CollectionName, ErrorNum},
};

/// How many rows go by between two looks at the clock.
const POLL_EVERY: usize = 256;

/// What a query may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// Bytes.
    pub memory: usize,
    /// When it has to be done, in milliseconds since 1970.
    pub deadline: Option<i64>,
    /// Set from outside to end it.
    pub killed: &'a AtomicBool,
}

/// What a query did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Documents written.
    pub writes_executed: u64,
    /// Writes that failed and were ignored.
    pub writes_ignored: u64,
    /// Documents read by scans.
    pub scanned_full: u64,
    /// Documents read by indexes.
    pub scanned_index: u64,
    /// Rows that filters held back.
    pub filtered: u64,
    /// Index lookups begun.
    pub cursors_created: u64,
    /// Index lookups begun anew for another row.
    pub cursors_rearmed: u64,
    /// Rows that came to the last `LIMIT`.
    pub full_count: Option<u64>,
    /// Bytes.
    pub peak_memory: usize,
}

/// The data a query reads: always as it was when the query began.
#[derive(Debug, Clone)]
pub struct View {
    /// The data.
    pub snapshot: Snapshot,
    /// The database's name.
    pub database: String,
    /// The user, if authentication is on.
    pub user: Option<String>,
}

impl Data for View {
    fn document(&self, id: &str) -> Option<Value> {
        self.snapshot.document(id).cloned()
    }

    fn collections(&self) -> Vec<(String, String)> {
        let mut list: Vec<_> = self
            .snapshot
            .collections()
            .map(|collection| (collection.id().to_string(), collection.name().as_str().to_owned()))
            .collect();
        list.sort_by(|a, b| a.1.cmp(&b.1));
        list
    }

    fn collection_count(&self, name: &str) -> Option<usize> {
        self.snapshot.collection(name).map(crate::embedded::store::Collection::len)
    }

    fn documents(&self, collection: &str) -> Option<Box<dyn Iterator<Item = Value> + '_>> {
        Some(Box::new(self.snapshot.collection(collection)?.scan()))
    }

    fn indexes(&self, collection: &str) -> Vec<Value> {
        let indexes = self.snapshot.collection(collection).map(crate::embedded::store::Collection::indexes);
        indexes.unwrap_or_default().into_iter().map(|index| Value::object(index.definition)).collect()
    }

    fn schema(&self, name: &str) -> Option<Value> {
        let properties = self.snapshot.collection(name)?.properties();
        Some(properties.get("schema").cloned().unwrap_or_default())
    }

    fn database_name(&self) -> String {
        self.database.clone()
    }

    fn user(&self) -> Option<String> {
        self.user.clone()
    }
}

/// Tells when a query has to end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    limits: Limits<'a>,
    clock: &'a dyn Clock,
    polls: usize,
}

impl Watch<'_> {
    /// Whether the query has been killed or its time is over.
    fn is_over(&self) -> bool {
        self.limits.killed.load(Ordering::Relaxed) || self.is_late()
    }

    fn is_late(&self) -> bool {
        self.limits.deadline.is_some_and(|deadline| self.clock.now_millis() > deadline)
    }

    /// Fails when the query has been killed or its time is over.
    pub(super) fn poll(&mut self) -> Result<(), Error> {
        self.spend(1)
    }

    /// Fails when the query may not use so many bytes.
    pub(super) fn allows(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.limits.memory { Err(too_much()) } else { Ok(()) }
    }

    /// A poll before something that takes as long as so many rows.
    pub(super) fn spend(&mut self, rows: usize) -> Result<(), Error> {
        if self.limits.killed.load(Ordering::Relaxed) {
            return Err(ErrorNum::QUERY_KILLED.into());
        }
        self.polls = self.polls.saturating_add(rows);
        if self.polls < POLL_EVERY {
            return Ok(());
        }
        self.polls = 0;
        if self.is_late() { Err(ErrorNum::QUERY_KILLED.into()) } else { Ok(()) }
    }
}

/// A running query.
pub struct Context<'a> {
    /// What is read.
    pub view: View,
    /// What is written.
    pub transaction: Option<Transaction>,
    /// The warnings so far.
    pub warnings: Warnings,
    /// The counts so far.
    pub counters: Counters,
    /// What each step does, if that is measured.
    pub meters: Option<Meters>,
    limits: Limits<'a>,
    watch: Watch<'a>,
    random: &'a dyn Random,
    now_millis: i64,
    memory: usize,
    currents: Vec<Value>,
    kept: Vec<Option<Value>>,
    lists: Lists,
}

impl<'a> Context<'a> {
    /// A query that begins now.
    pub fn new(view: View, limits: Limits<'a>, clock: &'a dyn Clock, random: &'a dyn Random) -> Self {
        Self {
            view,
            transaction: None,
            warnings: Warnings::default(),
            counters: Counters::default(),
            meters: None,
            limits,
            watch: Watch { limits, clock, polls: 0 },
            random,
            now_millis: clock.now_millis(),
            memory: 0,
            currents: Vec::new(),
            kept: Vec::new(),
            lists: Lists::default(),
        }
    }

    /// Fails when the query has been killed or its time is over.
    pub(super) fn poll(&mut self) -> Result<(), Error> {
        self.watch.poll()
    }

    /// What tells others that the query has been killed or its time is over.
    pub(super) fn watch(&self) -> Watch<'a> {
        self.watch
    }

    /// Time for measuring.
    pub(super) fn monotonic(&self) -> Duration {
        self.watch.clock.monotonic()
    }

    /// Counts memory that is kept.
    pub(super) fn allocate(&mut self, bytes: usize) -> Result<(), Error> {
        self.memory = self.memory.saturating_add(bytes);
        self.counters.peak_memory = self.counters.peak_memory.max(self.memory);
        if self.memory > self.limits.memory {
            return Err(too_much());
        }
        Ok(())
    }

    /// Counts a value that is kept; gives the bytes counted.
    pub(super) fn hold(&mut self, value: &Value) -> Result<usize, Error> {
        let bytes = self.measure(value, self.memory)?;
        self.allocate(bytes)?;
        Ok(bytes)
    }

    /// Counts memory that is no longer kept.
    pub(super) fn release(&mut self, bytes: usize) {
        self.memory = self.memory.saturating_sub(bytes);
    }

    /// The transaction of a query that writes.
    pub(super) fn writer(&mut self) -> Result<&mut Transaction, Error> {
        self.transaction.as_mut().ok_or_else(|| ErrorNum::INTERNAL_AQL.into())
    }
}

fn too_much() -> Error {
    Error::new(ErrorNum::RESOURCE_LIMIT, "query would use more memory than allowed")
}

/// What a look at a value counts for in polls.
fn effort(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) => 0,
        Value::String(text) => text.len() / 256,
        Value::Array(items) => items.len() / 16,
        Value::Object(object) => object.len() / 16,
    }
}

impl Host for Context<'_> {
    fn measure(&mut self, value: &Value, beside: usize) -> Result<usize, Error> {
        let bytes = value.memory_within(self.limits.memory.saturating_sub(beside)).ok_or_else(too_much)?;
        self.watch.spend(bytes / 512)?;
        Ok(bytes)
    }

    fn currents(&mut self) -> &mut Vec<Value> {
        &mut self.currents
    }

    fn current(&self, depth: usize) -> Option<&Value> {
        self.currents.get(depth)
    }

    fn call(&mut self, function: &Function, arguments: &[Value]) -> Result<Value, Error> {
        self.watch.spend(arguments.iter().map(effort).sum())?;
        let watch = self.watch;
        let mut context = functions::Context {
            now_millis: self.now_millis,
            random: self.random,
            warnings: &mut self.warnings,
            data: &self.view,
            is_over: &|| watch.is_over(),
        };
        let value = (function.call)(&mut context, arguments)?;
        if !function.deterministic {
            // It may have slept.
            self.watch.spend(POLL_EVERY)?;
        }
        Ok(value)
    }

    fn subquery(&mut self, subquery: &Subquery, row: &Row) -> Result<Value, Error> {
        // What a subquery gives is counted by whoever keeps it.
        let before = self.memory;
        let rows = super::run(&subquery.block, row.clone(), self)?;
        self.memory = before;
        Ok(Value::array(rows))
    }

    fn count(&mut self, collection: &CollectionName) -> Result<usize, Error> {
        match self.view.snapshot.collection(collection.as_str()) {
            Some(collection) => Ok(collection.len()),
            None => Err(ErrorNum::DATA_SOURCE_NOT_FOUND.into()),
        }
    }

    fn kept(&self, slot: usize) -> Option<Value> {
        self.kept.get(slot).cloned().flatten()
    }

    fn keep(&mut self, slot: usize, value: &Value) {
        if self.kept.len() <= slot {
            self.kept.resize(slot + 1, None);
        }
        if let Some(place) = self.kept.get_mut(slot) {
            *place = Some(value.clone());
        }
    }

    fn contains(&mut self, list: &Arc<Vec<Value>>, value: &Value) -> Result<bool, Error> {
        let (found, bytes) = self.lists.contains(list, value);
        self.allocate(bytes)?;
        Ok(found)
    }

    fn warn(&mut self, num: ErrorNum, message: String) -> Result<(), Error> {
        self.warnings.add(num, message)
    }

    fn tick(&mut self) -> Result<(), Error> {
        self.poll()
    }
}

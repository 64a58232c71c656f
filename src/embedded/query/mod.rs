//! From an AQL text to rows: the one file that knows all phases (parse, plan, optimise, execute).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    error::Error,
    exec::{self, Context, Counters, Limits, Meters, View},
    functions::Warnings,
    plan::{self, Plan, Settings},
    store::{Database, Snapshot, Transaction},
    value::{Object, Str, Value},
};
use crate::{
    aql::{
        self,
        analysis::{Source, analyse},
        ast,
        ast_json::ast_json,
    },
    clock::{Clock, Random},
    wire::{CollectionName, ErrorNum},
};

pub mod hooks;
mod profile;

pub use profile::NodeStats;
use profile::{Phase, Phases};

/// The memory limit of queries that name none.
const DEFAULT_MEMORY: usize = 2 << 30;
/// How long a query waits for others that write to the same collections.
const WRITE_WAIT: Duration = Duration::from_secs(15);
/// The stack of a query that may nest as deeply as the parser allows. Only what is touched of it is ever taken from the
/// system.
const STACK: usize = 64 << 20;
/// A query with fewer words and signs that can open a level of nesting than this runs on the stack it is called on.
const SHALLOW: usize = 64;
/// How large a tree that is given out may be, in bytes.
const MAX_SHOWN: usize = 256 << 20;

/// What a query is run with.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Gives `DATE_NOW()` and measures the time limit.
    pub clock: Arc<dyn Clock>,
    /// Gives `RAND()`.
    pub random: Arc<dyn Random>,
    /// The user, if authentication is on.
    pub user: Option<String>,
    /// Set from outside to stop the query with error 1500.
    pub killed: Arc<AtomicBool>,
}

/// A query as a client sends it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The AQL text.
    pub text: String,
    /// The bind parameters; collection parameters have an `@` in front of their name here.
    pub bind_vars: Object,
    /// How to run it.
    pub options: Options,
}

/// How to run a query; the names are those of ArangoDB's cursor options.
#[derive(Debug, Clone)]
pub struct Options {
    /// `maxRuntime`: error 1500 after this time.
    pub max_runtime: Option<Duration>,
    /// `memoryLimit` in bytes: error 32 beyond it; 0 is the default limit.
    pub memory_limit: usize,
    /// `fullCount`: count the rows the last top-level `LIMIT` cut off.
    pub full_count: bool,
    /// `failOnWarning`
    pub fail_on_warning: bool,
    /// `maxWarningCount`
    pub max_warning_count: usize,
    /// `profile`: 0, 1 or 2.
    pub profile: u8,
    /// `optimizer.rules`
    pub optimizer_rules: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_runtime: None,
            memory_limit: 0,
            full_count: false,
            fail_on_warning: false,
            max_warning_count: 10,
            profile: 0,
            optimizer_rules: Vec::new(),
        }
    }
}

/// What a query did, as in `extra.stats`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// `writesExecuted`
    pub writes_executed: u64,
    /// `writesIgnored`
    pub writes_ignored: u64,
    /// `scannedFull`
    pub scanned_full: u64,
    /// `scannedIndex`
    pub scanned_index: u64,
    /// `filtered`
    pub filtered: u64,
    /// `cursorsCreated`: index lookups begun.
    pub cursors_created: u64,
    /// `cursorsRearmed`: index lookups begun anew for another row.
    pub cursors_rearmed: u64,
    /// `fullCount`, when asked for.
    pub full_count: Option<u64>,
    /// `peakMemoryUsage` in bytes.
    pub peak_memory: usize,
    /// `executionTime` in seconds.
    pub execution_time: f64,
}

/// The outcome of a query that ran to its end; everything it wrote has been committed.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The rows.
    pub rows: Vec<Value>,
    /// The warnings.
    pub warnings: Warnings,
    /// The statistics.
    pub stats: Stats,
    /// The plan, when `profile` is 2.
    pub plan: Option<Value>,
    /// What each step of the plan did, when `profile` is 2.
    pub nodes: Vec<NodeStats>,
    /// How many seconds each phase took, when `profile` is at least 1.
    pub phases: Option<Vec<(&'static str, f64)>>,
}

/// Runs a query. It is atomic: when it fails, nothing it wrote remains.
///
/// # Errors
/// What ArangoDB reports for it; parse errors (1501) tell line, column and what was expected.
pub fn run(database: &Database, environment: &Environment, request: &Request) -> Result<Outcome, Error> {
    with_stack_for(&request.text, || execute(database, environment, request))
}

/// Plans a query without running it: the body of `POST /_api/explain` (`plan` or `plans`, `warnings`, `stats`,
/// `cacheable`) without `error` and `code`.
///
/// # Errors
/// As [`run`], as far as the fault shows in the plan.
pub fn explain(
    database: &Database,
    environment: &Environment,
    request: &Request,
    all_plans: bool,
) -> Result<Object, Error> {
    with_stack_for(&request.text, || {
        let query = parsed(&request.text)?;
        let snapshot = database.snapshot();
        let mut warnings = warnings_for(&request.options);
        let mut phases = Phases::begin(environment.clock.as_ref());
        let plan = compiled(&query, &snapshot, request, &mut warnings, &mut phases)?;
        shown(plan::explain::explain(&plan, &snapshot, &warnings, all_plans))
    })
}

/// Whether a query writes. One that cannot be read does not.
pub fn modifies(text: &str) -> bool {
    with_stack_for(text, || parsed(text)).is_ok_and(|query| !analyse(&query).written.is_empty())
}

/// The names of the optimiser's rules, as `optimizer.rules` takes them.
pub fn rules() -> impl Iterator<Item = &'static str> {
    plan::rule_names()
}

/// Parses a query: the body of `POST /_api/query` (`parsed`, `collections`, `bindVars`, `ast`) without `error` and `code`.
///
/// # Errors
/// 1501 with line, column and what was expected.
pub fn parse(text: &str) -> Result<Object, Error> {
    with_stack_for(text, || {
        // This answer alone gives errors without the phase they came up in.
        let query = aql::parse(text).map_err(|error| Error::new(error.num, error.message))?;
        let found = analyse(&query);
        let collections = found.read.union(&found.written).filter_map(|source| match source {
            Source::Name(name) => Some(Value::string(name)),
            Source::Bind(_) => None,
        });
        let binds = found
            .bind_parameters
            .iter()
            .map(|bind| Value::string(if bind.collection { format!("@{}", bind.name) } else { bind.name.clone() }));
        let mut body = Object::default();
        body.insert(Str::from("parsed"), Value::Bool(true));
        body.insert(Str::from("collections"), Value::array(collections.collect()));
        body.insert(Str::from("bindVars"), Value::array(binds.collect()));
        body.insert(Str::from("ast"), Value::array(vec![Value::from(&ast_json(&query))]));
        body.insert(Str::from("warnings"), Value::array(Vec::new()));
        shown(body)
    })
}

/// Calls a function on a stack that fits the nesting the text can have.
fn with_stack_for<T: Send>(text: &str, work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    let signs = text.bytes().filter(|byte| byte.is_ascii_punctuation() && !b"._,@'\"".contains(byte)).count();
    if signs + text.split_ascii_whitespace().count() < SHALLOW {
        return work();
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("aql".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(ErrorNum::INTERNAL_AQL.into()),
            Err(_) => Err(ErrorNum::OUT_OF_MEMORY.into()),
        }
    })
}

/// Refuses to give out what is too large, or nests too deeply to be read or dropped on an ordinary stack.
fn shown(body: Object) -> Result<Object, Error> {
    let mut left = MAX_SHOWN;
    for value in body.values() {
        let bytes = value.memory_within(left).ok_or(ErrorNum::QUERY_TOO_MUCH_NESTING)?;
        left = left.saturating_sub(bytes);
    }
    Ok(body)
}

fn parsed(text: &str) -> Result<ast::Query, Error> {
    aql::parse(text).map_err(|error| while_doing("parsing", &Error::new(error.num, error.message)))
}

fn compiled(
    query: &ast::Query,
    snapshot: &Snapshot,
    request: &Request,
    warnings: &mut Warnings,
    phases: &mut Phases<'_>,
) -> Result<Plan, Error> {
    let settings = Settings { bind_vars: &request.bind_vars, full_count: request.options.full_count };
    let plan =
        plan::instantiate(query, snapshot, settings, warnings).map_err(|error| while_doing("parsing", &error))?;
    phases.end(Phase::Plan);
    let plan = plan::optimise(plan, snapshot, &request.options.optimizer_rules);
    phases.end(Phase::Optimise);
    plan.map_err(|error| while_doing("optimizing plan", &error))
}

fn warnings_for(options: &Options) -> Warnings {
    Warnings { list: Vec::new(), limit: options.max_warning_count, fail: options.fail_on_warning }
}

/// ArangoDB says of every error of a query in which phase it came up.
fn while_doing(phase: &str, error: &Error) -> Error {
    let message = format!("AQL: {} (while {phase})", error.message);
    Error::new(error.num, message)
}

/// A query that is ready to run.
struct Prepared {
    plan: Plan,
    snapshot: Snapshot,
    warnings: Warnings,
    /// For queries that write.
    transaction: Option<Transaction>,
}

fn execute(database: &Database, environment: &Environment, request: &Request) -> Result<Outcome, Error> {
    let mut run = Run {
        environment,
        options: &request.options,
        started: environment.clock.now_millis(),
        phases: Phases::begin(environment.clock.as_ref()),
    };
    let query = parsed(&request.text)?;
    run.phases.end(Phase::Parse);
    let snapshot = database.snapshot();
    run.phases.end(Phase::Load);
    let mut warnings = warnings_for(&request.options);
    let plan = compiled(&query, &snapshot, request, &mut warnings, &mut run.phases)?;
    if plan.writes.is_empty() {
        return run.finish(database, Prepared { plan, snapshot, warnings, transaction: None });
    }
    let writes: Vec<CollectionName> = plan.writes.iter().cloned().collect();
    let wait = request.options.max_runtime.map_or(WRITE_WAIT, |limit| limit.min(WRITE_WAIT));
    let killed = || environment.killed.load(Ordering::Relaxed);
    let transaction = database.begin_unless(&writes, wait, &killed).map_err(|error| {
        let out_of_time = error.num == ErrorNum::CONFLICT && (killed() || wait < WRITE_WAIT);
        while_doing("executing", &if out_of_time { ErrorNum::QUERY_KILLED.into() } else { error })
    })?;
    run.phases.end(Phase::Load);
    // Collections and indexes may have changed while others were waited for.
    let snapshot = transaction.snapshot().clone();
    let mut warnings = warnings_for(&request.options);
    let plan = compiled(&query, &snapshot, request, &mut warnings, &mut run.phases)?;
    run.finish(database, Prepared { plan, snapshot, warnings, transaction: Some(transaction) })
}

/// A query on its way.
struct Run<'a> {
    environment: &'a Environment,
    options: &'a Options,
    /// Milliseconds since 1970.
    started: i64,
    phases: Phases<'a>,
}

impl Run<'_> {
    fn limits(&self) -> Limits<'_> {
        let runtime = self.options.max_runtime.map(|limit| i64::try_from(limit.as_millis()).unwrap_or(i64::MAX));
        Limits {
            memory: if self.options.memory_limit == 0 { DEFAULT_MEMORY } else { self.options.memory_limit },
            deadline: runtime.map(|limit| self.started.saturating_add(limit)),
            killed: &self.environment.killed,
        }
    }

    fn finish(mut self, database: &Database, prepared: Prepared) -> Result<Outcome, Error> {
        let Prepared { plan, snapshot, warnings, transaction } = prepared;
        let measured = self.options.profile >= 2;
        let explained = measured.then(|| {
            let (plan, steps) = plan::explain::plan_with_steps(&plan, &snapshot);
            let body = shown(Object::from_iter([(Str::from("plan"), plan)]));
            (body.ok().and_then(|mut body| body.swap_remove("plan")).unwrap_or_default(), steps)
        });
        self.phases.end(Phase::Instantiate);
        let user = self.environment.user.clone();
        let view = View { snapshot, database: database.name().as_str().to_owned(), user };
        let Environment { clock, random, .. } = self.environment;
        let mut context = Context::new(view, self.limits(), clock.as_ref(), random.as_ref());
        context.transaction = transaction;
        context.warnings = warnings;
        context.meters = measured.then(Meters::default);
        let row = vec![Value::Null; plan.registers.len()];
        let rows = exec::run(&plan.block, row, &mut context).map_err(|error| while_doing("executing", &error))?;
        let (counters, meters, warnings) = (context.counters, context.meters.take(), context.warnings);
        let transaction = context.transaction;
        self.phases.end(Phase::Execute);
        if let Some(transaction) = transaction {
            transaction.commit().map_err(|error| while_doing("executing", &error))?;
        }
        self.phases.end(Phase::Finalise);
        let (plan, steps) = explained.map_or((None, Vec::new()), |(plan, steps)| (Some(plan), steps));
        Ok(Outcome {
            rows,
            warnings,
            stats: stats(&counters, self.phases.total()),
            plan,
            nodes: meters.map(|meters| profile::nodes(&steps, &meters)).unwrap_or_default(),
            phases: (self.options.profile >= 1).then(|| self.phases.seconds()),
        })
    }
}

fn stats(counters: &Counters, seconds: f64) -> Stats {
    Stats {
        writes_executed: counters.writes_executed,
        writes_ignored: counters.writes_ignored,
        scanned_full: counters.scanned_full,
        scanned_index: counters.scanned_index,
        filtered: counters.filtered,
        cursors_created: counters.cursors_created,
        cursors_rearmed: counters.cursors_rearmed,
        full_count: counters.full_count,
        peak_memory: counters.peak_memory,
        execution_time: seconds,
    }
}

#[cfg(test)]
mod tests;

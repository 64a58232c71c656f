//! `/_api/cursor`: running queries and fetching their rows batch by batch.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use crate::wire::ErrorNum;

use super::{
    super::{
        functions::Warnings,
        query::{self, Environment, Options, Request, Stats},
        value::{Object, Value},
    },
    access::{self, Right},
    call::Call,
    error::Failure,
    registry::{Owner, Running, Spec, batch},
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
    tracking::Slow,
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Post, "", Right::Read, create),
    route(Verb::Put, "", Right::Read, id_missing),
    route(Verb::Post, "*", Right::Read, next),
    route(Verb::Put, "*", Right::Read, next),
    route(Verb::Post, "*/*", Right::Read, numbered),
    route(Verb::Delete, "*", Right::Read, remove),
];

/// Rows a batch when the client does not say.
const BATCH_SIZE: usize = 1000;

/// Seconds a cursor is kept when the client does not say.
const TTL_SECONDS: f64 = 30.0;

fn id_missing(_: &Call<'_>) -> Answer {
    Err(Failure::bad_parameter("expecting POST /_api/cursor/<cursor-id>"))
}

fn create(call: &Call<'_>) -> Answer {
    answer(call, &call.json()?)
}

/// Runs the query in a body as `POST /_api/cursor` takes it, and answers with its first batch.
pub(super) fn answer(call: &Call<'_>, body: &Value) -> Answer {
    let request = request(body)?;
    let batch_size = match body.get("batchSize") {
        Value::Null => BATCH_SIZE,
        value => positive(value).ok_or_else(|| type_error("expecting non-zero value for <batchSize>"))?,
    };
    let outcome = run(call, &request)?;
    let mut common = Object::default();
    if truthy(body.get("count")) {
        common.insert("count".into(), Value::count(outcome.rows.len()));
    }
    common.insert("cached".into(), Value::Bool(false));
    common.insert("extra".into(), extra(&outcome).into());
    let mut rows = outcome.rows.into_iter();
    let first: Vec<Value> = rows.by_ref().take(batch_size).collect();
    let allow_retry = truthy(body.get("options").get("allowRetry"));
    if rows.len() == 0 && !allow_retry {
        return Ok(Reply::ok(201, batch(first, &common, None, None)));
    }
    let id = call.engine.store().tick();
    let more = rows.len() > 0;
    let mut reply = batch(first, &common, more.then_some(1), more.then_some(id));
    if allow_retry {
        reply.insert("id".into(), Value::from(id.to_string().as_str()));
    }
    let spec = Spec {
        owner: owner(call),
        rows,
        batch_size,
        ttl_millis: ttl_millis(body.get("ttl")),
        allow_retry,
        common,
        first: allow_retry.then(|| reply.clone()),
    };
    call.engine.cursors().insert(id, spec, call.engine.clock().now_millis());
    Ok(Reply::ok(201, reply))
}

/// The query in a request body, as the cursor, explain and parse endpoints take it.
///
/// # Errors
/// 1502 without a text, 17 for bind parameters or options that are no objects.
pub(super) fn request(body: &Value) -> Result<Request, Failure> {
    let text = body.get("query").as_str().unwrap_or("");
    if text.is_empty() {
        return Err(ErrorNum::QUERY_EMPTY.into());
    }
    let object = |name: &str| match body.get(name) {
        Value::Null => Ok(Object::default()),
        value => value.as_object().cloned().ok_or_else(|| type_error(format!("expecting object for <{name}>"))),
    };
    let options = options(body, &object("options")?);
    Ok(Request { text: text.to_owned(), bind_vars: object("bindVars")?, options })
}

fn type_error(message: impl Into<std::borrow::Cow<'static, str>>) -> Failure {
    Failure::new(ErrorNum::TYPE_ERROR, message)
}

fn options(body: &Value, given: &Object) -> Options {
    let get = |name: &str| given.get(name).unwrap_or(&Value::Null);
    let defaults = Options::default();
    let seconds = get("maxRuntime").as_f64().filter(|seconds| *seconds > 0.0);
    // Some drivers send the memory limit beside the options instead of among them.
    let memory = [get("memoryLimit"), body.get("memoryLimit")].into_iter().find_map(positive);
    let rules = get("optimizer").get("rules").as_array().unwrap_or(&[]);
    Options {
        max_runtime: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        memory_limit: memory.unwrap_or(defaults.memory_limit),
        full_count: truthy(get("fullCount")),
        fail_on_warning: truthy(get("failOnWarning")),
        max_warning_count: match get("maxWarningCount") {
            Value::Int(limit) => usize::try_from(*limit).unwrap_or(0),
            _ => defaults.max_warning_count,
        },
        profile: match get("profile") {
            Value::Bool(profile) => u8::from(*profile),
            Value::Int(level) => u8::try_from((*level).clamp(0, 2)).unwrap_or(0),
            _ => 0,
        },
        optimizer_rules: rules.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn truthy(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
}

fn positive(value: &Value) -> Option<usize> {
    let number = value.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as saturates, which is what is meant")]
    let whole = number as usize;
    Some(whole).filter(|whole| *whole > 0)
}

fn ttl_millis(value: &Value) -> i64 {
    let seconds = value.as_f64().filter(|seconds| *seconds > 0.0).unwrap_or(TTL_SECONDS);
    #[expect(clippy::cast_possible_truncation, reason = "as saturates, which is what is meant")]
    let millis = (seconds * 1000.0) as i64;
    millis
}

/// Whom cursors and queries of this request belong to.
pub(super) fn owner(call: &Call<'_>) -> Owner {
    Owner {
        database: call.database.name().to_string(),
        database_id: call.database.id(),
        user: call.user().map(str::to_owned),
    }
}

/// What queries run with.
pub(super) fn environment(call: &Call<'_>, killed: Arc<AtomicBool>) -> Environment {
    Environment {
        clock: Arc::clone(call.engine.clock()),
        random: Arc::clone(call.engine.random()),
        user: call.user().map(str::to_owned),
        killed,
    }
}

/// Runs a query, listed among the running ones so that it can be killed.
///
/// # Errors
/// What the query fails with.
pub(super) fn run(call: &Call<'_>, request: &Request) -> Result<query::Outcome, Failure> {
    let killed = Arc::clone(&call.abandoned);
    let (id, queries, clock) = (call.engine.store().tick(), call.engine.queries(), call.engine.clock());
    let running = Running {
        owner: owner(call),
        text: request.text.clone(),
        bind_vars: request.bind_vars.clone(),
        started_millis: clock.now_millis(),
        killed: Arc::clone(&killed),
    };
    let listed = queries.enter(id, running.clone());
    let before = clock.monotonic();
    let outcome = query::run(&access::visible_database(call), &environment(call, killed), request);
    drop(listed);
    queries.ended(Slow {
        id,
        query: running,
        seconds: clock.monotonic().saturating_sub(before).as_secs_f64(),
        peak_memory: outcome.as_ref().map_or(0, |outcome| outcome.stats.peak_memory),
        exit_code: outcome.as_ref().map_or_else(|error| error.num.0, |_| 0),
    });
    Ok(outcome?)
}

fn extra(outcome: &query::Outcome) -> Object {
    let mut stats = stats(&outcome.stats);
    if !outcome.nodes.is_empty() {
        stats.insert("nodes".into(), Value::array(outcome.nodes.iter().map(node).collect()));
    }
    let mut extra = fields([("warnings", warnings(&outcome.warnings)), ("stats", stats.into())]);
    if let Some(phases) = &outcome.phases {
        let shown: Object = phases.iter().map(|(name, seconds)| ((*name).into(), Value::number(*seconds))).collect();
        extra.insert("profile".into(), shown.into());
    }
    if let Some(plan) = &outcome.plan {
        extra.insert("plan".into(), plan.clone());
    }
    extra
}

fn node(node: &query::NodeStats) -> Value {
    let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    fields([
        ("id", Value::Int(node.id)),
        ("calls", number(node.calls)),
        ("items", number(node.items)),
        ("filter", number(node.filtered)),
        ("runtime", Value::number(node.runtime)),
    ])
    .into()
}

/// Warnings as `[{code, message}]`.
pub(super) fn warnings(warnings: &Warnings) -> Value {
    let shown = warnings.list.iter().map(|(num, message)| {
        Value::from(fields([("code", Value::Int(num.0.into())), ("message", Value::from(message.as_str()))]))
    });
    Value::array(shown.collect())
}

/// Statistics with all attributes ArangoDB shows; what the engine has no notion of is 0.
pub(super) fn stats(stats: &Stats) -> Object {
    let number = |number: u64| Value::Int(i64::try_from(number).unwrap_or(i64::MAX));
    let mut shown = fields([
        ("writesExecuted", number(stats.writes_executed)),
        ("writesIgnored", number(stats.writes_ignored)),
        ("documentLookups", number(0)),
        ("seeks", number(0)),
        ("scannedFull", number(stats.scanned_full)),
        ("scannedIndex", number(stats.scanned_index)),
        ("searchParallelism", number(1)),
        ("cursorsCreated", number(stats.cursors_created)),
        ("cursorsRearmed", number(stats.cursors_rearmed)),
        ("cacheHits", number(0)),
        ("cacheMisses", number(0)),
        ("filtered", number(stats.filtered)),
        ("httpRequests", number(0)),
        ("executionTime", Value::number(stats.execution_time)),
        ("peakMemoryUsage", Value::count(stats.peak_memory)),
        ("intermediateCommits", number(0)),
    ]);
    if let Some(full_count) = stats.full_count {
        shown.insert("fullCount".into(), number(full_count));
    }
    shown
}

fn cursor_id(call: &Call<'_>) -> Result<u64, Failure> {
    call.segment(0).parse().map_err(|_| ErrorNum::CURSOR_NOT_FOUND.into())
}

fn next(call: &Call<'_>) -> Answer {
    let body = call.engine.cursors().next(cursor_id(call)?, None, &owner(call), call.engine.clock().now_millis())?;
    Ok(Reply::ok(200, body))
}

fn numbered(call: &Call<'_>) -> Answer {
    let number = call.segment(1).parse().map_err(|_| Failure::from(ErrorNum::CURSOR_NOT_FOUND))?;
    let now = call.engine.clock().now_millis();
    let body = call.engine.cursors().next(cursor_id(call)?, Some(number), &owner(call), now)?;
    Ok(Reply::ok(200, body))
}

fn remove(call: &Call<'_>) -> Answer {
    let id = cursor_id(call)?;
    call.engine.cursors().remove(id, &owner(call), call.engine.clock().now_millis())?;
    Ok(Reply::ok(202, fields([("id", Value::from(id.to_string().as_str()))])))
}

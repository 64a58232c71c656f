//! `/_api/explain` and `/_api/query`: plans, syntax checks, the queries that run right now and how to stop them.

use std::sync::{Arc, atomic::AtomicBool};

use crate::wire::ErrorNum;

use super::{
    super::{
        functions, query,
        value::{Object, Value},
    },
    access::{self, Right},
    call::Call,
    cursor,
    error::Failure,
    registry::Running,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
    tracking::Settings,
};

/// `/_api/explain`
pub(super) const EXPLAIN: &[Route] = &[route(Verb::Post, "", Right::Read, explain)];

/// `/_api/query`
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Post, "", Right::Read, parse),
    route(Verb::Get, "current", Right::Read, current),
    route(Verb::Get, "slow", Right::Read, slow),
    route(Verb::Delete, "slow", Right::Write, forget_slow),
    route(Verb::Get, "properties", Right::Read, properties),
    route(Verb::Get, "rules", Right::Read, rules),
    route(Verb::Put, "properties", Right::Write, set_properties),
    route(Verb::Delete, "*", Right::Read, kill),
];

fn explain(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let request = cursor::request(&body)?;
    let all_plans = matches!(body.get("options").get("allPlans"), Value::Bool(true));
    let environment = cursor::environment(call, Arc::new(AtomicBool::new(false)));
    Ok(Reply::ok(200, query::explain(&access::visible_database(call), &environment, &request, all_plans)?))
}

fn parse(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let text = body.get("query").as_str().filter(|text| !text.is_empty()).ok_or(ErrorNum::QUERY_EMPTY)?;
    Ok(Reply::ok(200, query::parse(text)?))
}

/// The database whose queries are meant, or all of them (`all=true`, for administrators in `_system`).
fn databases(call: &Call<'_>) -> Result<Vec<String>, Failure> {
    if !call.flag("all").unwrap_or(false) {
        return Ok(vec![call.database.name().to_string()]);
    }
    access::system(call)?;
    Ok(call.engine.store().databases().iter().map(ToString::to_string).collect())
}

/// Everybody sees their own queries; who may do everything sees all.
fn is_visible(call: &Call<'_>, query: &Running) -> bool {
    call.user().is_none_or(|user| query.owner.user.as_deref() == Some(user))
}

fn described(id: u64, query: &Running, settings: &Settings, seconds: f64, state: &str) -> Object {
    let (shown, rest) = query.text.split_at(query.text.floor_char_boundary(settings.max_length));
    let text = if rest.is_empty() { shown.to_owned() } else { format!("{shown}... ({})", rest.len()) };
    let bind_vars = if settings.track_bind_vars { query.bind_vars.clone() } else { Object::default() };
    fields([
        ("id", Value::from(id.to_string().as_str())),
        ("database", Value::from(query.owner.database.as_str())),
        ("user", Value::from(query.owner.user.as_deref().unwrap_or(""))),
        ("query", Value::from(text.as_str())),
        ("bindVars", bind_vars.into()),
        ("started", Value::from(functions::iso_string(query.started_millis).as_str())),
        ("runTime", Value::number(seconds)),
        ("state", Value::from(state)),
        ("stream", Value::Bool(false)),
        ("modificationQuery", Value::Bool(query::modifies(&query.text))),
    ])
}

fn current(call: &Call<'_>) -> Answer {
    let (now, queries) = (call.engine.clock().now_millis(), call.engine.queries());
    let settings = queries.settings();
    let running = databases(call)?.into_iter().flat_map(|database| queries.list(&database));
    let shown = running.filter(|(_, query)| is_visible(call, query)).map(|(id, query)| {
        #[expect(clippy::cast_precision_loss, reason = "a duration in milliseconds")]
        let seconds = now.saturating_sub(query.started_millis) as f64 / 1000.0;
        described(id, &query, &settings, seconds, "executing").into()
    });
    Ok(Reply::bare(200, shown.collect::<Vec<Value>>()))
}

fn slow(call: &Call<'_>) -> Answer {
    let queries = call.engine.queries();
    let settings = queries.settings();
    let slow = databases(call)?.into_iter().flat_map(|database| queries.slow(&database));
    let shown = slow.filter(|slow| is_visible(call, &slow.query)).map(|slow| {
        let mut shown = described(slow.id, &slow.query, &settings, slow.seconds, "finished");
        shown.insert("peakMemoryUsage".into(), Value::count(slow.peak_memory));
        shown.insert("exitCode".into(), Value::Int(slow.exit_code.into()));
        shown.into()
    });
    Ok(Reply::bare(200, shown.collect::<Vec<Value>>()))
}

fn forget_slow(call: &Call<'_>) -> Answer {
    for database in databases(call)? {
        call.engine.queries().forget_slow(&database);
    }
    Ok(Reply::ok(200, Object::default()))
}

fn rules(_: &Call<'_>) -> Answer {
    let shown = query::rules().map(|name| {
        let flags = fields([
            ("hidden", Value::Bool(false)),
            ("clusterOnly", Value::Bool(false)),
            ("canBeDisabled", Value::Bool(true)),
            ("canCreateAdditionalPlans", Value::Bool(false)),
            ("disabledByDefault", Value::Bool(false)),
            ("enterpriseOnly", Value::Bool(false)),
        ]);
        fields([("name", Value::from(name)), ("flags", flags.into())]).into()
    });
    Ok(Reply::bare(200, shown.collect::<Vec<Value>>()))
}

fn properties(call: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, call.engine.queries().settings().shown()))
}

fn set_properties(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let empty = Object::default();
    let settings = call.engine.queries().settings().changed(body.as_object().unwrap_or(&empty))?;
    let shown = settings.shown();
    call.engine.queries().set(settings);
    Ok(Reply::ok(200, shown))
}

fn kill(call: &Call<'_>) -> Answer {
    let id = call.segment(0).parse().map_err(|_| Failure::from(ErrorNum::QUERY_NOT_FOUND))?;
    let database = call.database.name().as_str();
    if let Some(user) = call.user() {
        let mine = call.engine.queries().list(database).into_iter();
        let owned = mine.filter(|(_, query)| query.owner.user.as_deref() == Some(user)).any(|(known, _)| known == id);
        if !owned {
            access::system(call)?;
        }
    }
    call.engine.queries().kill(id, database)?;
    Ok(Reply::ok(200, Object::default()))
}

//! `/_api/explain` and `/_api/query`: plans, syntax checks, the queries that run right now and how to stop them.

use std::sync::{Arc, atomic::AtomicBool};

use crate::wire::ErrorNum;

use super::{
    super::{
        query,
        value::{Object, Value},
    },
    access::{self, Right},
    call::Call,
    cursor,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// `/_api/explain`
pub(super) const EXPLAIN: &[Route] = &[route(Verb::Post, "", Right::Read, explain)];

/// `/_api/query`
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Post, "", Right::Read, parse),
    route(Verb::Get, "current", Right::Read, current),
    route(Verb::Get, "slow", Right::Read, slow),
    route(Verb::Delete, "slow", Right::Read, forget_slow),
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

fn current(call: &Call<'_>) -> Answer {
    let now = call.engine.clock().now_millis();
    let mine = call.user();
    let running = call.engine.queries().list(call.database.name().as_str()).into_iter();
    // Everybody sees their own queries; who may do everything sees all.
    let visible = running.filter(|(_, query)| mine.is_none() || query.owner.user.as_deref() == mine);
    let shown = visible.map(|(id, query)| {
        #[expect(clippy::cast_precision_loss, reason = "a duration in milliseconds")]
        let seconds = now.saturating_sub(query.started_millis) as f64 / 1000.0;
        fields([
            ("id", Value::from(id.to_string().as_str())),
            ("database", Value::from(query.owner.database.as_str())),
            ("user", Value::from(query.owner.user.as_deref().unwrap_or(""))),
            ("query", Value::from(query.text.as_str())),
            ("bindVars", query.bind_vars.into()),
            ("runTime", Value::number(seconds)),
            ("state", Value::from("executing")),
            ("stream", Value::Bool(false)),
            ("modificationQuery", Value::Bool(false)),
        ])
        .into()
    });
    Ok(Reply::bare(200, shown.collect::<Vec<Value>>()))
}

/// Slow queries are not recorded, which the properties say as well.
fn slow(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, Vec::new()))
}

fn forget_slow(_: &Call<'_>) -> Answer {
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

fn properties(_: &Call<'_>) -> Answer {
    Ok(Reply::ok(
        200,
        fields([
            ("enabled", Value::Bool(true)),
            ("trackSlowQueries", Value::Bool(false)),
            ("trackBindVars", Value::Bool(true)),
            ("maxSlowQueries", Value::Int(0)),
            ("slowQueryThreshold", Value::Int(10)),
            ("slowStreamingQueryThreshold", Value::Int(10)),
            ("maxQueryStringLength", Value::Int(4096)),
        ]),
    ))
}

fn set_properties(_: &Call<'_>) -> Answer {
    Err(Failure::unsupported("changing how queries are tracked"))
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

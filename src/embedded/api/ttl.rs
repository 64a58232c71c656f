//! `/_api/ttl`: how documents expire, and how many have.

use super::{
    super::{
        engine::expiry::Settings,
        value::{Object, Value},
    },
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "properties", Right::Read, properties),
    route(Verb::Put, "properties", Right::Write, set_properties),
    route(Verb::Get, "statistics", Right::Read, statistics),
];

fn shown(settings: Settings) -> Answer {
    let result = fields([
        ("frequency", Value::Int(settings.frequency)),
        ("maxTotalRemoves", Value::count(settings.max_total)),
        ("maxCollectionRemoves", Value::count(settings.max_collection)),
        ("onlyLoadedCollections", Value::Bool(true)),
        ("active", Value::Bool(settings.active)),
    ]);
    Ok(Reply::ok(200, fields([("result", result.into())])))
}

fn properties(call: &Call<'_>) -> Answer {
    shown(call.engine.expiry().settings())
}

fn set_properties(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let empty = Object::default();
    let mut settings = call.engine.expiry().settings();
    for (name, value) in body.as_object().unwrap_or(&empty) {
        let bad = || Failure::new(crate::wire::ErrorNum::BAD_PARAMETER, format!("invalid value for '{name}'"));
        let number = || match value {
            Value::Int(number) if *number >= 0 => Ok(*number),
            _ => Err(bad()),
        };
        match (&**name, value) {
            ("active", Value::Bool(active)) => settings.active = *active,
            ("active", _) => return Err(bad()),
            ("frequency", _) => settings.frequency = number()?,
            ("maxTotalRemoves", _) => settings.max_total = usize::try_from(number()?).map_err(|_| bad())?,
            ("maxCollectionRemoves", _) => settings.max_collection = usize::try_from(number()?).map_err(|_| bad())?,
            // What else ArangoDB knows has no meaning here.
            _ => {}
        }
    }
    call.engine.expiry().set(settings);
    shown(settings)
}

fn statistics(call: &Call<'_>) -> Answer {
    let statistics = call.engine.expiry().statistics();
    let result = fields([
        ("runs", Value::count(statistics.runs)),
        ("documentsRemoved", Value::count(statistics.removed)),
        ("limitReached", Value::count(statistics.limit_reached)),
    ]);
    Ok(Reply::ok(200, fields([("result", result.into())])))
}

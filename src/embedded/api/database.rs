//! `/_api/database`: making, listing and dropping databases.

use crate::wire::{DatabaseName, ErrorNum};

use super::{
    super::{
        users::{self, Level},
        value::Value,
    },
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
    user,
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::System, list),
    route(Verb::Post, "", Right::System, create),
    route(Verb::Get, "user", Right::Authenticated, accessible),
    route(Verb::Get, "current", Right::Read, current),
    route(Verb::Delete, "*", Right::System, remove),
];

/// # Errors
/// 1230 outside of `_system`, where servers and their databases are managed.
fn in_system(call: &Call<'_>) -> Result<(), Failure> {
    if call.database.name().as_str() == "_system" {
        return Ok(());
    }
    Err(Failure::from(ErrorNum::USE_SYSTEM_DATABASE).with_status(403))
}

fn names<'n>(names: impl Iterator<Item = &'n DatabaseName>) -> Vec<Value> {
    names.map(|name| Value::from(name.as_str())).collect()
}

fn list(call: &Call<'_>) -> Answer {
    in_system(call)?;
    Ok(Reply::result(200, names(call.engine.store().databases().iter())))
}

fn accessible(call: &Call<'_>) -> Answer {
    let databases = call.engine.store().databases();
    let store = call.engine.store();
    let may = |name: &&DatabaseName| {
        call.user().is_none_or(|user| users::database_level(store, user, name.as_str()) != Level::None)
    };
    Ok(Reply::result(200, names(databases.iter().filter(may))))
}

fn current(call: &Call<'_>) -> Answer {
    let name = call.database.name().as_str();
    Ok(Reply::result(
        200,
        fields([
            ("id", call.database.id().into()),
            ("name", Value::from(name)),
            ("isSystem", Value::Bool(name == "_system")),
            ("path", Value::from("")),
            ("sharding", Value::from("")),
            ("replicationFactor", Value::Int(1)),
            ("writeConcern", Value::Int(1)),
        ]),
    ))
}

fn create(call: &Call<'_>) -> Answer {
    in_system(call)?;
    let body = call.json_object()?;
    let name = body.get("name").as_str().ok_or_else(|| Failure::from(ErrorNum::DATABASE_NAME_INVALID))?;
    let name = DatabaseName::parse(name).map_err(|_| ErrorNum::DATABASE_NAME_INVALID)?;
    let accounts = user::accounts(body.get("users"))?;
    call.engine.store().create_database(name.clone())?;
    user::create_for_database(call, name.as_str(), &accounts)?;
    Ok(Reply::result(201, true))
}

fn remove(call: &Call<'_>) -> Answer {
    in_system(call)?;
    call.engine.store().drop_database(call.segment(0))?;
    users::forget_database(call.engine.store(), call.segment(0))?;
    Ok(Reply::result(200, true))
}

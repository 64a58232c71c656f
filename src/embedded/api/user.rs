//! `/_api/user`: users and what they may do. Everybody may look at and change themselves; grants are for administrators.

use crate::wire::ErrorNum;

use super::{
    super::{
        users::{self, Level, Profile},
        value::{Object, Value},
    },
    access::{self, Right},
    call::{Call, find_collection},
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::System, list),
    route(Verb::Post, "", Right::System, create),
    route(Verb::Put, "", Right::System, name_missing),
    route(Verb::Patch, "", Right::System, name_missing),
    route(Verb::Delete, "", Right::System, name_missing),
    route(Verb::Get, "*", Right::Authenticated, describe),
    route(Verb::Post, "*", Right::System, validate),
    route(Verb::Put, "*", Right::Authenticated, replace),
    route(Verb::Patch, "*", Right::Authenticated, update),
    route(Verb::Delete, "*", Right::System, remove),
    route(Verb::Get, "*/database", Right::Authenticated, databases),
    route(Verb::Get, "*/database/*", Right::Authenticated, database_level),
    route(Verb::Put, "*/database/*", Right::System, grant_database),
    route(Verb::Delete, "*/database/*", Right::System, revoke),
    route(Verb::Get, "*/database/*/*", Right::Authenticated, collection_level),
    route(Verb::Put, "*/database/*/*", Right::System, grant_collection),
    route(Verb::Delete, "*/database/*/*", Right::System, revoke),
];

fn name_missing(_: &Call<'_>) -> Answer {
    Err(Failure::bad_parameter("expecting /_api/user/<user>"))
}

/// The user the path names, if the caller is that user or an administrator.
fn oneself_or_administrated<'c>(call: &'c Call<'_>) -> Result<&'c str, Failure> {
    let name = call.segment(0);
    if call.user() != Some(name) {
        access::system(call)?;
    }
    Ok(name)
}

/// # Errors
/// 400 for attributes of a wrong type.
fn profile(body: &Value) -> Result<Profile<'_>, Failure> {
    let bad = |what| Failure::bad_parameter(format!("expecting {what}"));
    let password = match body.get("passwd") {
        Value::Null => None,
        given => Some(given.as_str().ok_or_else(|| bad("a string for <passwd>"))?),
    };
    let active = match body.get("active") {
        Value::Null => None,
        Value::Bool(active) => Some(*active),
        _ => return Err(bad("a boolean for <active>")),
    };
    let extra = match body.get("extra") {
        Value::Null => None,
        extra if extra.as_object().is_some() => Some(extra.clone()),
        _ => return Err(bad("an object for <extra>")),
    };
    Ok(Profile { password, active, extra })
}

fn list(call: &Call<'_>) -> Answer {
    Ok(Reply::result(200, users::list(call.engine.store()).into_iter().map(Value::from).collect::<Vec<Value>>()))
}

fn create(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let name = body.get("user").as_str().or_else(|| body.get("username").as_str());
    let name = name.ok_or_else(|| Failure::bad_parameter("expecting a string for <user>"))?;
    Ok(Reply::ok(201, users::create(call.engine.store(), name, &profile(&body)?)?))
}

fn describe(call: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, users::get(call.engine.store(), oneself_or_administrated(call)?)?))
}

fn validate(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let name = call.segment(0);
    users::get(call.engine.store(), name)?;
    if users::verify(call.engine.store(), name, body.get("passwd").as_str().unwrap_or("")) {
        return Ok(Reply::result(200, true));
    }
    Err(Failure::from(ErrorNum::HTTP_UNAUTHORIZED))
}

/// Reads the change to a user; nobody but an administrator may lock or unlock an account.
fn change<'b>(call: &Call<'_>, body: &'b Value) -> Result<Profile<'b>, Failure> {
    let profile = profile(body)?;
    if profile.active.is_some() {
        access::system(call)?;
    }
    Ok(profile)
}

fn replace(call: &Call<'_>) -> Answer {
    let name = oneself_or_administrated(call)?;
    // Checked before the body: that is what a client wants to hear first.
    users::get(call.engine.store(), name)?;
    let body = call.json()?;
    Ok(Reply::ok(200, users::replace(call.engine.store(), name, &change(call, &body)?)?))
}

fn update(call: &Call<'_>) -> Answer {
    let name = oneself_or_administrated(call)?;
    users::get(call.engine.store(), name)?;
    let body = call.json()?;
    Ok(Reply::ok(200, users::update(call.engine.store(), name, &change(call, &body)?)?))
}

fn remove(call: &Call<'_>) -> Answer {
    users::remove(call.engine.store(), call.segment(0))?;
    Ok(Reply::ok(202, Object::default()))
}

fn level_text(level: Option<Level>) -> Value {
    Value::from(level.map_or("undefined", Level::name))
}

fn databases(call: &Call<'_>) -> Answer {
    let store = call.engine.store();
    let name = oneself_or_administrated(call)?;
    users::get(store, name)?;
    let full = call.flag("full").unwrap_or(false);
    let mut shown = Object::default();
    for database in store.databases() {
        let database = database.as_str();
        if full {
            shown.insert(database.into(), in_full(call, name, database)?);
        } else if let level @ (Level::ReadOnly | Level::ReadWrite) = users::database_level(store, name, database) {
            shown.insert(database.into(), Value::from(level.name()));
        }
    }
    if full {
        let level = users::granted(store, name, users::ANY, None).unwrap_or(Level::None);
        shown.insert(users::ANY.into(), fields([("permission", Value::from(level.name()))]).into());
    }
    Ok(Reply::result(200, shown))
}

fn in_full(call: &Call<'_>, name: &str, database: &str) -> Result<Value, Failure> {
    let store = call.engine.store();
    let snapshot = store.database(database)?.snapshot();
    let names = snapshot.collections().map(|collection| collection.name().as_str()).chain([users::ANY]);
    let granted = |collection: &str| level_text(users::granted(store, name, database, Some(collection)));
    let collections: Object = names.map(|collection| (collection.into(), granted(collection))).collect();
    let permission = level_text(users::granted(store, name, database, None));
    Ok(fields([("permission", permission), ("collections", collections.into())]).into())
}

fn database_level(call: &Call<'_>) -> Answer {
    let name = oneself_or_administrated(call)?;
    users::get(call.engine.store(), name)?;
    Ok(Reply::result(200, users::database_level(call.engine.store(), name, call.segment(1)).name()))
}

fn collection_level(call: &Call<'_>) -> Answer {
    let name = oneself_or_administrated(call)?;
    users::get(call.engine.store(), name)?;
    let level = users::collection_level(call.engine.store(), name, call.segment(1), call.segment(2));
    Ok(Reply::result(200, level.name()))
}

fn wanted_level(call: &Call<'_>) -> Result<Level, Failure> {
    let body = call.json_object()?;
    let text = body.get("grant").as_str();
    text.and_then(|text| Level::parse(text).ok())
        .ok_or_else(|| Failure::bad_parameter("expecting rw, ro or none for <grant>"))
}

fn grant_database(call: &Call<'_>) -> Answer {
    let level = wanted_level(call)?;
    let database = call.segment(1);
    users::grant(call.engine.store(), call.segment(0), database, None, Some(level))?;
    Ok(Reply::ok(200, fields([(database, Value::from(level.name()))])))
}

fn grant_collection(call: &Call<'_>) -> Answer {
    let level = wanted_level(call)?;
    let (database, collection) = (call.segment(1), call.segment(2));
    if database != users::ANY && collection != users::ANY {
        find_collection(&call.engine.store().database(database)?.snapshot(), collection)?;
    }
    users::grant(call.engine.store(), call.segment(0), database, Some(collection), Some(level))?;
    Ok(Reply::ok(200, fields([(format!("{database}/{collection}").as_str(), Value::from(level.name()))])))
}

fn revoke(call: &Call<'_>) -> Answer {
    let collection = Some(call.segment(2)).filter(|collection| !collection.is_empty());
    users::grant(call.engine.store(), call.segment(0), call.segment(1), collection, None)?;
    Ok(Reply::ok(202, Object::default()))
}

/// The accounts a new database is to be opened to.
///
/// # Errors
/// 400 for what are no accounts.
pub(super) fn accounts(given: &Value) -> Result<Vec<(&str, Profile<'_>)>, Failure> {
    let bad = || Failure::bad_parameter("expecting users as an array of objects with a username");
    if given.is_null() {
        return Ok(Vec::new());
    }
    let accounts = given.as_array().ok_or_else(bad)?.iter().map(|account| {
        let name = account.get("username").as_str().or_else(|| account.get("user").as_str()).ok_or_else(bad)?;
        Ok((name, profile(account)?))
    });
    accounts.collect()
}

/// Gives the accounts, and the user who made the database, all rights to it. Accounts that are missing are made.
pub(super) fn create_for_database(
    call: &Call<'_>,
    database: &str,
    accounts: &[(&str, Profile<'_>)],
) -> Result<(), Failure> {
    let store = call.engine.store();
    for (name, profile) in accounts.iter().filter(|(name, _)| !name.is_empty()) {
        if users::get(store, name).is_err() {
            users::create(store, name, profile)?;
        }
    }
    let names = accounts.iter().map(|(name, _)| *name).filter(|name| !name.is_empty());
    for name in names.chain(call.user()) {
        users::grant(store, name, database, None, Some(Level::ReadWrite))?;
    }
    Ok(())
}

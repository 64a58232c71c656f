//! Who may do what, by the grants of users. The process itself, and anybody while authentication is off, may do all.

use std::sync::Arc;

use crate::wire::ErrorNum;

use super::{
    super::{
        engine::{Caller, Engine},
        store::{Database, Rights, Store},
        users::{self, Level},
    },
    call::Call,
    error::Failure,
    token::unauthorized,
};

/// What a route asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Nothing, not even a name.
    Open,
    /// To be somebody.
    Authenticated,
    /// To read the database the path names.
    Read,
    /// To change what the database is made of.
    Write,
    /// To administrate the server: to change the database `_system`.
    System,
}

/// # Errors
/// 401 for somebody without credentials.
pub(super) fn authenticated(caller: &Caller) -> Result<(), Failure> {
    if *caller == Caller::Anonymous { Err(unauthorized()) } else { Ok(()) }
}

/// # Errors
/// 401 without any access to the database, 403 without enough of it.
pub(super) fn check(engine: &Engine, caller: &Caller, database: &str, right: Right) -> Result<(), Failure> {
    let (database, needed) = match right {
        Right::Open => return Ok(()),
        Right::Authenticated => return authenticated(caller),
        Right::Read => (database, Level::ReadOnly),
        Right::Write => (database, Level::ReadWrite),
        Right::System => ("_system", Level::ReadWrite),
    };
    authenticated(caller)?;
    let Some(user) = caller.user() else { return Ok(()) };
    let level = users::database_level(engine.store(), user, database);
    if level == Level::None && right != Right::System {
        // The client sent valid credentials, so it is not asked for others.
        return Err(Failure::new(ErrorNum::FORBIDDEN, NOT_AUTHORIZED).with_status(401));
    }
    if level >= needed { Ok(()) } else { Err(ErrorNum::FORBIDDEN.into()) }
}

const NOT_AUTHORIZED: &str = "not authorized to execute this request";

/// # Errors
/// 403 for a caller who may not administrate the server.
pub(super) fn system(call: &Call<'_>) -> Result<(), Failure> {
    check(call.engine, call.caller, "_system", Right::System)
}

fn level(call: &Call<'_>, collection: &str) -> Level {
    match call.user() {
        None => Level::ReadWrite,
        Some(user) => users::collection_level(call.engine.store(), user, call.database.name().as_str(), collection),
    }
}

/// # Errors
/// 11 when the caller may not read the collection.
pub(super) fn readable(call: &Call<'_>, collection: &str) -> Result<(), Failure> {
    if level(call, collection) >= Level::ReadOnly { Ok(()) } else { Err(forbidden(collection)) }
}

/// # Errors
/// 11 when the caller may not even read the collection, 1004 when reading is all they may do.
pub(super) fn writable(call: &Call<'_>, collection: &str) -> Result<(), Failure> {
    match level(call, collection) {
        Level::ReadWrite => Ok(()),
        Level::ReadOnly => Err(ErrorNum::READ_ONLY.into()),
        Level::None => Err(forbidden(collection)),
    }
}

fn forbidden(collection: &str) -> Failure {
    Failure::new(ErrorNum::FORBIDDEN, format!("insufficient permission to access '{collection}'"))
}

/// The database as the caller may see it, for queries: these reach documents in ways that cannot be told beforehand.
pub(super) fn visible_database(call: &Call<'_>) -> Arc<Database> {
    match call.user() {
        None => Arc::clone(&call.database),
        Some(user) => {
            let database = call.database.name().to_string();
            let rights = Granted { store: Arc::clone(call.engine.store()), user: user.to_owned(), database };
            Arc::new(call.database.restricted(Arc::new(rights)))
        }
    }
}

/// What a user was granted, looked up each time so that a grant taken away counts at once.
struct Granted {
    store: Arc<Store>,
    user: String,
    database: String,
}

impl Granted {
    fn level(&self, collection: &str) -> Level {
        users::collection_level(&self.store, &self.user, &self.database, collection)
    }
}

impl Rights for Granted {
    fn may_read(&self, collection: &str) -> bool {
        self.level(collection) >= Level::ReadOnly
    }

    fn may_write(&self, collection: &str) -> bool {
        self.level(collection) == Level::ReadWrite
    }
}

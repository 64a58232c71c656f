//! Users and what they may do: documents of `_users` in `_system`, in the shape ArangoDB gives them.
//!
//! A password is kept as a salted PBKDF2 hash and compared in constant time. What a user may do is decided by the most
//! specific grant: collection, database, then the wildcard `*`.

use std::{num::NonZeroU32, time::Duration};

use ring::pbkdf2;

use super::{
    error::Error,
    store::{Collection, Store, WriteOptions},
    value::{Object, Str, Value},
};
use crate::{
    clock::Random,
    wire::{CollectionName, ErrorNum},
};

#[cfg(test)]
mod tests;

/// The user every server has.
pub const ROOT: &str = "root";

/// Stands for all databases, or for all collections of a database.
pub const ANY: &str = "*";

const USERS: &str = "_users";
const ITERATIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(24_999);
/// How long a change to a user waits for others that change users.
const WAIT: Duration = Duration::from_secs(10);

/// What a user may do with a database or a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// Read.
    ReadOnly,
    /// Read and write; for a database, also make and drop collections.
    ReadWrite,
}

impl Level {
    /// The level ArangoDB calls `rw`, `ro` or `none`.
    ///
    /// # Errors
    /// 10 for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "rw" => Ok(Self::ReadWrite),
            "ro" => Ok(Self::ReadOnly),
            "none" => Ok(Self::None),
            _ => Err(Error::new(ErrorNum::BAD_PARAMETER, "expecting grant to be one of rw, ro, none")),
        }
    }

    /// ArangoDB's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ReadOnly => "ro",
            Self::ReadWrite => "rw",
        }
    }
}

/// What a user is made from, or changed to: what is absent stays or takes its default.
#[derive(Clone, Default)]
pub struct Profile<'a> {
    /// The password in plain text; empty by default.
    pub password: Option<&'a str>,
    /// Whether the user can log in; true by default.
    pub active: Option<bool>,
    /// Anything; an empty object by default.
    pub extra: Option<Value>,
}

/// Makes `root` with all rights, if there is no such user.
///
/// # Errors
/// When it could not be written.
pub fn ensure_root(store: &Store, password: &str) -> Result<(), Error> {
    if find(store, ROOT).is_some() {
        return Ok(());
    }
    create(store, ROOT, &Profile { password: Some(password), ..Profile::default() })?;
    grant(store, ROOT, "_system", None, Some(Level::ReadWrite))?;
    grant(store, ROOT, ANY, None, Some(Level::ReadWrite))?;
    grant(store, ROOT, ANY, Some(ANY), Some(Level::ReadWrite))
}

/// Makes a user and returns what [`get`] returns.
///
/// # Errors
/// 1700 for an empty name, 1702 when there is one of this name.
pub fn create(store: &Store, name: &str, profile: &Profile<'_>) -> Result<Object, Error> {
    if name.is_empty() {
        return Err(ErrorNum::USER_INVALID_NAME.into());
    }
    edit(store, name, |old| {
        if old.is_some() {
            return Err(ErrorNum::USER_DUPLICATE.into());
        }
        Ok(Some(document(store.random().as_ref(), name, profile, None)))
    })
}

/// Gives a user another password, state and `extra`; what the profile leaves out takes its default. Grants stay.
///
/// # Errors
/// 1703 when there is no such user.
pub fn replace(store: &Store, name: &str, profile: &Profile<'_>) -> Result<Object, Error> {
    edit(store, name, |old| {
        let old = old.ok_or(ErrorNum::USER_NOT_FOUND)?;
        let mut new = document(store.random().as_ref(), name, profile, None);
        put(&mut new, "databases", old.get("databases").clone());
        Ok(Some(new))
    })
}

/// Changes what the profile says.
///
/// # Errors
/// 1703 when there is no such user.
pub fn update(store: &Store, name: &str, profile: &Profile<'_>) -> Result<Object, Error> {
    edit(store, name, |old| {
        let old = old.ok_or(ErrorNum::USER_NOT_FOUND)?;
        Ok(Some(document(store.random().as_ref(), name, profile, Some(old))))
    })
}

/// Removes a user.
///
/// # Errors
/// 1703 when there is no such user, 11 for `root`.
pub fn remove(store: &Store, name: &str) -> Result<(), Error> {
    if name == ROOT {
        return Err(Error::new(ErrorNum::FORBIDDEN, "cannot remove the root user"));
    }
    edit(store, name, |old| old.map(|_| None).ok_or_else(|| ErrorNum::USER_NOT_FOUND.into())).map(drop)
}

/// A user as ArangoDB shows it: `user`, `active`, `extra`.
///
/// # Errors
/// 1703 when there is no such user.
pub fn get(store: &Store, name: &str) -> Result<Object, Error> {
    find(store, name).map(|user| shown(&user)).ok_or_else(|| ErrorNum::USER_NOT_FOUND.into())
}

/// All users, in the order they were made.
pub fn list(store: &Store) -> Vec<Object> {
    collection(store).map(|users| users.scan().map(|user| shown(&user)).collect()).unwrap_or_default()
}

/// Whether there is such a user and it can log in.
pub fn is_active(store: &Store, name: &str) -> bool {
    find(store, name).is_some_and(|user| matches!(user.get("authData").get("active"), Value::Bool(true)))
}

/// Whether the password is the user's and the user can log in. Takes as long when there is no such user.
pub fn verify(store: &Store, name: &str, password: &str) -> bool {
    let user = find(store, name).unwrap_or_default();
    let auth = user.get("authData");
    let simple = auth.get("simple");
    let bytes = |name: &str| simple.get(name).as_str().and_then(from_hex).unwrap_or_else(|| vec![0; 32]);
    let iterations = match simple.get("iterations") {
        Value::Int(count) => u32::try_from(*count).ok().and_then(NonZeroU32::new).unwrap_or(ITERATIONS),
        _ => ITERATIONS,
    };
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    let fits = pbkdf2::verify(algorithm, iterations, &bytes("salt"), password.as_bytes(), &bytes("hash")).is_ok();
    fits && matches!(auth.get("active"), Value::Bool(true))
}

/// Sets or revokes (`None`) what a user may do with a database, or with a collection of it. Both may be [`ANY`].
///
/// # Errors
/// 1703 when there is no such user.
pub fn grant(
    store: &Store,
    name: &str,
    database: &str,
    collection: Option<&str>,
    level: Option<Level>,
) -> Result<(), Error> {
    let change = |old: Option<&Value>| {
        let mut user = old.and_then(Value::as_object).cloned().ok_or(ErrorNum::USER_NOT_FOUND)?;
        let mut databases = user.get("databases").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut entry = databases.get(database).and_then(Value::as_object).cloned().unwrap_or_default();
        match collection {
            None => set_or_remove(&mut entry, "permissions", level.map(permissions)),
            Some(collection) => {
                let mut collections = entry.get("collections").and_then(Value::as_object).cloned().unwrap_or_default();
                let level = level.map(|level| Object::from_iter([(Str::from("permissions"), permissions(level))]));
                set_or_remove(&mut collections, collection, level.map(Value::object));
                put(&mut entry, "collections", Value::object(collections));
            }
        }
        let keeps = entry.contains_key("permissions")
            || entry.get("collections").and_then(Value::as_object).is_some_and(|collections| !collections.is_empty());
        set_or_remove(&mut databases, database, keeps.then(|| Value::object(entry)));
        put(&mut user, "databases", Value::object(databases));
        Ok(Some(user))
    };
    edit(store, name, change).map(drop)
}

/// Takes back whatever was granted for a database that is gone: the next one of its name is another one.
///
/// # Errors
/// When it could not be written.
pub fn forget_database(store: &Store, database: &str) -> Result<(), Error> {
    let granted = |user: &Value| user.get("databases").as_object().is_some_and(|all| all.contains_key(database));
    let names: Vec<String> = collection(store)
        .map(|users| {
            users.scan().filter(granted).filter_map(|user| Some(user.get("user").as_str()?.to_owned())).collect()
        })
        .unwrap_or_default();
    for name in names {
        edit(store, &name, |old| {
            let mut user = old.and_then(Value::as_object).cloned().ok_or(ErrorNum::USER_NOT_FOUND)?;
            let mut databases = user.get("databases").and_then(Value::as_object).cloned().unwrap_or_default();
            databases.shift_remove(database);
            put(&mut user, "databases", Value::object(databases));
            Ok(Some(user))
        })?;
    }
    Ok(())
}

/// What was granted for exactly this database ([`ANY`] included) or collection of it; nothing when nothing was.
pub fn granted(store: &Store, name: &str, database: &str, collection: Option<&str>) -> Option<Level> {
    explicit(&find(store, name)?, database, collection)
}

/// What a user may do with a database.
pub fn database_level(store: &Store, name: &str, database: &str) -> Level {
    find(store, name).map_or(Level::None, |user| of_database(&user, database))
}

/// What a user may do with a collection.
pub fn collection_level(store: &Store, name: &str, database: &str, collection: &str) -> Level {
    let Some(user) = find(store, name) else { return Level::None };
    let whole = of_database(&user, database);
    if whole == Level::None || collection == USERS {
        return Level::None;
    }
    if collection.starts_with('_') {
        return whole;
    }
    explicit(&user, database, Some(collection))
        .or_else(|| explicit(&user, database, Some(ANY)))
        // A grant for the database itself is more specific than one for all collections of all databases.
        .or_else(|| explicit(&user, database, None))
        .or_else(|| explicit(&user, ANY, Some(ANY)))
        .unwrap_or(whole)
}

fn of_database(user: &Value, database: &str) -> Level {
    explicit(user, database, None).or_else(|| explicit(user, ANY, None)).unwrap_or(Level::None)
}

fn explicit(user: &Value, database: &str, collection: Option<&str>) -> Option<Level> {
    let mut entry = user.get("databases").get(database);
    if let Some(collection) = collection {
        entry = entry.get("collections").get(collection);
    }
    let permissions = entry.get("permissions").as_object()?;
    let allows = |name: &str| matches!(permissions.get(name), Some(Value::Bool(true)));
    Some(match (allows("read"), allows("write")) {
        (_, true) => Level::ReadWrite,
        (true, false) => Level::ReadOnly,
        (false, false) => Level::None,
    })
}

fn permissions(level: Level) -> Value {
    Value::object(Object::from_iter([
        (Str::from("read"), Value::Bool(level >= Level::ReadOnly)),
        (Str::from("write"), Value::Bool(level >= Level::ReadWrite)),
    ]))
}

fn put(object: &mut Object, name: &str, value: impl Into<Value>) {
    object.insert(Str::from(name), value.into());
}

fn set_or_remove(object: &mut Object, name: &str, value: Option<Value>) {
    match value {
        Some(value) => put(object, name, value),
        None => drop(object.shift_remove(name)),
    }
}

fn collection(store: &Store) -> Option<Collection> {
    store.database("_system").ok()?.snapshot().collection(USERS).cloned()
}

fn find(store: &Store, name: &str) -> Option<Value> {
    collection(store)?.scan().find(|user| user.get("user").as_str() == Some(name))
}

/// Writes what `change` makes of a user, in one transaction: nothing removes it.
fn edit(
    store: &Store,
    name: &str,
    change: impl FnOnce(Option<&Value>) -> Result<Option<Object>, Error>,
) -> Result<Object, Error> {
    let database = store.database("_system")?;
    let users = CollectionName::parse(USERS).map_err(|_| ErrorNum::INTERNAL)?;
    let mut transaction = database.begin(&[users], WAIT)?;
    let users = transaction.current(USERS).ok_or(ErrorNum::INTERNAL)?;
    let old = users.scan().find(|user| user.get("user").as_str() == Some(name));
    let key = old.as_ref().and_then(|old| old.get("_key").as_str()).map(str::to_owned);
    let options = WriteOptions::default();
    let shown = match (change(old.as_ref())?, key) {
        (Some(new), None) => {
            let new = Value::object(new);
            transaction.insert(USERS, &new, &options)?;
            shown(&new)
        }
        (Some(new), Some(key)) => {
            let new = Value::object(new);
            transaction.replace(USERS, &key, &new, &options)?;
            shown(&new)
        }
        (None, Some(key)) => {
            transaction.remove(USERS, &key, &options)?;
            Object::default()
        }
        (None, None) => Object::default(),
    };
    transaction.commit()?;
    Ok(shown)
}

/// A user's document: what the profile says, else what was, else the default.
fn document(random: &dyn Random, name: &str, profile: &Profile<'_>, old: Option<&Value>) -> Object {
    let old = old.unwrap_or(&Value::Null);
    let was_active = !matches!(old.get("authData").get("active"), Value::Bool(false));
    let simple = match (profile.password, old.get("authData").get("simple")) {
        (None, simple @ Value::Object(_)) => simple.clone(),
        (password, _) => hashed(random, password.unwrap_or_default()),
    };
    let extra = profile.extra.clone().or_else(|| old.as_object()?.get("userData").cloned());
    let databases = old.as_object().and_then(|old| old.get("databases").cloned());
    let mut auth = Object::default();
    put(&mut auth, "active", profile.active.unwrap_or(was_active));
    put(&mut auth, "simple", simple);
    let mut user = Object::default();
    put(&mut user, "user", name);
    put(&mut user, "source", "LOCAL");
    put(&mut user, "authData", auth);
    put(&mut user, "databases", databases.unwrap_or_else(|| Value::object(Object::default())));
    put(&mut user, "userData", extra.unwrap_or_else(|| Value::object(Object::default())));
    user
}

fn hashed(random: &dyn Random, password: &str) -> Value {
    let (mut salt, mut hash) = ([0; 16], [0; 32]);
    random.fill(&mut salt);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, &salt, password.as_bytes(), &mut hash);
    let mut simple = Object::default();
    put(&mut simple, "method", "pbkdf2-sha256");
    put(&mut simple, "iterations", i64::from(ITERATIONS.get()));
    put(&mut simple, "salt", to_hex(&salt).as_str());
    put(&mut simple, "hash", to_hex(&hash).as_str());
    Value::object(simple)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0_u8, |sum, digit| (sum << 4) | digit)).collect())
}

fn shown(user: &Value) -> Object {
    let mut shown = Object::default();
    put(&mut shown, "user", user.get("user").clone());
    put(&mut shown, "active", matches!(user.get("authData").get("active"), Value::Bool(true)));
    let extra = user.get("userData").clone();
    put(&mut shown, "extra", if extra.is_null() { Value::object(Object::default()) } else { extra });
    shown
}

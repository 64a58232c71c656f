//! What can be changed in the file, and what it means for the file as data.

use serde_saphyr::{Location, Spanned};

use super::DatabaseKey;
use crate::config::{
    ConfigError,
    error::nearest,
    file::{RawEntry, RawFile, Text},
};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new entry, after all others.
    Add {
        /// Its key.
        key: DatabaseKey,
        /// What it says, in this order.
        fields: Fields,
    },
    /// An entry goes, and with it `default_database` if that names it.
    Remove {
        /// Its key.
        key: DatabaseKey,
    },
    /// An entry says something else, in its place.
    Update {
        /// Its key.
        key: DatabaseKey,
        /// Another key for it; `default_database` follows.
        rename: Option<DatabaseKey>,
        /// What it says from now on; a field with nothing is removed.
        fields: Fields,
    },
    /// `default_database` names this entry, or is removed.
    SetDefault(Option<DatabaseKey>),
}

/// Fields of an entry with what they say; nothing for a field that is not to be there.
pub type Fields = Vec<(Field, Option<Setting>)>;

/// What a field says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// A text.
    Text(String),
    /// A number, `true` or `false`: never in quotes.
    Bare(String),
    /// Several texts.
    List(Vec<String>),
}

/// A field of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the key of that name")]
pub enum Field {
    Url,
    Urls,
    Database,
    Username,
    PasswordEnv,
    PasswordFile,
    Timeout,
    Description,
    ReadOnly,
    Confirm,
    Auth,
    MaxConnections,
    MaxCalls,
    RateLimit,
    MaxRows,
    MaxBytes,
    MaxRuntime,
    MemoryLimit,
    CaFile,
    Tags,
}

impl Field {
    /// Its key in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Urls => "urls",
            Self::Database => "database",
            Self::Username => "username",
            Self::PasswordEnv => "password_env",
            Self::PasswordFile => "password_file",
            Self::Timeout => "timeout",
            Self::Description => "description",
            Self::ReadOnly => "read_only",
            Self::Confirm => "confirm",
            Self::Auth => "auth",
            Self::MaxConnections => "max_connections",
            Self::MaxCalls => "max_calls",
            Self::RateLimit => "rate_limit",
            Self::MaxRows => "max_rows",
            Self::MaxBytes => "max_bytes",
            Self::MaxRuntime => "max_runtime",
            Self::MemoryLimit => "memory_limit",
            Self::CaFile => "ca_file",
            Self::Tags => "tags",
        }
    }
}

impl Change {
    /// Makes the change to the file as data.
    pub(super) fn apply(&self, raw: &mut RawFile) -> Result<(), ConfigError> {
        match self {
            Self::Add { key, fields } => {
                let entries = raw.databases.get_or_insert_default();
                if entries.contains_key(key.as_str()) {
                    return Err(taken(key).advise("use `db update` to change the entry, or choose another key"));
                }
                let mut entry = RawEntry::default();
                set_all(&mut entry, fields);
                entries.insert(key.to_string(), unplaced(entry));
            }
            Self::Remove { key } => {
                find(raw, key)?;
                raw.databases.get_or_insert_default().shift_remove(key.as_str());
                raw.default_database.take_if(|default| default.value == key.as_str());
            }
            Self::Update { key, rename, fields } => {
                let position = find(raw, key)?;
                let entries = raw.databases.get_or_insert_default();
                if let Some(entry) = entries.get_mut(key.as_str()) {
                    set_all(&mut entry.value, fields);
                }
                if let Some(new) = rename.as_ref().filter(|new| *new != key) {
                    if entries.replace_index(position, new.to_string()).is_err() {
                        return Err(taken(new).advise("choose another key"));
                    }
                    if let Some(default) = raw.default_database.as_mut().filter(|name| name.value == key.as_str()) {
                        new.as_str().clone_into(&mut default.value);
                    }
                }
            }
            Self::SetDefault(key) => {
                if let Some(key) = key {
                    find(raw, key)?;
                }
                raw.default_database = key.as_ref().map(|key| unplaced(key.to_string()));
            }
        }
        Ok(())
    }
}

fn taken(key: &DatabaseKey) -> ConfigError {
    ConfigError::new(format!("databases.{key}"), "the key is taken")
}

/// The position of an entry.
fn find(raw: &RawFile, key: &DatabaseKey) -> Result<usize, ConfigError> {
    let entries = raw.databases.as_ref();
    if let Some(position) = entries.and_then(|entries| entries.get_index_of(key.as_str())) {
        return Ok(position);
    }
    let keys = || entries.into_iter().flat_map(|entries| entries.keys()).map(String::as_str);
    let advice = match nearest(key.as_str(), keys()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if keys().next().is_none() => "no databases are configured; `db add` adds one".to_owned(),
        None => format!("configured: {}", keys().collect::<Vec<_>>().join(", ")),
    };
    Err(ConfigError::new(format!("databases.{key}"), "no such entry").advise(advice))
}

fn set_all(entry: &mut RawEntry, fields: &Fields) {
    for (field, setting) in fields {
        set(entry, *field, setting.as_ref());
    }
}

fn set(entry: &mut RawEntry, field: Field, setting: Option<&Setting>) {
    let slot = match field {
        Field::Urls => return entry.urls = setting.map(list),
        Field::Tags => return entry.tags = setting.map(list),
        Field::Url => &mut entry.url,
        Field::Database => &mut entry.database,
        Field::Username => &mut entry.username,
        Field::PasswordEnv => &mut entry.password_env,
        Field::PasswordFile => &mut entry.password_file,
        Field::Timeout => &mut entry.timeout,
        Field::Description => &mut entry.description,
        Field::ReadOnly => &mut entry.read_only,
        Field::Confirm => &mut entry.confirm,
        Field::Auth => &mut entry.auth,
        Field::MaxConnections => &mut entry.max_connections,
        Field::MaxCalls => &mut entry.max_calls,
        Field::RateLimit => &mut entry.rate_limit,
        Field::MaxRows => &mut entry.max_rows,
        Field::MaxBytes => &mut entry.max_bytes,
        Field::MaxRuntime => &mut entry.max_runtime,
        Field::MemoryLimit => &mut entry.memory_limit,
        Field::CaFile => &mut entry.ca_file,
    };
    *slot = setting.and_then(|setting| list(setting).into_iter().next());
}

fn list(setting: &Setting) -> Vec<Text> {
    match setting {
        Setting::Text(text) | Setting::Bare(text) => vec![unplaced(text.clone())],
        Setting::List(texts) => texts.iter().cloned().map(unplaced).collect(),
    }
}

/// A value that stands nowhere yet.
fn unplaced<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Location::UNKNOWN, Location::UNKNOWN)
}

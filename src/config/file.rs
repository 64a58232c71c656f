//! The configuration file as it is written: where it is looked for, its strict form, and the way from there to checked
//! values. Every scalar is read as text with its place, so that each fault can say where it is and what would be right.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use indexmap::IndexMap;
use serde::{Deserialize, de::DeserializeOwned};
use serde_saphyr::Spanned;

use super::{
    Address, Config, ConfigError, DatabaseEntry, DatabaseKey, Env, Origin, PasswordSource, Source,
    access::RawAccess,
    env::non_empty,
    error::nearest,
    values::{
        Refusal, not_empty, parse_address, parse_auth, parse_bool, parse_confirm, parse_count, parse_server_url,
        parse_size, parse_timeout, parse_variable,
    },
};
use crate::wire::DatabaseName;

/// Folder and name of the default file below the home directory.
const DEFAULT_PATH: [&str; 2] = [".mcp-arangodb-async", "config.yaml"];
/// A configuration larger than this is a mistake.
const MAX_FILE_LEN: u64 = 4 << 20;
/// Keys people write when they mean to put the password itself into the file.
pub(super) const PASSWORD_KEYS: [&str; 6] = ["password", "passwd", "pass", "pwd", "secret", "token"];

pub(super) type Text = Spanned<String>;

/// The file as it is written: every value still a text.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    version: Option<Text>,
    pub(super) default_database: Option<Text>,
    pub(super) databases: Option<IndexMap<String, Spanned<RawEntry>>>,
    access: Option<RawAccess>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEntry {
    pub(super) url: Option<Text>,
    pub(super) urls: Option<Vec<Text>>,
    pub(super) database: Option<Text>,
    pub(super) username: Option<Text>,
    pub(super) password_env: Option<Text>,
    pub(super) password_file: Option<Text>,
    pub(super) timeout: Option<Text>,
    pub(super) description: Option<Text>,
    pub(super) read_only: Option<Text>,
    pub(super) confirm: Option<Text>,
    pub(super) auth: Option<Text>,
    pub(super) max_connections: Option<Text>,
    pub(super) max_calls: Option<Text>,
    pub(super) rate_limit: Option<Text>,
    pub(super) max_rows: Option<Text>,
    pub(super) max_bytes: Option<Text>,
    pub(super) max_runtime: Option<Text>,
    pub(super) memory_limit: Option<Text>,
    pub(super) ca_file: Option<Text>,
    pub(super) tags: Option<Vec<Text>>,
}

/// The file to read: `path`, else what `ARANGO_DATABASES_CONFIG_FILE` names, else the default one if it exists. The
/// working directory is never looked at: it may belong to somebody else.
pub fn locate(path: Option<&Path>, env: &dyn Env) -> Result<Option<PathBuf>, ConfigError> {
    const VARIABLE: &str = "ARANGO_DATABASES_CONFIG_FILE";
    let named = path.map(Path::to_owned).or_else(|| non_empty(env, VARIABLE).map(PathBuf::from));
    if let Some(named) = named {
        let named = match (named.strip_prefix("~"), home(env)) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => named,
        };
        return Ok(Some(named));
    }
    Ok(default_path(env).filter(|path| path.exists()))
}

/// `~/.mcp-arangodb-async/config.yaml`, if there is a home directory.
pub fn default_path(env: &dyn Env) -> Option<PathBuf> {
    Some(home(env)?.join(DEFAULT_PATH.iter().collect::<PathBuf>()))
}

pub(super) fn home(env: &dyn Env) -> Option<PathBuf> {
    non_empty(env, "HOME").or_else(|| non_empty(env, "USERPROFILE")).map(PathBuf::from)
}

/// Reads and checks a file.
///
/// # Errors
/// The first fault found.
pub fn read(path: &Path) -> Result<Config, ConfigError> {
    let (text, metadata) = read_text(path)?;
    let mut config = parse(&text, path).map_err(|error| error.in_file(path))?;
    config.warnings.extend(permission_warning(path, &metadata));
    Ok(config)
}

/// The text of a file, unless it is too large to be a configuration.
pub(super) fn read_text(path: &Path) -> Result<(String, fs::Metadata), ConfigError> {
    let in_file = |error: ConfigError| error.in_file(path);
    let unreadable = |error: &std::io::Error| ConfigError::new("", format!("the file cannot be read: {error}"));
    let metadata = fs::metadata(path).map_err(|error| in_file(unreadable(&error)))?;
    if metadata.len() > MAX_FILE_LEN {
        return Err(in_file(ConfigError::new("", "the file is larger than 4 MiB")));
    }
    let text = fs::read_to_string(path).map_err(|error| in_file(unreadable(&error)))?;
    Ok((text, metadata))
}

/// Checks the text of a file; `path` is where it stands, which relative paths in it start from.
///
/// # Errors
/// The first fault found, without the name of the file.
pub fn parse(text: &str, path: &Path) -> Result<Config, ConfigError> {
    check(read_yaml(text)?, path)
}

/// Checks what a file says.
pub(super) fn check(raw: RawFile, path: &Path) -> Result<Config, ConfigError> {
    let mut config = Config::empty(Source::File(path.to_owned()));
    if let Some(version) = raw.version
        && !["1", Config::VERSION].contains(&version.value.as_str())
    {
        let problem = format!("{:?} is not a version of this format", version.value);
        return Err(fault(&version, "version", problem).advise(format!("use {:?}", Config::VERSION)));
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    for (key, entry) in raw.databases.unwrap_or_default() {
        let place = entry.referenced;
        let at = format!("databases.{key}");
        let key = DatabaseKey::parse(key)
            .map_err(|rule| ConfigError::new(&at, format!("not a key: {rule}")).at(place.line(), place.column()))?;
        let checker = Checker { at, line: place.line(), column: place.column(), folder };
        config.databases.insert(key, checker.entry(entry.value)?);
    }
    if let Some(asked) = raw.default_database {
        let Some((key, _)) = config.databases.get_key_value(asked.value.as_str()) else {
            return Err(dangling_default(&asked, &config));
        };
        config.default_database = Some(key.clone());
    }
    config.access = Arc::new(raw.access.unwrap_or_default().check()?);
    Ok(config)
}

fn dangling_default(asked: &Text, config: &Config) -> ConfigError {
    let keys = || config.databases.keys().map(DatabaseKey::as_str);
    let advice = match nearest(&asked.value, keys()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if config.databases.is_empty() => "no databases are configured: remove it or add the database".to_owned(),
        None => format!("use one of: {}", keys().collect::<Vec<_>>().join(", ")),
    };
    fault(asked, "default_database", format!("{:?} is not a key of `databases`", asked.value)).advise(advice)
}

/// A value, checked; `key` is its dotted path.
pub(super) fn checked<T>(
    key: &str,
    text: &Text,
    parse: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<T, ConfigError> {
    let place = text.referenced;
    parse(&text.value).map_err(|refusal| refusal.into_error(key).at(place.line(), place.column()))
}

fn fault(value: &Text, key: &str, problem: impl Into<String>) -> ConfigError {
    ConfigError::new(key, problem).at(value.referenced.line(), value.referenced.column())
}

/// Reads the text of a file. Comments alone are an empty configuration too.
pub(super) fn read_yaml(text: &str) -> Result<RawFile, ConfigError> {
    let error = match serde_saphyr::from_str::<Option<RawFile>>(text) {
        Ok(raw) => return Ok(raw.unwrap_or_default()),
        Err(error) => error,
    };
    let quoted = quote_embedded(text);
    if quoted != text
        && let Ok(raw) = serde_saphyr::from_str::<Option<RawFile>>(&quoted)
    {
        return Ok(raw.unwrap_or_default());
    }
    Err(explain(&error, text))
}

/// Reads another file of ours. Comments alone are an empty one.
pub(super) fn read_strictly<T: DeserializeOwned + Default>(text: &str) -> Result<T, ConfigError> {
    serde_saphyr::from_str::<Option<T>>(text).map(Option::unwrap_or_default).map_err(|error| explain(&error, text))
}

/// Puts quotes round `embedded:` where it is the whole value. YAML wants them because of the colon at the end, and nobody
/// thinks of that.
fn quote_embedded(text: &str) -> String {
    replace_bare_embedded(text, "\"embedded:\"")
}

/// Puts `with` in the place of every unquoted `url: embedded:`.
pub(super) fn replace_bare_embedded(text: &str, with: &str) -> String {
    let replace = |line: &str| match line.split_once("url: embedded:") {
        Some((before, after))
            if before.trim().is_empty() && after.split('#').next().unwrap_or("").trim().is_empty() =>
        {
            format!("{before}url: {with}{after}")
        }
        _ => line.to_owned(),
    };
    text.split('\n').map(replace).collect::<Vec<_>>().join("\n")
}

/// Says what the YAML reader found wrong in our words, and never with a value, which may be a password.
pub(super) fn explain(error: &serde_saphyr::Error, text: &str) -> ConfigError {
    use serde_saphyr::Error;
    let bare = error.without_snippet();
    let described = match bare {
        Error::SerdeUnknownField { field, expected, .. } => unknown_key(field, expected),
        Error::DuplicateMappingKey { key, .. } => {
            ConfigError::new(key.as_deref().unwrap_or_default(), "the key is there twice").advise("remove one of them")
        }
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => {
            wrong_shape(bare, expected, text)
        }
        Error::Unexpected { expected, .. } => wrong_shape(bare, expected, text),
        other => ConfigError::new("", format!("not valid YAML: {other}")),
    };
    match bare.location() {
        Some(place) => described.at(place.line(), place.column()),
        None => described,
    }
}

fn wrong_shape(error: &serde_saphyr::Error, expected: &str, text: &str) -> ConfigError {
    let wanted = match expected {
        "mapping start" => "keys with values, indented below it",
        "sequence start" => "a list, e.g. [a, b]",
        "string scalar" => "a single value",
        other => other,
    };
    let line = error.location().and_then(|place| usize::try_from(place.line()).ok()?.checked_sub(1));
    let line = line.and_then(|line| text.lines().nth(line)).unwrap_or_default();
    let key = line.split_once(':').map(|(key, _)| key.trim()).unwrap_or_default();
    ConfigError::new(key, "the value has the wrong shape").advise(format!("it should be {wanted}"))
}

fn unknown_key(field: &str, expected: &[&str]) -> ConfigError {
    if PASSWORD_KEYS.contains(&field.to_ascii_lowercase().as_str()) {
        let advice =
            "put the name of an environment variable under `password_env`, or the path of a file under `password_file`";
        return ConfigError::new(field, "passwords do not belong in this file").advise(advice);
    }
    let allowed = expected.join(", ");
    let advice = match nearest(field, expected.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? Allowed here: {allowed}"),
        None => format!("allowed here: {allowed}"),
    };
    ConfigError::new(field, "unknown key").advise(advice)
}

/// Turns one raw entry into a checked one.
struct Checker<'a> {
    /// Dotted path of the entry.
    at: String,
    line: u64,
    column: u64,
    /// Folder of the file, which relative paths start from.
    folder: &'a Path,
}

impl Checker<'_> {
    fn entry(&self, raw: RawEntry) -> Result<DatabaseEntry, ConfigError> {
        let address = self.address(raw.url, raw.urls)?;
        let embedded = matches!(address, Address::Embedded(_));
        let database = match raw.database {
            Some(text) => self.checked("database", &text, |text| {
                DatabaseName::parse(text).map_err(|error| Refusal::new(error.to_string(), ""))
            })?,
            None if embedded => {
                DatabaseName::parse("_system").map_err(|error| ConfigError::new(&self.at, error.to_string()))?
            }
            None => return Err(self.missing("database", "name the database on the server, e.g. `database: _system`")),
        };
        let mut entry = DatabaseEntry::new(address, database, Origin::File);
        if let Some(username) = raw.username {
            entry.username = self.checked("username", &username, not_empty)?;
        }
        entry.password = self.password(raw.password_env, raw.password_file)?;
        if let Some(timeout) = raw.timeout {
            entry.timeout = self.checked("timeout", &timeout, parse_timeout)?;
        }
        entry.description = raw.description.map(|text| text.value).filter(|text| !text.is_empty());
        if let Some(read_only) = raw.read_only {
            entry.read_only = self.checked("read_only", &read_only, parse_bool)?;
        }
        if let Some(confirm) = raw.confirm {
            entry.confirm = self.checked("confirm", &confirm, parse_confirm)?;
        }
        if let Some(auth) = raw.auth {
            entry.auth = self.checked("auth", &auth, parse_auth)?;
        }
        if let Some(limit) = raw.max_connections {
            let count = self.checked("max_connections", &limit, parse_count)?;
            entry.max_connections = Some(count.try_into().unwrap_or(std::num::NonZeroUsize::MAX));
        }
        if let Some(limit) = raw.max_calls {
            let count = self.checked("max_calls", &limit, parse_count)?;
            entry.max_calls = Some(count.try_into().unwrap_or(std::num::NonZeroUsize::MAX));
        }
        if let Some(limit) = raw.rate_limit {
            let count = self.checked("rate_limit", &limit, parse_count)?;
            entry.rate_limit = Some(count.try_into().unwrap_or(std::num::NonZeroU32::MAX));
        }
        if let Some(limit) = raw.max_rows {
            entry.max_rows = Some(self.checked("max_rows", &limit, parse_count)?);
        }
        if let Some(limit) = raw.max_bytes {
            entry.max_bytes = Some(self.checked("max_bytes", &limit, parse_size)?);
        }
        if let Some(limit) = raw.max_runtime {
            entry.max_runtime = Some(self.checked("max_runtime", &limit, parse_timeout)?);
        }
        if let Some(limit) = raw.memory_limit {
            entry.memory_limit = Some(self.checked("memory_limit", &limit, parse_size)?);
        }
        if let Some(file) = raw.ca_file {
            entry.ca_file = Some(self.path("ca_file", &file)?);
        }
        let tags = raw.tags.unwrap_or_default();
        entry.tags = tags.iter().map(|tag| self.checked("tags", tag, not_empty)).collect::<Result<_, _>>()?;
        Ok(entry)
    }

    fn address(&self, url: Option<Text>, urls: Option<Vec<Text>>) -> Result<Address, ConfigError> {
        match (url, urls) {
            (Some(url), None) => self.checked("url", &url, parse_address),
            (None, Some(urls)) if !urls.is_empty() => {
                let servers = urls.iter().map(|url| self.checked("urls", url, parse_server_url));
                servers.collect::<Result<_, _>>().map(Address::Server)
            }
            (Some(url), Some(_)) => {
                Err(fault(&url, &self.key("url"), "`url` and `urls` are both there").advise("keep one of them"))
            }
            (None, _) => Err(self.missing("url", "say where the database is, e.g. `url: http://localhost:8529`")),
        }
    }

    fn password(&self, env: Option<Text>, file: Option<Text>) -> Result<PasswordSource, ConfigError> {
        match (env, file) {
            (None, None) => Ok(PasswordSource::None),
            (Some(name), None) => self.checked("password_env", &name, parse_variable).map(PasswordSource::Env),
            (None, Some(file)) => self.path("password_file", &file).map(PasswordSource::File),
            (Some(name), Some(_)) => {
                let problem = "`password_env` and `password_file` are both there";
                Err(fault(&name, &self.key("password_env"), problem).advise("keep one of them"))
            }
        }
    }

    fn path(&self, key: &str, text: &Text) -> Result<PathBuf, ConfigError> {
        self.checked(key, text, not_empty).map(|path| self.folder.join(path))
    }

    fn checked<T>(
        &self,
        key: &str,
        text: &Text,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Result<T, ConfigError> {
        checked(&self.key(key), text, parse)
    }

    fn missing(&self, key: &str, advice: &str) -> ConfigError {
        ConfigError::new(self.key(key), "the key is missing").advise(advice).at(self.line, self.column)
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.at)
    }
}

#[cfg(unix)]
pub(super) fn permission_warning(path: &Path, metadata: &fs::Metadata) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0)
        .then(|| format!("{}: others can read or change this file (mode {mode:03o}); run chmod 600", path.display()))
}

#[cfg(not(unix))]
pub(super) fn permission_warning(_path: &Path, _metadata: &fs::Metadata) -> Option<String> {
    None
}

//! What the Python version was configured with, and what it becomes here: its file `databases.yaml`, or the `ARANGO_*`
//! variables. Read leniently, as that version did; what comes out goes through our own strict reader.

use std::path::Path;

use indexmap::IndexMap;
use serde::Deserialize;

use super::{
    Address, Config, ConfigError, DatabaseEntry, DatabaseKey, Env, PasswordSource, Settings, TransportKind,
    edit::{self, Change, Field, Fields, Setting},
    env::{is_variable_name, non_empty},
    file, settings,
};
use crate::observability::SafeUrl;

/// The place of the file below the working directory.
pub const FILE: &str = "config/databases.yaml";

/// The keys of an entry that mean the same here.
const KEPT: [(&str, Field); 3] =
    [("database", Field::Database), ("username", Field::Username), ("description", Field::Description)];

/// What was configured, in our terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Original {
    /// The entries, in their order.
    pub entries: Vec<(DatabaseKey, Fields)>,
    /// The default.
    pub default_database: Option<DatabaseKey>,
    /// What could not be taken over as it was; never with a password.
    pub findings: Vec<String>,
    /// The text it was read from, when that says all of this to our strict reader too.
    text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct OldFile {
    default_database: Option<String>,
    databases: Option<IndexMap<String, Option<OldEntry>>>,
}

type OldEntry = IndexMap<String, Option<String>>;

impl Original {
    /// Reads the file of the Python version.
    ///
    /// # Errors
    /// When it cannot be read, is not YAML of that shape, or an entry lacks what it needs.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let (text, _) = file::read_text(path)?;
        let in_file = |error: ConfigError| error.in_file(path);
        let strict = file::parse(&text, path).ok();
        let ours = || {
            let advice = "name it with --config-file where the server is started, or copy it";
            in_file(ConfigError::new("", "the file is written for this version already").advise(advice))
        };
        let old = match serde_saphyr::from_str::<Option<OldFile>>(&text) {
            Ok(old) => old.unwrap_or_default(),
            Err(_) if strict.is_some() => return Err(ours()),
            Err(error) => return Err(in_file(file::explain(&error, &text))),
        };
        let mut original = Self::default();
        original.note_other_keys(&text);
        let mut variables = Variables::of(&old);
        for (name, entry) in old.databases.unwrap_or_default() {
            let at = format!("databases.{name}");
            let key = DatabaseKey::parse(name)
                .map_err(|rule| in_file(ConfigError::new(&at, format!("not a key: {rule}"))))?;
            let fields = original.fields(&at, &key, entry.unwrap_or_default(), &mut variables).map_err(in_file)?;
            // Said of the file it stands in, before anything is asked or written.
            let change = Change::Add { key: key.clone(), fields: fields.clone() };
            edit::apply("", path, &change).map_err(in_file)?;
            original.entries.push((key, fields));
        }
        if let Some(name) = old.default_database {
            original.default_database =
                original.entries.iter().map(|(key, _)| key).find(|key| key.as_str() == name).cloned();
            if original.default_database.is_none() {
                original.findings.push(format!("default_database: {name:?} is no key of `databases`; left out"));
            }
        }
        match strict {
            Some(_) if !original.findings.is_empty() => Err(ours()),
            // A text that means the same here is kept with its comments.
            Some(_) => Ok(Self { text: Some(text), ..original }),
            None => {
                if text.lines().any(|line| line.trim_start().starts_with('#')) {
                    original.findings.push("comments: left out, as the file is written anew".to_owned());
                }
                Ok(original)
            }
        }
    }

    /// Reads the `ARANGO_*` variables.
    ///
    /// # Errors
    /// When none is set, or a value is not one of those allowed.
    pub fn from_env(env: &dyn Env) -> Result<Self, ConfigError> {
        if !settings::names_a_database(env) {
            let advice = "set ARANGO_URL and its companions, or name a file of them with --environment-file FILE";
            return Err(ConfigError::new("", "no ARANGO_* variable is set").advise(advice));
        }
        let entry = DatabaseEntry::from_env(env)?;
        let key = DatabaseKey::parse(Config::ENVIRONMENT_KEY).map_err(|rule| ConfigError::new("", rule))?;
        let mut fields = vec![(Field::Url, Some(text(entry.address.to_string())))];
        if matches!(entry.address, Address::Server(_)) {
            fields.push((Field::Database, Some(text(entry.database.as_str()))));
            fields.push((Field::Username, Some(text(&entry.username))));
        }
        if let PasswordSource::Env(variable) = &entry.password {
            fields.push((Field::PasswordEnv, Some(text(variable))));
        }
        if entry.timeout != DatabaseEntry::DEFAULT_TIMEOUT {
            fields.push((Field::Timeout, Some(Setting::Bare(entry.timeout.as_secs_f64().to_string()))));
        }
        let mut findings = Vec::new();
        if !entry.verify_certificate {
            findings.push(
                "ARANGO_VERIFY_CERTIFICATE: the file has no key for `false`; certificates are checked, and `ca_file` \
                 names the authority to trust"
                    .to_owned(),
            );
        }
        findings.push(
            "ARANGO_URL: beside a file it adds the entry `_env_default`; unset it, and of its companions keep only the \
             password"
                .to_owned(),
        );
        Ok(Self { default_database: Some(key.clone()), entries: vec![(key, fields)], findings, text: None })
    }

    /// The text of a file that says this and nothing else, and what our strict reader makes of it.
    ///
    /// # Errors
    /// When the strict reader refuses something.
    pub fn as_new(&self, path: &Path) -> Result<(String, Config), ConfigError> {
        match &self.text {
            Some(text) => Ok((text.clone(), file::parse(text, path)?)),
            None => self.add_to("", path),
        }
    }

    /// The text of a file with the entries that are not in it yet, and the default if it has none.
    ///
    /// # Errors
    /// When an entry of the same key says something else, or the text cannot be edited.
    pub fn merged_into(&self, text: &str, path: &Path) -> Result<(String, Config), ConfigError> {
        if text.is_empty() {
            return self.as_new(path);
        }
        let there = file::parse(text, path)?;
        let (_, wanted) = self.as_new(path)?;
        for (key, entry) in wanted.databases() {
            if there.entry(key).is_some_and(|old| old != entry) {
                let advice = "rename one of them, or write another file with --config-file FILE; nothing was changed";
                let problem = "the file has an entry of this key that says something else";
                return Err(ConfigError::new(format!("databases.{key}"), problem).advise(advice));
            }
        }
        self.add_to(text, path)
    }

    /// Adds what is not there.
    fn add_to(&self, text: &str, path: &Path) -> Result<(String, Config), ConfigError> {
        let mut text = text.to_owned();
        let mut config = file::parse(&text, path)?;
        for (key, fields) in &self.entries {
            if config.entry(key).is_none() {
                let change = Change::Add { key: key.clone(), fields: fields.clone() };
                (text, config) = edit::apply(&text, path, &change)?;
            }
        }
        if config.default_database().is_none() && self.default_database.is_some() {
            (text, config) = edit::apply(&text, path, &Change::SetDefault(self.default_database.clone()))?;
        }
        Ok((text, config))
    }

    /// Keys beside `databases` and `default_database`.
    fn note_other_keys(&mut self, text: &str) {
        let root = serde_saphyr::from_str::<Option<IndexMap<String, serde_json::Value>>>(text).ok().flatten();
        let known = ["version", "default_database", "databases"];
        let others = root.unwrap_or_default().into_keys().filter(|key| !known.contains(&key.as_str()));
        self.findings.extend(others.map(|key| format!("{key}: no such key here; left out")));
    }

    fn fields(
        &mut self,
        at: &str,
        key: &DatabaseKey,
        mut entry: OldEntry,
        variables: &mut Variables,
    ) -> Result<Fields, ConfigError> {
        let mut take = |name: &str| entry.shift_remove(name).flatten().filter(|value| !value.is_empty());
        let mut fields = Fields::new();
        let (url, user, in_url) = address(at, take("url"))?;
        fields.extend(url.map(|url| (Field::Url, Some(text(url)))));
        for (name, field) in KEPT {
            let value = take(name).or_else(|| user.clone().filter(|_| field == Field::Username));
            fields.extend(value.map(|value| (field, Some(text(value)))));
        }
        let timeout = take("timeout").map(|seconds| (Field::Timeout, Some(Setting::Bare(seconds))));
        fields.extend(timeout);
        let named = take("password_env");
        let variable = named.as_ref().filter(|name| is_variable_name(name));
        let literals: Vec<String> =
            file::PASSWORD_KEYS.iter().filter(|name| take(name).is_some()).map(|name| format!("{at}.{name}")).collect();
        let mut literals: Vec<String> = literals.into_iter().chain(in_url.then(|| format!("{at}.url"))).collect();
        if named.is_some() && variable.is_none() {
            literals.push(format!("{at}.password_env"));
        }
        let variable = variable.cloned().or_else(|| (!literals.is_empty()).then(|| variables.invent(key)));
        for place in literals {
            let variable = variable.as_deref().unwrap_or_default();
            self.findings.push(format!("{place}: holds a password, which is left out; set {variable} to it"));
        }
        if let Some(variable) = variable {
            // Where people look for it: after the name.
            let place =
                fields.iter().position(|(field, _)| *field == Field::Username).map_or(fields.len(), |at| at + 1);
            fields.insert(place, (Field::PasswordEnv, Some(text(variable))));
        }
        let others = entry.into_iter().filter(|(_, value)| value.is_some());
        self.findings.extend(others.map(|(name, _)| format!("{at}.{name}: no such key here; left out")));
        Ok(fields)
    }
}

/// What of the environment means something else than it did to the Python version; never with a password.
pub fn findings_of_environment(env: &dyn Env) -> Vec<String> {
    let settings = match Settings::from_env(env) {
        Ok(settings) => settings,
        Err(error) => return vec![format!("{error}; the server does not start with it")],
    };
    let unset = |name: &str| non_empty(env, name).is_none();
    let differing = [
        ("MCP_HTTP_HOST", "not set: before, all interfaces were listened on; now only 127.0.0.1"),
        ("MCP_HTTP_CORS_ORIGINS", "not set: before, every web page could call; now none can"),
    ];
    let http = settings.transport == TransportKind::Http;
    let differing = differing.into_iter().filter(|(name, _)| http && unset(name));
    differing.map(|(name, what)| format!("{name}: {what}")).collect()
}

fn text(value: impl Into<String>) -> Setting {
    Setting::Text(value.into())
}

/// An address without the user it names, that user, and whether there was a password with it.
fn address(at: &str, url: Option<String>) -> Result<(Option<String>, Option<String>, bool), ConfigError> {
    let Some(url) = url else { return Ok((None, None, false)) };
    let Ok(parsed) = SafeUrl::parse(&url) else { return Ok((Some(url), None, false)) };
    if !parsed.has_user_info() {
        return Ok((Some(url), None, false));
    }
    let exposed = parsed.expose();
    let user = percent_encoding::percent_decode_str(exposed.username()).decode_utf8();
    let user = user.map_err(|_| ConfigError::new(format!("{at}.url"), "the user in the URL is not valid Unicode"))?;
    let user = (!user.is_empty()).then(|| user.into_owned());
    let password = exposed.password().is_some();
    Ok((Some(parsed.to_string()), user, password))
}

/// The names of variables that are taken.
struct Variables(Vec<String>);

impl Variables {
    fn of(old: &OldFile) -> Self {
        let entries = old.databases.iter().flat_map(IndexMap::values).flatten();
        Self(entries.filter_map(|entry| entry.get("password_env")?.clone()).collect())
    }

    /// A name nobody has yet, after the key: `PRODUCTION_PASSWORD`.
    fn invent(&mut self, key: &DatabaseKey) -> String {
        let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let mut stem: String = key.as_str().chars().map(word).collect();
        if stem.starts_with(|c: char| c.is_ascii_digit()) {
            stem.insert_str(0, "DB_");
        }
        let mut name = format!("{stem}_PASSWORD");
        let mut number = 1;
        while self.0.contains(&name) {
            number += 1;
            name = format!("{stem}_{number}_PASSWORD");
        }
        self.0.push(name.clone());
        name
    }
}

#[cfg(test)]
mod tests;

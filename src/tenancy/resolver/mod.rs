//! Which database a call means: six levels, the first that says anything decides. Pure, so it can be tested whole.
//!
//! The level that decided is carried along with the answer. It is never found out afterwards by comparing values: two
//! levels may well name the same database.

use serde::Serialize;

use crate::config::{Config, DatabaseKey};

/// What may say which database is meant, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The `database` argument of the call.
    ToolArgument = 1,
    /// The database the session, or the `focus` handle of the call, is focused on.
    Focus,
    /// `default_database` of the configuration.
    ConfigDefault,
    /// The variable `MCP_DEFAULT_DATABASE`.
    EnvDefault,
    /// The variable `ARANGO_DB`.
    EnvArangoDb,
    /// The first configured database; with none configured, `_system` on the local server.
    BuiltIn,
}

impl Level {
    /// All levels, strongest first.
    pub const ALL: [Self; 6] =
        [Self::ToolArgument, Self::Focus, Self::ConfigDefault, Self::EnvDefault, Self::EnvArangoDb, Self::BuiltIn];

    /// 1 for the strongest to 6.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The name replies carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToolArgument => "tool_argument",
            Self::Focus => "focus",
            Self::ConfigDefault => "config_default",
            Self::EnvDefault => "env_default",
            Self::EnvArangoDb => "env_arango_db",
            Self::BuiltIn => "built_in",
        }
    }

    /// What the level is, for people and models.
    pub fn description(self) -> &'static str {
        match self {
            Self::ToolArgument => "the `database` argument of the call",
            Self::Focus => "the focused database of the session, or the `focus` handle of the call",
            Self::ConfigDefault => "`default_database` of the configuration",
            Self::EnvDefault => "the environment variable MCP_DEFAULT_DATABASE",
            Self::EnvArangoDb => "the environment variable ARANGO_DB",
            Self::BuiltIn => {
                "the first configured database, or `_system` on http://localhost:8529 with none configured"
            }
        }
    }
}

/// Everything the answer depends on.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The `database` argument of the call; an empty text counts as absent.
    pub argument: Option<&'a str>,
    /// The focused database; an empty text counts as absent.
    pub focus: Option<&'a str>,
    /// The configuration.
    pub config: &'a Config,
}

/// The database that is meant, and what decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// A key of the configuration.
    pub key: DatabaseKey,
    /// The level that decided.
    pub level: Level,
}

/// The deciding level names a database that is not configured, or more than one that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolveError {
    /// What was asked for.
    pub asked: String,
    /// The level that asked.
    pub level: Level,
    /// Every configured key, in the order of the configuration.
    pub available: Vec<DatabaseKey>,
    /// The keys whose database has the name that was asked for, when they are several.
    pub ambiguous: Vec<DatabaseKey>,
}

impl std::fmt::Display for ResolveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.available.is_empty() {
            return f.write_str("no database is configured that this caller may use");
        }
        let source = self.level.description();
        if self.ambiguous.is_empty() {
            write!(f, "database {:?} (from {source}) is not configured", self.asked)?;
            return list(f, "; configured: ", &self.available);
        }
        write!(f, "database {:?} (from {source}) could be any of several", self.asked)?;
        list(f, "; use one of the keys ", &self.ambiguous)
    }
}

impl std::error::Error for ResolveError {}

fn list(f: &mut std::fmt::Formatter<'_>, head: &str, keys: &[DatabaseKey]) -> std::fmt::Result {
    f.write_str(head)?;
    for (position, key) in keys.iter().enumerate() {
        f.write_str(if position == 0 { "" } else { ", " })?;
        write!(f, "{key}")?;
    }
    Ok(())
}

/// What one level says, for the tool that explains resolution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelReport {
    /// The level.
    pub level: Level,
    /// What it names; nothing when it is silent.
    pub value: Option<String>,
    /// The key that stands for, when there is exactly one.
    pub key: Option<DatabaseKey>,
    /// Whether this level decides. True for exactly one level, even if what it names is not configured.
    pub decides: bool,
}

/// Finds the database a call means.
///
/// # Errors
/// When the first level that says anything names no configured database, or several. Weaker levels are not asked then: a
/// call that names a tenant must never run on another one.
pub fn resolve(inputs: &Inputs<'_>) -> Result<Resolution, ResolveError> {
    let said = Level::ALL.into_iter().find_map(|level| said_by(inputs, level).map(|name| (level, name)));
    let (level, asked) = said.unwrap_or((Level::BuiltIn, ""));
    match find(inputs.config, level, asked) {
        Ok(key) => Ok(Resolution { key: key.clone(), level }),
        Err(ambiguous) => Err(ResolveError {
            asked: asked.to_owned(),
            level,
            available: inputs.config.databases().keys().cloned().collect(),
            ambiguous: ambiguous.into_iter().cloned().collect(),
        }),
    }
}

/// What every level says, and which one decides.
pub fn explain(inputs: &Inputs<'_>) -> [LevelReport; 6] {
    let mut decided = false;
    Level::ALL.map(|level| {
        let value = said_by(inputs, level);
        let decides = !decided && value.is_some();
        decided |= decides;
        LevelReport {
            level,
            value: value.map(str::to_owned),
            key: value.and_then(|name| find(inputs.config, level, name).ok().cloned()),
            decides,
        }
    })
}

fn said_by<'a>(inputs: &Inputs<'a>, level: Level) -> Option<&'a str> {
    let config = inputs.config;
    let said = match level {
        Level::ToolArgument => inputs.argument,
        Level::Focus => inputs.focus,
        Level::ConfigDefault => config.default_database().map(DatabaseKey::as_str),
        Level::EnvDefault => config.mcp_default_database(),
        Level::EnvArangoDb => config.arango_db(),
        Level::BuiltIn => config.databases().keys().next().map(DatabaseKey::as_str),
    };
    said.filter(|text| !text.is_empty())
}

/// The key `name` stands for: itself, else the one entry whose database is called so. `Err` holds the candidates when
/// they are several.
fn find<'a>(config: &'a Config, level: Level, name: &str) -> Result<&'a DatabaseKey, Vec<&'a DatabaseKey>> {
    if let Some((key, _)) = config.databases().get_key_value(name) {
        return Ok(key);
    }
    // ARANGO_DB belongs to the entry made from the same variables, whatever else has a database of that name.
    if level == Level::EnvArangoDb
        && let Some(key) = config.environment_key()
    {
        return Ok(key);
    }
    let mut named = config.databases().iter().filter(|(_, entry)| entry.database.as_str() == name).map(|(key, _)| key);
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err([first, second].into_iter().chain(named).collect()),
        (None, _) => Err(Vec::new()),
    }
}

#[cfg(test)]
mod tests;

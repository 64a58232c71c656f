//! `arango_database_resolution_status`: what each of the six levels says about the database of a call, and which decides.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
};
use crate::{
    config::{Config, Source},
    tenancy::Level,
};

#[derive(Debug)]
pub(crate) struct ResolutionStatus;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[serde(default)]
    database: Option<String>,
    #[serde(default)]
    focus: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Status {
    /// The session; null where the protocol has none.
    session_id: Option<String>,
    /// The key of the database a call would use; null if the deciding level names none that is configured.
    resolved_database: Option<String>,
    /// The level that decides: a key of `levels`.
    resolved_level: Option<&'static str>,
    /// Why no database is resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// What each level says, the strongest first.
    #[schemars(with = "std::collections::BTreeMap<String, LevelStatus>")]
    levels: IndexMap<&'static str, LevelStatus>,
    /// Where the configuration comes from.
    configuration: Configuration,
    /// The configured databases by key.
    #[schemars(with = "std::collections::BTreeMap<String, Target>")]
    databases: IndexMap<String, Target>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LevelStatus {
    /// What the level names; null when it says nothing.
    value: Option<String>,
    /// What the level is.
    description: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Configuration {
    /// `yaml_file`, `environment_variables`, `command_line` or `built_in`.
    source: &'static str,
    /// The configuration file.
    config_path: Option<String>,
    /// The default of the configuration.
    default_database: Option<String>,
    /// How many databases are configured.
    total_databases: usize,
    /// Their keys.
    database_keys: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Target {
    url: String,
    database: String,
    username: String,
    /// Seconds.
    timeout: f64,
}

impl Tool for ResolutionStatus {
    const NAME: &'static str = "arango_database_resolution_status";
    const ALIASES: &'static [&'static str] = &["arango_get_database_resolution"];
    const TITLE: &'static str = "Explain the choice of database";
    const DESCRIPTION: &'static str = "Show which database a call would use and which level decides: argument, focus, \
configured default, MCP_DEFAULT_DATABASE, ARANGO_DB, built-in.";
    const CATEGORY: Category = Category::Tenancy;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Status>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Status>, ToolError> {
        let focus = args.focus.as_deref().filter(|handle| !handle.is_empty());
        let (reports, outcome) = context.explain(args.database.as_deref(), focus).await?;
        let decides = reports.iter().find(|report| report.decides).map(|report| key_of(report.level));
        let levels = reports
            .into_iter()
            .map(|report| {
                let status = LevelStatus { value: report.value, description: report.level.description() };
                (key_of(report.level), status)
            })
            .collect();
        let (resolved, problem) = match outcome {
            Ok(resolution) => (Some(resolution.key.as_str().to_owned()), None),
            Err(error) => (None, Some(error.advice().unwrap_or(&error.message).to_owned())),
        };
        Ok(Fixed(Status {
            session_id: context.session_label().map(str::to_owned),
            resolved_database: resolved,
            resolved_level: decides,
            problem,
            levels,
            configuration: configuration(&context.config),
            databases: databases(&context.config),
        }))
    }
}

/// The key of a level in the reply; the first three are those of the Python original.
const fn key_of(level: Level) -> &'static str {
    match level {
        Level::ToolArgument => "1_per_tool_override",
        Level::Focus => "2_focused_database",
        Level::ConfigDefault => "3_config_default",
        Level::EnvDefault => "4_env_mcp_default_database",
        Level::EnvArangoDb => "5_env_arango_db",
        Level::BuiltIn => "6_built_in_default",
    }
}

fn configuration(config: &Config) -> Configuration {
    let (source, config_path) = match config.source() {
        Source::File(path) => ("yaml_file", Some(path.display().to_string())),
        Source::Environment => ("environment_variables", None),
        Source::CommandLine => ("command_line", None),
        Source::BuiltIn => ("built_in", None),
    };
    Configuration {
        source,
        config_path,
        default_database: config.default_database().map(|key| key.as_str().to_owned()),
        total_databases: config.databases().len(),
        database_keys: config.databases().keys().map(|key| key.as_str().to_owned()).collect(),
    }
}

fn databases(config: &Config) -> IndexMap<String, Target> {
    let target = |entry: &crate::config::DatabaseEntry| Target {
        url: entry.address.to_string(),
        database: entry.database.as_str().to_owned(),
        username: entry.username.clone(),
        timeout: entry.timeout.as_secs_f64(),
    };
    config.databases().iter().map(|(key, entry)| (key.as_str().to_owned(), target(entry))).collect()
}

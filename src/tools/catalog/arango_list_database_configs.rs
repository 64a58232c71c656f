//! `arango_list_database_configs`: how each database is configured and whether it answers. Where a password comes from
//! is told, what it is never.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    probes::{self, Found},
    tool::{Category, Fixed, Tool},
};
use crate::config::{AuthMethod, DatabaseEntry, Origin, PasswordSource};

#[derive(Debug)]
pub(crate) struct ListDatabaseConfigs;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    /// The configured databases, in the order of the configuration.
    configs: Vec<Entry>,
    /// How many there are.
    total_count: usize,
    /// The default of the configuration.
    default_database: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// What to give as `database`.
    key: String,
    url: String,
    database: String,
    username: String,
    /// `basic` or `jwt`.
    auth: &'static str,
    /// Where the password comes from: `none`, `variable NAME` or `file`.
    password_from: String,
    /// Seconds one request may take.
    timeout: f64,
    /// Whether writing is refused.
    read_only: bool,
    /// What has to be confirmed: `never` or `destructive`.
    confirm: &'static str,
    is_default: bool,
    /// `file`, `environment`, `command_line` or `built_in`.
    origin: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    found: Found,
}

impl Tool for ListDatabaseConfigs {
    const NAME: &'static str = "arango_list_database_configs";
    const ALIASES: &'static [&'static str] = &["list_database_configs"];
    const TITLE: &'static str = "List database configurations";
    const DESCRIPTION: &'static str = "List every configured database in full (address, user, limits, origin, no \
password) and its connection status. Keys only: list_available_databases.";
    const CATEGORY: Category = Category::Tenancy;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Listed>;

    async fn call(context: &CallContext, _args: Args) -> Result<Fixed<Listed>, ToolError> {
        let default = context.config.default_database().map(|key| key.as_str().to_owned());
        let found = probes::all(context).await.into_iter();
        let configs: Vec<_> = found
            .map(|(key, entry, found)| {
                let is_default = default.as_ref() == Some(&key);
                shown(key, entry, is_default, found)
            })
            .collect();
        Ok(Fixed(Listed { total_count: configs.len(), configs, default_database: default }))
    }
}

fn shown(key: String, entry: &DatabaseEntry, is_default: bool, found: Found) -> Entry {
    Entry {
        key,
        url: entry.address.to_string(),
        database: entry.database.as_str().to_owned(),
        username: entry.username.clone(),
        auth: match entry.auth {
            AuthMethod::Basic => "basic",
            AuthMethod::Jwt => "jwt",
        },
        password_from: match &entry.password {
            PasswordSource::None => "none".to_owned(),
            PasswordSource::Env(variable) => format!("variable {variable}"),
            PasswordSource::File(_) => "file".to_owned(),
        },
        timeout: entry.timeout.as_secs_f64(),
        read_only: entry.read_only,
        confirm: entry.confirm.name(),
        is_default,
        origin: match entry.origin {
            Origin::File => "file",
            Origin::Environment => "environment",
            Origin::CommandLine => "command_line",
            Origin::BuiltIn => "built_in",
        },
        description: entry.description.clone(),
        found,
    }
}

//! `list_available_databases`: the configured databases. No secrets: addresses print without credentials.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
};

#[derive(Debug)]
pub(crate) struct ListAvailableDatabases;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Available {
    /// The configured databases, in the order of the configuration.
    databases: Vec<Entry>,
    /// How many there are.
    total_count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// What to give as `database`.
    key: String,
    /// Where it is.
    url: String,
    /// Its name on that server.
    database: String,
    /// The user this server works as.
    username: String,
    /// What people say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Whether writing is refused.
    read_only: bool,
    /// Whether it is the default of the configuration.
    is_default: bool,
}

impl Tool for ListAvailableDatabases {
    const NAME: &'static str = "list_available_databases";
    const ALIASES: &'static [&'static str] = &["arango_list_available_databases"];
    const TITLE: &'static str = "List configured databases";
    const DESCRIPTION: &'static str = "List the configured databases without connecting: key (for `database` and \
set_focused_database), address, database name, description.";
    const CATEGORY: Category = Category::Tenancy;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Available>;

    async fn call(context: &CallContext, _args: Args) -> Result<Fixed<Available>, ToolError> {
        let config = &context.config;
        let databases: Vec<Entry> = config
            .databases()
            .iter()
            .map(|(key, entry)| Entry {
                key: key.as_str().to_owned(),
                url: entry.address.to_string(),
                database: entry.database.as_str().to_owned(),
                username: entry.username.clone(),
                description: entry.description.clone(),
                read_only: entry.read_only,
                is_default: config.default_database() == Some(key),
            })
            .collect();
        Ok(Fixed(Available { total_count: databases.len(), databases }))
    }
}

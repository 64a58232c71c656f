//! `arango_database_status`: which of the configured databases answer. All are asked at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    probes::{self, Found, Status},
    tool::{Category, Fixed, Tool},
};

#[derive(Debug)]
pub(crate) struct DatabaseStatus;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[serde(default)]
    focus: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Overview {
    /// The numbers.
    summary: Summary,
    /// The configured databases.
    databases: Vec<Entry>,
    /// The session; null where the protocol has none.
    session_id: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Summary {
    total: usize,
    connected: usize,
    failed: usize,
    /// The key of the focused database.
    focused_database: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    /// What to give as `database`.
    key: String,
    url: String,
    database: String,
    username: String,
    is_focused: bool,
    #[serde(flatten)]
    found: Found,
}

impl Tool for DatabaseStatus {
    const NAME: &'static str = "arango_database_status";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Check all databases";
    const DESCRIPTION: &'static str = "Connect to every configured database; returns versions, which failed and why, \
which is focused. list_available_databases does not connect.";
    const CATEGORY: Category = Category::Health;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Overview>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Overview>, ToolError> {
        let focused = context.focused(args.focus.as_deref().filter(|handle| !handle.is_empty())).await?;
        let focused = focused.map(|key| key.as_str().to_owned());
        let databases: Vec<Entry> = probes::all(context)
            .await
            .into_iter()
            .map(|(key, entry, found)| Entry {
                is_focused: focused.as_ref() == Some(&key),
                key,
                url: entry.address.to_string(),
                database: entry.database.as_str().to_owned(),
                username: entry.username.clone(),
                found,
            })
            .collect();
        let connected = databases.iter().filter(|entry| entry.found.status == Status::Connected).count();
        let total = databases.len();
        let summary = Summary { total, connected, failed: total - connected, focused_database: focused };
        Ok(Fixed(Overview { summary, databases, session_id: context.session_label().map(str::to_owned) }))
    }
}

//! `get_focused_database`: which database calls are focused on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::CallContext,
    effect::Effect,
    error::ToolError,
    tool::{Category, Fixed, Tool},
};

#[derive(Debug)]
pub(crate) struct GetFocusedDatabase;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    #[serde(default)]
    focus: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Focus {
    /// The focused database; null without focus.
    focused_database: Option<String>,
    /// The session that was asked; null where the protocol has none.
    session_id: Option<String>,
    /// Whether there is a focus.
    is_set: bool,
}

impl Tool for GetFocusedDatabase {
    const NAME: &'static str = "get_focused_database";
    const ALIASES: &'static [&'static str] = &["arango_get_focused_database"];
    const TITLE: &'static str = "Show the focused database";
    const DESCRIPTION: &'static str = "Tell which database the session or a `focus` handle is focused on. Which one a \
call would use: arango_database_resolution_status.";
    const CATEGORY: Category = Category::Tenancy;
    const EFFECT: Effect = Effect::Read;
    type Args = Args;
    type Output = Fixed<Focus>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Focus>, ToolError> {
        let focused = context.focused(args.focus.as_deref().filter(|handle| !handle.is_empty())).await?;
        Ok(Fixed(Focus {
            is_set: focused.is_some(),
            focused_database: focused.map(|key| key.as_str().to_owned()),
            session_id: context.session_label().map(str::to_owned),
        }))
    }
}

//! `set_focused_database`: chooses the database for the calls that follow. It never reports a focus that will not hold:
//! where the protocol has no sessions it says that nothing is remembered and that the handle has to be passed on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    context::{CallContext, not_configured},
    effect::Effect,
    error::{Kind, ToolError},
    tool::{Category, Fixed, Tool},
};
use crate::{
    config::DatabaseKey,
    tenancy::{Inputs, resolver},
};

#[derive(Debug)]
pub(crate) struct SetFocusedDatabase;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// A key from `list_available_databases`.
    #[serde(default)]
    database: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are those clients know")]
pub(crate) struct Focused {
    /// Always true; failures are errors.
    success: bool,
    /// The focused database; absent or null without focus.
    focused_database: Option<String>,
    /// The session that remembers it; null where nothing is remembered.
    session_id: Option<String>,
    /// Whether calls of this session use it from now on without being told.
    remembered: bool,
    /// Pass this as `focus` in later calls, where nothing is remembered or from another session.
    focus: Option<String>,
    /// What calls without a choice use now; after unsetting.
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback_database: Option<String>,
    /// The same in words.
    message: String,
}

impl Tool for SetFocusedDatabase {
    const NAME: &'static str = "set_focused_database";
    const ALIASES: &'static [&'static str] = &["arango_set_focused_database"];
    const TITLE: &'static str = "Focus on a database";
    const DESCRIPTION: &'static str = "Choose the database for later calls that name none; without `database`, none. \
If `remembered` is false, pass the returned `focus` handle (good for 12 hours) with each later call.";
    const CATEGORY: Category = Category::Tenancy;
    const EFFECT: Effect = Effect::Session;
    type Args = Args;
    type Output = Fixed<Focused>;

    async fn call(context: &CallContext, args: Args) -> Result<Fixed<Focused>, ToolError> {
        match args.database.filter(|name| !name.is_empty()) {
            Some(name) => focus_on(context, &name).await.map(Fixed),
            None => unfocus(context).await.map(Fixed),
        }
    }
}

async fn focus_on(context: &CallContext, name: &str) -> Result<Focused, ToolError> {
    let inputs = Inputs { argument: Some(name), focus: None, config: &context.config };
    let key = resolver::resolve(&inputs).map_err(|error| unknown(&error))?.key;
    let handle = context.services.focus.seal(&key, &context.caller.principal);
    let remembered = context.remember(Some(key.clone())).await?;
    let message = if remembered {
        format!("calls of this session now use {key} unless they name another database")
    } else {
        "nothing is remembered here: pass `focus` with each later call".to_owned()
    };
    Ok(Focused {
        success: true,
        focused_database: Some(key.as_str().to_owned()),
        session_id: context.session_label().map(str::to_owned),
        remembered,
        focus: Some(handle),
        fallback_database: None,
        message,
    })
}

async fn unfocus(context: &CallContext) -> Result<Focused, ToolError> {
    let remembered = context.remember(None).await?;
    let inputs = Inputs { argument: None, focus: None, config: &context.config };
    let fallback = resolver::resolve(&inputs).ok().map(|resolution| resolution.key);
    let fallback_text = fallback.as_ref().map_or("no database", DatabaseKey::as_str);
    let message = if remembered {
        format!("no focus any more; calls of this session now use {fallback_text} unless they name another database")
    } else {
        format!("nothing is remembered here: calls without `focus` or `database` use {fallback_text}")
    };
    Ok(Focused {
        success: true,
        focused_database: None,
        session_id: context.session_label().map(str::to_owned),
        remembered,
        focus: None,
        fallback_database: fallback.map(|key| key.as_str().to_owned()),
        message,
    })
}

fn unknown(error: &resolver::ResolveError) -> ToolError {
    let mut failure = not_configured(error).with("success", false);
    failure.kind = Kind::DatabaseNotConfigured;
    failure.message = format!("Database '{}' not configured", error.asked);
    failure
}

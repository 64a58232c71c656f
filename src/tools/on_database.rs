//! Makes a tool of something that works on a database: adds the arguments `database` and `focus`, takes them out again,
//! resolves, connects and refuses writes to read-only databases. No tool repeats any of that, and none can get it wrong.

use std::{borrow::Cow, marker::PhantomData};

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value, json};

use super::{
    confirm::confirm,
    context::CallContext,
    effect::Effect,
    error::{Kind, ToolError},
    query_error,
    schema::{self, JsonObject},
    tool::{Category, DatabaseTool, Tool},
};
use crate::{
    arango::Database,
    config::{Config, Confirm, DatabaseEntry, DatabaseKey, Forbidding},
    dump,
    tenancy::{Allowance, Slot},
};

/// The database a call works on.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    /// The call, for the few tools that need to know who asks.
    pub(crate) context: &'a CallContext,
    pub(crate) database: Database,
    pub(crate) entry: &'a DatabaseEntry,
}

impl Target<'_> {
    /// Where backups are.
    pub(crate) fn backups(&self) -> &dump::Root {
        &self.context.services.backups
    }
}

/// The adapter.
#[derive(Debug)]
pub(crate) struct OnDatabase<T>(PhantomData<T>);

const DATABASE: &str = "database";
const FOCUS: &str = "focus";
/// The argument with the token of a confirmation.
pub(crate) const CONFIRM: &str = "confirm";

/// The arguments that say where and by whose leave a call is made, not what it does.
pub(crate) const AROUND: [&str; 3] = [DATABASE, FOCUS, CONFIRM];

/// The arguments of the tool itself, and where to run.
#[derive(Debug)]
pub(crate) struct Targeted<A> {
    database: Option<String>,
    focus: Option<String>,
    confirm: Option<String>,
    own: A,
}

// By hand, because serde's `flatten` and `deny_unknown_fields` do not go together.
impl<'de, A: DeserializeOwned> Deserialize<'de> for Targeted<A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Map::<String, Value>::deserialize(deserializer)?;
        let mut take = |name: &str| match all.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
            Some(_) => Err(D::Error::custom(format!("`{name}` must be a string"))),
        };
        let (database, focus, confirm) = (take(DATABASE)?, take(FOCUS)?, take(CONFIRM)?);
        let own = serde_json::from_value(Value::Object(all)).map_err(D::Error::custom)?;
        Ok(Self { database, focus, confirm, own })
    }
}

impl<A: JsonSchema> JsonSchema for Targeted<A> {
    fn schema_name() -> Cow<'static, str> {
        A::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        A::json_schema(generator)
    }
}

impl<T: DatabaseTool> Tool for OnDatabase<T> {
    const NAME: &'static str = T::NAME;
    const ALIASES: &'static [&'static str] = T::ALIASES;
    const TITLE: &'static str = T::TITLE;
    const DESCRIPTION: &'static str = T::DESCRIPTION;
    const CATEGORY: Category = T::CATEGORY;
    const EFFECT: Effect = T::EFFECT;
    const CONFIRMABLE: bool = T::DESTROYS.is_some();
    type Args = Targeted<T::Args>;
    type Output = T::Output;

    fn input_schema() -> JsonObject {
        let mut schema = schema::of_arguments::<T::Args>();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            // What they mean is said once, in the server's instructions and by the tools about databases.
            for name in [DATABASE, FOCUS] {
                properties.insert(name.to_owned(), json!({ "type": "string" }));
            }
        }
        schema
    }

    async fn call(context: &CallContext, args: Self::Args) -> Result<Self::Output, ToolError> {
        let resolution = context.resolve(args.database.as_deref(), args.focus.as_deref()).await?;
        let Some(entry) = context.config.entry(&resolution.key) else {
            return Err(ToolError::new(Kind::DatabaseNotConfigured, "Target database not configured."));
        };
        if entry.read_only {
            may_read(&context.config, &resolution.key, T::writes(&args.own))?;
        }
        let _slot = admitted(context, &resolution.key, entry)?;
        let database = context.connect(&resolution.key).await?.within(T::limits(&args.own));
        let limits = database.limits();
        let target = Target { context, database, entry };
        match entry.confirm {
            Confirm::Never => {}
            Confirm::Destructive => {
                if let Some(destruction) = T::DESTROYS.and_then(|destroys| destroys(&args.own)) {
                    confirm(&target, T::NAME, &destruction, args.confirm.as_deref()).await?;
                }
            }
        }
        let outcome = T::call(&target, args.own).await;
        outcome.map_err(|error| query_error::with_limits(error, limits))
    }
}

/// Counts the call where the database takes only so many, until the slot is dropped.
fn admitted(
    context: &CallContext,
    key: &DatabaseKey,
    entry: &DatabaseEntry,
) -> Result<Option<Slot<DatabaseKey>>, ToolError> {
    let allowed = Allowance { per_second: entry.rate_limit, at_once: entry.max_calls };
    if allowed == Allowance::default() {
        return Ok(None);
    }
    context.services.quotas.enter(key, allowed).map(Some).map_err(|exceeded| {
        let millis = u64::try_from(exceeded.retry_after().as_millis()).unwrap_or(u64::MAX);
        let message = format!("database {:?} takes no more calls right now: {exceeded}", key.as_str());
        ToolError::new(Kind::RateLimited, message)
            .hint(format!("try again in {millis} ms; nothing was done"))
            .with("retry_after_ms", millis)
    })
}

/// Whether a call may go on where nothing may be written. What cannot be told is refused like a write.
fn may_read(
    config: &Config,
    key: &DatabaseKey,
    writes: Result<Option<Cow<'static, str>>, ToolError>,
) -> Result<(), ToolError> {
    match writes {
        Ok(None) => Ok(()),
        Ok(Some(why)) => Err(read_only(config, Some(key), &why)),
        Err(mut unknown) => {
            unknown.kind = Kind::ReadOnly;
            unknown.message = format!("{}, and {}", whose(config, Some(key)), unknown.message);
            Err(unknown)
        }
    }
}

/// The error for a call that writes where nothing may be written.
pub(crate) fn read_only(config: &Config, key: Option<&DatabaseKey>, why: &str) -> ToolError {
    let cure = match config.forbids_writing() {
        Some(Forbidding::Server) => "start it without --read-only",
        Some(Forbidding::Rights) => "give you more rights",
        None => "change `read_only` in the configuration",
    };
    ToolError::new(Kind::ReadOnly, format!("{}, and {why}", whose(config, key)))
        .hint(format!("only reading is allowed here; an administrator can {cure}"))
}

/// What it is that may not be written to.
fn whose(config: &Config, key: Option<&DatabaseKey>) -> String {
    match (config.forbids_writing(), key) {
        (Some(Forbidding::Server), _) => "this server runs as read-only".to_owned(),
        (Some(Forbidding::Rights), _) => "you have the right to read only".to_owned(),
        (None, Some(key)) => format!("database {:?} is configured as read-only", key.as_str()),
        (None, None) => "every configured database is read-only".to_owned(),
    }
}

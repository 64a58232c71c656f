//! Makes a tool of something that works on a database: adds the arguments `database` and `focus`, takes them out again,
//! resolves, connects and refuses writes to read-only databases. No tool repeats any of that, and none can get it wrong.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value, json};

use super::{
    context::CallContext,
    effect::Effect,
    error::{Kind, ToolError},
    query_error,
    schema::{self, JsonObject},
    tool::{Category, DatabaseTool, Tool},
};
use crate::{arango::Database, config::DatabaseEntry, dump};

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

/// The arguments of the tool itself, and where to run.
#[derive(Debug)]
pub(crate) struct Targeted<A> {
    database: Option<String>,
    focus: Option<String>,
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
        let (database, focus) = (take(DATABASE)?, take(FOCUS)?);
        let own = serde_json::from_value(Value::Object(all)).map_err(D::Error::custom)?;
        Ok(Self { database, focus, own })
    }
}

impl<A: JsonSchema> JsonSchema for Targeted<A> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
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
    type Args = Targeted<T::Args>;
    type Output = T::Output;

    fn input_schema() -> JsonObject {
        let mut schema = schema::of_arguments::<T::Args>();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            let database = "Database key. Default: the focused database.";
            let focus = "Handle from set_focused_database.";
            properties.insert(DATABASE.to_owned(), json!({ "type": "string", "description": database }));
            properties.insert(FOCUS.to_owned(), json!({ "type": "string", "description": focus }));
        }
        schema
    }

    async fn call(context: &CallContext, args: Self::Args) -> Result<Self::Output, ToolError> {
        let resolution = context.resolve(args.database.as_deref(), args.focus.as_deref()).await?;
        let Some(entry) = context.services.config.entry(&resolution.key) else {
            return Err(ToolError::new(Kind::DatabaseNotConfigured, "Target database not configured."));
        };
        if entry.read_only && (T::EFFECT.always_writes() || T::writes(&args.own)) {
            let problem = format!("database {:?} is configured as read-only", resolution.key.as_str());
            return Err(ToolError::new(Kind::ReadOnly, problem)
                .hint("only reading is allowed here; an administrator can change `read_only` in the configuration"));
        }
        let database = context.connect(&resolution.key).await?.within(T::limits(&args.own));
        let limits = database.limits();
        let outcome = T::call(&Target { context, database, entry }, args.own).await;
        outcome.map_err(|error| query_error::with_limits(error, limits))
    }
}

//! What a tool is: its metadata as constants (none has a default, so the compiler asks for each) and one async function
//! from decoded arguments to a result.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    confirm::Destruction,
    context::CallContext,
    effect::Effect,
    error::ToolError,
    on_database::Target,
    reply::{Payload, Shape},
    schema::{self, JsonObject},
};
use crate::arango::AskedLimits;

/// What a tool is about; used for grouping and searching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Queries, collections and documents.
    CoreData,
    /// Indexes, and the plans that use them.
    Indexing,
    /// Queries that are built or measured.
    Query,
    /// Making named graphs, filling them and walking along their edges.
    GraphBasic,
    /// Looking after whole graphs: integrity, statistics, backup, restore.
    GraphAdvanced,
    /// Other names of tools, listed because agents know them.
    Aliases,
    /// Checked and bulk writes, and checks of what is stored.
    Validation,
    /// JSON Schemas of documents.
    Schema,
    /// Whether databases answer.
    Health,
    /// Which databases there are and which one is in use.
    Tenancy,
    /// Which tools there are and which of them are in use.
    Discovery,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::CoreData,
        Self::Indexing,
        Self::Validation,
        Self::Schema,
        Self::Query,
        Self::GraphBasic,
        Self::GraphAdvanced,
        Self::Aliases,
        Self::Health,
        Self::Tenancy,
        Self::Discovery,
    ];

    /// The name clients know the category by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CoreData => "core_data",
            Self::Indexing => "indexing",
            Self::Query => "query",
            Self::GraphBasic => "graph_basic",
            Self::GraphAdvanced => "graph_advanced",
            Self::Aliases => "aliases",
            Self::Validation => "validation",
            Self::Schema => "schema",
            Self::Health => "health",
            Self::Tenancy => "tenancy",
            Self::Discovery => "discovery",
        }
    }
}

/// A tool.
pub(crate) trait Tool: Send + Sync + 'static {
    /// The name it is listed under.
    const NAME: &'static str;
    /// Names it is also called by, which are not listed.
    const ALIASES: &'static [&'static str];
    /// A short title for people.
    const TITLE: &'static str;
    /// What a model reads: what it does, what it returns, when to use another tool instead.
    const DESCRIPTION: &'static str;
    /// What it is about.
    const CATEGORY: Category;
    /// What it does to the world.
    const EFFECT: Effect;
    /// What it takes.
    type Args: DeserializeOwned + JsonSchema + Send;
    /// What it returns.
    type Output: Output;

    /// Whether a call may have to be confirmed, so that it takes `confirm`.
    const CONFIRMABLE: bool = false;

    /// The schema of its arguments.
    fn input_schema() -> JsonObject {
        schema::of_arguments::<Self::Args>()
    }

    /// Runs it.
    fn call(context: &CallContext, args: Self::Args) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// Says what a call with these arguments would destroy; nothing if it destroys nothing.
pub(crate) type Destroys<A> = fn(&A) -> Option<Destruction>;

/// A tool that works on one database. [`super::on_database::OnDatabase`] makes a [`Tool`] of it, so that it never sees
/// sessions, focus or configuration.
pub(crate) trait DatabaseTool: Send + Sync + 'static {
    /// As [`Tool::NAME`].
    const NAME: &'static str;
    /// As [`Tool::ALIASES`].
    const ALIASES: &'static [&'static str];
    /// As [`Tool::TITLE`].
    const TITLE: &'static str;
    /// As [`Tool::DESCRIPTION`].
    const DESCRIPTION: &'static str;
    /// As [`Tool::CATEGORY`].
    const CATEGORY: Category;
    /// As [`Tool::EFFECT`].
    const EFFECT: Effect;
    /// As [`Tool::Args`].
    type Args: DeserializeOwned + JsonSchema + Send;
    /// As [`Tool::Output`].
    type Output: Output;

    /// What this very call takes away or replaces, for tools that can: it is confirmed first where that is asked for.
    const DESTROYS: Option<Destroys<Self::Args>> = None;

    /// What in this very call changes data; asked on a read-only database where the effect does not say it already.
    ///
    /// # Errors
    /// When that cannot be told, and why.
    fn writes(_args: &Self::Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        Ok(Self::EFFECT.always_writes().then_some(Cow::Borrowed("the tool always writes")))
    }

    /// What this very call asks its queries to be limited to, below what is configured.
    fn limits(_args: &Self::Args) -> AskedLimits {
        AskedLimits::default()
    }

    /// Runs it.
    fn call(target: &Target<'_>, args: Self::Args) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// What a tool may return.
pub(crate) trait Output: Send + Sized {
    /// The schema of the structured content, where the result has a fixed shape.
    fn schema() -> Option<JsonObject>;

    /// The result as JSON.
    fn into_payload(self) -> Result<Payload, ToolError>;
}

/// An object of a fixed shape.
#[derive(Debug)]
pub(crate) struct Fixed<T>(pub(crate) T);

impl<T: Serialize + JsonSchema + Send> Output for Fixed<T> {
    fn schema() -> Option<JsonObject> {
        Some(schema::of_result::<T>())
    }

    fn into_payload(self) -> Result<Payload, ToolError> {
        Payload::of_value(&serialized(self.0)?, Shape::Object)
    }
}

/// A short list; structured content wraps it as `items`.
#[derive(Debug)]
pub(crate) struct Items<T>(pub(crate) Vec<T>);

/// What the structured content of [`Items`] looks like.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Wrapped<T> {
    items: Vec<T>,
}

impl<T: Serialize + JsonSchema + Send> Output for Items<T> {
    fn schema() -> Option<JsonObject> {
        Some(schema::of_result::<Wrapped<T>>())
    }

    fn into_payload(self) -> Result<Payload, ToolError> {
        Payload::of_value(&serialized(self.0)?, Shape::Items)
    }
}

/// A JSON value that is ready already, of no fixed shape.
impl Output for Payload {
    fn schema() -> Option<JsonObject> {
        None
    }

    fn into_payload(self) -> Result<Payload, ToolError> {
        Ok(self)
    }
}

fn serialized(result: impl Serialize) -> Result<Value, ToolError> {
    serde_json::to_value(result).map_err(|error| ToolError::internal(&error))
}

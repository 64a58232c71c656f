//! Why a tool failed, in the words a model needs to mend its call: what happened, ArangoDB's own number and text, and a
//! hint at what to do next. One shape for every tool.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::{
    arango::{self, TransportErrorKind},
    wire::{ErrorNum, NameError},
};

use super::schema::JsonObject;

/// The kind of a failure; its name stands in the reply as `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The arguments do not fit the tool.
    Validation,
    /// The database asked for is not configured.
    DatabaseNotConfigured,
    /// A sealed `focus` handle is not valid (any more).
    Focus,
    /// No connection to the database could be made.
    Connection,
    /// A collection does not exist.
    CollectionNotFound,
    /// The database answered with an error.
    Arango,
    /// The AQL text does not parse, or asks for what does not exist.
    Query,
    /// A handle of `arango_fetch_more` names no rows (any more).
    Handle,
    /// Something exists already and is different.
    Conflict,
    /// There is no named graph at all.
    NoGraphs,
    /// The session has put the tool away.
    NotLoaded,
    /// The caller has no right to use the tool.
    Forbidden,
    /// The database is configured as read-only.
    ReadOnly,
    /// The call has to be confirmed first.
    ConfirmationRequired,
    /// What should confirm the call does not.
    ConfirmationRefused,
    /// A person said no, or nothing.
    Declined,
    /// The database takes no more calls right now.
    RateLimited,
    /// A file cannot be read or written.
    File,
    /// The call could not be recorded in the audit log, which is required.
    Unrecorded,
    /// The call took too long.
    Timeout,
    /// A fault of this server.
    Internal,
}

impl Kind {
    /// The name in replies and in the audit log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validation => "ValidationError",
            Self::DatabaseNotConfigured => "DatabaseNotConfigured",
            Self::Focus => "FocusError",
            Self::Connection => "ConnectionError",
            Self::CollectionNotFound => "CollectionNotFound",
            Self::Arango => "ArangoError",
            Self::Query => "QueryError",
            Self::Handle => "HandleError",
            Self::Conflict => "ConflictError",
            Self::NoGraphs => "NoGraphsFound",
            Self::NotLoaded => "ToolNotLoaded",
            Self::Forbidden => "PermissionDenied",
            Self::ReadOnly => "ReadOnlyError",
            Self::ConfirmationRequired => "ConfirmationRequired",
            Self::ConfirmationRefused => "ConfirmationRefused",
            Self::Declined => "Declined",
            Self::RateLimited => "RateLimited",
            Self::File => "FileError",
            Self::Unrecorded => "AuditUnavailable",
            Self::Timeout => "TimeoutError",
            Self::Internal => "InternalError",
        }
    }
}

/// A failed call.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    pub(crate) kind: Kind,
    pub(crate) message: String,
    // In a box, so that every `Result` of a tool stays small.
    more: Box<More>,
}

#[derive(Debug, Clone, Default)]
struct More {
    hint: Option<Cow<'static, str>>,
    code: Option<ErrorNum>,
    http: Option<u16>,
    /// More keys of the reply.
    details: JsonObject,
}

impl ToolError {
    /// A failure without number or hint.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), more: Box::default() }
    }

    /// An argument that does not fit: which one, and why.
    pub(crate) fn argument(name: &str, reason: &str, problem: impl Into<String>) -> Self {
        let message = problem.into();
        let detail = json!([{ "type": reason, "loc": [name], "msg": message }]);
        Self::new(Kind::Validation, format!("ValidationError: {message}")).with("details", detail)
    }

    /// A fault of ours, told without its inner workings.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a result could not be made into JSON");
        Self::new(Kind::Internal, "the result could not be made into JSON; this is a fault of the server")
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.more.hint = Some(hint.into());
        self
    }

    /// Adds ArangoDB's number and the HTTP status.
    #[must_use]
    pub(crate) fn numbered(mut self, code: ErrorNum, http: u16) -> Self {
        self.more.code = Some(code);
        self.more.http = Some(http);
        self
    }

    /// Adds ArangoDB's number where the server was not asked.
    #[must_use]
    pub(crate) fn coded(mut self, code: ErrorNum) -> Self {
        self.more.code = Some(code);
        self
    }

    /// Adds a key to the reply.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.details.insert(key.to_owned(), value.into());
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// ArangoDB's number, when the database gave one.
    pub(crate) fn code(&self) -> Option<ErrorNum> {
        self.more.code
    }

    /// What to do next.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.more.hint.as_deref()
    }

    /// The argument it is about, when it is about one.
    pub(crate) fn argument_name(&self) -> Option<&str> {
        self.more.details.get("details")?.get(0)?.get("loc")?.get(0)?.as_str()
    }

    /// The JSON a client sees.
    pub(crate) fn body(&self, tool: &str, database: Option<&str>) -> JsonObject {
        let mut body = Map::new();
        body.insert("error".to_owned(), self.message.clone().into());
        body.insert("type".to_owned(), self.kind.name().into());
        body.insert("tool".to_owned(), tool.into());
        if let Some(code) = self.more.code {
            body.insert("code".to_owned(), code.0.into());
            body.insert("errorNum".to_owned(), code.0.into());
        }
        if let Some(http) = self.more.http {
            body.insert("http".to_owned(), http.into());
        }
        if let Some(hint) = &self.more.hint {
            body.insert("hint".to_owned(), hint.as_ref().into());
        }
        if let Some(database) = database {
            body.insert("database".to_owned(), database.into());
        }
        for (key, value) in &self.more.details {
            body.insert(key.clone(), value.clone());
        }
        body
    }
}

impl From<NameError> for ToolError {
    fn from(error: NameError) -> Self {
        Self::new(Kind::Validation, format!("ValidationError: {error}"))
    }
}

/// What to do about an ArangoDB error, where that is not obvious from its text.
fn advice(code: ErrorNum) -> Option<&'static str> {
    match code {
        ErrorNum::DATA_SOURCE_NOT_FOUND => {
            Some("call arango_list_collections for the names there are, or arango_create_collection to make one")
        }
        ErrorNum::DOCUMENT_NOT_FOUND => Some("no document has this key; look keys up with arango_query"),
        ErrorNum::DOCUMENT_KEY_BAD => Some(
            "a key has 1 to 254 of: letters, digits and _ - : . @ ( ) + , = ; $ ! * ' %; leave `_key` out to get one",
        ),
        ErrorNum::INVALID_EDGE_ATTRIBUTE => Some(
            "give `_from` and `_to` as ids of documents, `collection/key`; arango_add_edge takes them as arguments",
        ),
        ErrorNum::UNIQUE_CONSTRAINT_VIOLATED => {
            Some("a document with this key or unique value exists already; change it with arango_update")
        }
        ErrorNum::VALIDATION_FAILED => {
            Some("the collection has a schema; `RETURN SCHEMA_GET('collection')` shows what a document must look like")
        }
        ErrorNum::CONFLICT => Some("another writer changed the document at the same moment; try again"),
        ErrorNum::DATABASE_NOT_FOUND => {
            Some("the server has no database of this name; check the configured `database`")
        }
        ErrorNum::HTTP_UNAUTHORIZED | ErrorNum::FORBIDDEN => {
            Some("the configured user may not do this; an administrator has to grant it")
        }
        ErrorNum::QUERY_KILLED => Some("the query ran into its time limit; narrow it with FILTER, an index or LIMIT"),
        ErrorNum::RESOURCE_LIMIT => Some("the query needs too much memory; narrow it with FILTER or LIMIT"),
        ErrorNum::QUERY_NOT_FOUND => Some("no such query runs (any more); arango_list_queries shows those that do"),
        ErrorNum::QUERY_BIND_PARAMETER_MISSING => Some("give every @name of the query a value in bind_vars"),
        ErrorNum::QUERY_BIND_PARAMETER_UNDECLARED => Some(
            "remove the value from bind_vars or use it in the query; a collection is bound as @@name with key \"@name\"",
        ),
        ErrorNum::QUERY_FUNCTION_NAME_UNKNOWN => Some("AQL has no such function; check the spelling"),
        ErrorNum::QUERY_COLLECTION_LOCK_FAILED => {
            Some("in a cluster, name the vertex collections with WITH at the beginning of the query")
        }
        ErrorNum::GRAPH_NOT_FOUND => Some("call arango_list_graphs for the names there are"),
        ErrorNum::GRAPH_EMPTY => Some("the graph has no edges to follow; add some with arango_add_edge_definition"),
        ErrorNum::GRAPH_COLLECTION_USE_IN_MULTI_GRAPHS => {
            Some("another graph gives this edge collection other ends; give the same, or use another edge collection")
        }
        ErrorNum::GRAPH_EDGE_DEFINITION_IS_DOCUMENT | ErrorNum::COLLECTION_TYPE_INVALID => {
            Some("edges need an edge collection; arango_create_collection with type `edge` makes one")
        }
        ErrorNum::GRAPH_NEGATIVE_EDGE_WEIGHT => Some("weights must not be negative; use another weight_attribute"),
        _ => None,
    }
}

fn transport_advice(kind: TransportErrorKind) -> Option<&'static str> {
    match kind {
        TransportErrorKind::Connect => {
            Some("no connection to the database server; is it running, and is its `url` right?")
        }
        TransportErrorKind::Timeout => {
            Some("the server took too long; narrow the query, or raise `timeout` in the configuration")
        }
        TransportErrorKind::Broken => {
            Some("the connection broke; whether a write happened is unknown, so look before repeating it")
        }
        TransportErrorKind::TooLarge => {
            Some("the result is too large; narrow the query with FILTER, LIMIT or fewer attributes")
        }
        TransportErrorKind::Tls | TransportErrorKind::Closed => None,
    }
}

impl From<arango::Error> for ToolError {
    fn from(error: arango::Error) -> Self {
        match error {
            arango::Error::Server { status, num, message } => {
                let kind = if num == ErrorNum::DATA_SOURCE_NOT_FOUND { Kind::CollectionNotFound } else { Kind::Arango };
                let failure = Self::new(kind, message).numbered(num, status);
                match advice(num) {
                    Some(advice) => failure.hint(advice),
                    None => failure,
                }
            }
            arango::Error::Transport(fault) => {
                let kind = match fault.kind {
                    TransportErrorKind::Timeout => Kind::Timeout,
                    TransportErrorKind::Connect
                    | TransportErrorKind::Tls
                    | TransportErrorKind::Broken
                    | TransportErrorKind::TooLarge
                    | TransportErrorKind::Closed => Kind::Connection,
                };
                let failure = Self::new(kind, fault.detail);
                match transport_advice(fault.kind) {
                    Some(advice) => failure.hint(advice),
                    None => failure,
                }
            }
            arango::Error::Decode { status, .. } => {
                let mut failure = Self::new(Kind::Connection, error.to_string())
                    .hint("this does not look like ArangoDB; the configured `url` may point at something else");
                failure.more.http = Some(status);
                failure
            }
            arango::Error::Request(_) => Self::new(Kind::Validation, error.to_string()),
        }
    }
}

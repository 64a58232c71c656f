//! The protocol's handler: what the server says about itself, the list of tools, and the way from a request to the
//! registry. Written out by hand rather than by rmcp's macros, which would ask every tool for the whole server.

use std::{sync::Arc, time::Duration};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestMethod, CompleteRequestParams,
        CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorCode, Implementation,
        ListPromptsRequestMethod, ListPromptsResult, ListResourceTemplatesRequestMethod, ListResourceTemplatesResult,
        ListResourcesRequestMethod, ListResourcesResult, ListToolsResult, PaginatedRequestParams, ServerCapabilities,
        ServerConfig, Tool, ToolAnnotations,
    },
    service::RequestContext,
};
use serde_json::json;

use super::{
    SERVER_NAME, VERSION,
    progress::{self, Listener},
    session_id::{caller, is_modern},
};
use crate::{
    progress::Progress,
    tools::{CallContext, Effect, Entry, Registry, Services},
};

/// How long a client may keep the list of tools: it changes only with a new version of the server.
const LIST_TTL_MILLIS: u64 = 3_600_000;

/// How long a client may take to accept a notification before it is dropped.
const NOTICE: Duration = Duration::from_secs(10);

/// What every model is told once.
const INSTRUCTIONS: &str = "Access to one or more ArangoDB databases (documents, graphs, key/value; query language AQL).\n\
- Start with arango_list_collections, then read a few documents with arango_query, e.g. \
`FOR d IN collection LIMIT 3 RETURN d`, to learn their shape.\n\
- Bind values instead of pasting them into the text: `FILTER d.name == @name` with bind_vars {\"name\": \"Ann\"}; a \
collection is bound as `@@c` with the key \"@c\".\n\
- Large results are cut at max_rows and say so; prefer FILTER, LIMIT and COLLECT … WITH COUNT in the query.\n\
- Several databases can be configured: list_available_databases shows their keys. Choose one for a single call with \
`database`, or for the calls that follow with set_focused_database, which also returns a `focus` handle to pass on.\n\
- arango_search_tools finds a tool by keywords; arango_switch_workflow shortens the list of tools to one kind of work.\n\
- Failures are results with `isError`; they name the cause, ArangoDB's error number and what to do next.";

/// How the server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// One client over the pipes of the process.
    Stdio,
    /// Any number of clients over HTTP.
    Http,
}

#[derive(Debug)]
struct Shared {
    registry: Registry,
    services: Arc<Services>,
    tools: Vec<Tool>,
}

/// The handler. Cheap to clone: HTTP makes one for every session or request.
#[derive(Debug, Clone)]
pub struct Server {
    shared: Arc<Shared>,
    channel: Channel,
}

impl Server {
    /// A server for these tools.
    pub fn new(registry: Registry, services: Arc<Services>, channel: Channel) -> Self {
        let tools = registry.entries().iter().map(listed).collect();
        Self { shared: Arc::new(Shared { registry, services, tools }), channel }
    }

    /// What the tools work with.
    pub(crate) fn services(&self) -> &Arc<Services> {
        &self.shared.services
    }

    /// Whether a call of this tool changes what the session remembers.
    pub(crate) fn changes_session(&self, tool: &str) -> bool {
        self.shared.registry.find(tool).is_some_and(|entry| entry.effect == Effect::Session)
    }

    fn about() -> Implementation {
        Implementation::new(SERVER_NAME, VERSION).with_title("ArangoDB")
    }

    fn unknown_tool(&self, name: &str) -> ErrorData {
        let shown: String = name.chars().take(80).collect();
        match self.shared.registry.nearest(&shown) {
            Some(near) => ErrorData::invalid_params(
                format!("Unknown tool: {shown}. Did you mean {near}?"),
                Some(json!({ "did_you_mean": near })),
            ),
            None => ErrorData::invalid_params(format!("Unknown tool: {shown}. tools/list shows what there is."), None),
        }
    }
}

/// A tool as clients see it.
fn listed(entry: &Entry) -> Tool {
    let hints = entry.effect.hints();
    let mut tool = Tool::new(entry.name, entry.description, Arc::clone(&entry.input_schema)).with_title(entry.title);
    tool.output_schema.clone_from(&entry.output_schema);
    tool.annotations = Some(ToolAnnotations::from_raw(
        Some(entry.title.to_owned()),
        Some(hints.read_only),
        Some(hints.destructive),
        Some(hints.idempotent),
        Some(hints.open_world),
    ));
    tool
}

/// Lets a call tell how far it is, if its client asked for that.
fn listening(call: CallContext, context: &RequestContext<RoleServer>) -> (CallContext, Option<Listener>) {
    let Some(token) = context.meta.get_progress_token() else { return (call, None) };
    let (progress, reports) = Progress::channel();
    (call.telling(progress), Some(Listener { peer: context.peer.clone(), token, reports }))
}

/// Tells the client that its list of tools is another now. The answer does not wait for that: a client without an open
/// stream for notifications takes it later or never.
fn tell_list_changed(context: &RequestContext<RoleServer>) {
    let peer = context.peer.clone();
    tokio::spawn(async move {
        if let Ok(Err(error)) = tokio::time::timeout(NOTICE, peer.notify_tool_list_changed()).await {
            tracing::debug!(%error, "the change of a list could not be told");
        }
    });
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().enable_tool_list_changed().build())
            .with_server_info(Self::about())
            .with_instructions(INSTRUCTIONS)
    }

    async fn discover(&self, _context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut info = self.get_info();
        // In the stateless protocol no request changes what another sees.
        if let Some(tools) = &mut info.capabilities.tools {
            tools.list_changed = None;
        }
        let answer = DiscoverResult::from_server_info(versions, info);
        Ok(answer.with_ttl_ms(LIST_TTL_MILLIS).with_cache_scope(CacheScope::Private))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if request.is_some_and(|page| page.cursor.is_some()) {
            return Err(ErrorData::invalid_params("unknown cursor: the list of tools has a single page", None));
        }
        let hidden = self.shared.registry.hidden(self.services(), &caller(self.channel, &context)).await;
        let shown = self.shared.tools.iter().filter(|tool| !hidden.contains(tool.name.as_ref()));
        let list = ListToolsResult::with_all_items(shown.cloned().collect());
        Ok(if is_modern(&context) {
            list.with_ttl_ms(LIST_TTL_MILLIS).with_cache_scope(CacheScope::Private)
        } else {
            list
        })
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let entry = self.shared.registry.find(name)?;
        self.shared.tools.iter().find(|tool| tool.name == entry.name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.shared.registry.find(&request.name) else {
            return Err(self.unknown_tool(&request.name));
        };
        let call = CallContext::new(Arc::clone(&self.shared.services), caller(self.channel, &context));
        let (call, listener) = listening(call, &context);
        let work = self.shared.registry.call(entry, &call, request.arguments.unwrap_or_default());
        let work = progress::telling(listener, work);
        tokio::select! {
            biased;
            // Dropping the work is what cancels it: a cursor deletes itself, the audit line says "cancelled".
            () = context.ct.cancelled() => Err(ErrorData::new(ErrorCode::INTERNAL_ERROR, "the call was cancelled", None)),
            mut result = work => {
                if call.changed_list() {
                    tell_list_changed(&context);
                }
                if is_modern(&context)
                    && let Ok(about) = serde_json::to_value(Self::about())
                {
                    let meta = result.meta.get_or_insert_default();
                    meta.0.insert("io.modelcontextprotocol/serverInfo".to_owned(), about);
                }
                Ok(result.into())
            }
        }
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        // rmcp takes a known method whose parameters it cannot read for an unknown method; it is not.
        match request.method.as_str() {
            "tools/call" => Err(ErrorData::invalid_params(
                "tools/call needs params {\"name\": <string>, \"arguments\": <object>}",
                None,
            )),
            "tools/list" | "server/discover" => {
                Err(ErrorData::invalid_params(format!("the parameters of {} are malformed", request.method), None))
            }
            _ => Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None)),
        }
    }

    // Not declared, so refused: rmcp would answer these with empty lists.

    async fn complete(
        &self,
        _request: CompleteRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Err(ErrorData::method_not_found::<CompleteRequestMethod>())
    }

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListPromptsRequestMethod>())
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourcesRequestMethod>())
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Err(ErrorData::method_not_found::<ListResourceTemplatesRequestMethod>())
    }
}

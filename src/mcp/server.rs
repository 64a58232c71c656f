//! The protocol's handler: what the server says about itself, the list of tools, and the way from a request to the
//! registry. Written out by hand rather than by rmcp's macros, which would ask every tool for the whole server.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams, CompleteResult,
        CustomRequest, CustomResult, DiscoverResult, ErrorCode, GetPromptRequestParams, GetPromptResponse,
        Implementation, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult,
        MetaObject, PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities,
        ServerConfig, SubscriptionFilter, Tool, ToolAnnotations,
    },
    service::{NotificationContext, RequestContext, SubscriptionContext},
};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    SERVER_NAME, VERSION,
    changes::{Changes, NOTICE},
    completions,
    confirm::Confirmer,
    origin::origin,
    progress::{self, Listener},
    prompts, resources,
    session_id::{caller, is_modern},
};
use crate::{
    progress::Progress,
    tools::{CallContext, Describer, Effect, Entry, Origin, Registry, Services},
};

/// How long a client may keep a list without asking: another configuration changes it, and not every client is told.
const LIST_TTL_MILLIS: u64 = 300_000;

/// Where results say who answered.
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// What every model is told once.
const INSTRUCTIONS: &str = "Access to one or more ArangoDB databases (documents, graphs, key/value; query language AQL).\n\
- Start with arango_describe_database and arango_describe_collection to learn what there is and what documents look like.\n\
- Bind values instead of pasting them into the text: `FILTER d.name == @name` with bind_vars {\"name\": \"Ann\"}; a \
collection is bound as `@@c` with the key \"@c\".\n\
- Large results are cut at max_rows and say so; arango_fetch_more returns the rows that follow. Prefer FILTER, LIMIT and \
COLLECT … WITH COUNT in the query.\n\
- Several databases can be configured: list_available_databases shows their keys. Choose one for a single call with its \
key as `database`, or for the calls that follow with set_focused_database. Pass the `focus` handle it returns only if \
`remembered` is false. Without both, a call uses the focused database, else the default.\n\
- `confirm`, where a tool lists it, takes the token of a ConfirmationRequired reply: repeat the same call with it.\n\
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
    describer: Describer,
    changes: Arc<Changes>,
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
        let (describer, changes) = (Describer::new(), Changes::new(services.reloads()));
        Self { shared: Arc::new(Shared { registry, services, describer, changes }), channel }
    }

    /// Those who are told when lists may be different.
    pub(crate) fn changes(&self) -> &Arc<Changes> {
        &self.shared.changes
    }

    /// What the tools work with.
    pub(crate) fn services(&self) -> &Arc<Services> {
        &self.shared.services
    }

    /// Whether a call of this tool changes what the session remembers.
    pub(crate) fn changes_session(&self, tool: &str) -> bool {
        self.shared.registry.find(tool).is_some_and(|entry| entry.effect == Effect::Session)
    }

    /// A tool by its name.
    pub(crate) fn find(&self, tool: &str) -> Option<&Entry> {
        self.shared.registry.find(tool)
    }

    /// Runs a tool unless the call is taken back, and signs the result where the protocol has no greeting. All calls come
    /// through here, whichever way their requests took.
    pub(crate) async fn run(
        &self,
        entry: &Entry,
        call: &CallContext,
        arguments: Map<String, Value>,
        taken_back: &CancellationToken,
        modern: bool,
    ) -> Result<CallToolResult, ErrorData> {
        let mut result = tokio::select! {
            biased;
            // Dropping the work is what cancels it: a cursor deletes itself, the audit line says "cancelled".
            () = taken_back.cancelled() => {
                return Err(ErrorData::new(ErrorCode::INTERNAL_ERROR, "the call was cancelled", None));
            }
            result = self.shared.registry.call(entry, call, arguments) => result,
        };
        if modern && let Ok(about) = serde_json::to_value(Self::about()) {
            result.meta.get_or_insert_default().0.insert(SERVER_INFO.to_owned(), about);
        }
        Ok(result)
    }

    /// The call a request is.
    fn call_of(&self, method: &'static str, context: &RequestContext<RoleServer>) -> CallContext {
        let call = CallContext::new(Arc::clone(&self.shared.services), caller(self.channel, context));
        call.as_part_of(self.origin_of(method, context))
    }

    fn origin_of(&self, method: &'static str, context: &RequestContext<RoleServer>) -> Origin {
        let headers = context.extensions.get::<::http::request::Parts>().map(|parts| &parts.headers);
        origin(&self.shared.services, method, Some(&context.meta), headers)
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
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_tool_list_changed()
            .enable_resources()
            .enable_resources_list_changed()
            .enable_prompts()
            .enable_completions();
        ServerConfig::new(capabilities.build()).with_server_info(Self::about()).with_instructions(INSTRUCTIONS)
    }

    async fn discover(&self, _context: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let answer = DiscoverResult::from_server_info(versions, self.get_info());
        Ok(answer.with_ttl_ms(LIST_TTL_MILLIS).with_cache_scope(CacheScope::Private))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        self.shared.changes.join(context.peer);
    }

    // What cannot change is taken out of it: the capabilities do not say that it could.
    fn accepted_subscription_filter(&self, requested: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        Some(requested.clone())
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        self.shared.changes.tell(subscription).await;
        Ok(())
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        if request.is_some_and(|page| page.cursor.is_some()) {
            return Err(ErrorData::invalid_params("unknown cursor: the list of tools has a single page", None));
        }
        let call = self.call_of("tools/list", &context);
        let hidden = self.shared.registry.hidden(&call).await;
        let offered = self.shared.registry.offered(&call.config, &call.caller.rights);
        let shown = offered.iter().filter(|entry| !hidden.contains(entry.name));
        let list = ListToolsResult::with_all_items(shown.map(listed).collect());
        Ok(if is_modern(&context) {
            list.with_ttl_ms(LIST_TTL_MILLIS).with_cache_scope(CacheScope::Private)
        } else {
            list
        })
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.shared.registry.find(name).map(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(entry) = self.shared.registry.find(&request.name) else {
            if let Some(metrics) = self.shared.services.operation().metrics() {
                metrics.unknown_tool();
            }
            return Err(self.unknown_tool(&request.name));
        };
        let caller = caller(self.channel, &context);
        let confirmer = Arc::new(Confirmer::of(self.channel, caller.session.is_some(), &request, &context));
        let call = CallContext::new(Arc::clone(&self.shared.services), caller).asking(confirmer.clone());
        let call = call.as_part_of(self.origin_of("tools/call", &context));
        let (call, listener) = listening(call, &context);
        let arguments = request.arguments.unwrap_or_default();
        let work = progress::telling(listener, self.run(entry, &call, arguments, &context.ct, is_modern(&context)));
        // Boxed, here and below: rmcp moves the future of a request a dozen times, and it is as large as the largest of them.
        let result = Box::pin(work).await?;
        if let Some(question) = confirmer.pending() {
            return Ok(question.into());
        }
        if call.changed_list() {
            tell_list_changed(&context);
        }
        Ok(result.into())
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
            "resources/read" => Err(ErrorData::invalid_params("resources/read needs params {\"uri\": <string>}", None)),
            "prompts/get" => Err(ErrorData::invalid_params(
                "prompts/get needs params {\"name\": <string>, \"arguments\": <object of strings>}",
                None,
            )),
            "completion/complete" => Err(ErrorData::invalid_params(
                "completion/complete needs params {\"ref\": <ref/prompt with name, or ref/resource with uri>, \
                 \"argument\": {\"name\": <string>, \"value\": <string>}}",
                None,
            )),
            "tools/list" | "server/discover" | "resources/list" | "resources/templates/list" | "prompts/list" => {
                Err(ErrorData::invalid_params(format!("the parameters of {} are malformed", request.method), None))
            }
            _ => Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None)),
        }
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut list = resources::list(&self.call_of("resources/list", &context), request.as_ref())?;
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MILLIS);
        list.meta = signature(&context);
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut list = resources::templates(&self.call_of("resources/templates/list", &context), request.as_ref())?;
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MILLIS);
        list.meta = signature(&context);
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let call = self.call_of("resources/read", &context);
        let mut read =
            until_cancelled(&context, Box::pin(resources::read(&self.shared.describer, &call, &request.uri))).await?;
        // What stands in a database may be different the next moment.
        (read.ttl_ms, read.cache_scope) = cache_hints(&context, read.ttl_ms.unwrap_or(0));
        read.meta = signature(&context);
        Ok(read.into())
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut list = prompts::list(&self.call_of("prompts/list", &context), request.as_ref())?;
        (list.ttl_ms, list.cache_scope) = cache_hints(&context, LIST_TTL_MILLIS);
        list.meta = signature(&context);
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let call = self.call_of("prompts/get", &context);
        let arguments = request.arguments.unwrap_or_default();
        let work = Box::pin(prompts::get(&self.shared.describer, &call, &request.name, &arguments));
        let mut prompt = until_cancelled(&context, work).await?;
        prompt.meta = signature(&context);
        Ok(prompt.into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let call = self.call_of("completion/complete", &context);
        let work = Box::pin(completions::complete(&self.shared.describer, &call, &request));
        let mut completed = until_cancelled(&context, work).await?;
        completed.meta = signature(&context);
        Ok(completed)
    }
}

/// Who answers: said in every result where the protocol has no greeting.
fn signature(context: &RequestContext<RoleServer>) -> Option<MetaObject> {
    let about = is_modern(context).then(|| serde_json::to_value(Server::about()).ok()).flatten()?;
    Some(MetaObject(Map::from_iter([(SERVER_INFO.to_owned(), about)])))
}

/// How long, and by whom, an answer may be kept: said where the protocol knows such hints.
fn cache_hints(context: &RequestContext<RoleServer>, millis: u64) -> (Option<u64>, Option<CacheScope>) {
    if is_modern(context) { (Some(millis), Some(CacheScope::Private)) } else { (None, None) }
}

/// The outcome of some work, unless the client takes its request back: dropping the work is what cancels it.
async fn until_cancelled<T>(
    context: &RequestContext<RoleServer>,
    work: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    tokio::select! {
        biased;
        () = context.ct.cancelled() => Err(ErrorData::internal_error("the request was cancelled", None)),
        outcome = work => outcome,
    }
}

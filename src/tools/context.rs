//! What a call is made in: who calls, in which session, and the services behind all tools.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    confirm::{Asker, Digest, Nobody, Tickets},
    error::{Kind, ToolError},
    registry::Entry,
    rows::Results,
};
use crate::{
    arango,
    clock::SystemClock,
    config::{Config, DatabaseKey, Rights},
    dump,
    observability::{
        Operation,
        otlp::{CallTrace, TraceContext},
    },
    progress::{Job, Progress},
    tenancy::{
        ConnectError, Databases, FocusSealer, Inputs, Level, Principal, Probe, Quotas, Resolution, SessionError,
        SessionId, SessionState, Sessions, UsageLog,
        resolver::{self, LevelReport},
    },
};

/// How long servers are told about abandoned work when this process ends: its client must be rid of it soon.
const SETTLE: Duration = Duration::from_millis(250);
/// Databases that a reload may add and whose quotas are kept all the same.
const MORE_DATABASES: usize = 1024;
/// Kinds of rights whose view of the configuration is kept.
const MAX_VIEWS: usize = 1024;
/// How often the calls that are being given up are looked at meanwhile.
const SETTLE_POLL: Duration = Duration::from_millis(5);

/// What all tools share.
#[derive(Debug)]
pub struct Services {
    /// The configured databases; others after a reload.
    databases: RwLock<Arc<Databases>>,
    /// The configuration as callers of limited rights see it.
    views: Mutex<HashMap<Arc<Rights>, Arc<Config>>>,
    /// Counts how often the configuration has changed, for those who wait for that.
    reloads: watch::Sender<u64>,
    /// What sessions remember.
    pub sessions: Arc<dyn Sessions>,
    /// How often sessions called which tools.
    pub usage: UsageLog,
    /// Makes and opens `focus` handles.
    pub focus: FocusSealer,
    /// Where backups are.
    pub backups: dump::Root,
    /// Results that were cut, until their next rows are asked for.
    pub(crate) results: Arc<Results>,
    /// Proofs that a call was asked about.
    pub(crate) tickets: Tickets,
    /// What runs on databases that take only so many calls.
    pub(super) quotas: Arc<Quotas<DatabaseKey>>,
    /// The state of the server beside its work.
    operation: OnceLock<Operation>,
    in_flight: AtomicUsize,
}

impl Services {
    /// Puts the parts together, without a place for backups.
    pub fn new(databases: Databases, sessions: Arc<dyn Sessions>, focus: FocusSealer) -> Arc<Self> {
        Self::with_backups(databases, sessions, focus, dump::Root::new(None, Arc::new(SystemClock)))
    }

    /// Puts the parts together.
    pub fn with_backups(
        databases: Databases,
        sessions: Arc<dyn Sessions>,
        focus: FocusSealer,
        backups: dump::Root,
    ) -> Arc<Self> {
        let results = Results::new(Arc::clone(databases.clock()), Arc::clone(databases.random()));
        let usage = UsageLog::new(Arc::clone(databases.clock()));
        let tickets = Tickets::new(Arc::clone(focus.sealer()), Arc::clone(&sessions));
        let in_flight = AtomicUsize::new(0);
        let quotas = Quotas::new(Arc::clone(databases.clock()), databases.config().databases().len() + MORE_DATABASES);
        Arc::new(Self {
            databases: RwLock::new(Arc::new(databases)),
            views: Mutex::default(),
            reloads: watch::Sender::new(0),
            sessions,
            usage,
            focus,
            backups,
            results,
            tickets,
            quotas,
            operation: OnceLock::new(),
            in_flight,
        })
    }

    /// The state of the server beside its work, and those who watch calls.
    pub fn operation(&self) -> &Operation {
        self.operation.get_or_init(Operation::default)
    }

    /// Has calls watched. To be said before the first one; later it changes nothing.
    pub fn operate(&self, operation: Operation) {
        if self.operation.set(operation).is_err() {
            tracing::debug!("calls are watched already");
        }
    }

    /// The configured databases, as they are now.
    pub fn databases(&self) -> Arc<Databases> {
        Arc::clone(&self.databases.read())
    }

    /// The configuration, as it is now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(self.databases.read().config())
    }

    /// Puts another configuration in the place of the present one. Calls that are running end under the one they began
    /// with; connections to databases whose entries are the same stay open.
    pub fn reconfigure(&self, config: Arc<Config>) {
        {
            let mut databases = self.databases.write();
            *databases = Arc::new(databases.reconfigured(config));
            self.views.lock().clear();
        }
        self.reloads.send_modify(|count| *count += 1);
    }

    /// Tells when the configuration has changed.
    pub fn reloads(&self) -> watch::Receiver<u64> {
        self.reloads.subscribe()
    }

    /// The databases, and the configuration as a caller with these rights sees it. Both of the same moment.
    fn seen_with(&self, rights: &Arc<Rights>) -> (Arc<Databases>, Arc<Config>) {
        // Held meanwhile, so that no view of a former configuration is kept for the next one.
        let databases = self.databases.read();
        let config = if rights.are_all() {
            Arc::clone(databases.config())
        } else {
            let mut views = self.views.lock();
            if views.len() >= MAX_VIEWS {
                views.clear();
            }
            let view = views.entry(Arc::clone(rights)).or_insert_with(|| Arc::new(databases.config().within(rights)));
            Arc::clone(view)
        };
        (Arc::clone(&databases), config)
    }

    /// Forgets a session that has ended.
    ///
    /// # Errors
    /// When the store of sessions does not answer.
    pub async fn forget(&self, session: &SessionId) -> Result<(), SessionError> {
        self.usage.remove(session);
        self.sessions.remove(session).await
    }

    /// How many calls are running, those included that were given up and are putting things right.
    pub fn calls_in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// The end of all calls: forgets what was kept for the next ones, and tells the servers what nobody waits for any more.
    /// Takes a moment at most; servers that are not told by then end such work by their own limits.
    pub async fn settle(&self) {
        let settled = async {
            while self.calls_in_flight() > 0 {
                tokio::time::sleep(SETTLE_POLL).await;
            }
            self.results.clear();
            self.databases().settled().await;
        };
        drop(tokio::time::timeout(SETTLE, settled).await);
        self.databases().close();
    }

    /// The name and server version of the database that calls without a choice use.
    ///
    /// # Errors
    /// Why it cannot be reached.
    pub async fn probe_default(&self) -> Result<(String, String), ToolError> {
        let databases = self.databases();
        let config = databases.config();
        let inputs = Inputs { argument: None, focus: None, config };
        let resolution = resolver::resolve(&inputs).map_err(|error| not_configured(&error))?;
        let database = databases.get(&resolution.key).await.map_err(|error| no_connection(&error))?;
        let version = database.version().await.map_err(ToolError::from)?;
        let name = config.entry(&resolution.key).map(|entry| entry.database.as_str().to_owned());
        Ok((name.unwrap_or_default(), version.version))
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The session, where the protocol has one.
    pub session: Option<SessionId>,
    /// Who authentication says it is.
    pub principal: Principal,
    /// What the caller may use.
    pub rights: Arc<Rights>,
    /// Whether the session may have a list of tools of its own; otherwise the protocol fixes the list.
    pub own_list: bool,
}

impl Caller {
    /// The one caller of a process that serves nobody else.
    pub fn process() -> Self {
        Self {
            session: Some(SessionId::stdio()),
            principal: Principal::anonymous(),
            rights: Arc::default(),
            own_list: false,
        }
    }
}

/// What a call is part of.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The method of the request.
    pub method: &'static str,
    /// The span it belongs to, where it belongs to one and that is of interest.
    pub parent: Option<TraceContext>,
}

/// Counts as work under way for as long as it is there.
#[derive(Debug)]
struct Running(Arc<Services>);

impl Running {
    fn begin(services: Arc<Services>) -> Self {
        services.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(services)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts a use of a tool when it is dropped.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    context: &'a CallContext,
    tool: &'static str,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let Caller { session, principal, .. } = &self.context.caller;
        if let Some(session) = session
            && let Err(error) = self.context.services.usage.note(session, principal, self.tool)
        {
            tracing::debug!(%error, "a call was not counted");
        }
    }
}

/// One call.
#[derive(Debug)]
pub struct CallContext {
    pub(crate) services: Arc<Services>,
    pub(crate) caller: Caller,
    /// The configuration as the caller sees it, the same for the whole call.
    pub(crate) config: Arc<Config>,
    databases: Arc<Databases>,
    /// The way to the person behind the client.
    pub(crate) asker: Arc<dyn Asker>,
    arguments: OnceLock<Digest>,
    /// Where the call tells how far it is.
    pub(crate) progress: Progress,
    tools: OnceLock<Arc<Vec<Entry>>>,
    list_changed: AtomicBool,
    /// No call follows this one, so nothing is kept for one.
    last: bool,
    used: OnceLock<(DatabaseKey, Level)>,
    origin: Origin,
    /// The trace of the tool that runs now: a resource or a prompt may take several, one after the other.
    trace: Mutex<Option<Arc<CallTrace>>>,
    _running: Running,
}

impl CallContext {
    /// A call by this caller.
    pub fn new(services: Arc<Services>, caller: Caller) -> Self {
        let (databases, config) = services.seen_with(&caller.rights);
        Self {
            _running: Running::begin(Arc::clone(&services)),
            services,
            caller,
            config,
            databases,
            asker: Arc::new(Nobody),
            arguments: OnceLock::new(),
            progress: Progress::default(),
            tools: OnceLock::new(),
            list_changed: AtomicBool::new(false),
            last: false,
            used: OnceLock::new(),
            origin: Origin::default(),
            trace: Mutex::default(),
        }
    }

    /// The same call by a client through which a person can be asked.
    #[must_use]
    pub(crate) fn asking(mut self, asker: Arc<dyn Asker>) -> Self {
        self.asker = asker;
        self
    }

    /// The same call as part of what it came from.
    #[must_use]
    pub fn as_part_of(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Begins the trace of a tool, where calls are traced.
    pub(super) fn begin_trace(&self) -> Option<Arc<CallTrace>> {
        let tracer = self.services.operation().tracer()?;
        let trace = Arc::new(tracer.call(self.origin.method, self.origin.parent.as_ref()));
        *self.trace.lock() = Some(Arc::clone(&trace));
        Some(trace)
    }

    /// Notes the digest of the arguments, which a confirmation is bound to.
    pub(crate) fn note_arguments(&self, digest: Digest) {
        // Set at most once: a call has one list of arguments.
        self.arguments.get_or_init(|| digest);
    }

    /// The digest of the arguments, where it was noted.
    pub(crate) fn arguments(&self) -> Option<&Digest> {
        self.arguments.get()
    }

    /// The same call, telling how far it is.
    #[must_use]
    pub fn telling(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// The same call, the last one of this process.
    #[must_use]
    pub fn last(mut self) -> Self {
        self.last = true;
        self
    }

    /// Whether no call follows this one.
    pub(crate) fn is_last(&self) -> bool {
        self.last
    }

    /// Makes the tools known that the call is one of.
    pub(super) fn among(&self, tools: Arc<Vec<Entry>>) {
        self.tools.get_or_init(|| tools);
    }

    /// The tools the caller may use, in the order they are listed in.
    pub(crate) fn tools(&self) -> &[Entry] {
        self.tools.get().map_or(&[], |tools| tools)
    }

    /// Notes that the session's list of tools is another now.
    pub(super) fn list_has_changed(&self) {
        self.list_changed.store(true, Ordering::Relaxed);
    }

    /// Whether the call changed the session's list of tools.
    pub fn changed_list(&self) -> bool {
        self.list_changed.load(Ordering::Relaxed)
    }

    /// Counts the use of a tool for the session, if there is one: when the call ends, however it ends.
    pub(super) fn counted(&self, tool: &'static str) -> Counted<'_> {
        Counted { context: self, tool }
    }

    /// Runs work that must come to its own end. When the call is given up (cancelled, out of time) the work is told, goes on
    /// until it has put right what it left half done, and the end of the process waits for it.
    pub(crate) async fn to_its_end<T: Send + 'static, W: Future<Output = T> + Send + 'static>(
        &self,
        work: impl FnOnce(Job) -> W,
    ) -> Result<T, ToolError> {
        let cancelled = CancellationToken::new();
        let work = work(Job { progress: self.progress.clone(), cancelled: cancelled.clone() });
        let running = Running::begin(Arc::clone(&self.services));
        let given_up = cancelled.drop_guard();
        let outcome = tokio::spawn(async move {
            let done = work.await;
            drop(running);
            done
        })
        .await;
        drop(given_up.disarm());
        outcome.map_err(|stopped| match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => ToolError::new(Kind::Internal, "the server is stopping"),
        })
    }

    /// The database that was chosen, once it has been, and the level that chose it.
    pub(crate) fn used(&self) -> Option<(&DatabaseKey, Level)> {
        self.used.get().map(|(key, level)| (key, *level))
    }

    /// The session as replies and logs show it: enough to tell sessions apart, too little to take one over.
    pub(crate) fn session_label(&self) -> Option<&str> {
        self.caller.session.as_ref().map(SessionId::short)
    }

    /// The focused database: that of the handle if there is one, else that of the session.
    pub(crate) async fn focused(&self, handle: Option<&str>) -> Result<Option<DatabaseKey>, ToolError> {
        if let Some(handle) = handle {
            let opened = self.services.focus.open(handle, &self.caller.principal);
            return opened.map(Some).map_err(|error| {
                ToolError::new(Kind::Focus, error.to_string())
                    .hint("get a new handle from set_focused_database, or name the database with `database`")
            });
        }
        let Some(session) = &self.caller.session else { return Ok(None) };
        let state = self.services.sessions.get(session, &self.caller.principal).await.map_err(|error| lost(&error))?;
        Ok(state.and_then(|state| state.focused))
    }

    /// Remembers the focus in the session. False where the protocol has no sessions, so that nothing is remembered.
    pub(crate) async fn remember(&self, focused: Option<DatabaseKey>) -> Result<bool, ToolError> {
        let Some(session) = &self.caller.session else { return Ok(false) };
        let change = |state: &mut SessionState| state.focused.clone_from(&focused);
        let stored = self.services.sessions.update(session, &self.caller.principal, &change).await;
        stored.map(|_| true).map_err(|error| lost(&error))
    }

    /// Finds the database a call means. The choice is noted for the reply and the audit.
    pub(crate) async fn resolve(&self, argument: Option<&str>, handle: Option<&str>) -> Result<Resolution, ToolError> {
        // An explicit argument decides alone: a handle that has expired does not matter then.
        let focus = if argument.is_some_and(|text| !text.is_empty()) { None } else { self.focused(handle).await? };
        let inputs = Inputs { argument, focus: focus.as_ref().map(DatabaseKey::as_str), config: &self.config };
        let resolution = resolver::resolve(&inputs).map_err(|error| not_configured(&error))?;
        // Set at most once: a call works on one database.
        drop(self.used.set((resolution.key.clone(), resolution.level)));
        Ok(resolution)
    }

    /// What each level says, and the outcome.
    pub(crate) async fn explain(
        &self,
        argument: Option<&str>,
        handle: Option<&str>,
    ) -> Result<([LevelReport; 6], Result<Resolution, ToolError>), ToolError> {
        let focus = self.focused(handle).await?;
        let inputs = Inputs { argument, focus: focus.as_ref().map(DatabaseKey::as_str), config: &self.config };
        let outcome = resolver::resolve(&inputs).map_err(|error| not_configured(&error));
        Ok((resolver::explain(&inputs), outcome))
    }

    /// The connection to a configured database within the caller's reach.
    pub(crate) async fn connect(&self, key: &DatabaseKey) -> Result<arango::Database, ToolError> {
        if self.config.entry(key).is_none() {
            return Err(no_connection(&ConnectError::Unknown(key.to_string())));
        }
        let database = self.databases.get(key).await.map_err(|error| no_connection(&error))?;
        let trace = self.trace.lock().clone();
        Ok(match trace {
            Some(trace) => database.traced(trace),
            None => database,
        })
    }

    /// Asks all databases within the caller's reach for their versions, at once; in the order of the configuration.
    pub(crate) async fn probe_all(&self) -> Vec<Probe> {
        self.databases.probe_these(self.config.databases().keys()).await
    }
}

/// The error for a name that is not configured; keeps the keys of the Python original.
pub(crate) fn not_configured(error: &resolver::ResolveError) -> ToolError {
    let available: Vec<&str> = error.available.iter().map(DatabaseKey::as_str).collect();
    ToolError::new(Kind::DatabaseNotConfigured, "Target database not configured.")
        .hint(error.to_string())
        .with("database", error.asked.clone())
        .with("level", error.level.name())
        .with("available databases", available.clone())
        .with("available_databases", available)
}

fn no_connection(error: &ConnectError) -> ToolError {
    ToolError::new(Kind::Connection, "Failed to get database connection")
        .hint("see `details`; arango_list_database_configs shows how each database is configured")
        .with("details", error.to_string())
}

pub(crate) fn lost(error: &SessionError) -> ToolError {
    ToolError::new(Kind::Focus, error.to_string()).hint("give the database with `database` or `focus` in each call")
}

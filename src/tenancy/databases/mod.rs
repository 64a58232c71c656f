//! The connections: from a key of the configuration to a database that can be talked to. Opened on first use and shared;
//! the only module that knows both the client and the engine.

use std::{
    collections::HashMap,
    num::NonZero,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::{BoxFuture, join_all};
use http::{Request, Response};
use indexmap::IndexMap;
use parking_lot::Mutex;
use tokio::{sync::OnceCell, task::spawn_blocking};

use crate::{
    arango::{
        Authenticator, Credentials, Database, Deadline, Error, HttpTransport, Load, QueryLimits, ServerOptions,
        Transport, TransportError, TransportErrorKind, limited::Limited,
    },
    clock::{Clock, Random},
    config::{Address, AuthMethod, Config, DatabaseEntry, DatabaseKey, Env, PasswordSource},
    embedded::{Caller, Engine},
    observability::Secret,
    wire::{DatabaseName, ErrorNum},
};

/// The database every engine has.
const SYSTEM: &str = "_system";
/// How long a probe waits, whatever the entry's own timeout: somebody wants to see the whole list.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a database cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// The key is not configured.
    #[error("database {0:?} is not configured")]
    Unknown(String),
    /// The variable that should hold the password is not set.
    #[error(
        "the password of database `{key}` is missing: the environment variable {variable} is not set; \
         set it where this server is started"
    )]
    PasswordUnset {
        /// The database.
        key: DatabaseKey,
        /// The variable.
        variable: String,
    },
    /// The file that should hold the password cannot be read.
    #[error("the password of database `{key}` cannot be read from {}: {reason}", file.display())]
    PasswordUnreadable {
        /// The database.
        key: DatabaseKey,
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// What is configured is not there in this version.
    #[error("{0}")]
    Unsupported(String),
    /// TLS or the engine could not be set up.
    #[error(transparent)]
    Client(#[from] Error),
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Closed,
}

impl From<TransportError> for ConnectError {
    fn from(error: TransportError) -> Self {
        Self::Client(error.into())
    }
}

/// How a database answered a probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The key.
    pub key: DatabaseKey,
    /// The server's version, or why there is none.
    pub version: Result<String, String>,
}

/// How much there is in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EngineSize {
    /// Databases.
    pub databases: usize,
    /// Collections of all databases, those of the system included.
    pub collections: usize,
    /// Documents of all collections.
    pub documents: usize,
}

/// All configured databases, opened when first asked for. Entries for the same server share its connections, not their
/// credentials.
#[derive(Debug)]
pub struct Databases {
    config: Arc<Config>,
    env: Arc<dyn Env>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    open: IndexMap<DatabaseKey, Arc<OnceCell<Database>>>,
    shared: Arc<Shared>,
}

/// What outlives a change of the configuration.
#[derive(Debug, Default)]
struct Shared {
    servers: Mutex<HashMap<ServerOptions, Arc<OnceCell<HttpTransport>>>>,
    engine: OnceLock<Arc<Engine>>,
    closed: AtomicBool,
}

impl Databases {
    /// Prepares the databases of a configuration; opens none. Passwords are looked up in `env` when a database is first
    /// used.
    pub fn new(config: Arc<Config>, env: Arc<dyn Env>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        let open = config.databases().keys().map(|key| (key.clone(), Arc::default())).collect();
        Self { config, env, clock, random, open, shared: Arc::default() }
    }

    /// The databases of another configuration. Those whose entries are the same stay open (but for those with a password
    /// file, which is read again), as do the connections to servers and the engine with all that is in it.
    #[must_use]
    pub fn reconfigured(&self, config: Arc<Config>) -> Self {
        let kept = |key: &DatabaseKey, entry: &DatabaseEntry| {
            // A password file may hold another password by now.
            let same = self.config.entry(key).is_some_and(|former| former == entry)
                && !matches!(entry.password, PasswordSource::File(_));
            same.then(|| self.open.get(key).cloned()).flatten().unwrap_or_default()
        };
        let open = config.databases().iter().map(|(key, entry)| (key.clone(), kept(key, entry))).collect();
        Self {
            config,
            env: Arc::clone(&self.env),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            open,
            shared: Arc::clone(&self.shared),
        }
    }

    /// The configuration.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Where the time comes from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Where chance comes from.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.random
    }

    /// The database of a key, opened on first use. Nothing is sent to a server yet.
    ///
    /// # Errors
    /// See [`ConnectError`]. A failure is not remembered: the next call tries again.
    pub async fn get(&self, key: &DatabaseKey) -> Result<Database, ConnectError> {
        if self.shared.closed.load(Ordering::Acquire) {
            return Err(ConnectError::Closed);
        }
        let unknown = || ConnectError::Unknown(key.to_string());
        let cell = self.open.get(key).ok_or_else(unknown)?;
        if let Some(database) = cell.get() {
            return Ok(database.clone());
        }
        let entry = self.config.entry(key).ok_or_else(unknown)?;
        cell.get_or_try_init(|| self.connect(key, entry)).await.cloned()
    }

    /// Asks one database for its version.
    pub async fn probe(&self, key: &DatabaseKey) -> Probe {
        let ask = async {
            let database = self.get(key).await.map_err(|error| error.to_string())?;
            database.version().await.map(|version| version.version).map_err(|error| error.to_string())
        };
        let late = |_| Err(format!("no answer within {} seconds", PROBE_TIMEOUT.as_secs()));
        let version = tokio::time::timeout(PROBE_TIMEOUT, ask).await.unwrap_or_else(late);
        Probe { key: key.clone(), version }
    }

    /// Asks all databases for their versions, at once; in the order of the configuration.
    pub async fn probe_all(&self) -> Vec<Probe> {
        self.probe_these(self.config.databases().keys()).await
    }

    /// Asks these databases for their versions, at once; in the same order.
    pub async fn probe_these(&self, keys: impl Iterator<Item = &DatabaseKey>) -> Vec<Probe> {
        join_all(keys.map(|key| self.probe(key))).await
    }

    /// How busy the way to each open database is, where that is bounded.
    pub fn loads(&self) -> Vec<(&DatabaseKey, Load)> {
        let load = |(key, cell)| -> Option<(&DatabaseKey, Load)> {
            let cell: &Arc<OnceCell<Database>> = cell;
            Some((key, cell.get()?.load()?))
        };
        self.open.iter().filter_map(load).collect()
    }

    /// How much there is in the engine in this process, once it is in use.
    pub fn engine_size(&self) -> Option<EngineSize> {
        let store = self.shared.engine.get()?.store();
        let mut size = EngineSize::default();
        for database in store.databases().iter().filter_map(|name| store.database(name.as_str()).ok()) {
            size.databases += 1;
            for collection in database.snapshot().collections() {
                size.collections += 1;
                size.documents += collection.len();
            }
        }
        Some(size)
    }

    /// Waits until the servers have been told what nobody waits for any more: queries are killed, cursors deleted.
    pub async fn settled(&self) {
        join_all(self.open.values().filter_map(|cell| cell.get()).map(Database::settled)).await;
    }

    /// Refuses every further [`Self::get`]. What was handed out stays usable until it is dropped.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
    }

    async fn connect(&self, key: &DatabaseKey, entry: &DatabaseEntry) -> Result<Database, ConnectError> {
        let (transport, authenticator): (Arc<dyn Transport>, _) = match &entry.address {
            Address::Embedded(None) => (self.embedded(&entry.database).await?, Authenticator::Nobody),
            Address::Embedded(Some(directory)) => {
                let directory = directory.display();
                return Err(ConnectError::Unsupported(format!(
                    "database `{key}`: an embedded database that is kept in a directory (embedded:{directory}) is not \
                     supported by this version; use \"embedded:\", which keeps everything in memory"
                )));
            }
            Address::Server(urls) => {
                let password = self.password(key, &entry.password).await?;
                let credentials = Credentials { username: entry.username.clone(), password };
                let authenticator = match entry.auth {
                    AuthMethod::Basic => Authenticator::basic(&credentials),
                    AuthMethod::Jwt => Authenticator::jwt(credentials),
                };
                let options = ServerOptions {
                    urls: urls.clone(),
                    ca_file: entry.ca_file.clone(),
                    verify_certificate: entry.verify_certificate,
                };
                (Arc::new(self.server(options).await?), authenticator)
            }
        };
        let database = Database::new(limited(transport, entry), entry.database.clone(), authenticator, entry.timeout);
        Ok(database.with_limits(limits(entry)))
    }

    /// The connections to a server, made once.
    async fn server(&self, options: ServerOptions) -> Result<HttpTransport, ConnectError> {
        let cell = self.shared.servers.lock().entry(options.clone()).or_default().clone();
        let transport = cell.get_or_try_init(|| async {
            // Reads certificates from disk.
            let made = spawn_blocking(move || HttpTransport::new(&options)).await;
            made.unwrap_or_else(|error| Err(TransportError::new(TransportErrorKind::Closed, error.to_string())))
        });
        Ok(transport.await?.clone())
    }

    async fn password(&self, key: &DatabaseKey, source: &PasswordSource) -> Result<Secret, ConnectError> {
        match source {
            PasswordSource::None => Ok(Secret::default()),
            PasswordSource::Env(variable) => self
                .env
                .get(variable)
                .map(Secret::new)
                .ok_or_else(|| ConnectError::PasswordUnset { key: key.clone(), variable: variable.clone() }),
            PasswordSource::File(file) => {
                let unreadable =
                    |reason: String| ConnectError::PasswordUnreadable { key: key.clone(), file: file.clone(), reason };
                let path = file.clone();
                let text = spawn_blocking(move || std::fs::read_to_string(path)).await;
                let text = text.map_err(|error| unreadable(error.to_string()))?;
                let text = text.map(Secret::new).map_err(|error| unreadable(error.to_string()))?;
                Ok(Secret::new(text.expose().lines().next().unwrap_or_default()))
            }
        }
    }

    /// A database of the engine in this process; it is created when it is not there.
    async fn embedded(&self, name: &DatabaseName) -> Result<Arc<dyn Transport>, ConnectError> {
        let engine =
            self.shared.engine.get_or_init(|| Engine::in_memory(self.clock.clone(), self.random.clone()).into());
        let transport: Arc<dyn Transport> = Arc::new(InProcess(engine.clone()));
        if name.as_str() == SYSTEM {
            return Ok(transport);
        }
        let system = DatabaseName::parse(SYSTEM).map_err(|error| ConnectError::Unsupported(error.to_string()))?;
        let system = Database::new(transport.clone(), system, Authenticator::Nobody, DatabaseEntry::DEFAULT_TIMEOUT);
        match system.create_database(name).await {
            Err(error) if !error.is(ErrorNum::DUPLICATE_NAME) => Err(error.into()),
            _ => Ok(transport),
        }
    }
}

fn limits(entry: &DatabaseEntry) -> QueryLimits {
    let limits = QueryLimits::of_runtime(entry.max_runtime.unwrap_or(entry.timeout));
    QueryLimits { memory: entry.memory_limit.map_or(limits.memory, NonZero::get), ..limits }
}

fn limited(transport: Arc<dyn Transport>, entry: &DatabaseEntry) -> Arc<dyn Transport> {
    match entry.max_connections {
        Some(at_once) => Arc::new(Limited::new(transport, at_once)),
        None => transport,
    }
}

/// The engine in this process as a transport. It computes, so it works on threads where that is allowed.
#[derive(Debug)]
struct InProcess(Arc<Engine>);

impl InProcess {
    async fn compute(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Deadline::of(&request);
        let engine = self.0.clone();
        let work = spawn_blocking(move || engine.handle(request, &Caller::Trusted));
        match tokio::time::timeout(timeout, work).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => {
                // A panic in the engine, or the end of the runtime.
                tracing::error!(%error, "the embedded engine did not answer");
                Err(TransportError::new(TransportErrorKind::Broken, "the embedded engine failed on this request"))
            }
            Err(_) => {
                let detail = format!("the embedded engine did not answer within {} seconds", timeout.as_secs_f64());
                Err(TransportError::new(TransportErrorKind::Timeout, detail))
            }
        }
    }
}

impl Transport for InProcess {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.compute(request))
    }
}

#[cfg(test)]
mod tests;

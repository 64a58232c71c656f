//! For tests of tools: the whole registry over an empty database of the embedded engine.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{CallContext, Caller, Registry, Services};
use crate::{
    clock::{Clock, SequenceRandom, SystemClock},
    config::{Address, Config, DatabaseEntry, DatabaseKey, MapEnv, Origin},
    tenancy::{Databases, FocusSealer, MemorySessions},
    wire::DatabaseName,
};

/// The registry and a database of its own.
pub(crate) struct Bench {
    registry: Registry,
    services: Arc<Services>,
}

impl Bench {
    /// An empty database.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// An empty database that is configured further.
    pub(crate) fn with(configure: impl FnOnce(&mut DatabaseEntry)) -> Self {
        Self::with_clock(Arc::new(SystemClock), configure)
    }

    /// An empty database that is configured further, in a time of its own.
    pub(crate) fn with_clock(clock: Arc<dyn Clock>, configure: impl FnOnce(&mut DatabaseEntry)) -> Self {
        let random = SequenceRandom::from_seed(1);
        let env = Arc::new(MapEnv::default());
        let name = DatabaseName::parse("_system").unwrap();
        let mut entry = DatabaseEntry::new(Address::Embedded(None), name, Origin::CommandLine);
        configure(&mut entry);
        let config = Config::load(None, &*env).unwrap();
        let config = Arc::new(config.with_database(DatabaseKey::parse("test").unwrap(), entry, true));
        let databases = Databases::new(Arc::clone(&config), env, Arc::clone(&clock), random.clone());
        let sessions = MemorySessions::new(Arc::clone(&clock));
        let focus = FocusSealer::with_keys(&[], clock, random).unwrap();
        let services = Services::new(databases, Arc::new(sessions), focus);
        Self { registry: Registry::standard(), services }
    }

    /// Calls a tool: the whole reply.
    pub(crate) async fn reply(&self, tool: &str, arguments: Value) -> Value {
        self.reply_to(Caller::process(), tool, arguments).await
    }

    /// Calls a tool as somebody: the whole reply.
    pub(crate) async fn reply_to(&self, caller: Caller, tool: &str, arguments: Value) -> Value {
        let entry = self.registry.find(tool).unwrap();
        let context = CallContext::new(Arc::clone(&self.services), caller);
        let reply = self.registry.call(entry, &context, arguments.as_object().unwrap().clone()).await;
        serde_json::to_value(reply).unwrap()
    }

    /// Calls a tool: its result, or the body of its error.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value, Value> {
        let reply = self.reply(tool, arguments).await;
        let body: Value = serde_json::from_str(reply["content"][0]["text"].as_str().unwrap()).unwrap();
        if reply["isError"] == true { Err(body) } else { Ok(body) }
    }

    /// Calls a tool that has to succeed.
    pub(crate) async fn result(&self, tool: &str, arguments: Value) -> Value {
        self.call(tool, arguments).await.unwrap_or_else(|error| panic!("{tool}: {error}"))
    }

    /// Calls a tool that has to fail.
    pub(crate) async fn error(&self, tool: &str, arguments: Value) -> Value {
        self.call(tool, arguments).await.expect_err(tool)
    }

    /// Makes a collection with these documents.
    pub(crate) async fn fill(&self, collection: &str, documents: Value) {
        self.collection(collection).await;
        let query = "FOR d IN @documents INSERT d INTO @@c";
        let bind_vars = json!({"documents": documents, "@c": collection});
        self.result("arango_query", json!({"query": query, "bind_vars": bind_vars})).await;
    }

    /// The rows of a query.
    pub(crate) async fn query(&self, text: &str) -> Value {
        self.result("arango_query", json!({"query": text})).await
    }

    /// Makes a document collection.
    pub(crate) async fn collection(&self, name: &str) {
        self.result("arango_create_collection", json!({"name": name})).await;
    }
}

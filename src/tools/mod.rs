//! The tools a model can call, apart from the protocol they are called through.
//!
//! A tool is one file in `catalog` and one line in its list. That list feeds dispatch, listing and documentation. The
//! path of a call (decode, resolve, run, shape, audit) is written once, in `registry` and `on_database`. Nothing
//! here knows rmcp's transports or axum, so tools are tested without a protocol.

mod arguments;
mod attributes;
mod audit;
mod backups;
mod bulk;
mod catalog;
mod confirm;
mod context;
mod describe;
mod documents;
mod effect;
mod error;
mod function_hint;
mod graphs;
mod index_advice;
mod indexes;
mod on_database;
mod probes;
mod query_effect;
mod query_error;
mod references;
mod registry;
mod reply;
mod rows;
mod schema;
mod stored_schemas;
#[cfg(test)]
mod testing;
mod tool;
mod toolset;

pub(crate) use confirm::{Answer, Asker, Decision, LIFETIME as CONFIRMATION_LIFETIME, Question};
pub use context::{CallContext, Caller, Origin, Services};
pub(crate) use describe::{Describer, Subject};
pub use effect::{Effect, Hints};
pub use error::{Kind, ToolError};
pub use registry::{Entry, Registry};
pub use reply::Reply;
pub use tool::Category;
pub(crate) use toolset::granted_with as tools_of_workflow;

/// Services over nothing but the built-in default, for tests.
#[cfg(test)]
pub(crate) fn test_services() -> std::sync::Arc<Services> {
    let sessions = crate::tenancy::MemorySessions::new(std::sync::Arc::new(crate::clock::SystemClock));
    test_services_with(std::sync::Arc::new(sessions))
}

/// The same with these sessions.
#[cfg(test)]
pub(crate) fn test_services_with(sessions: std::sync::Arc<dyn crate::tenancy::Sessions>) -> std::sync::Arc<Services> {
    use std::sync::Arc;

    use crate::{
        clock::{Clock, SequenceRandom, SystemClock},
        config::{Config, MapEnv},
        tenancy::{Databases, FocusSealer},
    };

    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random = SequenceRandom::from_seed(1);
    let env = Arc::new(MapEnv::default());
    let config = Arc::new(Config::load(None, &*env).unwrap());
    let databases = Databases::new(Arc::clone(&config), env, Arc::clone(&clock), random.clone());
    let focus = FocusSealer::with_keys(&[], clock, random).unwrap();
    Services::new(databases, sessions, focus)
}

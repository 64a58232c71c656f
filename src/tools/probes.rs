//! Asking all configured databases at once whether they answer.

use schemars::JsonSchema;
use serde::Serialize;

use super::context::CallContext;
use crate::{config::DatabaseEntry, tenancy::databases::Probe};

/// Whether a database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// It does.
    Connected,
    /// It does not.
    Error,
}

/// What a probe found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Found {
    /// Whether it answers.
    pub(crate) status: Status,
    /// The server's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// Why it does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<Probe> for Found {
    fn from(probe: Probe) -> Self {
        match probe.version {
            Ok(version) => Self { status: Status::Connected, version: Some(version), error: None },
            Err(error) => Self { status: Status::Error, version: None, error: Some(error) },
        }
    }
}

/// Every configured database with its entry, in the order of the configuration.
pub(crate) async fn all(context: &CallContext) -> Vec<(String, &DatabaseEntry, Found)> {
    let probes = context.probe_all().await;
    let entries = context.config.databases().iter();
    entries.zip(probes).map(|((key, entry), probe)| (key.as_str().to_owned(), entry, probe.into())).collect()
}

//! The end of a call, as all who watch calls see it: the audit log, the metrics, the status page.

use std::time::Duration;

use super::otlp::CallTrace;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With a result.
    Ok,
    /// With an error of this type.
    Failed(&'static str),
    /// Its client took it back, or went away.
    Cancelled,
}

impl Outcome {
    /// The name in the audit log: `ok`, `cancelled`, or the type of the error.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(kind) => kind,
            Self::Cancelled => "cancelled",
        }
    }

    /// The name among metrics, of which there are three.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed(_) => "error",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A call that has ended. Nothing in it is what a client made up: tools and levels are ours, databases are configured.
#[derive(Debug, Clone)]
pub struct CallEnd<'a> {
    /// Who called.
    pub who: &'a str,
    /// The beginning of the session's identifier.
    pub session: Option<&'a str>,
    /// Its trace, where there is one.
    pub trace: Option<&'a CallTrace>,
    /// The name of the database on its server.
    pub namespace: Option<&'a str>,
    /// The tool.
    pub tool: &'static str,
    /// The key of the database, once one was chosen.
    pub database: Option<&'a str>,
    /// The level that chose it.
    pub level: Option<&'static str>,
    /// What the audit log says about the arguments.
    pub arguments: Option<&'a str>,
    /// How many rows or items were returned.
    pub rows: Option<usize>,
    /// Whether the result was cut.
    pub cut: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

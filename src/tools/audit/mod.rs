//! The end of every call, told once to all who watch: who called what, where, and how it ended. Never what was in the
//! arguments, which may be anybody's personal data.

mod arguments;

use std::{sync::Arc, time::Instant};

use super::{
    context::CallContext,
    error::{Kind, ToolError},
    reply::Payload,
    schema::JsonObject,
};
use crate::observability::{
    audit::{AuditLog, Receipt},
    calls::{CallEnd, Outcome},
    otlp::CallTrace,
};

/// Tells of the call when it ends, and also when it is cancelled by being dropped.
#[derive(Debug)]
pub(crate) struct Witness<'a> {
    tool: &'static str,
    context: &'a CallContext,
    trace: Option<Arc<CallTrace>>,
    begun: Instant,
    arguments: Option<String>,
    told: bool,
}

impl<'a> Witness<'a> {
    pub(crate) fn begin(tool: &'static str, context: &'a CallContext) -> Self {
        let trace = context.begin_trace();
        Self { tool, context, trace, begun: Instant::now(), arguments: None, told: false }
    }

    /// Notes of the arguments what the audit log wants to know.
    pub(crate) fn note(&mut self, given: &JsonObject) {
        let operation = self.context.services.operation();
        self.arguments = operation
            .audit()
            .zip(operation.wanted())
            .map(|(log, wanted)| arguments::told(given, wanted, |text| log.digest(text)));
    }

    /// Refuses the call where it has to be recorded and cannot be.
    pub(crate) async fn admit(&self) -> Result<(), ToolError> {
        match self.context.services.operation().audit().filter(|log| log.is_required()) {
            Some(log) if !log.is_ready().await => {
                Err(unrecorded("the call was refused: it cannot be recorded in the audit log"))
            }
            _ => Ok(()),
        }
    }

    /// The call came to its end. Returns when that is recorded, so that no answer is there before its line.
    pub(crate) async fn end(mut self, outcome: Result<Payload, ToolError>) -> Result<Payload, ToolError> {
        let receipt = match &outcome {
            Ok(payload) => self.tell(Outcome::Ok, payload.count(), payload.is_cut()),
            Err(error) => self.tell(Outcome::Failed(error.kind().name()), None, false),
        };
        let Some(receipt) = receipt else { return outcome };
        let recorded = receipt.await.unwrap_or(false);
        let required = self.context.services.operation().audit().is_some_and(AuditLog::is_required);
        if outcome.is_ok() && required && !recorded {
            return Err(unrecorded("the call was made, but could not be recorded in the audit log"));
        }
        outcome
    }

    fn tell(&mut self, outcome: Outcome, rows: Option<usize>, cut: bool) -> Option<Receipt> {
        self.told = true;
        let used = self.context.used();
        self.context.services.operation().call_ended(&CallEnd {
            who: self.context.caller.principal.as_str(),
            session: self.context.session_label(),
            trace: self.trace.as_deref(),
            namespace: used.and_then(|(key, _)| Some(self.context.config.entry(key)?.database.as_str())),
            tool: self.tool,
            database: used.map(|(key, _)| key.as_str()),
            level: used.map(|(_, level)| level.name()),
            arguments: self.arguments.as_deref(),
            rows,
            cut,
            outcome,
            took: self.begun.elapsed(),
        })
    }
}

fn unrecorded(problem: &str) -> ToolError {
    ToolError::new(Kind::Unrecorded, problem)
        .hint("tell the administrator of this server; its log says why the audit log cannot be written")
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if !self.told {
            // Nobody waits for an answer any more, so nobody waits for the line either.
            drop(self.tell(Outcome::Cancelled, None, false));
        }
    }
}

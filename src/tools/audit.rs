//! One line for every call on the tracing target `audit`: who called what, where, and how it ended. Never what was in
//! the arguments, which may be anybody's personal data.

use std::time::Instant;

use super::{context::CallContext, error::ToolError, reply::Payload};

/// Writes its line when the call ends, and also when the call is cancelled by being dropped.
#[derive(Debug)]
pub(crate) struct Witness<'a> {
    tool: &'static str,
    context: &'a CallContext,
    begun: Instant,
    told: bool,
}

impl<'a> Witness<'a> {
    pub(crate) fn begin(tool: &'static str, context: &'a CallContext) -> Self {
        Self { tool, context, begun: Instant::now(), told: false }
    }

    /// The call came to its end.
    pub(crate) fn end(mut self, outcome: &Result<Payload, ToolError>) {
        match outcome {
            Ok(payload) => self.tell("ok", payload.count()),
            Err(error) => self.tell(error.kind().name(), None),
        }
    }

    fn tell(&mut self, outcome: &str, rows: Option<usize>) {
        self.told = true;
        let used = self.context.used();
        tracing::info!(
            target: "audit",
            who = self.context.caller.principal.as_str(),
            session = self.context.session_label(),
            tool = self.tool,
            database = used.map(|(key, _)| key.as_str()),
            level = used.map(|(_, level)| level.name()),
            outcome,
            rows,
            milliseconds = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        );
    }
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if !self.told {
            self.tell("cancelled", None);
        }
    }
}

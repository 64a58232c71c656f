//! How a person is asked, as the client's protocol has it: a stateless client gets the question as the result of the call
//! and makes the call again with the answer; an older one is asked over its connection while the call waits; and through a
//! client that can do neither nobody is asked.

use futures::{
    FutureExt as _,
    future::{BoxFuture, ready},
};
use parking_lot::Mutex;
use rmcp::{
    Peer, RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema,
        InputRequest, InputRequests, InputRequiredResult,
    },
    service::RequestContext,
};
use serde_json::Value;

use super::{Channel, session_id::is_modern};
use crate::tools::{Answer, Asker, CONFIRMATION_LIFETIME, Decision, Question};

/// The name of the question in an input-required result.
const KEY: &str = "confirm";

/// The way to the person behind the client of one request.
#[derive(Debug)]
pub(crate) enum Confirmer {
    /// The question is the result of the call.
    Retry(Retry),
    /// The question is a request to the client.
    Elicit(Peer<RoleServer>),
    /// There is no way.
    Unable,
}

/// A question and answer that take two requests.
#[derive(Debug)]
pub(crate) struct Retry {
    can_ask: bool,
    /// What came back from an earlier request.
    brought: Option<(String, Option<Decision>)>,
    // A plain mutex: held only to touch the value, never across an await.
    asked: Mutex<Option<Question>>,
}

impl Confirmer {
    /// What is possible in this request.
    pub(crate) fn of(
        channel: Channel,
        in_session: bool,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Self {
        let can_ask = context
            .client_capabilities()
            .and_then(|capabilities| capabilities.elicitation)
            // Before there were two modes, the empty capability meant forms.
            .is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none());
        if is_modern(context) {
            let brought = request.request_state.clone().map(|state| (state, decision(request)));
            return Self::Retry(Retry { can_ask, brought, asked: Mutex::default() });
        }
        // Without a session an answer would never find its way back.
        match channel {
            Channel::Stdio if can_ask => Self::Elicit(context.peer.clone()),
            Channel::Http if can_ask && in_session => Self::Elicit(context.peer.clone()),
            Channel::Stdio | Channel::Http => Self::Unable,
        }
    }

    /// The question to answer the request with, if there is one.
    pub(crate) fn pending(&self) -> Option<InputRequiredResult> {
        let Self::Retry(retry) = self else { return None };
        let Question { message, state } = retry.asked.lock().take()?;
        let request = InputRequest::Elicitation(ElicitRequest::new(form(message)));
        Some(InputRequiredResult::new(Some(InputRequests::from([(KEY.to_owned(), request)])), Some(state)))
    }
}

impl Asker for Confirmer {
    fn brought(&self) -> Option<(&str, Option<Decision>)> {
        let Self::Retry(retry) = self else { return None };
        retry.brought.as_ref().map(|(state, decision)| (state.as_str(), *decision))
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Answer> {
        match self {
            Self::Retry(retry) if retry.can_ask => {
                *retry.asked.lock() = Some(question);
                ready(Answer::Later).boxed()
            }
            Self::Elicit(peer) => elicit(peer, question.message).boxed(),
            Self::Retry(_) | Self::Unable => ready(Answer::Unable).boxed(),
        }
    }
}

async fn elicit(peer: &Peer<RoleServer>, message: String) -> Answer {
    match peer.create_elicitation_with_timeout(form(message), Some(CONFIRMATION_LIFETIME)).await {
        Ok(result) => Answer::Decided(decided(&result)),
        Err(error) => {
            tracing::debug!(%error, "a question was not answered");
            Answer::Silent("the client did not answer the question".to_owned())
        }
    }
}

/// A form without fields: to accept it is the answer.
fn form(message: String) -> ElicitRequestParams {
    let requested_schema = ElicitationSchema::new(std::collections::BTreeMap::new());
    ElicitRequestParams::FormElicitationParams { meta: None, message, requested_schema }
}

/// The answer that came with a request; nothing if there is none that can be read.
fn decision(request: &CallToolRequestParams) -> Option<Decision> {
    let answer = request.input_responses.as_ref()?.get(KEY)?;
    serde_json::from_value(answer.clone()).ok().as_ref().map(decided)
}

/// Only an acceptance accepts, and not even that if what was filled in says no.
fn decided(result: &ElicitResult) -> Decision {
    let denied = result.content.as_ref().and_then(|content| content.get(KEY)) == Some(&Value::Bool(false));
    match result.action {
        ElicitationAction::Accept if !denied => Decision::Accepted,
        _ => Decision::Declined,
    }
}

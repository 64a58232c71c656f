//! Who is calling, and in which session: the one place where that is read out of a request.

use std::sync::Arc;

use rmcp::{RoleServer, model::ProtocolVersion, service::RequestContext};

use super::Channel;
use crate::{
    config::Rights,
    tenancy::session::{Principal, SessionId},
    tools::Caller,
};

/// Set by an authenticating layer in front of the endpoint; absent where nobody has to say who they are.
#[derive(Debug, Clone)]
pub(crate) struct Authenticated {
    pub(crate) principal: Principal,
    /// What it may use.
    pub(crate) rights: Arc<Rights>,
}

/// Whether a request follows the stateless protocol.
pub(crate) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}

/// The caller of a request.
///
/// Over HTTP the session header counts in the older protocols only, where the guard has checked it: a modern request may
/// carry any session id, and to believe it would hand out other callers' state.
pub(crate) fn caller(channel: Channel, context: &RequestContext<RoleServer>) -> Caller {
    let parts = context.extensions.get::<::http::request::Parts>();
    let session = match channel {
        Channel::Stdio => Some(SessionId::stdio()),
        Channel::Http if is_modern(context) => None,
        Channel::Http => parts
            .and_then(|parts| parts.headers.get("mcp-session-id"))
            .and_then(|value| value.to_str().ok())
            .map(SessionId::new),
    };
    caller_in(session, !is_modern(context), parts.map(|parts| &parts.extensions))
}

/// The caller in a session, as the layers in front of the endpoint have marked the request.
pub(crate) fn caller_in(session: Option<SessionId>, older: bool, marks: Option<&::http::Extensions>) -> Caller {
    let authenticated = marks.and_then(|marks| marks.get::<Authenticated>());
    let (principal, rights) = authenticated.map_or_else(
        || (Principal::anonymous(), Arc::default()),
        |Authenticated { principal, rights }| (principal.clone(), Arc::clone(rights)),
    );
    let own_list = session.is_some() && older;
    Caller { session, principal, rights, own_list }
}

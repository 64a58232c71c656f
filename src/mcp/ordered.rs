//! Keeps one promise on a pipe: what is sent after `set_focused_database` sees its effect.
//!
//! Requests run side by side, so a client that sends "focus on B" and at once a query could have the query answered by A.
//! After a request that changes the session no further message is taken from the pipe until it has been answered.

use std::time::Duration;

use rmcp::{
    RoleServer,
    model::{ClientRequest, JsonRpcMessage, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};

use super::Server;

/// Changing the session takes microseconds. Should an answer ever be lost, the pipe must not stay shut.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A transport that waits for answers to requests that change the session.
pub(crate) struct Ordered<T> {
    inner: T,
    server: Server,
    awaited: Option<RequestId>,
}

impl<T> Ordered<T> {
    pub(crate) fn new(inner: T, server: Server) -> Self {
        Self { inner, server, awaited: None }
    }
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Ordered<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = match &item {
            JsonRpcMessage::Response(response) => Some(&response.id),
            JsonRpcMessage::Error(error) => error.id.as_ref(),
            JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
        };
        if answered.is_some() && answered == self.awaited.as_ref() {
            self.awaited = None;
        }
        self.inner.send(item)
    }

    // rmcp drops this future whenever there is something to send, and calls again after it was sent.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        if self.awaited.is_some() {
            tokio::time::sleep(LONGEST_WAIT).await;
            self.awaited = None;
        }
        let message = self.inner.receive().await;
        if let Some(JsonRpcMessage::Request(request)) = &message
            && let ClientRequest::CallToolRequest(call) = &request.request
            && self.server.changes_session(&call.params.name)
        {
            self.awaited = Some(request.id.clone());
        }
        message
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}

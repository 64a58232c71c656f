//! MCP over the pipes of the process: one client, and the process is its session.
//!
//! The process must never outlive its client. At the end of the input running calls get a moment to finish, so that
//! answers to piped-in requests are not lost, and then they are cancelled. What a cancelled call has to put right (half of a
//! restore, say) is all the server still waits for.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rmcp::{
    ServiceExt as _,
    service::ServerInitializeError,
    transport::{async_rw::AsyncRwTransport, io::stdio_pipes},
};
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::{Server, drain::drained, ordered::Ordered};

/// How long running calls may go on after the client has closed the pipe: the client must be rid of us within a second.
const GRACE_AFTER_END: Duration = Duration::from_millis(700);

/// Serves one client until its input ends or `stop` is cancelled.
///
/// # Errors
/// When the pipes cannot be served; the end of the input is not an error.
pub async fn serve_stdio(server: Server, stop: CancellationToken) -> io::Result<()> {
    let ended = CancellationToken::new();
    let abort = CancellationToken::new();
    let (services, changes) = (Arc::clone(server.services()), Arc::clone(server.changes()));
    let drain = services.operation().drain();
    let (reader, writer) = stdio_pipes();
    let input = Input { inner: reader, stop: Box::pin(stop.clone().cancelled_owned()), ended: ended.clone() };
    let running = async {
        let transport = Ordered::new(AsyncRwTransport::new_server(input, writer), server.clone());
        match server.serve_with_ct(transport, abort.clone()).await {
            Ok(service) => service.waiting().await.map(drop).map_err(io::Error::other),
            Err(ServerInitializeError::ConnectionClosed(_) | ServerInitializeError::Cancelled) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    };
    let patience = async {
        ended.cancelled().await;
        changes.end().await;
        tokio::time::sleep(if stop.is_cancelled() { drain } else { GRACE_AFTER_END }).await;
        abort.cancel();
    };
    let outcome = tokio::select! {
        outcome = running => outcome,
        () = patience => Ok(()),
    };
    drained(&services).await;
    outcome
}

/// The input, which also ends when the server is asked to stop, and which tells when it has ended.
struct Input<R> {
    inner: R,
    stop: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: CancellationToken,
}

impl<R: AsyncRead + Unpin> AsyncRead for Input<R> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.stop.as_mut().poll(context).is_ready() {
            this.ended.cancel();
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut this.inner).poll_read(context, buffer);
        match &outcome {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {}
            Poll::Ready(_) => this.ended.cancel(),
            Poll::Pending => {}
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn the_input_ends_when_the_server_is_asked_to_stop() {
        let (_client, pipe) = tokio::io::duplex(64);
        let (stop, ended) = (CancellationToken::new(), CancellationToken::new());
        let mut input = Input { inner: pipe, stop: Box::pin(stop.clone().cancelled_owned()), ended: ended.clone() };
        let read = tokio::spawn(async move { input.read(&mut [0; 8]).await });
        tokio::task::yield_now().await;
        stop.cancel();
        assert_eq!(read.await.unwrap().unwrap(), 0);
        assert!(ended.is_cancelled());
    }

    #[tokio::test]
    async fn the_end_of_the_input_is_told() {
        let ended = CancellationToken::new();
        let stop = CancellationToken::new();
        let mut input = Input { inner: &b"ab"[..], stop: Box::pin(stop.cancelled_owned()), ended: ended.clone() };
        let mut all = Vec::new();
        input.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, b"ab");
        assert!(ended.is_cancelled());
    }
}

//! A socket that does not wait for ever: for a request that does not come, for its head that trickles in, for answers
//! nobody reads. Hyper alone knows one time for the first two, and clients that keep connections need another.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::connection::{Activity, Phase, WRITE_TIMEOUT};
use crate::config::HttpLimits;

/// The socket, what its connection is doing, and a timer.
#[derive(Debug)]
pub(super) struct Timed<S> {
    socket: S,
    activity: Arc<Activity>,
    limits: HttpLimits,
    timer: Pin<Box<Sleep>>,
    /// Since when the client has taken nothing of what is to be written.
    stalled: Option<Instant>,
}

impl<S> Timed<S> {
    pub(super) fn new(socket: S, activity: Arc<Activity>, limits: HttpLimits) -> Self {
        let timer = Box::pin(sleep(limits.header_timeout));
        Self { socket, activity, limits, timer, stalled: None }
    }

    pub(super) fn into_inner(self) -> S {
        self.socket
    }

    /// Pending until the time has come, then an error. The timer is set anew as seldom as possible.
    fn late<T>(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<io::Result<T>> {
        if self.timer.is_elapsed() || self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        loop {
            ready!(self.timer.as_mut().poll(context));
            if Instant::now() >= deadline {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(deadline);
        }
    }

    fn written<T>(&mut self, context: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match outcome {
            Poll::Ready(outcome) => {
                self.stalled = None;
                Poll::Ready(outcome)
            }
            Poll::Pending => {
                let since = *self.stalled.get_or_insert_with(Instant::now);
                self.late(context, since + WRITE_TIMEOUT)
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.socket).poll_read(context, buffer) {
            Poll::Ready(outcome) => {
                if buffer.filled().len() > before {
                    this.activity.received();
                }
                Poll::Ready(outcome)
            }
            Poll::Pending => match this.activity.deadline(&this.limits) {
                Some(deadline) => this.late(context, deadline),
                None => Poll::Pending,
            },
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.activity.phase() == Phase::Head {
            // There is no request, so this is hyper's own refusal of it, which says nothing; ours follows.
            return Poll::Ready(Ok(bytes.len()));
        }
        let outcome = Pin::new(&mut this.socket).poll_write(context, bytes);
        this.written(context, outcome)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.socket).poll_flush(context);
        if matches!(outcome, Poll::Ready(Ok(())))
            && this.activity.flushed()
            && let Some(deadline) = this.activity.deadline(&this.limits)
        {
            // Hyper has looked for the next request before, and will not again until something wakes it.
            drop(this.late::<()>(context, deadline));
        }
        this.written(context, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.activity.phase() == Phase::Head {
            return Poll::Ready(Ok(()));
        }
        let outcome = Pin::new(&mut this.socket).poll_shutdown(context);
        this.written(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.activity.phase() == Phase::Head {
            return Poll::Ready(Ok(parts.iter().map(|part| part.len()).sum()));
        }
        let outcome = Pin::new(&mut this.socket).poll_write_vectored(context, parts);
        this.written(context, outcome)
    }
}

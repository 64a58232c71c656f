//! Answers in the manner of the older protocols: a quick one as JSON, a slow one as a stream of events, so that what lies
//! between client and server sees that somebody is still there; and a client that goes does not end its call.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures::{future::BoxFuture, stream};
use http::{HeaderValue, Response, header};
use tokio::{runtime::Handle, time::timeout};

/// How long an answer may take before the client gets a stream instead.
const QUICK: Duration = Duration::from_secs(1);

/// How often a stream shows that it is alive.
const ALIVE: Duration = Duration::from_secs(15);

/// The message that answers a request; nothing if it was taken back.
pub(crate) type Answer = Option<Bytes>;

/// The response to a request whose work goes on without its client.
pub(crate) async fn respond(work: BoxFuture<'static, Answer>) -> Response<Body> {
    let mut work = ToItsEnd(Some(work));
    match timeout(QUICK, &mut work).await {
        Ok(Some(message)) => json(message),
        Ok(None) => events(Body::empty()),
        Err(_) => events(Body::from_stream(stream::unfold(Some(work), event))),
    }
}

/// A message as the whole response.
pub(crate) fn json(message: Bytes) -> Response<Body> {
    typed("application/json", Body::from(message))
}

fn events(body: Body) -> Response<Body> {
    let mut response = typed("text/event-stream", body);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn typed(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// The next of the events: signs of life, and at last the message.
async fn event(work: Option<ToItsEnd>) -> Option<(Result<Bytes, Infallible>, Option<ToItsEnd>)> {
    let mut work = work?;
    match timeout(ALIVE, &mut work).await {
        Ok(message) => {
            let event = [b"data: ".as_slice(), &message?, b"\n\n"].concat();
            Some((Ok(event.into()), None))
        }
        Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), Some(work))),
    }
}

/// Work that is done where its result is waited for, and elsewhere once nobody waits.
struct ToItsEnd(Option<BoxFuture<'static, Answer>>);

impl Future for ToItsEnd {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let Some(work) = &mut self.0 else { return Poll::Ready(None) };
        let done = work.as_mut().poll(context);
        if done.is_ready() {
            self.0 = None;
        }
        done
    }
}

impl Drop for ToItsEnd {
    fn drop(&mut self) {
        // Without a runtime the process is about to end.
        if let Some(work) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use futures::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    fn kind(response: &Response<Body>) -> &HeaderValue {
        &response.headers()[header::CONTENT_TYPE]
    }

    #[tokio::test(start_paused = true)]
    async fn a_quick_answer_is_json_and_a_slow_one_an_event_after_signs_of_life() {
        let quick = respond(async { Some(Bytes::from_static(b"{}")) }.boxed()).await;
        assert_eq!(kind(&quick), "application/json");
        let slow = async {
            tokio::time::sleep(Duration::from_secs(20)).await;
            Some(Bytes::from_static(b"{}"))
        };
        let slow = respond(slow.boxed()).await;
        assert_eq!(kind(&slow), "text/event-stream");
        assert_eq!(to_bytes(slow.into_body(), 100).await.unwrap(), ":\n\ndata: {}\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn work_goes_on_when_its_client_has_gone() {
        for patience in [Duration::from_millis(1), Duration::from_secs(2)] {
            let (done, told) = oneshot::channel();
            let work = async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                done.send(()).unwrap();
                None
            };
            // Gone before there is a response, or with the response.
            drop(timeout(patience, respond(work.boxed())).await);
            told.await.unwrap();
        }
    }
}

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
use futures::{
    Stream, StreamExt as _,
    future::{BoxFuture, ready},
    stream,
};
use http::{HeaderValue, Response, header};
use tokio::{runtime::Handle, sync::watch, time::timeout};

use super::calls::{Answer, Kept, Slow};

/// How long clients wait for what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How long an answer may take before the client gets a stream instead.
    quick: Duration,
    /// How often a stream shows that it is alive.
    alive: Duration,
}

/// The pace of all clients.
pub(crate) const USUAL: Pace = Pace { quick: Duration::from_secs(1), alive: Duration::from_secs(15) };

/// When a client that lost its stream is to ask again, in milliseconds.
const RETRY: u32 = 3_000;

/// The response to a request whose work goes on without its client. If it takes long, `keep` has the answer kept.
pub(crate) async fn respond(
    work: BoxFuture<'static, Answer>,
    pace: Pace,
    keep: impl FnOnce(Slow) -> Kept,
) -> Response<Body> {
    let mut work = ToItsEnd(Some(work));
    match timeout(pace.quick, &mut work).await {
        Ok(Some(message)) => json(message),
        Ok(None) => events(Body::empty()),
        Err(_) => {
            let kept = keep(work.apart());
            let first = format!("id: {kept}\nretry: {RETRY}\ndata:\n\n").into();
            events(Body::from_stream(stream::once(ready(Ok(first))).chain(following(kept, pace))))
        }
    }
}

/// The rest of a response that was lost.
pub(crate) fn resume(kept: Kept, pace: Pace) -> Response<Body> {
    events(Body::from_stream(following(kept, pace)))
}

/// Signs of life, and at last the message.
fn following(kept: Kept, pace: Pace) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    stream::unfold((kept, false), move |(mut kept, told)| async move {
        if told {
            kept.sent();
            return None;
        }
        let Ok(answer) = timeout(pace.alive, kept.slow.wait_for(Option::is_some)).await else {
            return Some((Ok(Bytes::from_static(b":\n\n")), (kept, false)));
        };
        // Nothing, if it was taken back or the process is ending.
        let message = answer.ok()?.clone()??;
        let event = [b"data: ".as_slice(), &message, b"\n\n"].concat();
        Some((Ok(event.into()), (kept, true)))
    })
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

/// Work that is done where its result is waited for, and elsewhere once nobody waits.
struct ToItsEnd(Option<BoxFuture<'static, Answer>>);

impl ToItsEnd {
    /// Goes on elsewhere; the result can be waited for from several places.
    fn apart(mut self) -> Slow {
        let (sender, slow) = watch::channel(None);
        if let Some(work) = self.0.take() {
            tokio::spawn(async move { sender.send_replace(Some(work.await)) });
        }
        slow
    }
}

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
    use std::sync::Arc;

    use futures::FutureExt as _;
    use http_body_util::BodyExt as _;
    use tokio::sync::oneshot;

    use super::*;
    use crate::mcp::direct::calls::Calls;

    /// Nobody has any patience.
    const HASTY: Pace = Pace { quick: Duration::ZERO, alive: Duration::ZERO };

    fn kind(response: &Response<Body>) -> &HeaderValue {
        &response.headers()[header::CONTENT_TYPE]
    }

    async fn frame(body: &mut Body) -> Bytes {
        body.frame().await.unwrap().unwrap().into_data().unwrap()
    }

    #[tokio::test]
    async fn a_quick_answer_is_json_and_a_slow_one_an_event_after_signs_of_life() {
        let calls = Arc::new(Calls::default());
        let keep = |slow| calls.keep("a".into(), slow);
        let quick = respond(async { Some(Bytes::from_static(b"{}")) }.boxed(), USUAL, keep).await;
        assert_eq!(kind(&quick), "application/json");
        let (end, told) = oneshot::channel();
        let slow = async { told.await.ok() };
        let slow = respond(slow.boxed(), HASTY, keep).await;
        assert_eq!(kind(&slow), "text/event-stream");
        let mut body = slow.into_body();
        assert_eq!(frame(&mut body).await, "id: call-1\nretry: 3000\ndata:\n\n");
        assert_eq!(frame(&mut body).await, ":\n\n");
        end.send(Bytes::from_static(b"{}")).unwrap();
        let resumed = resume(calls.kept("a".into(), "call-1").unwrap(), HASTY);
        for mut body in [body, resumed.into_body()] {
            let mut last = frame(&mut body).await;
            while last == ":\n\n" {
                last = frame(&mut body).await;
            }
            assert_eq!(last, "data: {}\n\n");
            assert!(body.frame().await.is_none());
        }
        assert!(calls.kept("a".into(), "call-1").is_none(), "it has been sent");
    }

    #[tokio::test]
    async fn work_goes_on_when_its_client_has_gone() {
        // Gone before there is a response, or with the response.
        for pace in [USUAL, HASTY] {
            let (begin, begun) = oneshot::channel::<()>();
            let (done, told) = oneshot::channel();
            let work = async {
                begun.await.unwrap();
                done.send(()).unwrap();
                None
            };
            let keep = |slow| Arc::new(Calls::default()).keep("a".into(), slow);
            drop(respond(work.boxed(), pace, keep).now_or_never());
            begin.send(()).unwrap();
            told.await.unwrap();
        }
    }
}

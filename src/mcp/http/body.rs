//! Bodies: those of requests are read as a whole, within bounds of size and time; those of answers are watched to their
//! end.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};

use super::{connection::Activity, refusal::refusal};
use crate::config::HttpLimits;

/// A step that reads the whole body before it lets a request on.
pub(super) async fn whole<F: Future<Output = Response>>(
    limits: &HttpLimits,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let (parts, body) = request.into_parts();
    let most = limits.max_body;
    let too_large = || {
        let message = format!("the request body is larger than {most} bytes; send less, or raise --max-body");
        closing(refusal(StatusCode::PAYLOAD_TOO_LARGE, &message))
    };
    if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
        return too_large();
    }
    if body.is_end_stream() {
        return next(Request::from_parts(parts, Body::empty())).await;
    }
    match tokio::time::timeout(limits.body_timeout, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => next(Request::from_parts(parts, Body::from(body.to_bytes()))).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => closing(refusal(StatusCode::BAD_REQUEST, "the request body could not be read to its end")),
        Err(_) => closing(refusal(StatusCode::REQUEST_TIMEOUT, &late(limits.body_timeout))),
    }
}

fn late(limit: Duration) -> String {
    let seconds = limit.as_secs_f64();
    format!("the request body did not come within {seconds} seconds; send it faster, or raise --body-timeout")
}

/// What follows on this connection would be the rest of a body, not a request.
fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The body of a request. It notes when it is dropped before its end.
#[derive(Debug)]
pub(super) struct Noted {
    incoming: Incoming,
    activity: Arc<Activity>,
    ended: bool,
}

impl Noted {
    pub(super) fn new(incoming: Incoming, activity: Arc<Activity>) -> Self {
        Self { incoming, activity, ended: false }
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        if !self.ended && !self.incoming.is_end_stream() {
            self.activity.give_up_body();
        }
    }
}

impl HttpBody for Noted {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(context);
        self.ended |= matches!(frame, Poll::Ready(None));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// The body of an answer, and what is to be kept until it has been sent.
#[derive(Debug)]
pub(super) struct Held<G> {
    body: Body,
    _kept: G,
}

impl<G> Held<G> {
    pub(super) fn new(body: Body, kept: G) -> Self {
        Self { body, _kept: kept }
    }
}

impl<G: Unpin> HttpBody for Held<G> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

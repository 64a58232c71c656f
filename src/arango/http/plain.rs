//! Plain HTTP to one server, over connections that are kept. A request does the work of its connection itself: with a
//! task for each connection, as general clients have them, every request costs several messages between tasks, which is
//! more than the rest of its way.

use std::{
    collections::VecDeque,
    pin::{Pin, pin},
    sync::{Arc, Weak},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use futures::future::poll_fn;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::Full;
use hyper::{
    body::{Body as _, Incoming},
    client::conn::http1,
    service::Service as _,
};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo, service::TowerToHyperService};
use parking_lot::Mutex;
use tokio::{
    net::TcpStream,
    time::{Instant, sleep},
};
use url::Url;

use super::{CONNECT_TIMEOUT, IDLE_TIMEOUT, Inflow, Kind, TransportError, USER_AGENT, innermost};

/// How often the other end is asked whether it is still there while nothing comes from it, and how often in vain.
const KEEP_ALIVE: (Duration, u32) = (Duration::from_secs(15), 3);
/// How long what was sent may stay without a sign that it has arrived.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

type Wire = http1::Connection<TokioIo<TcpStream>, Full<Bytes>>;

/// A server, and the connections to it that wait for another request.
#[derive(Debug)]
pub(super) struct Plain {
    connector: TowerToHyperService<HttpConnector>,
    address: Uri,
    host: HeaderValue,
    /// What stands before the path of every request.
    base: String,
    idle: Arc<Mutex<Idle>>,
}

/// The connections without work, those that had some last at the end.
#[derive(Debug, Default)]
struct Idle {
    lines: VecDeque<Line>,
    /// Whether somebody will come and close those that are left over.
    watched: bool,
}

/// A connection in hyper's two halves.
#[derive(Debug)]
struct Line {
    sender: http1::SendRequest<Full<Bytes>>,
    wire: Wire,
    ended: bool,
    since: Instant,
}

/// Why there is no answer.
enum Failure {
    /// The connection had ended before anything of this request was sent.
    Unsent(Box<Request<Full<Bytes>>>, TransportError),
    Broken(TransportError),
}

impl Plain {
    /// Connects to nothing yet.
    pub(super) fn new(server: &Url) -> Result<Self, TransportError> {
        let invalid = |error: &dyn std::fmt::Display| {
            TransportError::new(Kind::Broken, format!("the address cannot be used: {error}"))
        };
        let authority = server.authority();
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_keepalive(Some(KEEP_ALIVE.0));
        connector.set_keepalive_interval(Some(KEEP_ALIVE.0));
        connector.set_keepalive_retries(Some(KEEP_ALIVE.1));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        Ok(Self {
            connector: TowerToHyperService::new(connector),
            address: format!("http://{authority}/").parse().map_err(|error| invalid(&error))?,
            host: HeaderValue::from_str(authority).map_err(|error| invalid(&error))?,
            base: server.path().trim_end_matches('/').to_owned(),
            idle: Arc::default(),
        })
    }

    /// Sends a request and gives the whole answer. A kept connection that turns out to have ended before anything was
    /// sent is replaced by another.
    pub(super) async fn send(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let mut request = self.written(request)?;
        while let Some(line) = self.kept() {
            match self.exchange(line, request).await {
                Err(Failure::Unsent(unsent, _)) => request = *unsent,
                Err(Failure::Broken(error)) => return Err(error),
                Ok(response) => return Ok(response),
            }
        }
        let line = self.connect().await?;
        self.exchange(line, request).await.map_err(|failure| match failure {
            Failure::Unsent(_, error) | Failure::Broken(error) => error,
        })
    }

    /// The request as it goes over the wire.
    fn written(&self, request: &Request<Bytes>) -> Result<Request<Full<Bytes>>, TransportError> {
        let mut written = Request::new(Full::new(request.body().clone()));
        *written.method_mut() = request.method().clone();
        *written.uri_mut() = if self.base.is_empty() {
            request.uri().clone()
        } else {
            format!("{}{}", self.base, request.uri())
                .parse()
                .map_err(|error| TransportError::new(Kind::Broken, format!("the address cannot be made: {error}")))?
        };
        let headers = written.headers_mut();
        headers.reserve(request.headers().len() + 3);
        headers.insert(header::HOST, self.host.clone());
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.extend(request.headers().iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(written)
    }

    async fn connect(&self) -> Result<Line, TransportError> {
        let socket = self.connector.call(self.address.clone()).await.map_err(|error| {
            let cause = innermost(&error);
            let late =
                cause.downcast_ref().is_some_and(|error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut);
            let detail = if late { "the connection was not accepted in time".to_owned() } else { cause.to_string() };
            TransportError::new(Kind::Connect, detail)
        })?;
        let (sender, wire) = http1::handshake(socket).await.map_err(|error| broken(&error))?;
        Ok(Line { sender, wire, ended: false, since: Instant::now() })
    }

    /// A kept connection that has not ended, as far as can be seen. The one used last: the others may grow old.
    fn kept(&self) -> Option<Line> {
        let mut idle = self.idle.lock();
        while let Some(mut line) = idle.lines.pop_back() {
            if line.since.elapsed() < IDLE_TIMEOUT && line.is_ready() {
                return Some(line);
            }
        }
        None
    }

    async fn exchange(&self, mut line: Line, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        let response = line.exchange(request).await?;
        if line.is_ready() {
            line.since = Instant::now();
            self.keep(line);
        }
        Ok(response)
    }

    fn keep(&self, line: Line) {
        let mut idle = self.idle.lock();
        idle.lines.push_back(line);
        if !std::mem::replace(&mut idle.watched, true) {
            tokio::spawn(close_old(Arc::downgrade(&self.idle)));
        }
    }
}

/// Closes what nobody has used for long, until nothing is left.
async fn close_old(idle: Weak<Mutex<Idle>>) {
    loop {
        sleep(IDLE_TIMEOUT).await;
        let Some(idle) = idle.upgrade() else { return };
        let mut idle = idle.lock();
        while idle.lines.front().is_some_and(|line| line.since.elapsed() >= IDLE_TIMEOUT) {
            idle.lines.pop_front();
        }
        if idle.lines.is_empty() {
            idle.watched = false;
            return;
        }
    }
}

impl Line {
    /// Whether it can take a request.
    fn is_ready(&mut self) -> bool {
        // Nobody is to be woken when something comes: it is looked at again before it is used.
        self.work(&mut Context::from_waker(Waker::noop()));
        !self.ended && self.sender.is_ready()
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        let mut head = pin!(self.sender.try_send_request(request));
        let head = poll_fn(|context| self.work_for(context, |quiet| head.as_mut().poll(quiet))).await;
        let head = head.map_err(Failure::Broken)?;
        let (head, mut body) = match head {
            Ok(response) => response.into_parts(),
            Err(mut failure) => {
                let unsent = failure.take_message();
                let error = broken(failure.error());
                return Err(
                    unsent.map_or(Failure::Broken(error.clone()), |unsent| Failure::Unsent(Box::new(unsent), error))
                );
            }
        };
        let body = self.read(&mut body).await.map_err(Failure::Broken)?;
        Ok(Response::from_parts(head, body))
    }

    async fn read(&mut self, body: &mut Incoming) -> Result<Bytes, TransportError> {
        let mut inflow = Inflow::new(body.size_hint().exact())?;
        loop {
            let frame = poll_fn(|context| self.work_for(context, |quiet| Pin::new(&mut *body).poll_frame(quiet)));
            match frame.await? {
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data() {
                        inflow.take(chunk)?;
                    }
                }
                Some(Err(error)) => return Err(broken(&error)),
                None => return Ok(inflow.end()),
            }
        }
    }

    /// Works until something has come. That comes by this work only, so that it has nobody to wake.
    fn work_for<T>(
        &mut self,
        context: &mut Context<'_>,
        mut awaited: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<Result<T, TransportError>> {
        let mut quiet = Context::from_waker(Waker::noop());
        if let Poll::Ready(come) = awaited(&mut quiet) {
            return Poll::Ready(Ok(come));
        }
        self.work(context);
        match awaited(&mut quiet) {
            Poll::Ready(come) => Poll::Ready(Ok(come)),
            Poll::Pending if self.ended => {
                Poll::Ready(Err(TransportError::new(Kind::Broken, "the connection ended before the answer")))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Reads and writes what can be. Errors are told to what waits for the answer.
    fn work(&mut self, context: &mut Context<'_>) {
        self.ended = self.ended || Pin::new(&mut self.wire).poll(context).is_ready();
    }
}

fn broken(error: &hyper::Error) -> TransportError {
    TransportError::new(Kind::Broken, innermost(error).to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
        task::yield_now,
    };

    use super::*;

    /// A server that answers each request on a connection with the next of these, and then ends the connection.
    async fn server(answers: &'static [&'static [u8]]) -> (Plain, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::default());
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                for answer in answers {
                    drop(socket.read(&mut [0; 4096]).await);
                    drop(socket.write_all(answer).await);
                }
            }
        });
        (Plain::new(&Url::parse(&format!("http://{address}")).unwrap()).unwrap(), connections)
    }

    async fn ask(plain: &Plain) -> Result<Bytes, TransportError> {
        Ok(plain.send(&Request::get("/x").body(Bytes::new()).unwrap()).await?.into_body())
    }

    const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n";
    const LAST: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    const UNTIL_THE_END: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nok";

    #[tokio::test]
    async fn a_connection_is_used_again_until_the_server_says_that_it_ends() {
        for last in [LAST, UNTIL_THE_END] {
            let answers = if last == LAST { &[OK, CHUNKED, OK, LAST][..] } else { &[OK, CHUNKED, OK, UNTIL_THE_END] };
            let (plain, connections) = server(answers).await;
            for count in [1, 1, 1, 1, 2, 2] {
                assert_eq!(ask(&plain).await.unwrap(), "ok");
                assert_eq!(connections.load(Ordering::Relaxed), count);
            }
        }
    }

    #[tokio::test]
    async fn a_connection_that_ended_while_it_was_kept_is_replaced() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let plain = Plain::new(&Url::parse(&address).unwrap()).unwrap();
        let answer = async || {
            let (mut socket, _) = listener.accept().await.unwrap();
            drop(socket.read(&mut [0; 4096]).await);
            drop(socket.write_all(OK).await);
            socket
        };
        let (first, socket) = tokio::join!(ask(&plain), answer());
        assert_eq!(first.unwrap(), "ok");
        let mut line = plain.idle.lock().lines.pop_back().unwrap();
        drop(socket);
        while line.is_ready() {
            yield_now().await;
        }
        plain.keep(line);
        let (second, _socket) = tokio::join!(ask(&plain), answer());
        assert_eq!(second.unwrap(), "ok");
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_takes_its_connection_with_it() {
        let (plain, connections) = server(&[OK, b""]).await;
        ask(&plain).await.unwrap();
        let mut given_up = Box::pin(ask(&plain));
        assert!(futures::poll!(&mut given_up).is_pending());
        drop(given_up);
        assert!(plain.idle.lock().lines.is_empty());
        assert_eq!(ask(&plain).await.unwrap(), "ok");
        assert_eq!(connections.load(Ordering::Relaxed), 2);
    }
}

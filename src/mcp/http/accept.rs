//! Connections: accepted, bounded in number and in time, served over HTTP/1.1, ended in good order. HTTP/2 is left to the
//! proxy in front: what is behind one gains nothing from it, and its streams would need limits of their own.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service as _, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::server::TlsStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    body::{Held, Noted},
    connection::{Connections, Peer, Phase, Place},
    refusal::on_the_wire,
    timed::Timed,
    tls::{ClientCertificate, Tls},
};
use crate::config::HttpLimits;

/// The most bytes of a request's head. Tokens and the names of resources are in it, so it is generous.
const MAX_HEAD: usize = 128 << 10;

/// How long a client that was refused may go on sending before the connection is cut under its refusal.
const LINGER: Duration = Duration::from_secs(1);

/// How many connections beyond the limit are told so at once; those beyond that are dropped.
const TURNED_AWAY_AT_ONCE: usize = 64;

/// How long to wait when the system gives no connections.
const PAUSE: Duration = Duration::from_millis(50);

/// What it takes to serve a connection.
#[derive(Debug)]
pub(super) struct Acceptor {
    pub(super) app: Router,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) limits: HttpLimits,
    pub(super) connections: Arc<Connections>,
    /// No more requests: connections end after the one they are at.
    pub(super) stop: CancellationToken,
    /// Connections end at once.
    pub(super) cut: CancellationToken,
}

impl Acceptor {
    /// Accepts connections until the stop. The tasks are those that are left.
    pub(super) async fn run(self, listener: TcpListener) -> TaskTracker {
        let (this, tasks) = (Arc::new(self), TaskTracker::new());
        let turning_away = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
        while let Some((socket, address)) = this.next(&listener).await {
            // Without NODELAY every small answer waits some 40 ms for an acknowledgement.
            if let Err(error) = socket.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY cannot be set");
            }
            if let Some(place) = this.connections.admit() {
                let this = Arc::clone(&this);
                tasks.spawn(async move {
                    tokio::select! {
                        () = this.cut.cancelled() => {}
                        () = this.serve(socket, address, place) => {}
                    }
                });
            } else if this.tls.is_none()
                && let Ok(permit) = Arc::clone(&turning_away).try_acquire_owned()
            {
                tracing::warn!(limit = this.limits.max_connections, "a connection was refused: all are busy");
                tasks.spawn(async move {
                    let message =
                        "all connections of this server are busy; try again in a second, or raise --max-connections";
                    refuse(socket, StatusCode::SERVICE_UNAVAILABLE, message).await;
                    drop(permit);
                });
            }
        }
        tasks.close();
        tasks
    }

    /// The next connection; none after the stop.
    async fn next(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.stop.cancelled() => return None,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok(accepted) => return Some(accepted),
                Err(error) => {
                    // Out of file descriptors, most likely: trying again at once would only burn a core.
                    tracing::warn!(%error, "cannot accept a connection");
                    self.connections.make_room();
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    async fn serve(&self, socket: TcpStream, address: SocketAddr, place: Place) {
        let Ok(local) = socket.local_addr() else { return };
        let peer = Peer { address, local };
        let Some(tls) = &self.tls else { return self.converse(socket, peer, None, &place).await };
        let shaken = tokio::select! {
            shaken = tokio::time::timeout(self.limits.header_timeout, shake_hands(tls, socket)) => shaken,
            () = place.activity.asked_to_leave() => return,
            () = self.stop.cancelled() => return,
        };
        match shaken {
            Ok(Ok(Some(stream))) => {
                let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
                let certificate = shown.map(ClientCertificate::read);
                self.converse(stream, peer, certificate, &place).await;
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::debug!(%error, %address, "no TLS connection"),
            Err(_) => tracing::debug!(%address, "no TLS connection in time"),
        }
    }

    /// One request after the other.
    async fn converse<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        socket: S,
        peer: Peer,
        certificate: Option<ClientCertificate>,
        place: &Place,
    ) {
        let activity = &place.activity;
        let app = TowerToHyperService::new(self.app.clone());
        let noted = Arc::clone(activity);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let unanswered = noted.begin();
            request.extensions_mut().insert(peer);
            if let Some(certificate) = &certificate {
                request.extensions_mut().insert(certificate.clone());
            }
            let answer = app.call(request.map(|body| Body::new(Noted::new(body, Arc::clone(&noted)))));
            async move { answer.await.map(|response| response.map(|body| Held::new(body, unanswered.answered()))) }
        });
        let timed = Timed::new(socket, Arc::clone(activity), self.limits);
        let mut connection = http1::Builder::new()
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_HEAD)
            .serve_connection(TokioIo::new(timed), service);
        let told_to_end = async {
            tokio::select! {
                () = activity.asked_to_leave() => {}
                () = self.stop.cancelled() => {}
            }
        };
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = told_to_end => {
                if activity.is_waiting() {
                    return;
                }
                Pin::new(&mut connection).graceful_shutdown();
                (&mut connection).await
            }
        };
        let socket = connection.into_parts().io.into_inner().into_inner();
        match ended {
            Ok(()) if activity.has_unread() => linger(socket).await,
            Ok(()) => {}
            Err(error) => {
                tracing::debug!(%error, address = %peer.address, "a connection ended with an error");
                if activity.phase() == Phase::Head
                    && let Some((status, message)) = explain(&error, &self.limits)
                {
                    refuse(socket, status, &message).await;
                }
            }
        }
    }
}

/// What to say about a head that is not one; nothing when the client has gone.
fn explain(error: &hyper::Error, limits: &HttpLimits) -> Option<(StatusCode, String)> {
    if error.is_parse_too_large() {
        let message = format!("the head of the request is larger than {MAX_HEAD} bytes or has more than 100 headers");
        return Some((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message));
    }
    if error.is_parse_version_h2() {
        let message = "this server speaks HTTP/1.1 only; put a proxy in front for HTTP/2".to_owned();
        return Some((StatusCode::HTTP_VERSION_NOT_SUPPORTED, message));
    }
    if error.is_parse() {
        return Some((StatusCode::BAD_REQUEST, format!("this is not an HTTP request: {error}")));
    }
    timed_out(error).then(|| {
        let seconds = limits.header_timeout.as_secs_f64();
        let message = format!("the head of the request did not come within {seconds} seconds; see --header-timeout");
        (StatusCode::REQUEST_TIMEOUT, message)
    })
}

fn timed_out(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
}

/// Begins TLS, or tells a client that does not speak it.
async fn shake_hands(tls: &Tls, socket: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
    /// The type of record a TLS connection begins with.
    const HANDSHAKE: u8 = 22;
    let mut first = [HANDSHAKE];
    socket.peek(&mut first).await?;
    if first == [HANDSHAKE] {
        return tls.acceptor().accept(socket).await.map(Some);
    }
    refuse(socket, StatusCode::BAD_REQUEST, "this port speaks TLS; use https://").await;
    Ok(None)
}

/// Says no and ends the connection.
async fn refuse(mut socket: impl AsyncRead + AsyncWrite + Unpin, status: StatusCode, message: &str) {
    let response = on_the_wire(status, message);
    if let Ok(Ok(())) = tokio::time::timeout(LINGER, socket.write_all(response.as_bytes())).await {
        linger(socket).await;
    }
}

/// Ends the own side and reads what a client is still sending, for a moment. To close under it would take away the answer
/// on its way.
async fn linger(mut socket: impl AsyncRead + AsyncWrite + Unpin) {
    let mut ignored = [0; 4096];
    let rest = async {
        socket.shutdown().await?;
        while socket.read(&mut ignored).await? > 0 {}
        io::Result::Ok(())
    };
    drop(tokio::time::timeout(LINGER, rest).await);
}

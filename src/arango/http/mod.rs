//! Requests over sockets. One pool of connections per server; several coordinators stand in for each other when one cannot
//! be reached. Encrypted connections are reqwest's, which knows the system's authorities and HTTP/2; plain ones are our own.

mod beat;
mod pinned;
mod plain;

use std::{
    error::Error,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    error::{TransportError, TransportErrorKind as Kind},
    transport::{Deadline, Transport},
};
use crate::observability::SafeUrl;
use beat::Beat;
use plain::Plain;

/// Largest answer taken, in bytes: 256 MiB.
const MAX_BODY_LEN: usize = 256 << 20;
/// Memory set aside on the server's word alone, before anything has come: 8 MiB.
const MAX_RESERVED_LEN: usize = 8 << 20;
/// How long one address may take to accept a connection, so that the next one gets its turn.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections are closed after this, sooner than servers and load balancers usually do.
const IDLE_TIMEOUT: Duration = Duration::from_secs(55);

/// What we call ourselves.
const USER_AGENT: &str = concat!("mcp-arangodb-async/", env!("CARGO_PKG_VERSION"));

/// Where a server is and how far it is trusted. Equal options share one pool of connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServerOptions {
    /// One server, or the coordinators of one cluster; not empty.
    pub urls: Vec<SafeUrl>,
    /// PEM file with the only authorities to trust.
    pub ca_file: Option<PathBuf>,
    /// Whether certificates are checked.
    pub verify_certificate: bool,
}

/// Carries requests over sockets.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    servers: Arc<[Server]>,
    /// Which server to try first: the one that answered last.
    preferred: Arc<AtomicUsize>,
    beat: Arc<Beat>,
}

#[derive(Debug)]
struct Server {
    url: SafeUrl,
    way: Way,
}

/// How requests get to a server.
#[derive(Debug)]
enum Way {
    Plain(Plain),
    Encrypted(reqwest::Client),
}

impl HttpTransport {
    /// Makes the clients; connects to nothing yet. Reads the file with the authorities, so it blocks for a moment.
    ///
    /// # Errors
    /// When there is no address, the file cannot be read, or TLS cannot be set up.
    pub fn new(options: &ServerOptions) -> Result<Self, TransportError> {
        if options.urls.is_empty() {
            return Err(TransportError::new(Kind::Connect, "no server address is configured"));
        }
        // Made only where it is needed: loading the system's authorities takes longer than many a query.
        let is_plain = |url: &SafeUrl| url.expose().scheme() == "http";
        let encrypted = if options.urls.iter().all(is_plain) { None } else { Some(encrypted(options)?) };
        let server = |url: &SafeUrl| {
            let way = match encrypted.clone().filter(|_| !is_plain(url)) {
                Some(client) => Way::Encrypted(client),
                None => Way::Plain(Plain::new(url.expose()).map_err(|error| describe(&error, url))?),
            };
            Ok(Server { url: url.clone(), way })
        };
        Ok(Self {
            servers: options.urls.iter().map(server).collect::<Result<_, _>>()?,
            preferred: Arc::default(),
            beat: Arc::default(),
        })
    }

    /// Tries one server after the other. Only when no connection was made is the next one tried: what was sent may have
    /// been done.
    async fn send_to_any(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Deadline::of(&request);
        let deadline = Instant::now() + timeout;
        self.beat.needed();
        let first = self.preferred.load(Ordering::Relaxed);
        let mut last = TransportError::new(Kind::Connect, "no server address is configured");
        for step in 0..self.servers.len() {
            let position = (first + step) % self.servers.len();
            let Some(server) = self.servers.get(position) else { continue };
            match timeout_at(deadline, server.send(&request)).await {
                Ok(Ok(response)) => {
                    self.preferred.store(position, Ordering::Relaxed);
                    return Ok(response);
                }
                Ok(Err(error)) if error.kind == Kind::Connect => last = describe(&error, &server.url),
                Ok(Err(error)) => return Err(describe(&error, &server.url)),
                Err(_) => {
                    let seconds = timeout.as_secs_f64();
                    let detail = format!("{} did not answer within {seconds} seconds", server.url);
                    return Err(TransportError::new(Kind::Timeout, detail));
                }
            }
        }
        Err(last)
    }
}

impl Server {
    async fn send(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match &self.way {
            Way::Plain(plain) => plain.send(request).await,
            Way::Encrypted(client) => send_encrypted(client, self.url.expose(), request).await,
        }
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send_to_any(request))
    }

    fn address(&self) -> Option<&SafeUrl> {
        self.servers.get(self.preferred.load(Ordering::Relaxed)).map(|server| &server.url)
    }
}

fn encrypted(options: &ServerOptions) -> Result<reqwest::Client, TransportError> {
    let mut builder = reqwest::Client::builder()
        .tcp_nodelay(true)
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .user_agent(USER_AGENT);
    if !options.verify_certificate {
        builder = builder.tls_danger_accept_invalid_certs(true);
    } else if let Some(file) = &options.ca_file {
        let fault = |reason| TransportError::new(Kind::Tls, format!("ca_file {}: {reason}", file.display()));
        builder = builder.tls_backend_preconfigured(pinned::config(file).map_err(fault)?);
    }
    install_crypto();
    builder.build().map_err(|error| TransportError::new(Kind::Tls, reason(&error)))
}

async fn send_encrypted(
    client: &reqwest::Client,
    server: &Url,
    request: &Request<Bytes>,
) -> Result<Response<Bytes>, TransportError> {
    let mut answer = client
        .request(request.method().clone(), join(server, request)?)
        .headers(request.headers().clone())
        .body(request.body().clone())
        .send()
        .await
        .map_err(|error| classify(&error))?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    let mut inflow = Inflow::new(answer.content_length())?;
    while let Some(chunk) = answer.chunk().await.map_err(|error| classify(&error))? {
        inflow.take(chunk)?;
    }
    *response.body_mut() = inflow.end();
    Ok(response)
}

/// The body of an answer as it comes in, within bounds.
struct Inflow {
    announced: usize,
    first: Bytes,
    more: BytesMut,
}

impl Inflow {
    fn new(announced: Option<u64>) -> Result<Self, TransportError> {
        let announced = announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        if announced > MAX_BODY_LEN {
            return Err(Self::too_large());
        }
        Ok(Self { announced, first: Bytes::new(), more: BytesMut::new() })
    }

    /// Most answers come in one piece, which is kept as it is.
    fn take(&mut self, chunk: Bytes) -> Result<(), TransportError> {
        if self.first.is_empty() && self.more.is_empty() {
            self.first = chunk;
            return if self.first.len() > MAX_BODY_LEN { Err(Self::too_large()) } else { Ok(()) };
        }
        if self.more.is_empty() {
            self.more.reserve(self.announced.min(MAX_RESERVED_LEN));
            self.more.extend_from_slice(&std::mem::take(&mut self.first));
        }
        if self.more.len().saturating_add(chunk.len()) > MAX_BODY_LEN {
            return Err(Self::too_large());
        }
        self.more.extend_from_slice(&chunk);
        Ok(())
    }

    fn end(self) -> Bytes {
        if self.more.is_empty() { self.first } else { self.more.freeze() }
    }

    fn too_large() -> TransportError {
        TransportError::new(Kind::TooLarge, format!("the answer is larger than {MAX_BODY_LEN} bytes"))
    }
}

/// The server's address with the request's path and query behind it. Put together as text: the path is escaped already
/// and must not be normalised.
fn join(server: &Url, request: &Request<Bytes>) -> Result<Url, TransportError> {
    let base = server.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}{}", request.uri()))
        .map_err(|error| TransportError::new(Kind::Broken, format!("the address cannot be made: {error}")))
}

fn describe(error: &TransportError, server: &SafeUrl) -> TransportError {
    TransportError::new(error.kind, format!("{server}: {}", error.detail))
}

fn classify(error: &reqwest::Error) -> TransportError {
    let detail = reason(error);
    // reqwest reports TLS failures as failures to connect; the reason tells them apart, and another coordinator with
    // the same bad certificate is no better.
    if is_about_tls(error) {
        let advice = "if your own authority signed its certificate, name that authority's file under `ca_file`";
        return TransportError::new(Kind::Tls, format!("no encrypted connection: {detail}; {advice}"));
    }
    let kind = if error.is_connect() {
        Kind::Connect
    } else if error.is_timeout() {
        Kind::Timeout
    } else {
        Kind::Broken
    };
    TransportError::new(kind, detail)
}

fn is_about_tls(error: &reqwest::Error) -> bool {
    let mut causes = std::iter::successors(cause_of(error), |cause| cause_of(*cause));
    causes.any(<dyn Error>::is::<rustls::Error>)
}

/// The next cause. An I/O error hides what it was made from: its `source` is that one's source.
fn cause_of<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The innermost cause in words: the outer ones only repeat the URL.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() && error.is_connect() {
        return "the connection was not accepted in time".to_owned();
    }
    match cause_of(error) {
        Some(cause) => innermost(cause).to_string(),
        None => "the request failed".to_owned(),
    }
}

/// What an error comes from at the bottom, or itself.
fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    std::iter::successors(Some(error), |error| cause_of(*error)).last().unwrap_or(error)
}

/// Chooses ring for TLS, once; a second call finds it chosen.
fn install_crypto() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

#[cfg(test)]
mod tests;

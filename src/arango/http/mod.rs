//! Requests over sockets. One client, and so one pool of connections, per server; several coordinators stand in for each
//! other when one cannot be reached.

mod pinned;

use std::{
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

/// Largest answer taken, in bytes: 256 MiB.
const MAX_BODY_LEN: usize = 256 << 20;
/// Memory set aside on the server's word alone, before anything has come: 8 MiB.
const MAX_RESERVED_LEN: usize = 8 << 20;
/// How long one address may take to accept a connection, so that the next one gets its turn.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Idle connections are closed after this, sooner than servers and load balancers usually do.
const IDLE_TIMEOUT: Duration = Duration::from_secs(55);

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
    client: reqwest::Client,
    servers: Arc<[SafeUrl]>,
    /// Which server to try first: the one that answered last.
    preferred: Arc<AtomicUsize>,
}

impl HttpTransport {
    /// Makes the client; connects to nothing yet. Reads the file with the authorities, so it blocks for a moment.
    ///
    /// # Errors
    /// When there is no address, the file cannot be read, or TLS cannot be set up.
    pub fn new(options: &ServerOptions) -> Result<Self, TransportError> {
        if options.urls.is_empty() {
            return Err(TransportError::new(Kind::Connect, "no server address is configured"));
        }
        let mut builder = reqwest::Client::builder()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("mcp-arangodb-async/", env!("CARGO_PKG_VERSION")));
        if !options.verify_certificate {
            builder = builder.tls_danger_accept_invalid_certs(true);
        } else if let Some(file) = &options.ca_file {
            let fault = |reason| TransportError::new(Kind::Tls, format!("ca_file {}: {reason}", file.display()));
            builder = builder.tls_backend_preconfigured(pinned::config(file).map_err(fault)?);
        } else if options.urls.iter().all(|url| url.expose().scheme() == "http") {
            // Loading the system's authorities takes longer than many a query, and nothing here is encrypted.
            builder = builder.tls_certs_only([]);
        }
        install_crypto();
        let client = builder.build().map_err(|error| TransportError::new(Kind::Tls, reason(&error)))?;
        Ok(Self { client, servers: options.urls.clone().into(), preferred: Arc::default() })
    }

    /// Tries one server after the other. Only when no connection was made is the next one tried: what was sent may have
    /// been done.
    async fn send_to_any(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = Deadline::of(&request);
        let deadline = Instant::now() + timeout;
        let first = self.preferred.load(Ordering::Relaxed);
        let mut last = TransportError::new(Kind::Connect, "no server address is configured");
        for step in 0..self.servers.len() {
            let position = (first + step) % self.servers.len();
            let Some(server) = self.servers.get(position) else { continue };
            let exchange = self.send_to(server.expose(), &request);
            match timeout_at(deadline, exchange).await {
                Ok(Ok(response)) => {
                    self.preferred.store(position, Ordering::Relaxed);
                    return Ok(response);
                }
                Ok(Err(error)) if error.kind == Kind::Connect => last = describe(&error, server),
                Ok(Err(error)) => return Err(describe(&error, server)),
                Err(_) => {
                    let seconds = timeout.as_secs_f64();
                    let detail = format!("{server} did not answer within {seconds} seconds");
                    return Err(TransportError::new(Kind::Timeout, detail));
                }
            }
        }
        Err(last)
    }

    async fn send_to(&self, server: &Url, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let target = join(server, request)?;
        let mut answer = self
            .client
            .request(request.method().clone(), target)
            .headers(request.headers().clone())
            .body(request.body().clone())
            .send()
            .await
            .map_err(|error| classify(&error))?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        *response.body_mut() = read_body(answer).await?;
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.send_to_any(request))
    }

    fn address(&self) -> Option<&SafeUrl> {
        self.servers.get(self.preferred.load(Ordering::Relaxed))
    }
}

async fn read_body(mut answer: reqwest::Response) -> Result<Bytes, TransportError> {
    let announced = answer.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let too_large = || TransportError::new(Kind::TooLarge, format!("the answer is larger than {MAX_BODY_LEN} bytes"));
    if announced > MAX_BODY_LEN {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced.min(MAX_RESERVED_LEN));
    while let Some(chunk) = answer.chunk().await.map_err(|error| classify(&error))? {
        if body.len().saturating_add(chunk.len()) > MAX_BODY_LEN {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
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
    causes.any(<dyn std::error::Error>::is::<rustls::Error>)
}

/// The next cause. An I/O error hides what it was made from: its `source` is that one's source.
fn cause_of<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a (dyn std::error::Error + 'static)> {
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
    let innermost = std::iter::successors(cause_of(error), |cause| cause_of(*cause)).last();
    innermost.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

/// Chooses ring for TLS, once; a second call finds it chosen.
fn install_crypto() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

#[cfg(test)]
mod tests;

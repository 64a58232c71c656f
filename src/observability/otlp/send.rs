//! Gets one export to a collector: tries again where that may help, and says once that it does not get through.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::{SafeUrl, Target};

/// How long one try may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Tries at most, before something is given up.
const TRIES: u32 = 5;
/// How long to wait after the first failure; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest a collector can have us wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The client of both kinds of exports. Made when it is first needed: loading the system's authorities takes a while.
#[derive(Debug)]
pub(super) struct Client {
    made: OnceCell<reqwest::Client>,
    headers: HeaderMap,
    encrypted: bool,
}

impl Client {
    pub(super) fn new(target: &Target) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in &target.headers {
            // Checked when they were read.
            if let Ok(mut value) = HeaderValue::from_str(value.expose()) {
                value.set_sensitive(true);
                headers.insert(name.clone(), value);
            }
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let encrypted =
            [&target.traces, &target.metrics].into_iter().flatten().any(|url| url.expose().scheme() != "http");
        Self { made: OnceCell::new(), headers, encrypted }
    }

    async fn get(&self) -> Result<&reqwest::Client, Failure> {
        let encrypted = self.encrypted;
        let make = || async move {
            let made = tokio::task::spawn_blocking(move || {
                drop(rustls::crypto::ring::default_provider().install_default());
                let builder = reqwest::Client::builder()
                    .timeout(TIMEOUT)
                    .redirect(reqwest::redirect::Policy::none())
                    .referer(false)
                    .no_proxy()
                    .user_agent(concat!("mcp-arangodb-async/", env!("CARGO_PKG_VERSION")));
                if encrypted { builder } else { builder.tls_certs_only([]) }.build()
            });
            let made = made.await.map_err(|error| Failure::lasting(error.to_string()))?;
            made.map_err(|error| Failure::lasting(reason(&error)))
        };
        self.made.get_or_try_init(make).await
    }

    async fn post(&self, url: &SafeUrl, body: Bytes) -> Result<(), Failure> {
        let request = self.get().await?.post(url.expose().clone()).headers(self.headers.clone()).body(body);
        let answer = request.send().await.map_err(|error| Failure::passing(reason(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let asked = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Err(Failure {
            reason: format!("it answered {status}"),
            passing: matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            ),
            pause: asked.map(Duration::from_secs),
        })
    }
}

/// Why a try failed.
#[derive(Debug)]
struct Failure {
    reason: String,
    /// Whether another try may help.
    passing: bool,
    /// How long the collector wants to be left alone.
    pause: Option<Duration>,
}

impl Failure {
    fn lasting(reason: String) -> Self {
        Self { reason, passing: false, pause: None }
    }

    fn passing(reason: String) -> Self {
        Self { reason, passing: true, pause: None }
    }
}

/// The way to a collector for one kind of export.
#[derive(Debug)]
pub(super) struct Outlet<'a> {
    pub(super) client: &'a Client,
    pub(super) url: &'a SafeUrl,
    pub(super) what: &'static str,
    /// The end has come: nothing is waited for any more.
    pub(super) ending: &'a CancellationToken,
    /// Whether the last try failed.
    pub(super) down: bool,
}

impl Outlet<'_> {
    /// Sends an export; false when it had to be given up.
    pub(super) async fn deliver(&mut self, body: Vec<u8>) -> bool {
        let body = Bytes::from(body);
        let mut pause = FIRST_PAUSE;
        for _ in 0..TRIES {
            let Err(failure) = self.client.post(self.url, body.clone()).await else {
                if std::mem::take(&mut self.down) {
                    tracing::info!("{} are exported to {} again", self.what, self.url);
                }
                return true;
            };
            // Once for each outage.
            if !std::mem::replace(&mut self.down, true) {
                let (what, url, reason) = (self.what, self.url, &failure.reason);
                tracing::warn!("{what} cannot be exported to {url}: {reason}; calls go on, and this is said once");
            }
            if !failure.passing || self.ending.is_cancelled() {
                return false;
            }
            let wait = failure.pause.unwrap_or(pause).min(LONGEST_PAUSE);
            // At the end there is one more try, at once.
            drop(tokio::time::timeout(wait, self.ending.cancelled()).await);
            pause *= 2;
        }
        false
    }
}

/// The innermost cause: the outer ones only repeat the address.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} seconds", TIMEOUT.as_secs());
    }
    let source = std::error::Error::source(error);
    let innermost = std::iter::successors(source, |cause| cause.source()).last();
    innermost.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

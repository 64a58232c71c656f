//! Documents of authorization servers: small JSON over https, soon or not at all.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use tokio::sync::OnceCell;
use url::Url;

/// Largest document taken.
const LARGEST: usize = 512 * 1024;
/// How long the whole may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where the documents come from.
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The document at an address.
    fn get(&self, url: Url) -> BoxFuture<'_, Result<Bytes, FetchError>>;
}

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The server is there, and has none at this address.
    #[error("the server answered {0}")]
    Status(u16),
    /// The server cannot be asked, or its answer cannot be taken.
    #[error("{0}")]
    Failed(String),
}

/// Fetches over sockets. The client is made when it is first needed: loading the system's authorities takes a while.
#[derive(Debug, Default)]
pub struct HttpFetch {
    client: OnceCell<reqwest::Client>,
}

impl HttpFetch {
    async fn client(&self) -> Result<&reqwest::Client, FetchError> {
        let make = || async {
            let made = tokio::task::spawn_blocking(|| {
                drop(rustls::crypto::ring::default_provider().install_default());
                reqwest::Client::builder()
                    .timeout(TIMEOUT)
                    // An issuer that sends us elsewhere is not the one that was configured.
                    .redirect(reqwest::redirect::Policy::none())
                    .referer(false)
                    .no_proxy()
                    .user_agent(concat!("mcp-arangodb-async/", env!("CARGO_PKG_VERSION")))
                    .build()
            });
            made.await.map_err(|error| error.to_string()).and_then(|client| client.map_err(|error| reason(&error)))
        };
        self.client.get_or_try_init(make).await.map_err(FetchError::Failed)
    }

    async fn fetch(&self, url: Url) -> Result<Bytes, FetchError> {
        let failed = |error: &reqwest::Error| FetchError::Failed(reason(error));
        let request = self.client().await?.get(url).header(http::header::ACCEPT, "application/json");
        let mut answer = request.send().await.map_err(|error| failed(&error))?;
        if !answer.status().is_success() {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failed(&error))? {
            if body.len().saturating_add(chunk.len()) > LARGEST {
                return Err(FetchError::Failed(format!("the document is larger than {LARGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Fetch for HttpFetch {
    fn get(&self, url: Url) -> BoxFuture<'_, Result<Bytes, FetchError>> {
        Box::pin(self.fetch(url))
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

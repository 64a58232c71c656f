//! A reverse proxy that gives each request to the next replica, whatever session it is of.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::Response,
};
use futures::stream;
use reqwest::Client;

struct Balancer {
    replicas: Vec<String>,
    served: Vec<AtomicUsize>,
    next: AtomicUsize,
    client: Client,
}

/// A running proxy.
pub(crate) struct Proxy {
    pub(crate) url: String,
    balancer: Arc<Balancer>,
}

impl Proxy {
    /// In front of the endpoints at these URLs.
    pub(crate) async fn start(replicas: &[&str]) -> Self {
        let client = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let balancer = Arc::new(Balancer {
            replicas: replicas.iter().map(|&url| url.to_owned()).collect(),
            served: replicas.iter().map(|_| AtomicUsize::new(0)).collect(),
            next: AtomicUsize::new(0),
            client,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let app = Router::new().fallback(forward).with_state(Arc::clone(&balancer));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, balancer }
    }

    /// How many requests each replica has answered.
    pub(crate) fn served(&self) -> Vec<usize> {
        self.balancer.served.iter().map(|count| count.load(Ordering::SeqCst)).collect()
    }
}

/// To the next replica; to the one after it if that is not there. What breaks later is the client's to repeat.
async fn forward(State(balancer): State<Arc<Balancer>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let first = balancer.next.fetch_add(1, Ordering::SeqCst);
    for at in (first..).take(balancer.replicas.len()) {
        let at = at % balancer.replicas.len();
        match ask(&balancer.client, &balancer.replicas[at], &parts, body.clone()).await {
            Ok(response) => {
                balancer.served[at].fetch_add(1, Ordering::SeqCst);
                return hand_on(response);
            }
            Err(error) if error.is_connect() => {}
            Err(_) => break,
        }
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

async fn ask(client: &Client, url: &str, parts: &Parts, body: Bytes) -> Result<reqwest::Response, reqwest::Error> {
    let mut headers: HeaderMap = parts.headers.clone();
    headers.remove(header::HOST);
    client.request(parts.method.clone(), url).headers(headers).body(body).send().await
}

fn hand_on(from: reqwest::Response) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = from.status();
    response.headers_mut().clone_from(from.headers());
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    let pieces = stream::unfold(Some(from), async |from| {
        let mut from = from?;
        match from.chunk().await {
            Ok(piece) => piece.map(|piece| (Ok(piece), Some(from))),
            Err(error) => Some((Err(error), None)),
        }
    });
    response.map(|_| Body::from_stream(pieces))
}

//! Tests of the socket transport against small servers on the loopback address.

use std::net::SocketAddr;

use axum::{Router, body::Body, response::IntoResponse, routing::any};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// An address nobody listens on.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

fn transport(urls: &[String]) -> HttpTransport {
    let urls = urls.iter().map(|url| SafeUrl::parse(url).unwrap()).collect();
    HttpTransport::new(&ServerOptions { urls, ca_file: None, verify_certificate: true }).unwrap()
}

fn request(path: &str, seconds: f64) -> Request<Bytes> {
    let deadline = Deadline(Duration::from_secs_f64(seconds));
    Request::post(path).header("x-test", "1").extension(deadline).body(Bytes::from_static(b"{}")).unwrap()
}

#[tokio::test]
async fn method_path_headers_and_body_arrive_as_they_are() {
    let echo = |request: Request<Body>| async move {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 100).await.unwrap();
        let headers = parts.headers;
        let text = format!("{} {} {:?} {body:?}", parts.method, parts.uri, headers.get("x-test"));
        (http::StatusCode::CREATED, [("etag", "\"r1\"")], text)
    };
    let address = serve(Router::new().fallback(any(echo))).await;
    for base in [format!("http://{address}"), format!("http://{address}/")] {
        let answer = transport(&[base]).send(request("/_db/a%2Fb/x%20y?q=%26", 5.0)).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["etag"]), (201, &"\"r1\"".parse().unwrap()));
        assert_eq!(answer.body(), "POST /_db/a%2Fb/x%20y?q=%26 Some(\"1\") b\"{}\"");
    }
    let answer = transport(&[format!("http://{address}/base/")]).send(request("/x", 5.0)).await.unwrap();
    assert!(answer.body().starts_with(b"POST /base/x "));
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = || async { (http::StatusCode::FOUND, [("location", "http://127.0.0.1:1/")]).into_response() };
    let address = serve(Router::new().fallback(any(elsewhere))).await;
    let answer = transport(&[format!("http://{address}")]).send(request("/", 5.0)).await.unwrap();
    assert_eq!(answer.status(), 302);
}

#[tokio::test]
async fn another_coordinator_stands_in_for_one_that_cannot_be_reached() {
    let address = serve(Router::new().fallback(any(|| async { "ok" }))).await;
    let transport = transport(&[format!("http://{}", nobody().await), format!("http://{address}")]);
    for _ in 0..3 {
        assert_eq!(transport.send(request("/", 5.0)).await.unwrap().body(), "ok");
    }
    assert_eq!(transport.preferred.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn when_no_server_can_be_reached_the_error_names_the_address_without_secrets() {
    let address = nobody().await;
    let failure =
        transport(&[format!("http://u:hunter2@{address}")]).send(request("/?token=abc", 5.0)).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Connect);
    assert!(failure.detail.starts_with(&format!("http://{address}: ")), "{failure}");
    assert!(!format!("{failure:?}").contains("hunter2") && !format!("{failure:?}").contains("abc"));
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_timeout_and_is_not_sent_elsewhere() {
    let slow = serve(Router::new().fallback(any(|| async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        "late"
    })))
    .await;
    let other = serve(Router::new().fallback(any(|| async { "other" }))).await;
    let transport = transport(&[format!("http://{slow}"), format!("http://{other}")]);
    let failure = transport.send(request("/", 0.1)).await.unwrap_err();
    assert_eq!(failure.kind, Kind::Timeout);
    assert!(failure.detail.ends_with("did not answer within 0.1 seconds"), "{failure}");
}

/// A server that reads one request and writes these bytes.
async fn raw(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            drop(socket.read(&mut buffer).await);
            drop(socket.write_all(answer).await);
        }
    });
    address
}

#[tokio::test]
async fn a_server_that_does_not_speak_http_or_breaks_off_is_a_broken_connection() {
    for answer in [&b""[..], b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"] {
        let address = raw(answer).await;
        let failure = transport(&[format!("http://{address}")]).send(request("/", 5.0)).await.unwrap_err();
        assert_eq!(failure.kind, Kind::Broken, "{failure}");
    }
}

#[tokio::test]
async fn a_server_without_encryption_behind_an_https_address_is_a_tls_failure() {
    let address = raw(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let transport = HttpTransport::new(&ServerOptions {
        urls: vec![SafeUrl::parse(&format!("https://{address}")).unwrap()],
        ca_file: None,
        verify_certificate: false,
    });
    assert_eq!(transport.unwrap().send(request("/", 5.0)).await.unwrap_err().kind, Kind::Tls);
}

#[tokio::test]
async fn an_answer_that_announces_more_than_allowed_is_refused_at_once() {
    let address = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\n").await;
    let failure = transport(&[format!("http://{address}")]).send(request("/", 5.0)).await.unwrap_err();
    assert_eq!(failure.kind, Kind::TooLarge);
}

#[test]
fn a_file_without_authorities_is_refused_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for ca_file in [file.path().to_owned(), PathBuf::from("/nowhere/ca.pem")] {
        let urls = vec![SafeUrl::parse("https://localhost").unwrap()];
        let options = ServerOptions { urls, ca_file: Some(ca_file.clone()), verify_certificate: true };
        let failure = HttpTransport::new(&options).unwrap_err();
        assert_eq!(failure.kind, Kind::Tls);
        assert!(failure.detail.starts_with(&format!("ca_file {}: ", ca_file.display())), "{failure}");
    }
}

#[tokio::test]
async fn sixty_four_calls_at_once_take_as_long_as_one() {
    let address = serve(Router::new().fallback(any(|| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        "ok"
    })))
    .await;
    let transport = transport(&[format!("http://{address}")]);
    transport.send(request("/", 5.0)).await.unwrap();
    let start = Instant::now();
    futures::future::try_join_all((0..64).map(|_| transport.send(request("/", 5.0)))).await.unwrap();
    // Generous, for machines with other work; one after the other would take 3.2 seconds.
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

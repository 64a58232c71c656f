//! The listener over real sockets.

use super::*;
use crate::clock::{SystemClock, SystemRandom};

struct Server {
    url: String,
    client: reqwest::Client,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

async fn start(auth: AuthMode) -> Server {
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(engine, listener, auth, stop.clone()));
    drop(rustls::crypto::ring::default_provider().install_default());
    Server { url, client: reqwest::Client::new(), stop, task }
}

#[tokio::test]
async fn a_driver_can_ask_for_the_version_over_a_socket() {
    let server = start(AuthMode::Off).await;
    let response = server.client.get(format!("{}/_api/version?details=true", server.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["server"], "ArangoDB");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    assert!(response.text().await.unwrap().contains("embedded"));
    server.stop.cancel();
    server.task.await.unwrap();
}

#[tokio::test]
async fn without_credentials_nothing_is_told_when_authentication_is_on() {
    let server = start(AuthMode::On).await;
    for path in ["/_api/version", "/_api/collection", "/_api/nonsense", "/_db/nowhere/_api/collection"] {
        let response = server.client.get(format!("{}{path}", server.url)).send().await.unwrap();
        assert_eq!(response.status(), 401, "{path}");
        assert!(response.headers().contains_key("www-authenticate"));
    }
    let response = server.client.get(format!("{}/_admin/server/availability", server.url)).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_reach_an_open_engine() {
    let server = start(AuthMode::Off).await;
    let url = format!("{}/_api/version", server.url);
    let cross = server.client.get(&url).header("origin", "https://example.com").send().await.unwrap();
    assert_eq!(cross.status(), 403);
    let rebound = server.client.get(&url).header("host", "example.com:8529").send().await.unwrap();
    assert_eq!(rebound.status(), 403);
    let same = server.client.get(&url).header("origin", server.url.as_str()).send().await.unwrap();
    assert_eq!(same.status(), 200);
}

#[test]
fn only_addresses_and_localhost_count_as_this_machine() {
    for local in ["localhost", "LOCALHOST:8529", "127.0.0.1:1", "[::1]:8529", "[::1]", "192.168.1.4"] {
        assert!(is_local(local), "{local}");
    }
    for other in ["example.com", "localhost.example.com:8529", ""] {
        assert!(!is_local(other), "{other}");
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = start(AuthMode::Off).await;
    let request = server.client.post(format!("{}/_api/import?collection=x", server.url));
    let response = request.body(vec![b' '; MAX_BODY_BYTES + 1]).send().await;
    // The server may close the connection while the client is still sending.
    assert!(response.is_err() || response.is_ok_and(|response| response.status() == 413));
    let next = server.client.get(format!("{}/_api/version", server.url)).send().await.unwrap();
    assert_eq!(next.status(), 200);
}

#[tokio::test]
async fn a_request_under_way_ends_before_the_server_stops() {
    let server = start(AuthMode::Off).await;
    let slow = server.client.post(format!("{}/_api/cursor", server.url)).body(r#"{"query":"RETURN SLEEP(0.3)"}"#);
    let answer = tokio::spawn(slow.send());
    let running = || async {
        let current = server.client.get(format!("{}/_api/query/current", server.url)).send().await.unwrap();
        current.text().await.unwrap().contains("SLEEP")
    };
    while !running().await {
        assert!(!answer.is_finished(), "the query ended before it was seen running");
        tokio::task::yield_now().await;
    }
    server.stop.cancel();
    assert_eq!(answer.await.unwrap().unwrap().status(), 201);
    server.task.await.unwrap();
    assert!(server.client.get(format!("{}/_api/version", server.url)).send().await.is_err());
}

#[tokio::test]
async fn many_clients_are_served_at_once() {
    let server = start(AuthMode::Off).await;
    let create = server.client.post(format!("{}/_api/collection", server.url)).body(r#"{"name":"things"}"#);
    assert_eq!(create.send().await.unwrap().status(), 200);
    let writes = (0..64).map(|_| server.client.post(format!("{}/_api/document/things", server.url)).body("{}").send());
    for response in futures::future::join_all(writes).await {
        assert_eq!(response.unwrap().status(), 202);
    }
    let count = server.client.get(format!("{}/_api/collection/things/count", server.url)).send().await.unwrap();
    assert!(count.text().await.unwrap().contains("\"count\":64"));
}

#[tokio::test]
async fn a_running_query_is_listed_and_can_be_killed() {
    let server = start(AuthMode::Off).await;
    let endless = r#"{"query":"FOR i IN 1..1000000000 FILTER i < 0 RETURN i"}"#;
    let running = tokio::spawn(server.client.post(format!("{}/_api/cursor", server.url)).body(endless).send());
    let list = format!("{}/_api/query/current", server.url);
    let id = loop {
        let text = server.client.get(&list).send().await.unwrap().text().await.unwrap();
        let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
        if let Some(id) = shown[0]["id"].as_str() {
            break id.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let kill = server.client.delete(format!("{}/_api/query/{id}", server.url)).send().await.unwrap();
    assert_eq!(kill.status(), 200);
    let killed = running.await.unwrap().unwrap();
    assert_eq!(killed.status(), 410);
    assert!(killed.text().await.unwrap().contains("1500"));
}

#[tokio::test]
async fn a_query_ends_when_its_client_goes_away() {
    let server = start(AuthMode::Off).await;
    let endless = r#"{"query":"FOR i IN 1..1000000000000 FILTER i < 0 RETURN i"}"#;
    let running = tokio::spawn(server.client.post(format!("{}/_api/cursor", server.url)).body(endless).send());
    let list = format!("{}/_api/query/current", server.url);
    let listed = async || server.client.get(&list).send().await.unwrap().text().await.unwrap() != "[]";
    while !listed().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.abort();
    while listed().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_expired_token_does_not_stand_in_the_way_of_a_new_one() {
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    engine.ensure_root("secret").unwrap();
    let ask = |path: &str| {
        let body = Bytes::from_static(br#"{"username":"root","password":"secret"}"#);
        let request = Request::post(path).header("authorization", "bearer old").body(body).unwrap();
        answer(&engine, AuthMode::On, request).status().as_u16()
    };
    assert_eq!(ask("/_open/auth"), 200);
    assert_eq!(ask("/_db/_system/_open/auth"), 200);
    assert_eq!(ask("/_api/version"), 401);
}

//! Tests of the client over a transport that answers from a function.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use ::http::header;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{
    testing::{Fake, reply},
    *,
};
use crate::{
    observability::Secret,
    wire::{CollectionName, DocumentKey, ErrorNum},
};

fn users() -> CollectionName {
    CollectionName::parse("users").unwrap()
}

fn credentials() -> Credentials {
    Credentials { username: "root".into(), password: Secret::new("hunter2") }
}

#[tokio::test]
async fn every_kind_of_answer_becomes_the_right_value_or_error() {
    let html = "<html><body>\n<h1>502 Bad Gateway</h1>\n</body></html>";
    let server = |status, num, message: &str| Error::Server { status, num: ErrorNum(num), message: message.into() };
    let decode = |status, excerpt: &str| Error::Decode { status, excerpt: excerpt.into() };
    let cases = [
        (
            404,
            r#"{"error":true,"code":404,"errorNum":1203,"errorMessage":"collection or view not found: x"}"#,
            server(404, 1203, "collection or view not found: x"),
        ),
        (409, r#"{"error":true,"code":409,"errorNum":1210}"#, server(409, 1210, "unique constraint violated")),
        (401, "", decode(401, "the body is empty")),
        (502, html, decode(502, "<html><body> <h1>502 Bad Gateway</h1> </body></html>")),
        (503, r#"{"message":"from a proxy"}"#, decode(503, r#"{"message":"from a proxy"}"#)),
        (302, "", decode(302, "the body is empty")),
        (200, html, decode(200, "<html><body> <h1>502 Bad Gateway</h1> </body></html>")),
        (200, "{\"server\":", decode(200, "{\"server\":")),
        (200, "", decode(200, "the body is empty")),
        (404, "\"a string\"", decode(404, "\"a string\"")),
        (500, r#"{"errorNum":"many"}"#, decode(500, r#"{"errorNum":"many"}"#)),
    ];
    for (status, body, expected) in cases {
        let answer = Fake::constant(status, body).database().version().await;
        assert_eq!(answer.unwrap_err(), expected, "{status} {body}");
    }
    let long = Fake::constant(500, "é".repeat(100_000).leak()).database().version().await.unwrap_err();
    assert_eq!(long, decode(500, &"é".repeat(200)));
    let invalid = Fake::new(|_| Ok(reply(500, &b"\xff\xfe"[..]))).database().version().await.unwrap_err();
    assert_eq!(invalid.status(), Some(500));
}

#[tokio::test]
async fn calls_go_to_the_documented_paths_of_the_database() {
    let fake = Fake::constant(
        200,
        r#"{"_id":"users/1","_key":"1","_rev":"_a","name":"users","type":3,"count":7,"result":[],"server":"arango","version":"3.12.5"}"#,
    );
    let database = fake.database();
    let key = DocumentKey::parse("a%b").unwrap();
    let options = WriteOptions { keep_null: Some(false), if_match: Some("_r1".into()), ..WriteOptions::default() };
    let meta = database.insert(&users(), &json!({"a": null}), &WriteOptions::default()).await.unwrap();
    assert_eq!((meta.id.as_str(), meta.key.as_str(), meta.rev.as_str()), ("users/1", "1", "_a"));
    database.document::<Value>(&users(), &key).await.unwrap();
    database.update(&users(), &key, &json!({}), &options).await.unwrap();
    database.replace(&users(), &key, &json!({}), &WriteOptions::default()).await.unwrap();
    database.remove(&users(), &key, &WriteOptions::default()).await.unwrap();
    assert_eq!(database.collection(&users()).await.unwrap().kind, CollectionType::Edge);
    assert!(database.collections(false).await.unwrap().is_empty());
    database.create_collection(&users(), CollectionType::Edge, &Map::new()).await.unwrap();
    assert_eq!(database.count(&users()).await.unwrap(), 7);
    database.truncate(&users()).await.unwrap();
    database.drop_collection(&users()).await.unwrap();
    assert_eq!(database.version().await.unwrap().version, "3.12.5");
    database.create_database(database.name()).await.unwrap();
    assert_eq!(
        fake.seen(),
        [
            "POST /_db/shop/_api/document/users",
            "GET /_db/shop/_api/document/users/a%25b",
            "PATCH /_db/shop/_api/document/users/a%25b?keepNull=false",
            "PUT /_db/shop/_api/document/users/a%25b",
            "DELETE /_db/shop/_api/document/users/a%25b",
            "GET /_db/shop/_api/collection/users/properties",
            "GET /_db/shop/_api/collection?excludeSystem=true",
            "POST /_db/shop/_api/collection",
            "GET /_db/shop/_api/collection/users/count",
            "PUT /_db/shop/_api/collection/users/truncate",
            "DELETE /_db/shop/_api/collection/users",
            "GET /_db/shop/_api/version",
            "POST /_api/database",
        ]
    );
    assert_eq!(fake.request(0).body(), r#"{"a":null}"#);
    assert_eq!(fake.request(2).headers()[header::IF_MATCH], "\"_r1\"");
    assert_eq!(fake.request(7).body(), r#"{"name":"users","type":3}"#);
}

#[tokio::test]
async fn basic_credentials_go_with_every_request_and_show_nowhere() {
    let fake = Fake::constant(200, r#"{"server":"arango","version":"3.12.5"}"#);
    let database = fake.database_as(Authenticator::basic(&credentials()));
    database.version().await.unwrap();
    let sent = fake.request(0);
    assert_eq!(sent.headers()[header::AUTHORIZATION], "Basic cm9vdDpodW50ZXIy");
    let shown = format!("{database:?} {sent:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("cm9vdDpodW50ZXIy"), "{shown}");
}

/// A token that lives for `seconds`.
fn token(number: usize, seconds: u32) -> String {
    let claims = json!({"iat": 1_000, "exp": 1_000 + seconds, "number": number});
    format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// A server that hands out tokens of `seconds` and accepts only those from number `valid_from` on.
fn token_server(seconds: u32, valid_from: Arc<AtomicUsize>) -> (Arc<Fake>, Arc<AtomicUsize>) {
    let logins = Arc::new(AtomicUsize::new(0));
    let counted = logins.clone();
    let fake = Fake::new(move |request| {
        if request.uri().path() == "/_open/auth" {
            assert_eq!(request.body(), r#"{"username":"root","password":"hunter2"}"#);
            let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
            return Ok(reply(200, json!({"jwt": token(number, seconds)}).to_string()));
        }
        let sent = request.headers()[header::AUTHORIZATION].to_str().unwrap();
        let known = (valid_from.load(Ordering::SeqCst)..=counted.load(Ordering::SeqCst))
            .any(|number| sent == format!("bearer {}", token(number, seconds)));
        let refusal = r#"{"error":true,"code":401,"errorNum":401,"errorMessage":"unauthorized"}"#;
        let good = r#"{"server":"arango","version":"3.12.5"}"#;
        Ok(if known { reply(200, good) } else { reply(401, refusal) })
    });
    (fake, logins)
}

#[tokio::test]
async fn many_calls_at_once_share_one_login() {
    let (fake, logins) = token_server(3600, Arc::default());
    let database = fake.database_as(Authenticator::jwt(credentials()));
    let calls = (0..50).map(|_| database.version());
    futures::future::try_join_all(calls).await.unwrap();
    assert_eq!(logins.load(Ordering::SeqCst), 1);
    assert!(!format!("{database:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_token_that_has_run_out_is_renewed_before_it_is_used() {
    let (fake, logins) = token_server(0, Arc::default());
    let database = fake.database_as(Authenticator::jwt(credentials()));
    for _ in 0..3 {
        database.version().await.unwrap();
    }
    assert_eq!(logins.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_token_the_server_no_longer_knows_is_renewed_once() {
    let valid_from = Arc::new(AtomicUsize::new(0));
    let (fake, logins) = token_server(3600, valid_from.clone());
    let database = fake.database_as(Authenticator::jwt(credentials()));
    database.version().await.unwrap();
    valid_from.store(2, Ordering::SeqCst);
    futures::future::try_join_all((0..20).map(|_| database.version())).await.unwrap();
    assert_eq!(logins.load(Ordering::SeqCst), 2);
    valid_from.store(usize::MAX, Ordering::SeqCst);
    assert_eq!(database.version().await.unwrap_err().status(), Some(401));
    assert_eq!(logins.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_refused_login_is_the_servers_error_and_is_tried_again_with_the_next_call() {
    let refusal = r#"{"error":true,"code":401,"errorNum":401,"errorMessage":"Wrong credentials"}"#;
    let fake = Fake::constant(401, refusal);
    let database = fake.database_as(Authenticator::jwt(credentials()));
    for _ in 0..2 {
        assert_eq!(database.version().await.unwrap_err().num(), Some(ErrorNum::HTTP_UNAUTHORIZED));
    }
    assert_eq!(fake.seen(), ["POST /_open/auth", "POST /_open/auth"]);
}

#[tokio::test]
async fn requests_beyond_the_bound_wait_for_their_turn() {
    #[derive(Debug, Default)]
    struct Slow {
        now: AtomicUsize,
        most: AtomicUsize,
    }
    impl Transport for Slow {
        fn send(
            &self,
            _: ::http::Request<bytes::Bytes>,
        ) -> futures::future::BoxFuture<'_, Result<::http::Response<bytes::Bytes>, TransportError>> {
            Box::pin(async {
                let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
                self.most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                self.now.fetch_sub(1, Ordering::SeqCst);
                Ok(reply(200, "{}"))
            })
        }
    }
    let slow = Arc::new(Slow::default());
    let limited = limited::Limited::new(slow.clone(), std::num::NonZeroUsize::new(3).unwrap());
    let request = |seconds| {
        ::http::Request::get("/")
            .extension(Deadline(std::time::Duration::from_secs_f64(seconds)))
            .body("".into())
            .unwrap()
    };
    futures::future::try_join_all((0..20).map(|_| limited.send(request(5.0)))).await.unwrap();
    assert_eq!(slow.most.load(Ordering::SeqCst), 3);
    let answers = futures::future::join_all((0..20).map(|_| limited.send(request(0.001)))).await;
    assert!(answers.iter().any(|answer| matches!(answer, Err(e) if e.kind == TransportErrorKind::Timeout)));
}

//! Tests of cursors.

use serde_json::json;

use super::*;
use crate::arango::{
    Deadline,
    testing::{Fake, reply},
};

/// Two batches, the rows written in an unusual way to see that they stay as they are.
fn two_batches() -> std::sync::Arc<Fake> {
    Fake::new(|request| {
        Ok(match (request.method().as_str(), request.uri().path()) {
            ("POST", "/_db/shop/_api/cursor") => reply(
                201,
                r#"{"result":[ {"a" : 1.0} , "ü\"]", [1,[2]],null],"hasMore":true,"id":"42","count":5,
                    "extra":{"warnings":[{"code":1562,"message":"division by zero"}],"stats":{"scannedFull":3}}}"#,
            ),
            ("POST", _) => reply(200, r#"{"result":[1e2],"hasMore":false,"id":"42"}"#),
            _ => reply(202, "{}"),
        })
    })
}

#[tokio::test]
async fn rows_come_batch_by_batch_exactly_as_the_server_wrote_them() {
    let fake = two_batches();
    let mut cursor = fake.database().query(&Query::new("RETURN 1")).await.unwrap();
    assert!(cursor.has_more());
    assert_eq!(cursor.count(), Some(5));
    assert_eq!(cursor.extra().warnings[0].code, 1562);
    let first = cursor.next_batch().await.unwrap().unwrap();
    assert_eq!(first.iter().collect::<Vec<_>>(), [r#"{"a" : 1.0}"#, r#""ü\"]""#, "[1,[2]]", "null"]);
    assert_eq!(first.decode::<Value>().unwrap()[2], json!([1, [2]]));
    assert_eq!(cursor.next_batch().await.unwrap().unwrap().iter().collect::<Vec<_>>(), ["1e2"]);
    assert!(!cursor.has_more());
    assert!(cursor.next_batch().await.unwrap().is_none());
    assert_eq!(cursor.extra().stats["scannedFull"], 3);
    drop(cursor);
    tokio::task::yield_now().await;
    assert_eq!(fake.seen(), ["POST /_db/shop/_api/cursor", "POST /_db/shop/_api/cursor/42"]);
}

#[tokio::test]
async fn a_cursor_dropped_before_its_end_is_deleted_on_the_server() {
    let fake = two_batches();
    drop(fake.database().query(&Query::new("RETURN 1")).await.unwrap());
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.seen()[1], "DELETE /_db/shop/_api/cursor/42");
    let cursor = fake.database().query(&Query::new("RETURN 1")).await.unwrap();
    cursor.close().await.unwrap();
    assert_eq!(fake.seen().len(), 4);
}

#[tokio::test]
async fn a_query_always_says_how_long_it_may_run_and_waits_a_little_longer_itself() {
    let fake = two_batches();
    let database = fake.database();
    let sent = |position| -> (Value, Duration) {
        let request = fake.request(position);
        (serde_json::from_slice(request.body()).unwrap(), Deadline::of(&request))
    };
    database.query(&Query::new("RETURN 1")).await.unwrap().close().await.unwrap();
    assert_eq!(
        sent(0),
        (
            json!({"query": "RETURN 1", "memoryLimit": 256 << 20, "options": {"maxRuntime": 30.0}}),
            Duration::from_secs(32)
        )
    );

    let query = Query {
        batch_size: Some(10),
        max_runtime: Some(Duration::from_millis(1500)),
        memory_limit: Some(1 << 20),
        ttl: Some(Duration::from_secs(90)),
        full_count: true,
        count: true,
        stream: true,
        fail_on_warning: true,
        profile: 2,
        ..Query::new("FOR d IN @@c FILTER d.x == @x RETURN d").bind("@c", "users").bind("x", 1)
    };
    database.query(&query).await.unwrap().close().await.unwrap();
    let expected = json!({
        "query": "FOR d IN @@c FILTER d.x == @x RETURN d", "bindVars": {"@c": "users", "x": 1}, "batchSize": 10,
        "memoryLimit": 1_048_576, "ttl": 90.0, "count": true,
        "options": {"maxRuntime": 1.5, "fullCount": true, "stream": true, "failOnWarning": true, "profile": 2}
    });
    assert_eq!(sent(2), (expected, Duration::from_millis(3500)));
}

#[tokio::test]
async fn an_answer_that_is_no_cursor_is_an_error() {
    for body in ["", "[]", "{}", r#"{"result":1}"#, r#"{"result":[1"#, "\u{feff}{}"] {
        let answer = Fake::constant(201, body).database().query(&Query::new("RETURN 1")).await;
        assert!(matches!(answer, Err(Error::Decode { status: 201, .. })), "{body:?}");
    }
    let invalid = Fake::new(|_| Ok(reply(201, &b"{\"result\":[\"\xff\"]}"[..])));
    assert!(matches!(invalid.database().query(&Query::new("RETURN 1")).await, Err(Error::Decode { .. })));
}

#[test]
fn a_cursor_may_be_dropped_where_there_is_no_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let cursor = runtime.block_on(async { two_batches().database().query(&Query::new("RETURN 1")).await.unwrap() });
    drop(runtime);
    drop(cursor);
}

//! Tests of bounded results: through the tools, and of what is kept between two calls.

use std::sync::Arc;

use futures::FutureExt as _;
use serde_json::{Value, json};

use super::*;
use crate::{
    arango::{
        Query,
        testing::{Fake, reply},
    },
    clock::{Clock, ManualClock, SequenceRandom},
    config::DatabaseKey,
    tenancy::{Principal, SessionId},
    tools::{Caller, testing::Bench},
};

const QUERY: &str = "arango_query";
const MORE: &str = "arango_fetch_more";

fn rows(reply: &Value) -> Vec<Value> {
    serde_json::from_str(reply["content"][0]["text"].as_str().unwrap()).unwrap()
}

fn error(reply: &Value) -> Value {
    assert_eq!(reply["isError"], true, "{reply}");
    serde_json::from_str(reply["content"][0]["text"].as_str().unwrap()).unwrap()
}

fn next(reply: &Value) -> Option<String> {
    reply["_meta"]["next"].as_str().map(str::to_owned)
}

fn numbers(from: u64, to: u64) -> Vec<Value> {
    (from..=to).map(Value::from).collect()
}

/// All pages of a result, as many rows each.
async fn pages(bench: &Bench, first: Value) -> Vec<Vec<Value>> {
    let mut pages = vec![rows(&first)];
    let mut handle = next(&first);
    while let Some(now) = handle {
        let reply = bench.reply(MORE, json!({"handle": now})).await;
        pages.push(rows(&reply));
        handle = next(&reply);
    }
    pages
}

async fn first_of_25(bench: &Bench) -> Value {
    bench.reply(QUERY, json!({"query": "FOR i IN 1..25 RETURN i", "max_rows": 10})).await
}

#[tokio::test]
async fn the_pages_of_a_result_are_the_whole_result() {
    let bench = Bench::new();
    let first = first_of_25(&bench).await;
    let handle = next(&first).unwrap();
    let content = &first["structuredContent"];
    assert_eq!((&content["count"], &content["truncated"], &content["total"]), (&json!(10), &json!(true), &json!(25)));
    assert_eq!(content["next"], handle.as_str());
    let note = first["content"][1]["text"].as_str().unwrap();
    assert!(note.contains("the first 10 rows of 25") && note.contains(&handle), "{note}");
    let second = bench.reply(MORE, json!({"handle": handle})).await;
    assert!(second["content"][1]["text"].as_str().unwrap().contains("rows 11 to 20 of 25"), "{second}");
    let third = bench.reply(MORE, json!({"handle": next(&second).unwrap()})).await;
    assert_eq!((rows(&second), rows(&third)), (numbers(11, 20), numbers(21, 25)));
    let content = &third["structuredContent"];
    assert_eq!((&content["truncated"], content.get("next")), (&json!(false), None));
    assert!(third["_meta"].get("truncated").is_none() && third["content"].get(1).is_none(), "{third}");
}

#[tokio::test]
async fn a_page_may_have_another_size() {
    let bench = Bench::new();
    let handle = next(&first_of_25(&bench).await).unwrap();
    let few = bench.reply(MORE, json!({"handle": handle, "max_rows": 3})).await;
    assert_eq!(rows(&few), numbers(11, 13));
    let many = bench.reply(MORE, json!({"handle": next(&few).unwrap(), "max_rows": 100})).await;
    assert_eq!((rows(&many), next(&many)), (numbers(14, 25), None));
}

#[tokio::test]
async fn a_result_that_fits_exactly_is_not_cut() {
    let bench = Bench::new();
    let exact = bench.reply(QUERY, json!({"query": "FOR i IN 1..10 RETURN i", "max_rows": 10})).await;
    assert_eq!(exact["structuredContent"], json!({"rows": numbers(1, 10), "count": 10, "truncated": false}));
    let even = bench.reply(QUERY, json!({"query": "FOR i IN 1..20 RETURN i", "max_rows": 10})).await;
    assert_eq!(pages(&bench, even).await, [numbers(1, 10), numbers(11, 20)]);
}

#[tokio::test]
async fn a_page_ends_at_a_row_boundary_when_it_is_large() {
    let bench = Bench::with(|entry| entry.max_bytes = NonZero::new(100));
    let query = "FOR n IN [10, 10, 10, 10, 10, 10, 10, 500, 10] RETURN REPEAT('x', n)";
    let first = bench.reply(QUERY, json!({"query": query})).await;
    assert!(first["content"][1]["text"].as_str().unwrap().contains("size limit"), "{first}");
    let pages = pages(&bench, first).await;
    let lengths: Vec<Vec<usize>> =
        pages.iter().map(|page| page.iter().map(|row| row.as_str().unwrap().len()).collect()).collect();
    assert_eq!(lengths, [vec![10; 7], vec![500], vec![10]]);
}

#[tokio::test]
async fn an_answer_that_was_lost_can_be_had_again_until_the_next_one_is_asked_for() {
    let bench = Bench::new();
    let second = next(&first_of_25(&bench).await).unwrap();
    let once = bench.reply(MORE, json!({"handle": second})).await;
    // The page was made: another size does not change it.
    let again = bench.reply(MORE, json!({"handle": second, "max_rows": 1})).await;
    assert_eq!((rows(&once), next(&once)), (rows(&again), next(&again)));
    let third = next(&once).unwrap();
    let last = bench.reply(MORE, json!({"handle": third})).await;
    assert_eq!(rows(&bench.reply(MORE, json!({"handle": third})).await), rows(&last));
    assert_eq!(error(&bench.reply(MORE, json!({"handle": second})).await)["type"], "HandleError");
    let beyond = third.replace(".3", ".4");
    assert_eq!(error(&bench.reply(MORE, json!({"handle": beyond})).await)["type"], "HandleError");
}

#[tokio::test]
async fn a_caller_that_goes_away_while_rows_are_fetched_finds_them_when_it_comes_back() {
    let bench = Bench::new();
    let handle = next(&first_of_25(&bench).await).unwrap();
    for _ in 0..3 {
        drop(bench.reply(MORE, json!({"handle": handle})).now_or_never());
    }
    assert_eq!(rows(&bench.reply(MORE, json!({"handle": handle})).await), numbers(11, 20));
}

#[tokio::test]
async fn a_handle_is_for_the_principal_it_was_given_to_in_any_session() {
    let bench = Bench::new();
    let of = |name: &str, session: &str| Caller {
        session: Some(SessionId::new(session)),
        principal: Principal::new(name),
        rights: Arc::default(),
        own_list: false,
    };
    let call = json!({"query": "FOR i IN 1..9 RETURN i", "max_rows": 3});
    let handle = next(&bench.reply_to(of("ann", "one"), QUERY, call).await).unwrap();
    let stolen = bench.reply_to(of("bob", "one"), MORE, json!({"handle": handle})).await;
    let made_up = bench.reply_to(of("bob", "one"), MORE, json!({"handle": "rows_AAAAAAAAAAAAAAAAAAAAAA.2"})).await;
    assert_eq!(error(&stolen)["error"], error(&made_up)["error"], "nothing is learned from the answer");
    let own = bench.reply_to(of("ann", "two"), MORE, json!({"handle": handle})).await;
    assert_eq!(rows(&own), numbers(4, 6));
}

#[tokio::test]
async fn a_handle_belongs_to_its_database() {
    let bench = Bench::new();
    let handle = next(&first_of_25(&bench).await).unwrap();
    let reply = bench.reply(MORE, json!({"handle": handle, "database": "test"})).await;
    assert_eq!((rows(&reply), &reply["_meta"]["database"]), (numbers(11, 20), &json!("test")));
    let elsewhere = bench.error(MORE, json!({"handle": next(&reply).unwrap(), "database": "other"})).await;
    assert_eq!(elsewhere["type"], "DatabaseNotConfigured");
    assert_eq!(bench.error(MORE, json!({"handle": "focus_abc"})).await["type"], "ValidationError");
}

#[tokio::test]
async fn rows_nobody_asks_for_are_forgotten_and_use_keeps_them() {
    let clock = ManualClock::at(1_700_000_000_000);
    let bench = Bench::with_clock(clock.clone(), |_| {});
    let almost = i64::try_from(results::IDLE.as_millis()).unwrap() - 1;
    let second = next(&first_of_25(&bench).await).unwrap();
    clock.advance(almost);
    let reply = bench.reply(MORE, json!({"handle": second})).await;
    clock.advance(almost);
    let third = next(&reply).unwrap();
    assert_eq!(rows(&bench.reply(MORE, json!({"handle": third})).await), numbers(21, 25), "the server kept its part");
    clock.advance(almost + 2);
    let gone = error(&bench.reply(MORE, json!({"handle": third})).await);
    assert_eq!(gone["type"], "HandleError");
    assert!(gone["hint"].as_str().unwrap().contains("LIMIT"), "{gone}");
}

#[tokio::test]
async fn documents_found_without_aql_come_in_pages_up_to_a_horizon() {
    let bench = Bench::with(|entry| entry.max_rows = NonZero::new(3));
    bench.collection("things").await;
    bench.query("FOR i IN 1..35 INSERT {_key: TO_STRING(100 + i)} INTO things").await;
    let first = bench.reply("arango_query_builder", json!({"collection": "things"})).await;
    let found = pages(&bench, first).await;
    assert_eq!(found.len(), 10, "ten pages of three");
    let keys: std::collections::HashSet<_> = found.iter().flatten().map(|row| row["_key"].to_string()).collect();
    assert_eq!(keys.len(), 30, "no row twice");
    let limited = bench.reply("arango_query_builder", json!({"collection": "things", "limit": 35})).await;
    assert!(limited["content"][1]["text"].as_str().unwrap().contains("first 3 rows of 35"), "{limited}");
    assert_eq!(pages(&bench, limited).await.concat().len(), 35, "who says how many gets as many");
}

#[tokio::test]
async fn the_last_page_before_the_horizon_says_that_there_are_more() {
    let bench = Bench::with(|entry| entry.max_rows = NonZero::new(1));
    bench.fill("things", json!(vec![json!({}); 11])).await;
    let mut reply = bench.reply("arango_query_builder", json!({"collection": "things"})).await;
    assert!(reply["structuredContent"].get("total").is_none(), "how many there are is not known: {reply}");
    while let Some(handle) = next(&reply) {
        reply = bench.reply(MORE, json!({"handle": handle})).await;
    }
    assert_eq!(reply["structuredContent"]["truncated"], true);
    assert!(reply["content"][1]["text"].as_str().unwrap().contains("are not kept"), "{reply}");
}

/// A server whose results never end: one row a batch.
fn endless() -> Arc<Fake> {
    Fake::new(|request| {
        Ok(match request.method().as_str() {
            "POST" => reply(201, r#"{"result":[1],"hasMore":true,"id":"42"}"#),
            _ => reply(202, "{}"),
        })
    })
}

async fn held(results: &Arc<Results>, fake: &Arc<Fake>) -> Handle {
    let cursor = fake.database().query(&Query::new("RETURN 1")).await.unwrap();
    let mut remainder = Remainder::new(cursor, None);
    remainder.page(room()).await.unwrap();
    results.hold(Principal::anonymous(), DatabaseKey::parse("test").unwrap(), remainder, 1).unwrap()
}

fn room() -> Room {
    Room { rows: 1, bytes: 1000, lowered: false }
}

async fn deleted(fake: &Arc<Fake>) -> usize {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    fake.seen().iter().filter(|request| request.starts_with("DELETE")).count()
}

#[tokio::test]
async fn the_result_not_used_for_longest_gives_way_and_its_cursor_is_deleted() {
    let clock = ManualClock::at(0);
    let results = Results::new(clock.clone() as Arc<dyn Clock>, SequenceRandom::from_seed(1));
    let fake = endless();
    let (first, second) = (held(&results, &fake).await, held(&results, &fake).await);
    for _ in 2..results::MOST_RESULTS {
        held(&results, &fake).await;
    }
    let anonymous = Principal::anonymous();
    let (_, third) = results.page(first, &anonymous, room()).await.unwrap();
    assert_eq!(deleted(&fake).await, 0);
    held(&results, &fake).await;
    assert_eq!(deleted(&fake).await, 1);
    assert!(results.page(second, &anonymous, room()).await.is_none(), "it was used before all others");
    assert!(results.page(third.unwrap(), &anonymous, room()).await.is_some());
    clock.advance(i64::try_from(results::IDLE.as_millis()).unwrap() + 1);
    assert!(results.look_up(&first, &anonymous).is_none());
    assert_eq!(deleted(&fake).await, results::MOST_RESULTS + 1, "none is left on the server");
}

#[tokio::test]
async fn an_error_while_rows_are_fetched_is_told_and_is_the_end() {
    let fake = Fake::new(|request| {
        Ok(match request.uri().path() {
            "/_db/shop/_api/cursor" => reply(201, r#"{"result":[1],"hasMore":true,"id":"42"}"#),
            _ => reply(404, r#"{"error":true,"errorNum":1600,"errorMessage":"cursor not found","code":404}"#),
        })
    });
    let results = Results::new(ManualClock::at(0), SequenceRandom::from_seed(1));
    let handle = held(&results, &fake).await;
    for _ in 0..2 {
        let (made, next) = results.page(handle, &Principal::anonymous(), room()).await.unwrap();
        assert_eq!(made.page.as_ref().unwrap_err().num(), Some(crate::wire::ErrorNum::CURSOR_NOT_FOUND));
        assert_eq!(next, None);
    }
}

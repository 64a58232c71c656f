//! A query that nobody waits for any more is killed on the server: when its call was cancelled, or when the answer did not
//! come in time. Its `maxRuntime` would end it too, but later.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::Query;
use crate::arango::{Database, Error, ListedQuery, TransportErrorKind, WhichQueries};

/// Servers shorten the texts they list to 4096 bytes and a note.
const COMPARED: usize = 4000;
/// How often the list is asked for: the query may not be on it yet when the caller gives up at once.
const ATTEMPTS: u32 = 3;
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(150);
/// How much the clocks of two processes may differ over one query.
const TOLERANCE_SECONDS: f64 = 0.5;

/// Stands for a query under way. Dropped before its answer came, it has the query killed.
pub(super) struct Running<'a> {
    database: &'a Database,
    query: &'a Query,
    sent: Instant,
    over: bool,
}

impl<'a> Running<'a> {
    pub(super) fn new(database: &'a Database, query: &'a Query) -> Self {
        Self { database, query, sent: Instant::now(), over: false }
    }

    /// Takes note of how the exchange ended: with an answer, nothing is left to kill.
    pub(super) fn ended<T>(mut self, answer: &Result<T, Error>) {
        self.over = match answer {
            Ok(_) | Err(Error::Server { .. } | Error::Decode { .. } | Error::Request(_)) => true,
            Err(Error::Transport(fault)) => fault.kind == TransportErrorKind::Connect,
        };
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let lost = Lost {
            database: self.database.clone(),
            text: self.query.text.clone(),
            bind_vars: self.query.bind_vars.clone(),
            sent: self.sent,
        };
        self.database.farewell("an abandoned query", async move { lost.kill().await });
    }
}

struct Lost {
    database: Database,
    text: String,
    bind_vars: Map<String, Value>,
    sent: Instant,
}

impl Lost {
    async fn kill(&self) -> Result<(), Error> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let listed = self.database.queries(WhichQueries::Running).await?;
            let mut ours = listed.iter().filter(|listed| self.may_be(listed));
            match (ours.next(), ours.next()) {
                (Some(only), None) => {
                    return self.database.kill_query(&only.id).await;
                }
                // The same query of somebody else is not ours to kill, and which is which cannot be told.
                (Some(_), Some(_)) => return Ok(()),
                (None, _) => {}
            }
        }
        Ok(())
    }

    fn may_be(&self, listed: &ListedQuery) -> bool {
        let compared = |text: &str| text.bytes().take(COMPARED).collect::<Vec<_>>();
        listed.run_time <= self.sent.elapsed().as_secs_f64() + TOLERANCE_SECONDS
            && compared(&listed.query) == compared(&self.text)
            // A server may be set up not to list them.
            && (listed.bind_vars.is_empty() || listed.bind_vars == self.bind_vars)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use serde_json::json;

    use super::*;
    use crate::arango::{
        TransportError,
        testing::{Fake, reply},
    };

    /// A server that lists these queries.
    fn listing(listed: Value) -> std::sync::Arc<Fake> {
        Fake::new(move |request| {
            Ok(match request.uri().path() {
                "/_db/shop/_api/query/current" => reply(200, listed.to_string()),
                _ => reply(200, r#"{"result":[]}"#),
            })
        })
    }

    fn listed(id: &str, text: &str, bind_vars: &Value, run_time: f64) -> Value {
        json!({"id": id, "query": text, "bindVars": bind_vars, "runTime": run_time, "state": "executing"})
    }

    /// Starts a query, gives up at once, and tells what was asked of the server after that: `count` requests.
    async fn abandoned(fake: &std::sync::Arc<Fake>, query: &Query, count: usize) -> Vec<String> {
        assert!(fake.database().query(query).now_or_never().is_none());
        seen(fake, count + 1).await.split_off(1)
    }

    /// Waits for that many requests, and a little longer to see that it stays at them.
    async fn seen(fake: &std::sync::Arc<Fake>, count: usize) -> Vec<String> {
        let start = Instant::now();
        while fake.seen().len() < count && start.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(PAUSE * 2).await;
        fake.seen()
    }

    #[tokio::test]
    async fn a_cancelled_query_is_found_in_the_servers_list_and_killed() {
        let query = Query::new("RETURN SLEEP(@s)").bind("s", 10);
        let fake = listing(json!([
            listed("1", "RETURN SLEEP(@s)", &json!({"s": 11}), 0.1),
            listed("2", "RETURN SLEEP(@s)", &json!({"s": 10}), 0.1),
            listed("3", "RETURN SLEEP(@s)", &json!({"s": 10}), 99.0),
            listed("4", "RETURN 1", &json!({}), 0.1),
        ]));
        assert_eq!(
            abandoned(&fake, &query, 2).await,
            ["GET /_db/shop/_api/query/current", "DELETE /_db/shop/_api/query/2"]
        );
    }

    #[tokio::test]
    async fn a_long_text_is_known_by_its_beginning() {
        let text = format!("RETURN '{}'", "x".repeat(5000));
        let shortened = format!("{}... (912)", text.get(..4096).unwrap());
        let fake = listing(json!([listed("7", &shortened, &json!({}), 0.0)]));
        assert_eq!(abandoned(&fake, &Query::new(text), 2).await[1], "DELETE /_db/shop/_api/query/7");
    }

    #[tokio::test]
    async fn nothing_is_killed_when_two_queries_could_be_it_or_none_is() {
        let same = listed("1", "RETURN 1", &json!({}), 0.0);
        let two = listing(json!([same, listed("2", "RETURN 1", &json!({}), 0.0)]));
        assert_eq!(abandoned(&two, &Query::new("RETURN 1"), 1).await, ["GET /_db/shop/_api/query/current"]);
        let none = listing(json!([]));
        assert_eq!(abandoned(&none, &Query::new("RETURN 1"), 3).await.len(), 3);
    }

    #[tokio::test]
    async fn a_query_whose_answer_does_not_come_in_time_is_killed_and_one_that_never_started_is_not() {
        let failing = |kind| {
            Fake::new(move |request| match request.uri().path() {
                "/_db/shop/_api/cursor" => Err(TransportError::new(kind, "no")),
                _ => Ok(reply(200, json!([listed("1", "RETURN 1", &json!({}), 0.0)]).to_string())),
            })
        };
        for (kind, requests) in [(TransportErrorKind::Timeout, 3), (TransportErrorKind::Connect, 1)] {
            let fake = failing(kind);
            fake.database().query(&Query::new("RETURN 1")).await.unwrap_err();
            assert_eq!(seen(&fake, requests).await.len(), requests, "{kind:?}");
        }
    }
}

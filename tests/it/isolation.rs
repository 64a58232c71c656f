//! Many sessions at once, each focused on a database of its own: none may ever see another's.

use futures::future::join_all;
use serde_json::json;

use crate::support::{http::Server, success};

const SESSIONS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_sessions_keep_their_own_focus() {
    let server = Server::start();
    let name = json!({"query": "RETURN CURRENT_DATABASE()"});
    let session = async |at: usize| {
        let session = server.session().await;
        let (key, database) = if at.is_multiple_of(2) { ("sample", "sample") } else { ("embedded", "_system") };
        assert_eq!(
            success(&session.call("arango_query", name.clone()).await),
            json!(["_system"]),
            "a new session has no focus"
        );
        success(&session.call("set_focused_database", json!({"database": key})).await);
        for _ in 0..3 {
            assert_eq!(success(&session.call("arango_query", name.clone()).await), json!([database]));
            tokio::task::yield_now().await;
        }
        let marked = session
            .call(
                "arango_insert",
                json!({"collection": "characters", "document": {"_key": format!("s{at}"), "of": key}}),
            )
            .await;
        success(&marked);
    };
    join_all((0..SESSIONS).map(session)).await;
    for key in ["sample", "embedded"] {
        let query = "FOR c IN characters FILTER c.of != null COLLECT of = c.of WITH COUNT INTO n RETURN [of, n]";
        let answer = server.modern_call("arango_query", json!({"query": query, "database": key})).await;
        assert_eq!(success(&answer), json!([[key, SESSIONS / 2]]));
    }
}

//! Progress of long calls, and calls that are given up: what was half done is taken back.

use std::{sync::Arc, time::Instant};

use mcp_arangodb_async::{
    clock::{SystemClock, SystemRandom},
    embedded::{
        Engine,
        listen::{self, AuthMode},
    },
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{
    PATIENCE,
    http::{Server, messages},
    initialize,
    stdio::Client,
    success,
};

const PROGRESS: &str = "notifications/progress";

/// Enough documents that storing them takes longer than it takes to give up.
const MANY: usize = 40_000;

fn some(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"_key": format!("k{n}"), "n": n})).collect()
}

fn told(tool: &str, arguments: Value) -> Value {
    json!({"name": tool, "arguments": arguments, "_meta": {"progressToken": "mine"}})
}

/// Progress must be the caller's, grow, and come to its end.
fn check(tool: &str, notices: &[Value], total: Option<f64>) {
    assert!(!notices.is_empty(), "{tool} told nothing");
    let mut last = 0.0;
    for notice in notices {
        assert_eq!((&notice["method"], &notice["params"]["progressToken"]), (&json!(PROGRESS), &json!("mine")));
        let progress = notice["params"]["progress"].as_f64().unwrap();
        assert!(progress > last, "{tool}: {notices:?}");
        last = progress;
    }
    let end = notices.last().unwrap()["params"]["total"].as_f64();
    assert_eq!(end, Some(last), "{tool}: {notices:?}");
    assert!(total.is_none_or(|total| Some(total) == end), "{tool}: {notices:?}");
}

#[test]
fn long_calls_on_a_pipe_tell_how_far_they_are_when_asked_to() {
    for mut client in [Client::legacy(), Client::modern()] {
        success(&client.call("set_focused_database", json!({"database": "sample"})));
        success(&client.call("arango_create_collection", json!({"name": "things"})));
        let documents = some(3000);
        let updates: Vec<Value> =
            documents.iter().map(|each| json!({"key": each["_key"], "update": {"m": 1}})).collect();
        let calls = [
            (
                "arango_bulk_insert",
                json!({"collection": "things", "documents": documents, "batch_size": 100}),
                Some(3000.0),
            ),
            (
                "arango_bulk_update",
                json!({"collection": "things", "updates": updates, "batch_size": 100}),
                Some(3000.0),
            ),
            ("arango_backup", json!({"collections": ["things"], "outputDir": "all"}), Some(3000.0)),
            ("arango_backup_graph", json!({"graph_name": "lesmis", "outputDir": "graph"}), None),
            (
                "arango_restore_graph",
                json!({"inputDir": "graph", "graphName": "copy", "conflictResolution": "skip"}),
                None,
            ),
            ("arango_restore_graph", json!({"inputDir": "graph", "dryRun": true}), None),
            ("arango_backup_named_graphs", json!({"outputFile": "graphs.json"}), Some(2.0)),
            ("arango_validate_graph_integrity", json!({"graphName": "lesmis"}), Some(1.0)),
            ("arango_graph_statistics", json!({"graphName": "lesmis"}), Some(3.0)),
        ];
        for (tool, arguments, total) in calls {
            let before = client.notices().count();
            let answer = client.request("tools/call", told(tool, arguments));
            success(&answer);
            let notices: Vec<Value> = client.notices().skip(before).cloned().collect();
            check(tool, &notices, total);
        }
        let before = client.notices().count();
        success(&client.call("arango_graph_statistics", json!({"graphName": "lesmis"})));
        assert_eq!(client.notices().count(), before, "nobody asked");
    }
}

#[tokio::test]
async fn over_http_progress_comes_on_the_stream_of_the_call_in_both_eras() {
    let server = Server::start();
    let session = server.session().await;
    success(&session.call("arango_create_collection", json!({"name": "things"})).await);
    let insert = told(
        "arango_bulk_insert",
        json!({"collection": "things", "documents": vec![json!({}); 2000], "batch_size": 100}),
    );
    let responses = [
        session.response("tools/call", insert.clone()).await,
        server.modern_response("tools/call", insert, None).await,
    ];
    for response in responses {
        let mut all = messages(response).await;
        let answer = all.pop().unwrap();
        assert_eq!(success(&answer)["inserted_count"], 2000);
        check("arango_bulk_insert", &all, Some(2000.0));
    }
}

/// Makes a backup of a large graph, and takes the graph away again.
fn large_backup(client: &mut Client) {
    success(&client.call("arango_create_collection", json!({"name": "things"})));
    success(&client.call("arango_create_collection", json!({"name": "links", "type": "edge"})));
    let query =
        format!("FOR i IN 1..{MANY} INSERT {{_key: TO_STRING(i), text: 'some text of a usual length'}} INTO things");
    success(&client.call("arango_query", json!({"query": query})));
    let link = "INSERT {_from: 'things/1', _to: 'things/2'} INTO links";
    success(&client.call("arango_query", json!({"query": link})));
    let ends = json!([{"edge_collection": "links", "from_collections": ["things"], "to_collections": ["things"]}]);
    success(&client.call("arango_create_graph", json!({"name": "large", "edge_definitions": ends})));
    success(&client.call("arango_backup_graph", json!({"graph_name": "large", "outputDir": "large"})));
    let again = "FOR d IN things FILTER d._key != '0' REMOVE d IN things OPTIONS {ignoreErrors: true}";
    success(&client.call("arango_query", json!({"query": again})));
    success(&client.call("arango_query", json!({"query": "FOR d IN links REMOVE d IN links"})));
    success(&client.call("arango_query", json!({"query": "INSERT {_key: 'mine'} INTO things"})));
}

/// Begins to restore, and waits until documents are being stored.
fn half_restored(client: &mut Client) -> u64 {
    let restore = told("arango_restore_graph", json!({"inputDir": "large", "graphName": "copy"}));
    let call = client.send("tools/call", restore);
    loop {
        let notice = client.notification(PROGRESS);
        let params = &notice["params"];
        if params["total"].as_f64().is_some_and(|total| params["progress"].as_f64().unwrap() > total / 2.0) {
            return call;
        }
    }
}

const STORED: &str = "RETURN [(FOR d IN things LIMIT 5 RETURN d._key), LENGTH(links)]";

#[test]
fn a_restore_that_is_cancelled_leaves_the_database_as_it_was() {
    let mut client = Client::legacy();
    large_backup(&mut client);
    let before = json!([[["mine"], 0]]);
    assert_eq!(success(&client.call("arango_query", json!({"query": STORED}))), before);
    let call = half_restored(&mut client);
    assert_ne!(success(&client.call("arango_query", json!({"query": STORED}))), before, "nothing was stored yet");
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": call}});
    client.write(&cancel.to_string());
    let begun = Instant::now();
    while success(&client.call("arango_query", json!({"query": STORED}))) != before {
        assert!(begun.elapsed() < PATIENCE, "what was stored is still there");
    }
    let graphs = success(&client.call("arango_list_graphs", json!({})));
    assert!(!graphs.to_string().contains("copy"), "{graphs}");
    // Taken back as a whole, so it can be done again.
    let restored = success(&client.call("arango_restore_graph", json!({"inputDir": "large", "graphName": "copy"})));
    assert_eq!(restored["total_documents_restored"], MANY + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_client_goes_away_takes_back_half_of_a_restore_before_it_ends() {
    let engine = Arc::new(Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom)));
    let stop = CancellationToken::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(listen::serve(engine, listener, AuthMode::Off, stop.clone()));
    let start = || {
        let mut client = Client::start(&[], &[("ARANGO_URL", &url), ("ARANGO_DB", "_system")]);
        client.request("initialize", initialize("2025-06-18"));
        client.notify("notifications/initialized");
        client
    };
    tokio::task::block_in_place(|| {
        let mut client = start();
        large_backup(&mut client);
        half_restored(&mut client);
        client.hang_up();
        client.child.wait().unwrap();
        assert_eq!(success(&start().call("arango_query", json!({"query": STORED}))), json!([[["mine"], 0]]));
    });
    stop.cancel();
    drop(serving.await);
}

//! Traces and metrics: what a collector receives, what the database is told, and what nobody ever is.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
};
use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Value, json};

use super::{end_of, signal, until};
use crate::support::{
    failure,
    http::{Server, answer, plain_client},
    modern_with,
    stdio::Client,
    success,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
/// In arguments, passwords and tokens of these tests, and so in nothing that is exported.
const NEEDLE: &str = "needle";

struct Received {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// A server that keeps what it receives: a collector, or a database that has one answer to everything.
struct Listener {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Listener {
    async fn start(status: StatusCode, answer: Value) -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        let app = Router::new().fallback(async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            kept.lock().push(Received { path: uri.path().to_owned(), headers, body });
            (status, answer.to_string())
        });
        tokio::spawn(async move { axum::serve(socket, app).await });
        Self { address, received }
    }

    async fn collector() -> Self {
        Self::start(StatusCode::OK, json!({})).await
    }

    async fn database() -> Self {
        Self::start(
            StatusCode::CREATED,
            json!({"error": false, "code": 201, "result": [1], "hasMore": false, "jwt": "token"}),
        )
        .await
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What came to a path, decoded.
    fn decoded(&self, path: &str) -> Vec<Value> {
        let received = self.received.lock();
        received.iter().filter(|one| one.path == path).map(|one| serde_json::from_slice(&one.body).unwrap()).collect()
    }

    fn spans(&self) -> Vec<Value> {
        let of = |request: &Value| request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone();
        self.decoded("/v1/traces").iter().flat_map(of).collect()
    }

    /// The value of a header in every request.
    fn told(&self, header: &str) -> Vec<String> {
        let value = |one: &Received| Some(one.headers.get(header)?.to_str().unwrap().to_owned());
        self.received.lock().iter().filter_map(value).collect()
    }

    fn assert_no_needle(&self) {
        for one in self.received.lock().iter() {
            assert!(!String::from_utf8_lossy(&one.body).contains(NEEDLE), "{:?}", one.body);
        }
    }
}

/// The text, number or flag of an attribute.
fn attribute(span: &Value, key: &str) -> Value {
    let found = span["attributes"].as_array().unwrap().iter().find(|attribute| attribute["key"] == key);
    found.and_then(|one| one["value"].as_object()?.values().next().cloned()).unwrap_or_default()
}

fn the_call<'a>(spans: &'a [Value], trace: &str) -> &'a Value {
    let mut calls = spans.iter().filter(|span| span["traceId"] == trace && span["kind"] == 2);
    calls.next().unwrap_or_else(|| panic!("no call of {trace} in {spans:#?}"))
}

fn query(traceparent: &str) -> Value {
    json!({
        "name": "arango_query",
        "arguments": {"query": format!("RETURN [@x, '{NEEDLE}']"), "bind_vars": {"x": NEEDLE}},
        "_meta": {"traceparent": traceparent, "tracestate": "vendor=1"},
    })
}

fn start(collector: &Listener, database: &Listener, more: &[(&str, &str)]) -> Server {
    let (collector, database) = (collector.url(), database.url());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.as_str()),
        ("ARANGO_URL", database.as_str()),
        ("ARANGO_PASSWORD", NEEDLE),
    ];
    Server::start_under(plain_client(), &[], &[&variables, more].concat())
}

async fn stop(server: &mut Server) {
    signal(server, "-TERM");
    assert_eq!(end_of(server).await, Some(0));
}

#[tokio::test]
async fn a_call_is_part_of_the_callers_trace_and_its_requests_are_parts_of_it() {
    let (collector, database) = (Listener::collector().await, Listener::database().await);
    let token = format!("authorization=Bearer%20{NEEDLE}");
    let mut server = start(
        &collector,
        &database,
        &[
            ("OTEL_EXPORTER_OTLP_HEADERS", token.as_str()),
            ("OTEL_SERVICE_NAME", "mine"),
            ("OTEL_TRACES_SAMPLER", "parentbased_always_on"),
        ],
    );
    success(&server.modern("tools/call", query(&format!("00-{TRACE}-{PARENT}-01"))).await);
    let told = database.told("traceparent");
    stop(&mut server).await;

    let spans = collector.spans();
    let call = the_call(&spans, TRACE);
    assert_eq!((&call["name"], &call["parentSpanId"]), (&json!("tools/call arango_query"), &json!(PARENT)));
    assert_eq!((&call["traceState"], &call["status"]), (&json!("vendor=1"), &json!({})));
    for (key, value) in [
        ("mcp.method.name", json!("tools/call")),
        ("gen_ai.tool.name", json!("arango_query")),
        ("db.system.name", json!("arangodb")),
        ("db.namespace", json!("_system")),
        ("mcp_arangodb.result.rows", json!("1")),
        ("mcp_arangodb.result.cut", json!(false)),
        ("error.type", Value::Null),
    ] {
        assert_eq!(attribute(call, key), value, "{key} of {call:#}");
    }
    let requests: Vec<_> = spans.iter().filter(|span| span["kind"] == 3 && span["traceId"] == TRACE).collect();
    let request = requests.iter().find(|span| span["name"] == "POST /_api/cursor").unwrap();
    assert_eq!(request["parentSpanId"], call["spanId"]);
    assert_eq!(attribute(request, "server.address"), "127.0.0.1");
    assert_eq!(attribute(request, "server.port"), database.address.port().to_string());
    assert_eq!(attribute(request, "http.response.status_code"), "201");
    assert_eq!(attribute(request, "db.operation.name"), "cursor");
    let named = format!("00-{TRACE}-{}-01", request["spanId"].as_str().unwrap());
    assert!(told.contains(&named), "{told:?} has not {named}");
    let resource = &collector.decoded("/v1/traces")[0]["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name"), "mine");
    assert!(collector.told("authorization").iter().all(|value| value == &format!("Bearer {NEEDLE}")));
    collector.assert_no_needle();
}

#[tokio::test]
async fn metrics_are_exported_while_the_server_runs_and_at_its_end() {
    let (collector, database) = (Listener::collector().await, Listener::database().await);
    let mut server = start(&collector, &database, &[("OTEL_METRIC_EXPORT_INTERVAL", "100")]);
    until("metrics", async || !collector.decoded("/v1/metrics").is_empty()).await;
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
    stop(&mut server).await;
    let last = collector.decoded("/v1/metrics").pop().unwrap();
    let metrics = last["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
    let points = |name: &str, kind: &str| {
        let found = metrics.iter().find(|metric| metric["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        found[kind]["dataPoints"][0].clone()
    };
    let calls = points("mcp_arangodb_calls_total", "sum");
    assert_eq!((&calls["asInt"], attribute(&calls, "outcome")), (&json!("1"), json!("ok")));
    assert_eq!(points("mcp_arangodb_call_duration_seconds", "histogram")["count"], "1");
    assert_eq!(points("mcp_arangodb_draining", "gauge")["asInt"], "1");
}

#[tokio::test]
async fn headers_tell_the_trace_too_and_what_is_not_recorded_is_only_passed_on() {
    let (collector, database) = (Listener::collector().await, Listener::database().await);
    let mut server = start(&collector, &database, &[]);
    // Malformed, so the header counts.
    let params = modern_with(query("00-0-0-01"), &json!({}));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = server.bare(Method::POST).header("mcp-protocol-version", "2026-07-28");
    let request = request.header("mcp-method", "tools/call").header("mcp-name", "arango_query");
    let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    success(&answer(request.body(body.to_string()).send().await.unwrap()).await);
    let silent = "1".repeat(32);
    success(&server.modern("tools/call", query(&format!("00-{silent}-{PARENT}-00"))).await);
    // The older protocols, and a call that fails.
    let session = server.session().await;
    let other = "2".repeat(32);
    let arguments = json!({"query": NEEDLE, "databse": "x"});
    let meta = json!({"traceparent": format!("00-{other}-{PARENT}-01")});
    let params = json!({"name": "arango_query", "arguments": arguments, "_meta": meta});
    failure(&session.request("tools/call", params).await);
    stop(&mut server).await;
    let spans = collector.spans();
    assert_eq!(the_call(&spans, TRACE)["parentSpanId"], PARENT);
    assert!(spans.iter().all(|span| span["traceId"] != silent.as_str()));
    assert!(database.told("traceparent").iter().any(|told| told.contains(&silent) && told.ends_with("-00")));
    let failed = the_call(&spans, &other);
    assert_eq!(failed["status"]["code"], 2);
    assert!(attribute(failed, "error.type").is_string(), "{failed:#}");
    assert!(attribute(failed, "mcp.session.id").as_str().unwrap().len() < 32, "{failed:#}");
    collector.assert_no_needle();
}

#[tokio::test]
async fn a_cancelled_call_ends_with_an_error_and_a_client_on_pipes_gets_its_spans_out_too() {
    let collector = Listener::collector().await;
    let url = collector.url();
    let client = tokio::task::spawn_blocking(move || {
        let mut client =
            Client::start(&["--embedded"], &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &format!("{url}/own"))]);
        let arguments = json!({"query": "RETURN SLEEP(300)"});
        let meta = json!({"traceparent": format!("00-{TRACE}-{PARENT}-01")});
        let params = json!({"name": "arango_query", "arguments": arguments, "_meta": meta});
        let params = modern_with(params, &json!({}));
        client.send("tools/call", params);
        client.hang_up();
        client.child.wait().unwrap();
        client
    });
    drop(client.await.unwrap());
    let requests = collector.decoded("/own");
    let spans = requests[0]["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    let call = the_call(spans, TRACE);
    assert_eq!((attribute(call, "error.type"), &call["status"]["code"]), (json!("cancelled"), &json!(2)));
    assert!(collector.decoded("/v1/metrics").is_empty());
}

#[tokio::test]
async fn a_collector_that_is_down_is_told_of_once_and_disturbs_nobody() {
    let database = Listener::database().await;
    let url = database.url();
    let mut server = Server::start_under(
        plain_client(),
        &[],
        &[
            ("ARANGO_URL", url.as_str()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
        ],
    );
    success(&server.modern_call("arango_query", json!({"query": "RETURN 1"})).await);
    server.until_said("metrics cannot be exported to http://127.0.0.1:9/v1/metrics").await;
    stop(&mut server).await;
    server.until_said("spans could not be exported").await;
    assert_eq!(server.log().matches("cannot be exported").count(), 2, "{}", server.log());
}

#[tokio::test]
async fn nothing_is_exported_or_passed_on_unless_it_is_asked_for() {
    let database = Listener::database().await;
    let url = database.url();
    let variables = [
        ("ARANGO_URL", url.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
    ];
    for used in [1, 3] {
        let server = Server::start_under(plain_client(), &[], &variables[..used]);
        success(&server.modern("tools/call", query(&format!("00-{TRACE}-{PARENT}-01"))).await);
        assert_eq!(server.log().contains("no traces and no metrics are exported"), used == 3);
    }
    assert!(!database.received.lock().is_empty() && database.told("traceparent").is_empty());
}

//! How long the usual things take inside the process: parsing, queries of the engine, single writes to the store, one
//! tool call, and a cursor. `cargo bench` runs all of it, `cargo bench sort` what has "sort" in its name.

#![expect(clippy::unwrap_used, reason = "a measurement of something that failed is worth nothing")]

use std::{hint::black_box, sync::Arc, time::Duration};

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use http::{Request, Response};
use mcp_arangodb_async::{
    aql,
    clock::{Clock, Random, SystemClock, SystemRandom},
    config::{Address, Config, DatabaseEntry, DatabaseKey, MapEnv, Origin, Source},
    embedded::{Caller, Engine},
    tenancy::{Databases, FocusSealer, MemorySessions},
    tools::{self, CallContext, Registry, Services},
    wire::DatabaseName,
};
use serde_json::{Map, Value, json};

/// Documents and edges in the engine that is measured.
const DOCUMENTS: u32 = 10_000;

/// Vertices of its graph.
const VERTICES: u32 = 2_000;

/// A query with a little of everything.
const LONG_QUERY: &str = "LET limit = @limit FOR u IN users FILTER u.age >= 18 && u.address.city IN ['Bonn', 'Kiel'] \
    LET orders = (FOR o IN orders FILTER o.user == u._key SORT o.date DESC LIMIT 5 RETURN { o, sum: SUM(o.items[*].price) }) \
    FOR v, e, p IN 1..3 OUTBOUND u GRAPH 'social' PRUNE e.weight > 10 FILTER p.edges[*].kind ALL == 'knows' \
    COLLECT city = u.address.city INTO groups = { name: u.name, orders } \
    SORT LENGTH(groups) DESC LIMIT limit RETURN { city, groups: groups[* RETURN MERGE(CURRENT, { n: LENGTH(CURRENT.orders) })] }";

/// Queries that only read, by the name they are shown under.
const READS: &[(&str, &str)] = &[
    ("filter", "FOR d IN docs FILTER d.n % 100 == 7 RETURN d.n"),
    ("primary index", "FOR i IN 1..1000 FOR d IN docs FILTER d._key == TO_STRING(i) RETURN d.n"),
    ("persistent index", "FOR i IN 0..499 FOR d IN docs FILTER d.name == CONCAT('name ', i) RETURN d.n"),
    ("sort numbers", "FOR d IN docs SORT d.g DESC, d.n RETURN d.n"),
    ("sort texts", "FOR d IN docs SORT d.name RETURN d.n"),
    ("sort with limit", "FOR d IN docs SORT d.name DESC LIMIT 10 RETURN d.n"),
    ("collect", "FOR d IN docs COLLECT g = d.g AGGREGATE s = SUM(d.n), m = MAX(d.n) RETURN { g, s, m }"),
    ("collect into", "FOR d IN docs COLLECT g = d.g INTO members RETURN LENGTH(members)"),
    ("traversal", "FOR v IN 1..4 OUTBOUND 'vertices/1' edges RETURN v.n"),
    ("shortest path", "FOR v IN OUTBOUND SHORTEST_PATH 'vertices/1' TO 'vertices/1999' edges RETURN v.n"),
];

/// Writes; they add to a collection or change all of one, so that running them again is the same work.
const WRITES: &[(&str, &str)] = &[
    ("insert", "FOR i IN 1..1000 INSERT { n: i, name: CONCAT('name ', i), o: { a: [1, 2, 3] } } INTO scratch"),
    ("update", "FOR d IN vertices UPDATE d WITH { seen: true } IN vertices"),
    ("upsert", "FOR i IN 0..499 UPSERT { name: CONCAT('name ', i) } INSERT { n: i } UPDATE { seen: true } IN docs"),
];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    parsing(&mut criterion);
    queries(&mut criterion);
    single_writes(&mut criterion);
    cursor(&mut criterion);
    tool_call(&mut criterion);
    criterion.final_summary();
}

fn parsing(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(LONG_QUERY.len() as u64));
    group.bench_function("long query", |bencher| bencher.iter(|| aql::parse(black_box(LONG_QUERY)).unwrap()));
    group.bench_function("RETURN 1", |bencher| bencher.iter(|| aql::parse(black_box("RETURN 1")).unwrap()));
    group.finish();
}

fn queries(criterion: &mut Criterion) {
    let engine = filled();
    let mut group = criterion.benchmark_group("query");
    for (name, text) in READS {
        group.bench_function(*name, |bencher| bencher.iter(|| query(&engine, text, 1000)));
    }
    for (name, text) in WRITES {
        group.bench_function(*name, |bencher| {
            // What it adds must not make the next one slower.
            let engine = filled();
            bencher.iter(|| query(&engine, text, 1000));
        });
    }
    group.finish();
}

/// One document in each request, as a program would write them.
fn single_writes(criterion: &mut Criterion) {
    let engine = filled();
    let body = json!({ "n": 1, "name": "a name", "o": { "a": [1, 2, 3] } });
    let edge = json!({ "_from": "vertices/1", "_to": "vertices/2", "w": 1 });
    let mut group = criterion.benchmark_group("one document");
    group.bench_function("insert", |bencher| bencher.iter(|| post(&engine, "/_api/document/scratch", &body)));
    group.bench_function("insert an edge", |bencher| bencher.iter(|| post(&engine, "/_api/document/edges", &edge)));
    group.bench_function("read", |bencher| {
        bencher.iter(|| {
            let request = Request::get("/_api/document/docs/17").body(Bytes::new()).unwrap();
            answered(&engine, request)
        });
    });
    group.finish();
}

/// Ten thousand documents, in batches.
fn cursor(criterion: &mut Criterion) {
    let engine = filled();
    let mut group = criterion.benchmark_group("cursor");
    group.throughput(Throughput::Elements(u64::from(DOCUMENTS)));
    group.bench_function("10,000 rows in one batch", |bencher| {
        bencher.iter(|| query(&engine, "FOR d IN docs RETURN d", 20_000));
    });
    group.bench_function("10,000 rows in ten batches", |bencher| {
        bencher.iter(|| {
            let first: Value = serde_json::from_slice(query(&engine, "FOR d IN docs RETURN d", 1000).body()).unwrap();
            let next = format!("/_api/cursor/{}", first.get("id").and_then(Value::as_str).unwrap());
            for _ in 1..10 {
                black_box(post(&engine, &next, &json!({})));
            }
        });
    });
    group.finish();
}

/// The whole way of a call but for the protocol: arguments, resolution, client, engine, reply.
fn tool_call(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let registry = Registry::standard();
    let services = services();
    let entry = registry.find("arango_query").unwrap();
    let call = |query: &str, max_rows: u32| {
        let arguments = Map::from_iter([("query".to_owned(), query.into()), ("max_rows".to_owned(), max_rows.into())]);
        let context = CallContext::new(Arc::clone(&services), tools::Caller::process());
        let reply = runtime.block_on(registry.call(entry, &context, arguments));
        assert_ne!(reply.is_error, Some(true), "{reply:?}");
        reply
    };
    let mut group = criterion.benchmark_group("tool call");
    group.bench_function("RETURN 1", |bencher| bencher.iter(|| call("RETURN 1", 10)));
    group.bench_function("10,000 rows", |bencher| {
        bencher.iter(|| call("FOR i IN 1..10000 RETURN { i, text: 'some text of a usual length' }", 10_000));
    });
    group.bench_function("the list of tools", |bencher| bencher.iter(Registry::standard));
    group.finish();
}

fn services() -> Arc<Services> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let system = DatabaseName::parse("_system").unwrap();
    let entry = DatabaseEntry::new(Address::Embedded(None), system, Origin::CommandLine);
    let config = Config::empty(Source::CommandLine);
    let config = Arc::new(config.with_database(DatabaseKey::parse("main").unwrap(), entry, true));
    let env = Arc::new(MapEnv::default());
    let databases = Databases::new(Arc::clone(&config), env, Arc::clone(&clock), Arc::clone(&random));
    let sessions = MemorySessions::new(Arc::clone(&clock));
    let focus = FocusSealer::with_keys(&[], clock, random).unwrap();
    Services::new(databases, Arc::new(sessions), focus)
}

/// An engine with a collection of documents, an indexed attribute, and a graph.
fn filled() -> Engine {
    let engine = Engine::in_memory(Arc::new(SystemClock), Arc::new(SystemRandom));
    for (name, kind) in [("docs", 2), ("scratch", 2), ("vertices", 2), ("edges", 3)] {
        post(&engine, "/_api/collection", &json!({ "name": name, "type": kind }));
    }
    post(&engine, "/_api/index?collection=docs", &json!({ "type": "persistent", "fields": ["name"] }));
    let edges = VERTICES * 5;
    for text in [
        format!(
            "FOR i IN 1..{DOCUMENTS} INSERT {{ _key: TO_STRING(i), n: i, g: i % 100, name: CONCAT('name ', i % 500), \
             o: {{ a: [1, 2, 3], b: 'x' }} }} INTO docs"
        ),
        format!("FOR i IN 0..{VERTICES} INSERT {{ _key: TO_STRING(i), n: i }} INTO vertices"),
        format!(
            "FOR i IN 1..{edges} INSERT {{ _from: CONCAT('vertices/', i % {VERTICES}), \
             _to: CONCAT('vertices/', i * 7919 % {VERTICES}), w: i % 10 }} INTO edges"
        ),
    ] {
        query(&engine, &text, 1000);
    }
    engine
}

fn query(engine: &Engine, text: &str, batch_size: u32) -> Response<Bytes> {
    post(engine, "/_api/cursor", &json!({ "query": text, "batchSize": batch_size }))
}

fn post(engine: &Engine, path: &str, body: &Value) -> Response<Bytes> {
    answered(engine, Request::post(path).body(Bytes::from(body.to_string())).unwrap())
}

fn answered(engine: &Engine, request: Request<Bytes>) -> Response<Bytes> {
    let response = engine.handle(request, &Caller::Trusted);
    assert!(response.status().is_success(), "{response:?}");
    response
}

//! What the server is and how it does: version, engine, role, status, time, a few truthful statistics.

use super::{
    super::{
        engine::COMPATIBLE_VERSION,
        store::{Collection, Snapshot},
        value::{Object, Value},
    },
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// `/_api/version`
pub(super) const VERSION: &[Route] = &[route(Verb::Get, "", Right::Authenticated, version)];
/// `/_api/engine`
pub(super) const ENGINE: &[Route] =
    &[route(Verb::Get, "", Right::Read, engine), route(Verb::Get, "stats", Right::Read, engine_stats)];
/// `/_api/endpoint`
pub(super) const ENDPOINT: &[Route] = &[route(Verb::Get, "", Right::Read, endpoints)];
/// `/_admin/server`
pub(super) const SERVER: &[Route] = &[
    route(Verb::Get, "role", Right::Authenticated, role),
    route(Verb::Get, "id", Right::Authenticated, server_id),
    route(Verb::Get, "availability", Right::Open, availability),
    route(Verb::Get, "mode", Right::Authenticated, mode),
    route(Verb::Put, "mode", Right::System, set_mode),
];
/// `/_admin/status`
pub(super) const STATUS: &[Route] = &[route(Verb::Get, "", Right::Authenticated, status)];
/// `/_admin/time`
pub(super) const TIME: &[Route] = &[route(Verb::Get, "", Right::Authenticated, time)];
/// `/_admin/statistics`
pub(super) const STATISTICS: &[Route] = &[route(Verb::Get, "", Right::Authenticated, statistics)];
/// `/_admin/metrics`
pub(super) const METRICS: &[Route] =
    &[route(Verb::Get, "", Right::Authenticated, metrics), route(Verb::Get, "v2", Right::Authenticated, metrics)];
/// `/_admin/license`
pub(super) const LICENSE: &[Route] = &[route(Verb::Get, "", Right::Authenticated, license)];
/// `/_admin/compact`
pub(super) const COMPACT: &[Route] = &[route(Verb::Put, "", Right::System, compact)];
/// `/_admin/echo`
pub(super) const ECHO: &[Route] =
    &[route(Verb::Get, "", Right::Authenticated, echo), route(Verb::Post, "", Right::Authenticated, echo)];
/// `/_admin/log`
pub(super) const LOG: &[Route] = &[
    route(Verb::Get, "", Right::System, no_log),
    route(Verb::Get, "entries", Right::System, no_log),
    route(Verb::Get, "level", Right::System, no_log_levels),
];

/// The name the engine goes by wherever it says what it is.
const ENGINE_NAME: &str = "mcp-arangodb-async embedded";

fn version(call: &Call<'_>) -> Answer {
    let mut body = fields([
        ("server", Value::from("arango")),
        ("license", Value::from("community")),
        ("version", Value::from(COMPATIBLE_VERSION)),
    ]);
    if call.flag("details").unwrap_or(false) {
        let details = fields([
            ("architecture", Value::from(std::env::consts::ARCH)),
            ("platform", Value::from(std::env::consts::OS)),
            ("mode", Value::from("server")),
            ("role", Value::from("SINGLE")),
            ("host", Value::from("")),
            ("engine", Value::from(ENGINE_NAME)),
            ("engine-version", Value::from(env!("CARGO_PKG_VERSION"))),
            ("server-version", Value::from(COMPATIBLE_VERSION)),
        ]);
        body.insert("details".into(), details.into());
    }
    Ok(Reply::bare(200, body))
}

fn engine(_: &Call<'_>) -> Answer {
    let indexes = ["primary", "edge", "persistent"].map(Value::from).to_vec();
    let aliases = fields([("hash", Value::from("persistent")), ("skiplist", Value::from("persistent"))]);
    let supports = fields([
        ("dfdb", Value::Bool(false)),
        ("indexes", Value::array(indexes)),
        ("aliases", fields([("indexes", aliases.into())]).into()),
    ]);
    // Drivers know "rocksdb" and "mmfiles" only; the details of the version say what it really is.
    Ok(Reply::bare(200, fields([("name", Value::from("rocksdb")), ("supports", supports.into())])))
}

fn engine_stats(_: &Call<'_>) -> Answer {
    Err(Failure::unsupported("statistics of the storage engine RocksDB"))
}

fn endpoints(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, Vec::new()))
}

fn role(_: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, fields([("role", Value::from("SINGLE")), ("mode", Value::from("default"))])))
}

fn server_id(_: &Call<'_>) -> Answer {
    // ArangoDB answers a server that is not part of a cluster in the same way.
    Err(Failure::new(crate::wire::ErrorNum::INTERNAL, "not part of a cluster"))
}

fn availability(_: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, fields([("mode", Value::from("default"))])))
}

fn mode(call: &Call<'_>) -> Answer {
    availability(call)
}

fn set_mode(call: &Call<'_>) -> Answer {
    match call.json_object()?.get("mode").as_str() {
        Some("default") => availability(call),
        Some("readonly") => Err(Failure::unsupported("the read-only mode of a server")),
        _ => Err(Failure::bad_parameter("mode invalid")),
    }
}

fn status(call: &Call<'_>) -> Answer {
    let server_info = fields([
        ("maintenance", Value::Bool(false)),
        ("role", Value::from("SINGLE")),
        ("writeOpsEnabled", Value::Bool(true)),
        ("readOnly", Value::Bool(false)),
        ("uptime", Value::number(call.engine.uptime_seconds())),
    ]);
    Ok(Reply::bare(
        200,
        fields([
            ("server", Value::from("arango")),
            ("license", Value::from("community")),
            ("version", Value::from(COMPATIBLE_VERSION)),
            ("mode", Value::from("server")),
            ("operationMode", Value::from("server")),
            ("foxxApi", Value::Bool(false)),
            ("host", Value::from("")),
            ("hostname", Value::from("")),
            ("engine", Value::from(ENGINE_NAME)),
            ("pid", Value::Int(std::process::id().into())),
            ("serverInfo", server_info.into()),
        ]),
    ))
}

fn seconds_now(call: &Call<'_>) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "exact until the year 287,396")]
    let millis = call.engine.clock().now_millis() as f64;
    Value::number(millis / 1000.0)
}

fn time(call: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, fields([("time", seconds_now(call))])))
}

fn statistics(call: &Call<'_>) -> Answer {
    let server = fields([("uptime", Value::number(call.engine.uptime_seconds()))]);
    let statistics = [("time", seconds_now(call)), ("enabled", Value::Bool(false)), ("server", server.into())];
    Ok(Reply::ok(200, fields(statistics)))
}

fn metrics(call: &Call<'_>) -> Answer {
    let databases = call.engine.store().databases();
    let opened = databases.iter().filter_map(|name| call.engine.store().database(name.as_str()).ok());
    let snapshots: Vec<_> = opened.map(|database| database.snapshot()).collect();
    let collections: usize = snapshots.iter().map(|snapshot| snapshot.collections().count()).sum();
    let documents: usize = snapshots.iter().flat_map(Snapshot::collections).map(Collection::len).sum();
    let gauge =
        |name: &str, help: &str, value: String| format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    let text = [
        gauge(
            "arangodb_server_statistics_server_uptime_total",
            "Seconds since the start",
            call.engine.uptime_seconds().to_string(),
        ),
        gauge("arangodb_embedded_databases", "Number of databases", databases.len().to_string()),
        gauge("arangodb_embedded_collections", "Number of collections", collections.to_string()),
        gauge("arangodb_embedded_documents", "Number of documents", documents.to_string()),
    ];
    Ok(Reply::text(200, text.concat()))
}

fn license(_: &Call<'_>) -> Answer {
    let usage = fields([("limitReached", Value::Bool(false)), ("status", Value::from("good"))]);
    Ok(Reply::bare(200, fields([("upgrading", Value::Bool(false)), ("diskUsage", usage.into())])))
}

fn compact(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, Object::default()))
}

fn echo(call: &Call<'_>) -> Answer {
    // Header values may be credentials: the names are enough to see what a proxy has added.
    let names = call.headers.keys().map(|name| Value::from(name.as_str())).collect();
    let body = String::from_utf8_lossy(&call.body);
    Ok(Reply::ok(
        200,
        fields([
            ("database", Value::from(call.database.name().as_str())),
            ("user", call.user().map_or(Value::Null, Value::from)),
            ("headers", Value::array(names)),
            ("requestBody", Value::from(body.as_ref())),
        ]),
    ))
}

fn no_log(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, fields([("total", Value::Int(0)), ("messages", Value::array(Vec::new()))])))
}

fn no_log_levels(_: &Call<'_>) -> Answer {
    Err(Failure::unsupported("log levels; see the command line"))
}

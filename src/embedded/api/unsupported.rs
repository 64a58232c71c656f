//! What ArangoDB has and this engine has not: answered 501 and by name, so that nobody takes it for a misspelt path.

use super::{
    super::value::Value,
    access::Right,
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// `/_api/transaction`: there are none, and none can be made.
pub(super) const TRANSACTION: &[Route] = &[
    route(Verb::Get, "", Right::Read, no_transactions),
    route(Verb::Post, "", Right::Read, javascript_transaction),
    route(Verb::Post, "begin", Right::Read, stream_transaction),
];

/// `/_api/tasks`: there are none.
pub(super) const TASKS: &[Route] = &[route(Verb::Get, "", Right::Read, no_tasks)];

/// `/_api/aqlfunction`: there are none.
pub(super) const AQL_FUNCTIONS: &[Route] = &[route(Verb::Get, "", Right::Read, no_functions)];

/// `/_api/query-cache`: it is off.
pub(super) const QUERY_CACHE: &[Route] = &[
    route(Verb::Get, "properties", Right::Read, cache_properties),
    route(Verb::Get, "entries", Right::Read, no_tasks),
    route(Verb::Delete, "", Right::Read, nothing_cached),
];

/// Families of endpoints that are missing, by the beginning of their paths, and what they are for.
const MISSING: &[(&[&str], &str)] = &[
    (&["_api", "transaction"], "stream transactions"),
    (&["_api", "wal"], "replication"),
    (&["_api", "replication"], "replication"),
    (&["_api", "job"], "asynchronous jobs"),
    (&["_api", "batch"], "batch requests"),
    (&["_api", "tasks"], "tasks"),
    (&["_api", "aqlfunction"], "user-defined AQL functions"),
    (&["_api", "foxx"], "Foxx services"),
    (&["_api", "cluster"], "clusters"),
    (&["_api", "pregel"], "Pregel"),
    (&["_api", "control_pregel"], "Pregel"),
    (&["_api", "query-cache"], "a cache of query results"),
    (&["_api", "query-plan-cache"], "a cache of query plans"),
    (&["_api", "query"], "this way of looking at queries"),
    (&["_api", "simple"], "this simple query"),
    (&["_api", "token"], "access tokens"),
    (&["_api", "analyzer"], "making analyzers"),
    (&["_api", "view"], "this endpoint of views"),
    (&["_api", "traversal"], "the traversal endpoint (use AQL)"),
    (&["_api", "export"], "the export endpoint (use a cursor)"),
    (&["_admin", "backup"], "hot backups"),
    (&["_admin", "cluster"], "clusters"),
    (&["_admin", "execute"], "JavaScript"),
    (&["_admin", "routing"], "Foxx services"),
    (&["_admin", "shutdown"], "being shut down over HTTP"),
    (&["_admin", "options"], "startup options"),
    (&["_admin", "options-description"], "startup options"),
    (&["_admin", "options-public"], "startup options"),
    (&["_admin", "deployment"], "deployment ids"),
    (&["_admin", "crashes"], "crash dumps"),
    (&["_admin", "support-info"], "support information"),
    (&["_admin", "statistics-description"], "the description of statistics"),
];

/// Families that can be looked at and nothing else: changing something there is not a wrong method but unsupported.
const READ_ONLY: &[&str] = &["transaction", "tasks", "aqlfunction", "query-cache"];

/// What a family of which only reading is supported is for.
pub(super) fn read_only(segments: &[String]) -> Option<&'static str> {
    let second = segments.get(1).filter(|second| READ_ONLY.contains(&second.as_str()));
    second.and_then(|_| known(segments))
}

/// What a path of ArangoDB that is missing here is for.
pub(super) fn known(segments: &[String]) -> Option<&'static str> {
    let begins = |prefix: &[&str]| {
        prefix.len() <= segments.len() && prefix.iter().zip(segments).all(|(part, segment)| part == segment)
    };
    MISSING.iter().find(|(prefix, _)| begins(prefix)).map(|(_, what)| *what)
}

fn no_transactions(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, fields([("transactions", Value::array(Vec::new()))])))
}

fn stream_transaction(_: &Call<'_>) -> Answer {
    Err(Failure::unsupported("stream transactions; a single AQL query is atomic"))
}

fn javascript_transaction(_: &Call<'_>) -> Answer {
    Err(Failure::unsupported("JavaScript transactions; a single AQL query is atomic"))
}

fn no_tasks(_: &Call<'_>) -> Answer {
    Ok(Reply::bare(200, Vec::new()))
}

fn no_functions(_: &Call<'_>) -> Answer {
    Ok(Reply::result(200, Vec::new()))
}

fn cache_properties(_: &Call<'_>) -> Answer {
    let properties = [
        ("mode", Value::from("off")),
        ("maxResults", Value::Int(0)),
        ("maxResultsSize", Value::Int(0)),
        ("maxEntrySize", Value::Int(0)),
        ("includeSystem", Value::Bool(false)),
    ];
    Ok(Reply::bare(200, fields(properties)))
}

fn nothing_cached(_: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, fields([])))
}

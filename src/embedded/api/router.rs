//! From a path to a handler: which database, which family of endpoints, which route, and may the caller take it?

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::wire::ErrorNum;

use super::{
    super::{
        engine::{Abandoned, Caller, Engine},
        store::Database,
    },
    access::{self, Right},
    admin, analyzer, auth,
    call::{Call, Parameters, decode},
    collection, cursor, database, document, edges,
    error::Failure,
    graph, import, index, query,
    reply::{Answer, Reply},
    simple, ttl, unsupported, user, view,
};

/// What is done with the thing a path names. HEAD is GET without the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    fn parse(method: &Method) -> Option<Self> {
        match method.as_str() {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One endpoint of a family: the method, the path below the family's (`*` is one segment), the right it takes.
#[derive(Debug)]
pub(super) struct Route {
    verb: Verb,
    pattern: &'static str,
    right: Right,
    run: fn(&Call<'_>) -> Answer,
}

/// A route.
pub(super) const fn route(verb: Verb, pattern: &'static str, right: Right, run: fn(&Call<'_>) -> Answer) -> Route {
    Route { verb, pattern, right, run }
}

/// The families by the first two segments of their paths.
const FAMILIES: &[(&str, &str, &[Route])] = &[
    ("_api", "document", document::ROUTES),
    ("_api", "cursor", cursor::ROUTES),
    ("_api", "collection", collection::ROUTES),
    ("_api", "key-generators", collection::KEY_GENERATORS),
    ("_api", "index", index::ROUTES),
    ("_api", "edges", edges::ROUTES),
    ("_api", "gharial", graph::ROUTES),
    ("_api", "import", import::ROUTES),
    ("_api", "explain", query::EXPLAIN),
    ("_api", "query", query::ROUTES),
    ("_api", "simple", simple::ROUTES),
    ("_api", "ttl", ttl::ROUTES),
    ("_api", "database", database::ROUTES),
    ("_api", "user", user::ROUTES),
    ("_api", "analyzer", analyzer::ROUTES),
    ("_api", "view", view::ROUTES),
    ("_api", "version", admin::VERSION),
    ("_api", "engine", admin::ENGINE),
    ("_api", "endpoint", admin::ENDPOINT),
    ("_api", "transaction", unsupported::TRANSACTION),
    ("_api", "tasks", unsupported::TASKS),
    ("_api", "aqlfunction", unsupported::AQL_FUNCTIONS),
    ("_api", "query-cache", unsupported::QUERY_CACHE),
    ("_open", "auth", auth::ROUTES),
    ("_admin", "version", admin::VERSION),
    ("_admin", "server", admin::SERVER),
    ("_admin", "status", admin::STATUS),
    ("_admin", "time", admin::TIME),
    ("_admin", "statistics", admin::STATISTICS),
    ("_admin", "metrics", admin::METRICS),
    ("_admin", "license", admin::LICENSE),
    ("_admin", "compact", admin::COMPACT),
    ("_admin", "echo", admin::ECHO),
    ("_admin", "log", admin::LOG),
];

/// Answers a request.
pub(in super::super) fn handle(engine: &Engine, request: Request<Bytes>, caller: &Caller) -> Response<Bytes> {
    let head = request.method() == Method::HEAD;
    if request.method() == Method::OPTIONS {
        let allowed = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
        return Reply::empty(200).with_header("allow", allowed).into_response(false);
    }
    let forget = request.headers().get("x-arango-async").is_some_and(|mode| mode == "true");
    let reply = answer(engine, request, caller).unwrap_or_else(Failure::into_reply);
    // The client does not want to know what became of it; it is done by the time it learns that it was taken.
    let reply = if forget { Reply::empty(202) } else { reply };
    reply.into_response(head)
}

fn answer(engine: &Engine, request: Request<Bytes>, caller: &Caller) -> Answer {
    let (parts, body) = request.into_parts();
    if parts.headers.get("x-arango-async").is_some_and(|mode| mode == "store") {
        return Err(Failure::unsupported("asynchronous jobs (x-arango-async: store)"));
    }
    if parts.headers.contains_key("x-arango-trx-id") {
        return Err(Failure::unsupported("stream transactions"));
    }
    let path = Path::parse(parts.uri.path());
    let method_unknown = || Failure::from(ErrorNum::HTTP_METHOD_NOT_ALLOWED);
    let verb = Verb::parse(&parts.method).ok_or_else(method_unknown)?;
    let Some(family) = path.family() else {
        access::authenticated(caller)?;
        return Err(unknown_path(engine, &path));
    };
    let segments = path.segments.get(2..).unwrap_or(&[]);
    let found = find(family, verb, segments);
    if !matches!(found, Found::Route(Route { right: Right::Open, .. }, _)) {
        access::authenticated(caller)?;
    }
    let database = find_database(engine, &path.database)?;
    let (route, captures) = match found {
        Found::Route(route, captures) => (route, captures),
        Found::OtherMethods(allowed) => {
            let refused = || method_unknown().with_header("allow", allowed);
            return Err(unsupported::read_only(&path.segments).map_or_else(refused, Failure::unsupported));
        }
        Found::Nothing => return Err(unknown_path(engine, &path)),
    };
    access::check(engine, caller, &path.database, route.right)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or(""));
    let abandoned = parts.extensions.get::<Abandoned>().cloned().unwrap_or_default().0;
    (route.run)(&Call { engine, caller, database, captures, parameters, headers: &parts.headers, abandoned, body })
}

fn find_database(engine: &Engine, name: &str) -> Result<Arc<Database>, Failure> {
    engine.store().database(name).map_err(Failure::from)
}

/// A known path of ArangoDB that is missing here is told apart from a path that ArangoDB does not know either.
fn unknown_path(engine: &Engine, path: &Path) -> Failure {
    if let Err(failure) = find_database(engine, &path.database) {
        return failure;
    }
    let text = format!("/{}", path.segments.join("/"));
    match unsupported::known(&path.segments) {
        Some(what) => Failure::unsupported(what),
        None => Failure::new(ErrorNum::HTTP_NOT_FOUND, format!("unknown path '{text}'")),
    }
}

/// A path taken apart and decoded; empty segments do not count.
struct Path {
    database: String,
    segments: Vec<String>,
}

impl Path {
    fn parse(path: &str) -> Self {
        let mut segments: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let mut database = "_system".to_owned();
        if segments.first().is_some_and(|first| first == "_db") {
            let rest = segments.split_off(segments.len().min(2));
            database = segments.pop().unwrap_or_default();
            segments = rest;
        }
        Self { database, segments }
    }

    fn family(&self) -> Option<&'static [Route]> {
        let [first, second, ..] = self.segments.as_slice() else { return None };
        FAMILIES.iter().find(|(a, b, _)| a == first && b == second).map(|(_, _, routes)| *routes)
    }
}

enum Found {
    Route(&'static Route, Vec<String>),
    OtherMethods(String),
    Nothing,
}

fn find(family: &'static [Route], verb: Verb, segments: &[String]) -> Found {
    let fits: Vec<&Route> = family.iter().filter(|route| fits(route.pattern, segments)).collect();
    if let Some(route) = fits.iter().find(|route| route.verb == verb) {
        return Found::Route(route, captures(route.pattern, segments));
    }
    if fits.is_empty() {
        return Found::Nothing;
    }
    Found::OtherMethods(fits.iter().map(|route| route.verb.name()).collect::<Vec<_>>().join(", "))
}

fn pattern_segments(pattern: &'static str) -> impl Iterator<Item = &'static str> {
    pattern.split('/').filter(|part| !part.is_empty())
}

fn fits(pattern: &'static str, segments: &[String]) -> bool {
    let mut given = segments.iter();
    pattern_segments(pattern).all(|part| given.next().is_some_and(|segment| part == "*" || part == segment))
        && given.next().is_none()
}

fn captures(pattern: &'static str, segments: &[String]) -> Vec<String> {
    let pairs = pattern_segments(pattern).zip(segments);
    pairs.filter(|(part, _)| *part == "*").map(|(_, segment)| segment.clone()).collect()
}

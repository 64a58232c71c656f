//! `/_api/gharial`: named graphs, their collections, and vertices and edges written through them.

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        graph::{
            definition::{self, EdgeDefinition, Graph},
            edit,
            elements::{self, Part, Rewrite, Target},
        },
        store::{WriteOptions, Written},
        value::{Object, Str, Value},
    },
    access::{self, Right},
    call::Call,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Get, "*", Right::Read, describe),
    route(Verb::Delete, "*", Right::Write, drop_graph),
    route(Verb::Get, "*/vertex", Right::Read, vertex_collections),
    route(Verb::Post, "*/vertex", Right::Write, add_vertex_collection),
    route(Verb::Delete, "*/vertex/*", Right::Write, remove_vertex_collection),
    route(Verb::Get, "*/edge", Right::Read, edge_collections),
    route(Verb::Post, "*/edge", Right::Write, add_edge_definition),
    route(Verb::Put, "*/edge/*", Right::Write, replace_edge_definition),
    route(Verb::Delete, "*/edge/*", Right::Write, remove_edge_definition),
    route(Verb::Post, "*/vertex/*", Right::Read, |call| insert(call, Part::Vertex)),
    route(Verb::Get, "*/vertex/*/*", Right::Read, |call| read(call, Part::Vertex)),
    route(Verb::Patch, "*/vertex/*/*", Right::Read, |call| rewrite(call, Part::Vertex, Rewrite::Update)),
    route(Verb::Put, "*/vertex/*/*", Right::Read, |call| rewrite(call, Part::Vertex, Rewrite::Replace)),
    route(Verb::Delete, "*/vertex/*/*", Right::Read, |call| remove(call, Part::Vertex)),
    route(Verb::Post, "*/edge/*", Right::Read, |call| insert(call, Part::Edge)),
    route(Verb::Get, "*/edge/*/*", Right::Read, |call| read(call, Part::Edge)),
    route(Verb::Patch, "*/edge/*/*", Right::Read, |call| rewrite(call, Part::Edge, Rewrite::Update)),
    route(Verb::Put, "*/edge/*/*", Right::Read, |call| rewrite(call, Part::Edge, Rewrite::Replace)),
    route(Verb::Delete, "*/edge/*/*", Right::Read, |call| remove(call, Part::Edge)),
];

fn sync(call: &Call<'_>) -> bool {
    call.flag("waitForSync").unwrap_or(false)
}

/// `done` when the write was waited for, 202 otherwise.
fn status(call: &Call<'_>, done: u16) -> u16 {
    if sync(call) { done } else { 202 }
}

fn shown(status: u16, graph: &Graph) -> Reply {
    // These revisions stand without quotes in the header, unlike those of documents.
    Reply::ok(status, fields([("graph", graph.show().into())])).with_header("etag", graph.rev.as_ref())
}

fn find(call: &Call<'_>) -> Result<Graph, Failure> {
    Ok(definition::get(&call.snapshot(), call.segment(0))?)
}

fn list(call: &Call<'_>) -> Answer {
    let graphs = definition::list(&call.snapshot()).iter().map(|graph| graph.show().into()).collect();
    Ok(Reply::ok(200, fields([("graphs", Value::array(graphs))])))
}

fn create(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let empty = Object::default();
    let graph = edit::create(&call.database, body.as_object().unwrap_or(&empty))?;
    Ok(shown(status(call, 201), &graph))
}

fn describe(call: &Call<'_>) -> Answer {
    Ok(shown(200, &find(call)?))
}

/// # Errors
/// When collections are to be dropped and the caller may not write to one of them.
fn may_drop<'n>(call: &Call<'_>, flag: &str, mut names: impl Iterator<Item = &'n str>) -> Result<bool, Failure> {
    let wanted = call.flag(flag).or_else(|| call.flag("dropCollections")).unwrap_or(false);
    if wanted {
        names.try_for_each(|name| access::writable(call, name))?;
    }
    Ok(wanted)
}

fn drop_graph(call: &Call<'_>) -> Answer {
    let graph = find(call)?;
    let vertices = graph.vertex_collections();
    let names = vertices.iter().chain(graph.edge_collections()).map(AsRef::as_ref);
    let drop_collections = may_drop(call, "dropCollections", names)?;
    edit::drop_graph(&call.database, call.segment(0), drop_collections)?;
    Ok(Reply::ok(202, fields([("removed", Value::Bool(true))])))
}

fn names<'n>(names: impl Iterator<Item = &'n Str>) -> Reply {
    let mut names: Vec<&Str> = names.collect();
    names.sort();
    let names = names.into_iter().map(|name| Value::String(Str::clone(name))).collect();
    Reply::ok(200, fields([("collections", Value::array(names))]))
}

fn vertex_collections(call: &Call<'_>) -> Answer {
    Ok(names(find(call)?.vertex_collections().iter()))
}

fn edge_collections(call: &Call<'_>) -> Answer {
    Ok(names(find(call)?.edge_collections()))
}

fn add_vertex_collection(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    let name = body.get("collection").as_str().ok_or(ErrorNum::GRAPH_CREATE_MALFORMED_ORPHAN_LIST)?;
    let name = CollectionName::parse(name).map_err(|_| ErrorNum::ILLEGAL_NAME)?;
    let make = call.flag("createCollection").unwrap_or(true);
    let graph = edit::add_vertex_collection(&call.database, call.segment(0), &name, make)?;
    Ok(shown(status(call, 201), &graph))
}

fn remove_vertex_collection(call: &Call<'_>) -> Answer {
    let drop = may_drop(call, "dropCollection", std::iter::once(call.segment(1)))?;
    let graph = edit::remove_vertex_collection(&call.database, call.segment(0), call.segment(1), drop)?;
    Ok(shown(status(call, 200), &graph))
}

fn add_edge_definition(call: &Call<'_>) -> Answer {
    let definition = EdgeDefinition::parse(&call.json_object()?)?;
    let graph = edit::add_edge_definition(&call.database, call.segment(0), definition)?;
    Ok(shown(status(call, 201), &graph))
}

fn replace_edge_definition(call: &Call<'_>) -> Answer {
    let definition = EdgeDefinition::parse(&call.json_object()?)?;
    let graph = find(call)?;
    let vertices = graph.vertex_collections();
    let drop = may_drop(call, "dropCollections", vertices.iter().map(AsRef::as_ref))?;
    let graph = edit::replace_edge_definition(&call.database, call.segment(0), call.segment(1), &definition, drop)?;
    Ok(shown(status(call, 201), &graph))
}

fn remove_edge_definition(call: &Call<'_>) -> Answer {
    let drop = may_drop(call, "dropCollections", std::iter::once(call.segment(1)))?;
    let graph = edit::remove_edge_definition(&call.database, call.segment(0), call.segment(1), drop)?;
    Ok(shown(202, &graph))
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Vertex => "vertex",
        Part::Edge => "edge",
    }
}

fn target<'c>(call: &'c Call<'_>, part: Part) -> Target<'c> {
    Target { graph: call.segment(0), part, collection: call.segment(1), key: call.segment(2) }
}

fn revision<'c>(call: &'c Call<'_>, header: &str) -> Option<&'c str> {
    call.revision_in_header(header).or_else(|| call.parameter("rev").filter(|_| header == "if-match"))
}

fn options(call: &Call<'_>) -> WriteOptions {
    WriteOptions {
        keep_null: call.flag("keepNull").unwrap_or(true),
        expected_rev: revision(call, "if-match").map(Str::from),
        ..WriteOptions::default()
    }
}

fn read(call: &Call<'_>, part: Part) -> Answer {
    let snapshot = access::visible_database(call).snapshot();
    let document = elements::get(&snapshot, call.segment(0), part, call.segment(1), call.segment(2))?;
    let rev = document.get("_rev").as_str().unwrap_or("").to_owned();
    if revision(call, "if-none-match") == Some(rev.as_str()) {
        return Ok(Reply::empty(304).with_header("etag", rev));
    }
    if revision(call, "if-match").is_some_and(|expected| expected != rev) {
        return Err(other_revision());
    }
    Ok(Reply::ok(200, fields([(part_name(part), document)])).with_header("etag", rev))
}

fn other_revision() -> Failure {
    Failure::new(ErrorNum::CONFLICT, "conflict, _rev values do not match").with_status(412)
}

fn written(call: &Call<'_>, part: Part, status: u16, written: &Written) -> Reply {
    let text = |text: &Str| Value::String(Str::clone(text));
    let mut element = fields([("_id", text(&written.id)), ("_key", text(&written.key)), ("_rev", text(&written.rev))]);
    let flag = |name| call.flag(name).unwrap_or(false);
    if let (Some(old), Some(_)) = (&written.old, &written.new) {
        element.insert("_oldRev".into(), old.get("_rev").clone());
    }
    let mut body = fields([(part_name(part), element.into())]);
    if let (Some(new), true) = (&written.new, flag("returnNew")) {
        body.insert("new".into(), new.clone());
    }
    if let (Some(old), true) = (&written.old, flag("returnOld")) {
        body.insert("old".into(), old.clone());
    }
    Reply::ok(status, body).with_header("etag", written.rev.as_ref())
}

fn insert(call: &Call<'_>, part: Part) -> Answer {
    let document = call.json()?;
    let database = access::visible_database(call);
    let done = elements::insert(&database, call.segment(0), part, call.segment(1), &document, &options(call))?;
    // ArangoDB says 202 for edges even when it waited.
    let status = if part == Part::Edge { 202 } else { status(call, 201) };
    Ok(written(call, part, status, &done))
}

/// A conflict with a revision that was asked for is answered 412.
fn precondition(call: &Call<'_>) -> impl Fn(super::super::Error) -> Failure {
    let asked = revision(call, "if-match").is_some();
    move |error| if error.num == ErrorNum::CONFLICT && asked { other_revision() } else { error.into() }
}

fn rewrite(call: &Call<'_>, part: Part, how: Rewrite) -> Answer {
    let document = call.json()?;
    let database = access::visible_database(call);
    let done = elements::rewrite(&database, target(call, part), how, &document, &options(call));
    Ok(written(call, part, status(call, 200), &done.map_err(precondition(call))?))
}

fn remove(call: &Call<'_>, part: Part) -> Answer {
    let database = access::visible_database(call);
    let done = elements::remove(&database, target(call, part), &options(call)).map_err(precondition(call))?;
    let mut body = fields([("removed", Value::Bool(true))]);
    if let (Some(old), true) = (done.old, call.flag("returnOld").unwrap_or(false)) {
        body.insert("old".into(), old);
    }
    Ok(Reply::ok(status(call, 200), body))
}

//! `/_api/edges`: the edges of a vertex.

use crate::wire::ErrorNum;

use super::{
    super::{
        query::Stats,
        store::{Collection, CollectionKind, EdgeEnd},
        value::Value,
    },
    access::{self, Right},
    call::{Call, find_collection},
    cursor,
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] =
    &[route(Verb::Get, "*", Right::Read, of_one), route(Verb::Post, "*", Right::Read, of_many)];

#[derive(Clone, Copy)]
enum Direction {
    Any,
    In,
    Out,
}

fn direction(call: &Call<'_>) -> Result<Direction, Failure> {
    match call.parameter("direction").unwrap_or("any") {
        "any" | "" => Ok(Direction::Any),
        "in" | "inbound" => Ok(Direction::In),
        "out" | "outbound" => Ok(Direction::Out),
        other => Err(Failure::bad_parameter(format!("<direction> must be any, in, or out, not: {other}"))),
    }
}

fn edges_of(collection: &Collection, vertex: &str, direction: Direction) -> Vec<Value> {
    match direction {
        Direction::Out => collection.edges(vertex, EdgeEnd::Out),
        Direction::In => collection.edges(vertex, EdgeEnd::In),
        Direction::Any => {
            let mut found = collection.edges(vertex, EdgeEnd::Out);
            // An edge from a vertex to itself is found from both ends and counts once.
            let others = collection.edges(vertex, EdgeEnd::In).into_iter();
            found.extend(others.filter(|edge| edge.get("_from").as_str() != Some(vertex)));
            found
        }
    }
}

fn answer(call: &Call<'_>, vertices: &[&str]) -> Answer {
    let direction = direction(call)?;
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, call.segment(0))?;
    access::readable(call, collection.name().as_str())?;
    if collection.kind() != CollectionKind::Edge {
        return Err(ErrorNum::COLLECTION_TYPE_INVALID.into());
    }
    let mut found: Vec<Value> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for vertex in vertices {
        if vertex.split_once('/').is_none_or(|(collection, key)| collection.is_empty() || key.is_empty()) {
            return Err(ErrorNum::DOCUMENT_HANDLE_BAD.into());
        }
        let edges = edges_of(collection, vertex, direction);
        found.extend(edges.into_iter().filter(|edge| seen.insert(edge.get("_key").as_str().map(str::to_owned))));
    }
    let stats =
        cursor::stats(&Stats { scanned_index: u64::try_from(found.len()).unwrap_or(u64::MAX), ..Default::default() });
    Ok(Reply::ok(200, fields([("edges", found.into()), ("stats", stats.into())])))
}

fn of_one(call: &Call<'_>) -> Answer {
    // An unknown collection is reported before a bad vertex.
    find_collection(&call.snapshot(), call.segment(0))?;
    match call.parameter("vertex").unwrap_or("") {
        "" => Err(Failure::new(ErrorNum::DOCUMENT_HANDLE_BAD, "illegal document identifier")),
        vertex => answer(call, &[vertex]),
    }
}

fn of_many(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let vertices: Option<Vec<&str>> = body.as_array().and_then(|vertices| vertices.iter().map(Value::as_str).collect());
    let vertices =
        vertices.ok_or_else(|| Failure::bad_parameter("expecting an array of vertex ids in the request body"))?;
    answer(call, &vertices)
}

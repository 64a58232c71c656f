//! `/_api/view`: there are no views. Listing them says so; everything else about them is answered 501 or 404.

use crate::wire::ErrorNum;

use super::{
    access::Right,
    call::{Call, unknown_collection},
    error::Failure,
    reply::{Answer, Reply},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Get, "*", Right::Read, unknown),
    route(Verb::Get, "*/properties", Right::Read, unknown),
    route(Verb::Put, "*/properties", Right::Write, unknown),
    route(Verb::Patch, "*/properties", Right::Write, unknown),
    route(Verb::Put, "*/rename", Right::Write, unknown),
    route(Verb::Delete, "*", Right::Write, unknown),
];

fn list(_: &Call<'_>) -> Answer {
    Ok(Reply::result(200, Vec::new()))
}

fn create(call: &Call<'_>) -> Answer {
    let body = call.json_object()?;
    if body.get("name").as_str().is_none() || body.get("type").as_str().is_none() {
        return Err(ErrorNum::BAD_PARAMETER.into());
    }
    Err(Failure::unsupported("views"))
}

fn unknown(call: &Call<'_>) -> Answer {
    Err(unknown_collection(call.segment(0)))
}

//! `/_api/view`: making, listing, describing, changing, renaming and dropping views. Only definitions: nothing searches them.

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        store::{Update, ViewInfo},
        value::{Object, Value},
    },
    access::{self, Right},
    call::Call,
    error::Failure,
    reply::{Answer, Reply},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Get, "*", Right::Read, describe),
    route(Verb::Get, "*/properties", Right::Read, properties),
    route(Verb::Put, "*/properties", Right::Write, replace),
    route(Verb::Patch, "*/properties", Right::Write, update),
    route(Verb::Put, "*/rename", Right::Write, rename),
    route(Verb::Delete, "*", Right::Write, drop_view),
];

/// A view can be read by who can read all its collections.
fn readable(call: &Call<'_>, view: &ViewInfo) -> Result<(), Failure> {
    view.collections.iter().try_for_each(|collection| access::readable(call, collection.as_str()))
}

/// The view the path names, if the caller may read it.
fn find(call: &Call<'_>) -> Result<ViewInfo, Failure> {
    let view = call.snapshot().view(call.segment(0)).ok_or(ErrorNum::DATA_SOURCE_NOT_FOUND)?;
    readable(call, &view)?;
    Ok(view)
}

/// What every description of a view has.
fn basic(view: &ViewInfo) -> Object {
    let kept = ["globallyUniqueId", "id", "name", "type"];
    let entry = |name: &str| view.properties.get_key_value(name).map(|(name, value)| (name.clone(), value.clone()));
    kept.into_iter().filter_map(entry).collect()
}

fn list(call: &Call<'_>) -> Answer {
    let views = call.snapshot().views();
    let shown = views.iter().filter(|view| readable(call, view).is_ok()).map(|view| basic(view).into());
    Ok(Reply::result(200, shown.collect::<Vec<Value>>()))
}

fn describe(call: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, basic(&find(call)?)))
}

fn properties(call: &Call<'_>) -> Answer {
    Ok(Reply::ok(200, find(call)?.properties))
}

fn refused(why: &'static str) -> Failure {
    Failure::new(ErrorNum::BAD_PARAMETER, why)
}

/// The definition in the body, if the caller may read all collections it names. Those that are not there are for the
/// store to refuse.
fn definition(call: &Call<'_>) -> Result<Object, Failure> {
    let body = call.json()?;
    let given = body.as_object().ok_or_else(|| refused("request body is not an object"))?;
    let linked = given.get("links").and_then(Value::as_object).into_iter().flat_map(Object::keys).map(AsRef::as_ref);
    let entries = given.get("indexes").and_then(Value::as_array).unwrap_or_default();
    let aliased = entries.iter().filter_map(|entry| entry.get("collection").as_str());
    let snapshot = call.snapshot();
    for collection in linked.chain(aliased).filter_map(|name| snapshot.collection(name)) {
        access::readable(call, collection.name().as_str())?;
    }
    Ok(given.clone())
}

/// A name for a view.
fn new_name(name: Option<&str>) -> Result<CollectionName, Failure> {
    let name = name.ok_or_else(|| refused("expecting name parameter to be of the form of \"name: <string>\""))?;
    CollectionName::parse(name).map_err(|_| ErrorNum::ILLEGAL_NAME.into())
}

fn create(call: &Call<'_>) -> Answer {
    let definition = definition(call)?;
    let name = new_name(definition.get("name").and_then(Value::as_str))?;
    Ok(Reply::bare(201, call.database.create_view(name, &definition)?.properties))
}

fn change(call: &Call<'_>, update: Update) -> Answer {
    find(call)?;
    let view = call.database.set_view_properties(call.segment(0), &definition(call)?, update)?;
    Ok(Reply::bare(200, view.properties))
}

fn replace(call: &Call<'_>) -> Answer {
    change(call, Update::Replace)
}

fn update(call: &Call<'_>) -> Answer {
    change(call, Update::Merge)
}

fn rename(call: &Call<'_>) -> Answer {
    find(call)?;
    let name = new_name(call.json()?.get("name").as_str())?;
    Ok(Reply::bare(200, call.database.rename_view(call.segment(0), name)?.properties))
}

fn drop_view(call: &Call<'_>) -> Answer {
    find(call)?;
    call.database.drop_view(call.segment(0))?;
    Ok(Reply::result(200, Value::Bool(true)))
}

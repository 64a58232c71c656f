//! `/_api/index`: the indexes of a collection.

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        store::IndexInfo,
        value::{Object, Value},
    },
    access::{self, Right},
    call::{Call, find_collection},
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "", Right::Read, list),
    route(Verb::Post, "", Right::Write, create),
    route(Verb::Get, "*/*", Right::Read, describe),
    route(Verb::Delete, "*/*", Right::Write, remove),
];

fn named_collection(call: &Call<'_>) -> Result<CollectionName, Failure> {
    let name = call.parameter("collection").unwrap_or("");
    if name.is_empty() {
        return Err(ErrorNum::COLLECTION_PARAMETER_MISSING.into());
    }
    Ok(find_collection(&call.snapshot(), name)?.name().clone())
}

/// An index as the API shows it: `selectivityEstimate` only where it is wanted.
fn shown(index: &IndexInfo) -> Object {
    index.definition.clone()
}

fn list(call: &Call<'_>) -> Answer {
    let name = named_collection(call)?;
    access::readable(call, name.as_str())?;
    let snapshot = call.snapshot();
    let indexes: Vec<Object> = find_collection(&snapshot, name.as_str())?.indexes().iter().map(shown).collect();
    let by_id = |index: &Object| index.get("id").and_then(Value::as_str).map(|id| (id.into(), index.clone().into()));
    let identifiers: Object = indexes.iter().filter_map(by_id).collect();
    let list: Vec<Value> = indexes.into_iter().map(Value::from).collect();
    Ok(Reply::ok(200, fields([("indexes", list.into()), ("identifiers", identifiers.into())])))
}

fn create(call: &Call<'_>) -> Answer {
    let name = named_collection(call)?;
    access::writable(call, name.as_str())?;
    let body = call.json_object()?;
    let empty = Object::default();
    let definition = body.as_object().unwrap_or(&empty);
    let (index, new) = call.database.create_index(name.as_str(), definition).map_err(|error| {
        // Whatever is wrong with an index that is to be made is answered 400, a broken unique constraint too.
        let status = if error.num == ErrorNum::NOT_IMPLEMENTED { 501 } else { 400 };
        Failure::from(error).with_status(status)
    })?;
    let mut body = shown(&index);
    body.insert("isNewlyCreated".into(), Value::Bool(new));
    Ok(Reply::ok(if new { 201 } else { 200 }, body))
}

fn describe(call: &Call<'_>) -> Answer {
    let (collection, id) = (call.segment(0), call.segment(1));
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, collection)?;
    access::readable(call, collection.name().as_str())?;
    let indexes = collection.indexes();
    let index = indexes.iter().find(|index| index.id.as_ref() == id || index.name.as_ref() == id);
    Ok(Reply::ok(200, shown(index.ok_or(ErrorNum::INDEX_NOT_FOUND)?)))
}

fn remove(call: &Call<'_>) -> Answer {
    let name = find_collection(&call.snapshot(), call.segment(0))?.name().clone();
    access::writable(call, name.as_str())?;
    let index = call.database.drop_index(name.as_str(), call.segment(1))?;
    let id = format!("{name}/{}", index.id);
    Ok(Reply::ok(200, fields([("id", Value::from(id.as_str()))])))
}

//! One document: read, created, replaced, updated, removed. Revisions are checked by `If-Match` and `If-None-Match`.

use crate::wire::ErrorNum;

use super::{
    super::{
        super::{
            store::Collection,
            value::{Object, Value},
        },
        LOCK_WAIT, access,
        call::{Call, find_collection},
        error::Failure,
        reply::{Answer, Reply, fields},
    },
    Change, Target,
};

pub(super) fn read(call: &Call<'_>) -> Answer {
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, call.segment(0))?;
    access::readable(call, collection.name().as_str())?;
    let document = collection.get(call.segment(1)).ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
    let rev = document.get("_rev").as_str().unwrap_or("");
    if call.revision_in_header("if-none-match") == Some(rev) {
        return Ok(Reply::empty(304).with_header("etag", quoted(rev)));
    }
    if call.revision_in_header("if-match").is_some_and(|expected| expected != rev) {
        return Err(other_revision(collection, call.segment(1)));
    }
    Ok(Reply::bare(200, document.clone()).with_header("etag", quoted(rev)))
}

pub(super) fn create(call: &Call<'_>, target: &Target, document: &Value) -> Answer {
    let name = target.collection.as_str();
    let mut transaction = call.database.begin(std::slice::from_ref(&target.collection), LOCK_WAIT)?;
    let written = transaction.insert(name, document, &target.options_for(document, None))?;
    transaction.commit()?;
    let status = if target.sync { 201 } else { 202 };
    Ok(written_reply(call, status, target.outcome(&written), &written.id, &written.rev))
}

pub(super) fn replace(call: &Call<'_>) -> Answer {
    change(call, Change::Replace)
}

pub(super) fn update(call: &Call<'_>) -> Answer {
    change(call, Change::Update)
}

pub(super) fn remove(call: &Call<'_>) -> Answer {
    change(call, Change::Remove)
}

fn change(call: &Call<'_>, change: Change) -> Answer {
    let target = Target::writable(call, call.segment(0))?;
    let key = call.segment(1);
    let body = match change {
        Change::Replace | Change::Update => call.json()?,
        Change::Remove => Value::object(Object::default()),
    };
    if body.as_object().is_none() {
        return Err(ErrorNum::DOCUMENT_TYPE_INVALID.into());
    }
    let options = target.options_for(&body, call.revision_in_header("if-match"));
    let mut transaction = call.database.begin(std::slice::from_ref(&target.collection), LOCK_WAIT)?;
    let written = change.apply(&mut transaction, &target, key, &body, &options).map_err(|error| {
        let collection = transaction.snapshot().collection(target.collection.as_str());
        match collection.filter(|_| error.num == ErrorNum::CONFLICT && options.expected_rev.is_some()) {
            Some(collection) => other_revision(collection, key),
            None => error.into(),
        }
    })?;
    transaction.commit()?;
    let status = change.status(target.sync);
    Ok(written_reply(call, status, target.outcome(&written), &written.id, &written.rev))
}

fn quoted(rev: &str) -> String {
    format!("\"{rev}\"")
}

fn written_reply(call: &Call<'_>, status: u16, body: Object, id: &str, rev: &str) -> Reply {
    Reply::bare(status, body)
        .with_header("etag", quoted(rev))
        .with_header("location", format!("/_db/{}/_api/document/{id}", call.database.name()))
}

/// 412, with the revision that is there.
fn other_revision(collection: &Collection, key: &str) -> Failure {
    let document = collection.get(key).cloned().unwrap_or_default();
    let failure =
        Failure::new(ErrorNum::CONFLICT, "conflict, _rev values do not match").with_status(412).with_fields(fields([
            ("_id", document.get("_id").clone()),
            ("_key", document.get("_key").clone()),
            ("_rev", document.get("_rev").clone()),
        ]));
    match document.get("_rev").as_str() {
        Some(rev) => failure.with_header("etag", quoted(rev)),
        None => failure,
    }
}

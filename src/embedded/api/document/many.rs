//! Many documents in one request: each succeeds or fails on its own; the failures are counted in a header.

use std::collections::BTreeMap;

use crate::wire::ErrorNum;

use super::{
    super::{
        super::{
            error::Error,
            store::{Collection, Transaction, Written},
            value::Value,
        },
        LOCK_WAIT, access,
        call::{Call, find_collection},
        error::{Failure, error_fields},
        reply::{Answer, Reply},
    },
    Change, Target,
};

pub(super) fn create(call: &Call<'_>, target: &Target, documents: &[Value]) -> Answer {
    let status = if target.sync { 201 } else { 202 };
    write_all(call, target, documents, status, |transaction, document| {
        transaction.insert(target.collection.as_str(), document, &target.options_for(document, None))
    })
}

pub(super) fn replace_or_read(call: &Call<'_>) -> Answer {
    if call.flag("onlyget").unwrap_or(false) { read(call) } else { change(call, Change::Replace) }
}

pub(super) fn update(call: &Call<'_>) -> Answer {
    change(call, Change::Update)
}

pub(super) fn remove(call: &Call<'_>) -> Answer {
    change(call, Change::Remove)
}

fn items(body: &Value) -> Result<&[Value], Failure> {
    body.as_array().ok_or_else(|| ErrorNum::DOCUMENT_TYPE_INVALID.into())
}

fn change(call: &Call<'_>, change: Change) -> Answer {
    let body = call.json()?;
    // What is wrong with the body is told before what is wrong with the path, as ArangoDB does.
    let items = match change {
        Change::Replace | Change::Update => items(&body)?,
        Change::Remove => body.as_array().ok_or_else(|| Failure::bad_parameter("expecting an array of documents"))?,
    };
    let target = Target::writable(call, call.segment(0))?;
    write_all(call, &target, items, change.status(target.sync), |transaction, item| {
        if matches!(change, Change::Replace | Change::Update) && item.as_object().is_none() {
            return Err(ErrorNum::DOCUMENT_TYPE_INVALID.into());
        }
        let key = key_of(item, target.collection.as_str())?;
        change.apply(transaction, &target, key, item, &target.options_for(item, None))
    })
}

/// The key an item stands for: a key, an id, or an object with either.
///
/// # Errors
/// 1205 when there is none; 1202 for an id in another collection, where nothing may be touched.
pub(in super::super) fn key_of<'v>(item: &'v Value, collection: &str) -> Result<&'v str, Error> {
    let text = item.as_str().or_else(|| item.get("_key").as_str()).or_else(|| item.get("_id").as_str());
    let text = text.filter(|text| !text.is_empty()).ok_or(ErrorNum::DOCUMENT_HANDLE_BAD)?;
    match text.split_once('/') {
        None => Ok(text),
        Some((given, key)) if given == collection => Ok(key),
        Some(_) => Err(ErrorNum::DOCUMENT_NOT_FOUND.into()),
    }
}

fn write_all(
    call: &Call<'_>,
    target: &Target,
    items: &[Value],
    status: u16,
    mut write: impl FnMut(&mut Transaction, &Value) -> Result<Written, Error>,
) -> Answer {
    let mut transaction = call.database.begin(std::slice::from_ref(&target.collection), LOCK_WAIT)?;
    let mut results = Results::default();
    for item in items {
        let savepoint = transaction.savepoint();
        match write(&mut transaction, item) {
            Ok(written) => {
                results.written += 1;
                results.items.push(target.outcome(&written).into());
            }
            Err(error) => {
                transaction.roll_back_to(savepoint);
                results.fail(&error);
            }
        }
    }
    transaction.commit()?;
    if target.wanted.silent && results.errors.is_empty() {
        results.items.clear();
    }
    // Where nothing was written there was nothing to wait for.
    let status = if results.written == 0 && !items.is_empty() { 202 } else { status };
    Ok(results.into_reply(status))
}

fn read(call: &Call<'_>) -> Answer {
    let body = call.json()?;
    let snapshot = call.snapshot();
    let collection = find_collection(&snapshot, call.segment(0))?;
    access::readable(call, collection.name().as_str())?;
    let check_revs = !call.flag("ignoreRevs").unwrap_or(true);
    let mut results = Results::default();
    for item in items(&body)? {
        match read_one(collection, item, check_revs) {
            Ok(document) => results.items.push(document),
            Err(error) => results.fail(&error),
        }
    }
    Ok(results.into_reply(200))
}

fn read_one(collection: &Collection, item: &Value, check_rev: bool) -> Result<Value, Error> {
    let key = key_of(item, collection.name().as_str())?;
    let document = collection.get(key).ok_or(ErrorNum::DOCUMENT_NOT_FOUND)?;
    let expected = item.get("_rev").as_str().filter(|_| check_rev);
    if expected.is_some() && expected != document.get("_rev").as_str() {
        return Err(Error::new(ErrorNum::CONFLICT, "conflict, _rev values do not match"));
    }
    Ok(document.clone())
}

#[derive(Default)]
struct Results {
    items: Vec<Value>,
    written: usize,
    errors: BTreeMap<u16, usize>,
}

impl Results {
    fn fail(&mut self, error: &Error) {
        *self.errors.entry(error.num.0).or_default() += 1;
        self.items.push(error_fields(error).into());
    }

    fn into_reply(self, status: u16) -> Reply {
        let reply = Reply::bare(status, Value::array(self.items));
        if self.errors.is_empty() {
            return reply;
        }
        let counts: Vec<String> = self.errors.iter().map(|(num, times)| format!("\"{num}\":{times}")).collect();
        reply.with_header("x-arango-error-codes", format!("{{{}}}", counts.join(",")))
    }
}

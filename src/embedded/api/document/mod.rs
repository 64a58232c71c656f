//! `/_api/document`: documents, one by one (`single`) or many at once (`many`).

mod many;
mod single;

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        error::Error,
        store::{OverwriteMode, Transaction, WriteOptions, Written},
        value::{Object, Str, Value},
    },
    access::{self, Right},
    call::{Call, find_collection},
    error::Failure,
    reply::{Answer, fields},
    router::{Route, Verb, route},
};

/// The endpoints.
pub(super) const ROUTES: &[Route] = &[
    route(Verb::Get, "*/*", Right::Read, single::read),
    route(Verb::Post, "*", Right::Read, create),
    route(Verb::Put, "*/*", Right::Read, single::replace),
    route(Verb::Patch, "*/*", Right::Read, single::update),
    route(Verb::Delete, "*/*", Right::Read, single::remove),
    route(Verb::Put, "*", Right::Read, many::replace_or_read),
    route(Verb::Patch, "*", Right::Read, many::update),
    route(Verb::Delete, "*", Right::Read, many::remove),
    route(Verb::Post, "", Right::Read, create),
    route(Verb::Put, "", Right::Read, path_missing),
    route(Verb::Patch, "", Right::Read, path_missing),
    route(Verb::Delete, "", Right::Read, path_missing),
    route(Verb::Get, "", Right::Read, key_missing),
    route(Verb::Get, "*", Right::Read, key_missing),
    route(Verb::Post, "*/*", Right::Read, key_superfluous),
];

fn key_missing(_: &Call<'_>) -> Answer {
    Err(Failure::new(ErrorNum::DATA_SOURCE_NOT_FOUND, "expecting GET /_api/document/<collection>/<key>"))
}

fn path_missing(_: &Call<'_>) -> Answer {
    Err(Failure::bad_parameter("expecting /_api/document/<collection> or /_api/document/<collection>/<key>"))
}

fn key_superfluous(_: &Call<'_>) -> Answer {
    Err(Failure::new(ErrorNum::HTTP_SUPERFLUOUS_SUFFICES, "superfluous suffix, expecting /_api/document/<collection>"))
}

fn create(call: &Call<'_>) -> Answer {
    let target = Target::writable(call, collection_named(call)?)?;
    let body = call.json()?;
    match body.as_array() {
        Some(documents) => many::create(call, &target, documents),
        None => single::create(call, &target, &body),
    }
}

/// The collection's name from the path, or from the parameter `collection`, which older clients send.
fn collection_named<'c>(call: &'c Call<'_>) -> Result<&'c str, Failure> {
    let name = Some(call.segment(0)).filter(|name| !name.is_empty()).or_else(|| call.parameter("collection"));
    name.filter(|name| !name.is_empty()).ok_or_else(|| {
        let message = "'collection' is missing, expecting /_api/document/<collection> or query parameter 'collection'";
        Failure::new(ErrorNum::COLLECTION_PARAMETER_MISSING, message)
    })
}

/// What a client wants to hear about a document that was written.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    new: bool,
    old: bool,
    /// Nothing but failures.
    silent: bool,
}

/// What is written to and what is wanted back.
#[derive(Debug)]
struct Target {
    collection: CollectionName,
    /// Whether the answer waits for the disk, which shows in its status only.
    sync: bool,
    wanted: Wanted,
    /// The options of the write, without an expected revision.
    options: WriteOptions,
    ignore_revs: bool,
}

impl Target {
    /// # Errors
    /// 1203 for an unknown collection, 11 or 1004 without the right to write to it, 400 for a bad option.
    fn writable(call: &Call<'_>, name: &str) -> Result<Self, Failure> {
        let snapshot = call.snapshot();
        let collection = find_collection(&snapshot, name)?;
        access::writable(call, collection.name().as_str())?;
        let flag = |name, default| call.flag(name).unwrap_or(default);
        let sync =
            flag("waitForSync", false) || matches!(collection.properties().get("waitForSync"), Some(Value::Bool(true)));
        let options = WriteOptions {
            overwrite_mode: overwrite_mode(call)?,
            keep_null: flag("keepNull", true),
            merge_objects: flag("mergeObjects", true),
            expected_rev: None,
            version_attribute: call.parameter("versionAttribute").filter(|name| !name.is_empty()).map(Str::from),
        };
        Ok(Self {
            collection: collection.name().clone(),
            sync,
            wanted: Wanted {
                new: flag("returnNew", false),
                old: flag("returnOld", false),
                silent: flag("silent", false),
            },
            options,
            ignore_revs: flag("ignoreRevs", true),
        })
    }

    /// The options for one document, which may tell the revision it is meant for.
    fn options_for(&self, document: &Value, header: Option<&str>) -> WriteOptions {
        let in_body = || document.get("_rev").as_str().filter(|_| !self.ignore_revs);
        let expected_rev = header.or_else(in_body).map(Str::from);
        WriteOptions { expected_rev, ..self.options.clone() }
    }

    /// What is told about a document that was written.
    fn outcome(&self, written: &Written) -> Object {
        if self.wanted.silent {
            return Object::default();
        }
        let text = |text: &Str| Value::String(Str::clone(text));
        let mut outcome =
            fields([("_id", text(&written.id)), ("_key", text(&written.key)), ("_rev", text(&written.rev))]);
        if let (Some(old), Some(_), true) = (&written.old, &written.new, written.changed) {
            outcome.insert("_oldRev".into(), old.get("_rev").clone());
        }
        if let (Some(new), true) = (&written.new, self.wanted.new) {
            outcome.insert("new".into(), new.clone());
        }
        if let (Some(old), true) = (&written.old, self.wanted.old) {
            outcome.insert("old".into(), old.clone());
        }
        outcome
    }
}

fn overwrite_mode(call: &Call<'_>) -> Result<OverwriteMode, Failure> {
    match call.parameter("overwriteMode") {
        None if call.flag("overwrite").unwrap_or(false) => Ok(OverwriteMode::Replace),
        None | Some("conflict") => Ok(OverwriteMode::Conflict),
        Some("ignore") => Ok(OverwriteMode::Ignore),
        Some("replace") => Ok(OverwriteMode::Replace),
        Some("update") => Ok(OverwriteMode::Update),
        Some(other) => Err(Failure::new(ErrorNum::BAD_PARAMETER, format!("invalid overwriteMode '{other}'"))),
    }
}

/// What is done to documents that are there already.
#[derive(Debug, Clone, Copy)]
enum Change {
    Replace,
    Update,
    Remove,
}

impl Change {
    fn apply(
        self,
        transaction: &mut Transaction,
        target: &Target,
        key: &str,
        document: &Value,
        options: &WriteOptions,
    ) -> Result<Written, Error> {
        let collection = target.collection.as_str();
        match self {
            Self::Replace => transaction.replace(collection, key, document, options),
            Self::Update => transaction.update(collection, key, document, options),
            Self::Remove => transaction.remove(collection, key, options),
        }
    }

    /// The status when all went well.
    fn status(self, sync: bool) -> u16 {
        match (self, sync) {
            (_, false) => 202,
            (Self::Replace | Self::Update, true) => 201,
            (Self::Remove, true) => 200,
        }
    }
}

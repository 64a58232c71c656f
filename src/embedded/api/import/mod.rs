//! `/_api/import`: many documents at once, in several forms, with a count of what became of them.

mod source;

use crate::wire::{CollectionName, ErrorNum};

use super::{
    super::{
        error::Error,
        store::{CollectionKind, OverwriteMode, Transaction, WriteOptions},
        value::{Object, Value, json},
    },
    LOCK_WAIT,
    access::{self, Right},
    call::{Call, find_collection},
    error::Failure,
    reply::{Answer, Reply, fields},
    router::{Route, Verb, route},
};

/// The endpoint.
pub(super) const ROUTES: &[Route] = &[route(Verb::Post, "", Right::Read, import)];

/// How a document is imported.
struct Settings {
    collection: CollectionName,
    kind: CollectionKind,
    on_duplicate: OnDuplicate,
    /// The first fault undoes everything.
    complete: bool,
    from_prefix: Option<String>,
    to_prefix: Option<String>,
    replace_prefix: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum OnDuplicate {
    Error,
    Ignore,
    Replace,
    Update,
}

impl Settings {
    fn parse(call: &Call<'_>) -> Result<Self, Failure> {
        let name = call.parameter("collection").filter(|name| !name.is_empty());
        let name = name.ok_or(ErrorNum::COLLECTION_PARAMETER_MISSING)?;
        let snapshot = call.snapshot();
        let collection = find_collection(&snapshot, name)?;
        access::writable(call, collection.name().as_str())?;
        let on_duplicate = match call.parameter("onDuplicate") {
            None | Some("" | "error") => OnDuplicate::Error,
            Some("ignore") => OnDuplicate::Ignore,
            Some("replace") => OnDuplicate::Replace,
            Some("update") => OnDuplicate::Update,
            Some(_) => return Err(Failure::bad_parameter("invalid value for onDuplicate")),
        };
        let prefix = |name| {
            let given = call.parameter(name).map(|prefix| prefix.trim_end_matches('/'));
            given.filter(|prefix| !prefix.is_empty()).map(|prefix| format!("{prefix}/"))
        };
        Ok(Self {
            collection: collection.name().clone(),
            kind: collection.kind(),
            on_duplicate,
            complete: call.flag("complete").unwrap_or(false),
            from_prefix: prefix("fromPrefix"),
            to_prefix: prefix("toPrefix"),
            replace_prefix: call.flag("overwriteCollectionPrefix").unwrap_or(false),
        })
    }
}

/// What became of the documents.
#[derive(Default)]
struct Report {
    created: i64,
    errors: i64,
    empty: i64,
    updated: i64,
    ignored: i64,
    details: Vec<Value>,
}

impl Report {
    fn fail(&mut self, position: usize, what: &str) {
        self.errors += 1;
        self.details.push(Value::from(format!("at position {position}: {what}").as_str()));
    }
}

fn import(call: &Call<'_>) -> Answer {
    let settings = Settings::parse(call)?;
    let mut report = Report::default();
    let documents = source::read(call, &settings, &mut report)?;
    let mut transaction = call.database.begin(std::slice::from_ref(&settings.collection), LOCK_WAIT)?;
    if call.flag("overwrite").unwrap_or(false) {
        transaction.truncate(settings.collection.as_str())?;
    }
    for (position, document) in documents.iter().enumerate() {
        let savepoint = transaction.savepoint();
        if let Err(error) = write(&mut transaction, &settings, document, &mut report) {
            if settings.complete {
                return Err(error.into());
            }
            transaction.roll_back_to(savepoint);
            let offending = offending(document);
            let text = error.num.text();
            report.fail(position, &format!("creating document failed with error '{text}', {offending}"));
        }
    }
    transaction.commit()?;
    let mut body = fields([
        ("error", Value::Bool(false)),
        ("created", Value::Int(report.created)),
        ("errors", Value::Int(report.errors)),
        ("empty", Value::Int(report.empty)),
        ("updated", Value::Int(report.updated)),
        ("ignored", Value::Int(report.ignored)),
    ]);
    if call.flag("details").unwrap_or(false) {
        body.insert("details".into(), Value::array(report.details));
    }
    Ok(Reply::bare(201, body))
}

/// The end of an error's text: the document, cut where it gets long.
fn offending(document: &Value) -> String {
    const SHOWN: usize = 512;
    let text: String = json::to_string(document);
    let cut: String = text.chars().take(SHOWN).collect();
    let dots = if cut.len() < text.len() { "..." } else { "" };
    format!("offending document: {cut}{dots}")
}

fn write(
    transaction: &mut Transaction,
    settings: &Settings,
    document: &Value,
    report: &mut Report,
) -> Result<(), Error> {
    let name = settings.collection.as_str();
    let overwrite_mode = match settings.on_duplicate {
        OnDuplicate::Error | OnDuplicate::Ignore => OverwriteMode::Conflict,
        OnDuplicate::Replace => OverwriteMode::Replace,
        OnDuplicate::Update => OverwriteMode::Update,
    };
    let options = WriteOptions { overwrite_mode, ..WriteOptions::default() };
    match transaction.insert(name, document, &options) {
        Ok(written) if written.old.is_some() => report.updated += 1,
        Ok(_) => report.created += 1,
        // Any unique index counts here, not only the key.
        Err(error)
            if settings.on_duplicate == OnDuplicate::Ignore && error.num == ErrorNum::UNIQUE_CONSTRAINT_VIOLATED =>
        {
            report.ignored += 1;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Completes and checks the ends of an edge.
///
/// # Errors
/// What is wrong, for the report.
fn with_ends(settings: &Settings, document: Object) -> Result<Value, String> {
    let mut document = document;
    if settings.kind == CollectionKind::Document {
        return Ok(document.into());
    }
    for (name, prefix) in [("_from", &settings.from_prefix), ("_to", &settings.to_prefix)] {
        let Some(end) = document.get(name).and_then(Value::as_str) else {
            let offending = offending(&document.into());
            return Err(format!("missing '_from' or '_to' attribute, {offending}"));
        };
        let Some(prefix) = prefix else { continue };
        let key = match end.split_once('/') {
            None => end,
            Some((_, key)) if settings.replace_prefix => key,
            Some(_) => continue,
        };
        let whole = Value::from(format!("{prefix}{key}").as_str());
        document.insert(name.into(), whole);
    }
    Ok(document.into())
}

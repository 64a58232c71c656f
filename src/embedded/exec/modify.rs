//! `INSERT`, `UPDATE`, `REPLACE`, `REMOVE`.

use super::{Context, Operator, set};
use crate::{
    aql::ast::UpdateKind,
    embedded::{
        error::Error,
        eval::{Row, eval},
        plan::modify::{Change, Modify, ModifyOptions},
        store::{WriteOptions, Written},
        value::{Str, Value},
    },
    wire::ErrorNum,
};

pub(super) struct Modifier<'p, 'a> {
    node: &'p Modify,
    input: Box<dyn Operator<'a> + 'p>,
}

impl<'p, 'a> Modifier<'p, 'a> {
    pub(super) fn new(node: &'p Modify, input: Box<dyn Operator<'a> + 'p>) -> Self {
        Self { node, input }
    }

    fn change(&self, row: &Row, context: &mut Context<'_>) -> Result<Written, Failure> {
        let collection = self.node.collection.as_str();
        match &self.node.change {
            Change::Insert(document) => {
                let document = eval(document, row, context)?;
                let options = &self.node.options.write;
                only_objects(&document).map_err(Failure::Write)?;
                context.writer()?.insert(collection, &document, options).map_err(Failure::Write)
            }
            Change::Update { kind, key, document } => {
                let place = match key {
                    Some(key) => Some(eval(key, row, context)?),
                    None => None,
                };
                let document = eval(document, row, context)?;
                let place = place.as_ref().unwrap_or(&document);
                let key = key_of(place).map_err(Failure::Write)?;
                only_objects(&document).map_err(Failure::Write)?;
                let options = with_revision(&self.node.options, place);
                let writer = context.writer()?;
                match kind {
                    UpdateKind::Update => writer.update(collection, &key, &document, &options),
                    UpdateKind::Replace => writer.replace(collection, &key, &document, &options),
                }
                .map_err(Failure::Write)
            }
            Change::Remove(place) => {
                let place = eval(place, row, context)?;
                let key = key_of(&place).map_err(Failure::Write)?;
                let options = with_revision(&self.node.options, &place);
                context.writer()?.remove(collection, &key, &options).map_err(Failure::Write)
            }
        }
    }
}

impl<'a> Operator<'a> for Modifier<'_, 'a> {
    fn next(&mut self, row: &mut Row, context: &mut Context<'a>) -> Result<bool, Error> {
        while self.input.next(row, context)? {
            context.poll()?;
            let outcome = self.change(row, context);
            if let Some(written) = count(outcome, &self.node.options, context)? {
                set(row, self.node.old, written.old.filter(|_| written.changed).unwrap_or_default());
                set(row, self.node.new, written.new.filter(|_| written.changed).unwrap_or_default());
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Why a write did not happen.
pub(super) enum Failure {
    /// An expression failed, or the query has to end.
    Query(Error),
    /// The write itself was refused.
    Write(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

/// Counts a write. A refused one is an error, unless the query wants to ignore those: then its row is dropped.
pub(super) fn count(
    outcome: Result<Written, Failure>,
    options: &ModifyOptions,
    context: &mut Context<'_>,
) -> Result<Option<Written>, Error> {
    match outcome {
        Ok(written) => {
            if written.changed {
                context.counters.writes_executed += 1;
                // It is kept until all is committed.
                written.new.as_ref().map_or(Ok(0), |document| context.hold(document))?;
            } else {
                context.counters.writes_ignored += 1;
            }
            Ok(Some(written))
        }
        Err(Failure::Write(_)) if options.ignore_errors => {
            context.counters.writes_ignored += 1;
            Ok(None)
        }
        Err(Failure::Write(error) | Failure::Query(error)) => Err(error),
    }
}

/// Refuses documents that are no objects.
pub(super) fn only_objects(document: &Value) -> Result<(), Error> {
    if document.as_object().is_some() { Ok(()) } else { Err(ErrorNum::DOCUMENT_TYPE_INVALID.into()) }
}

/// The key in what was given as one: a text, or an object with `_key`.
fn key_of(place: &Value) -> Result<Str, Error> {
    match place {
        Value::String(key) => Ok(key.clone()),
        Value::Object(object) => match object.get("_key") {
            Some(Value::String(key)) => Ok(key.clone()),
            Some(_) => Err(ErrorNum::DOCUMENT_KEY_BAD.into()),
            None => Err(ErrorNum::DOCUMENT_KEY_MISSING.into()),
        },
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Array(_) => {
            Err(ErrorNum::DOCUMENT_TYPE_INVALID.into())
        }
    }
}

fn with_revision(options: &ModifyOptions, place: &Value) -> WriteOptions {
    let mut write = options.write.clone();
    if !options.ignore_revs
        && let Value::String(revision) = place.get("_rev")
    {
        write.expected_rev = Some(revision.clone());
    }
    write
}

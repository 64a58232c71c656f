//! Results of any length, handed out page by page: a page ends at a row boundary and says so, and what follows it waits under
//! a handle for `arango_fetch_more`. Every tool that returns rows takes this one path.

mod handle;
mod remainder;
mod results;

use std::num::NonZero;

use serde_json::json;

pub(crate) use self::{
    handle::Handle,
    remainder::{Page, Remainder},
    results::Results,
};
use super::{
    context::CallContext,
    error::ToolError,
    on_database::Target,
    query_error,
    reply::{NEXT, Payload},
};
use crate::{arango, config::DatabaseEntry};

/// Rows returned when the call does not say how many.
const DEFAULT_ROWS: u32 = 1000;

/// Rows one call may ask for.
pub(crate) const MOST_ROWS: u32 = 100_000;

/// A page larger than this is cut at a row boundary, however few rows it has.
const MOST_BYTES: u64 = 8 * 1024 * 1024;

/// Rows fetched from the server at once. Up to here one exchange brings a whole page.
const BATCH: u32 = 20_000;

/// Pages that can be had of a result the tool itself has to bound.
const PAGES: u32 = 10;

/// How large a page may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    /// Rows at most.
    pub(crate) rows: u32,
    /// Bytes at most, if it has more than one row.
    pub(crate) bytes: usize,
    /// Whether the configuration gives less than the call asks for.
    lowered: bool,
}

impl Room {
    /// What a call asks for, within what the configuration allows.
    pub(crate) fn new(asked: Option<u32>, entry: &DatabaseEntry) -> Self {
        let configured = entry.max_rows.map_or(MOST_ROWS, |rows| u32::try_from(rows.get()).unwrap_or(MOST_ROWS));
        let most = configured.min(MOST_ROWS);
        let bytes = entry.max_bytes.map_or(MOST_BYTES, NonZero::get);
        Self {
            rows: asked.unwrap_or(DEFAULT_ROWS).min(most),
            bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            lowered: asked.is_some_and(|asked| asked > most),
        }
    }
}

/// How much of a result is returned, which argument says so, and what else to do about too many rows.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) room: Room,
    pub(crate) argument: &'static str,
    pub(crate) advice: &'static str,
    /// Rows that can be had altogether: where the query is ours, it stops one row after them.
    pub(crate) horizon: Option<u32>,
}

impl Bound {
    /// The rows a query of ours computes at most: some pages, and one row that shows that there are more.
    pub(crate) fn horizon(room: Room) -> u32 {
        room.rows.saturating_mul(PAGES).min(MOST_ROWS)
    }
}

/// Runs a query and returns the first rows of its result.
pub(crate) async fn run(target: &Target<'_>, mut query: arango::Query, bound: &Bound) -> Result<Payload, ToolError> {
    query.batch_size = Some(bound.room.rows.min(BATCH));
    query.count = true;
    query.ttl = Some(results::KEPT_ON_SERVER);
    let explained = |error| query_error::explain(&query.text, error);
    let cursor = target.database.query(&query).await.map_err(explained)?;
    let said = cursor.extra().warnings.iter().map(|warning| json!(warning));
    let warnings: Vec<_> = said.chain(query_error::doubts(&query.text)).collect();
    let mut remainder = Remainder::new(cursor, bound.horizon);
    let mut page = remainder.page(bound.room).await.map_err(explained)?;
    let next = if page.more { hold(target.context, remainder, bound.room) } else { None };
    let raise = format!("{}, or raise {} (at most {MOST_ROWS})", bound.advice, bound.argument);
    let advice = if page.by_bytes || bound.room.lowered { bound.advice } else { &raise };
    let text = std::mem::take(&mut page.text);
    let mut payload = payload(&page, text, bound.room, next.as_ref(), advice);
    if !warnings.is_empty() {
        payload = payload.with("warnings", json!(warnings));
    }
    Ok(payload)
}

/// Keeps what is left of a result for whoever makes this call.
fn hold(context: &CallContext, remainder: Remainder, room: Room) -> Option<Handle> {
    if context.is_last() {
        return None;
    }
    let (database, _) = context.used()?;
    context.services.results.hold(context.caller.principal.clone(), database.clone(), remainder, room.rows)
}

/// A page as a reply, with the way to the rows that follow.
pub(crate) fn payload(page: &Page, text: String, room: Room, next: Option<&Handle>, advice: &str) -> Payload {
    let mut payload = Payload::of_rows(text, page.count);
    // Told where it is more than what is here.
    if let Some(total) = page.total.filter(|total| *total != page.count as u64) {
        payload = payload.with("total", json!(total));
    }
    if !page.truncated {
        return payload;
    }
    let last = page.before + page.count as u64;
    let shown = match page.before {
        0 => format!("the first {last} rows"),
        before => format!("rows {} to {last}", before + 1),
    };
    let of = page.total.map(|total| format!(" of {total}")).unwrap_or_default();
    let why = match (page.by_bytes, room.lowered) {
        (true, _) => " (the size limit)",
        (false, true) => " (the most this database gives at once)",
        (false, false) => "",
    };
    let way = match next {
        Some(handle) => format!(
            "arango_fetch_more with handle \"{handle}\" returns the rows that follow, within {} minutes. Or: {advice}.",
            results::IDLE.as_secs() / 60
        ),
        None => format!("There are more, which are not kept: {advice}."),
    };
    payload = payload.cut(format!("Result cut: these are {shown}{of}{why}. {way}"));
    match next {
        Some(handle) => payload.with(NEXT, json!(handle.to_string())),
        None => payload,
    }
}

#[cfg(test)]
mod tests;

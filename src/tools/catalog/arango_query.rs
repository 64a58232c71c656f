//! `arango_query`: runs an AQL query and hands its rows on as the database wrote them, up to a bound that is always told.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{
    effect::Effect,
    error::ToolError,
    on_database::Target,
    query_effect, query_error,
    reply::Payload,
    tool::{Category, DatabaseTool, Destroys},
};
use crate::arango::{self, Batch};

/// Rows returned when the call does not say how many.
const DEFAULT_ROWS: u32 = 1000;

/// Rows one call may ask for.
pub(super) const MOST_ROWS: u32 = 100_000;

/// A result larger than this is cut at a row boundary, however few rows it has.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Rows fetched from the server at once. Up to here one exchange brings the whole result.
const BATCH: u32 = 20_000;

#[derive(Debug)]
pub(crate) struct Query;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The AQL text, e.g. `FOR d IN users FILTER d.age >= @age SORT d.name LIMIT 20 RETURN d`.
    query: String,
    /// Values for the bind parameters of the query: `{"age": 30}` for `@age`, `{"@c": "users"}` for a collection `@@c`.
    #[serde(default)]
    bind_vars: Option<Map<String, Value>>,
    /// The most rows to return, 1000 unless given. A result that is cut says so.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    max_rows: Option<u32>,
}

impl DatabaseTool for Query {
    const NAME: &'static str = "arango_query";
    const ALIASES: &'static [&'static str] = &[];
    const TITLE: &'static str = "Run an AQL query";
    const DESCRIPTION: &'static str = "Run an AQL query (read or write) and return its rows as a JSON array. Use bind_vars for \
every value that comes from outside. At most max_rows rows come back; if there are more, a note says so: narrow the query \
with FILTER, LIMIT or COLLECT rather than raising max_rows. Syntax errors come back with line, column and a hint. For a \
single document use arango_insert, arango_update or arango_remove; for the names of collections arango_list_collections.";
    const CATEGORY: Category = Category::CoreData;
    const EFFECT: Effect = Effect::Arbitrary;
    type Args = Args;
    type Output = Payload;

    const DESTROYS: Option<Destroys<Args>> = Some(|args| query_effect::destroys(&args.query, args.bind_vars.as_ref()));

    fn writes(args: &Args) -> Result<Option<Cow<'static, str>>, ToolError> {
        query_effect::writes(&args.query)
    }

    async fn call(target: &Target<'_>, args: Args) -> Result<Payload, ToolError> {
        let bound = Bound { limit: limit(args.max_rows, target), argument: "max_rows", advice: ADVICE };
        let mut query = arango::Query::new(args.query);
        query.bind_vars = args.bind_vars.unwrap_or_default();
        query.max_runtime = Some(target.entry.timeout);
        run(target, query, &bound).await
    }
}

/// What to do about too many rows.
const ADVICE: &str = "Narrow the query with FILTER, LIMIT or COLLECT, page with LIMIT offset, count, or raise max_rows";

/// How many rows may be returned, which argument says so, and what else to do about too many.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) limit: u32,
    pub(super) argument: &'static str,
    pub(super) advice: &'static str,
}

/// Runs a query and takes its rows up to the bound.
pub(super) async fn run(target: &Target<'_>, mut query: arango::Query, bound: &Bound) -> Result<Payload, ToolError> {
    query.batch_size = Some(bound.limit.saturating_add(1).min(BATCH));
    let explained = |error| query_error::explain(&query.text, error);
    let mut cursor = target.database.query(&query).await.map_err(explained)?;
    let most = usize::try_from(bound.limit).unwrap_or(usize::MAX);
    let mut taken = Taken::default();
    while let Some(batch) = cursor.next_batch().await.map_err(explained)? {
        taken.add(batch, most);
        if taken.full {
            break;
        }
    }
    let warnings = cursor.extra().warnings.clone();
    // Without waiting: the rows are here, and a cursor that cannot be deleted expires by itself.
    drop(cursor);
    Ok(taken.into_payload(bound, &warnings))
}

/// The bound of this call: what it asks for, within what the configuration allows.
pub(super) fn limit(asked: Option<u32>, target: &Target<'_>) -> u32 {
    let configured = target.entry.max_rows.map_or(MOST_ROWS, |rows| u32::try_from(rows.get()).unwrap_or(MOST_ROWS));
    asked.unwrap_or(DEFAULT_ROWS).min(configured).min(MOST_ROWS)
}

/// The rows so far.
#[derive(Debug, Default)]
struct Taken {
    batches: Vec<(Batch, usize)>,
    rows: usize,
    bytes: usize,
    /// There are more rows than may be returned.
    full: bool,
}

impl Taken {
    fn add(&mut self, batch: Batch, most: usize) {
        let mut fit = 0;
        for row in batch.iter() {
            let bytes = self.bytes.saturating_add(row.len() + 1);
            if self.rows + fit >= most || (bytes > MOST_BYTES && self.rows + fit > 0) {
                self.full = true;
                break;
            }
            self.bytes = bytes;
            fit += 1;
        }
        self.rows += fit;
        self.batches.push((batch, fit));
    }

    fn into_payload(self, bound: &Bound, warnings: &[arango::cursor::Warning]) -> Payload {
        let rows = self.batches.iter().flat_map(|(batch, fit)| batch.iter().take(*fit));
        let mut payload = Payload::of_rows(rows, self.rows, self.bytes);
        if self.full {
            let by_rows = self.rows >= usize::try_from(bound.limit).unwrap_or(usize::MAX);
            payload = payload.cut(format!(
                "Result cut: only the first {} rows are shown ({}). There are more. {} (at most {MOST_ROWS}).",
                self.rows,
                if by_rows { bound.argument } else { "the size limit" },
                bound.advice
            ));
        }
        if !warnings.is_empty() {
            payload = payload.with("warnings", json!(warnings));
        }
        payload
    }
}

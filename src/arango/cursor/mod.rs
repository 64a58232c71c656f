//! AQL queries and their cursors. A batch of rows is scanned once and kept as the text it came in: rows go to the client
//! as they are, so nothing is parsed or copied row by row.

mod running;

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use self::running::Running;
use super::{call::Call, database::Database, error::Error};

/// How much longer than the query itself the exchange may take, so that the server's own time-out is heard.
const GRACE: Duration = Duration::from_secs(2);

/// A query and how to run it.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "these are the protocol's own independent switches")]
pub struct Query {
    /// AQL text.
    pub text: String,
    /// Values of `@name`, and names of collections under `@name` (written `@@name` in the text).
    pub bind_vars: Map<String, Value>,
    /// Rows per batch; the server's default is 1000.
    pub batch_size: Option<u32>,
    /// How long the query may run on the server; what the database's limits say when not given. Always sent.
    pub max_runtime: Option<Duration>,
    /// Memory the query may use, in bytes; what the database's limits say when not given. Always sent.
    pub memory_limit: Option<u64>,
    /// How long the server keeps rows that are not fetched; its default is 30 seconds.
    pub ttl: Option<Duration>,
    /// Whether to count what the last `LIMIT` cut off.
    pub full_count: bool,
    /// Whether to count all rows beforehand.
    pub count: bool,
    /// Whether to compute rows while they are fetched.
    pub stream: bool,
    /// Whether a warning makes the query fail.
    pub fail_on_warning: bool,
    /// How much to measure: 0 to 2.
    pub profile: u8,
}

impl Query {
    /// A query without bind variables and with default options.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds a bind variable.
    #[must_use]
    pub fn bind(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.bind_vars.insert(name.into(), value.into());
        self
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    bind_vars: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_size: Option<u32>,
    memory_limit: u64,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    count: bool,
    options: Options,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    /// Seconds.
    max_runtime: f64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    full_count: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    fail_on_warning: bool,
    #[serde(skip_serializing_if = "is_zero")]
    profile: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// A warning the server gave with the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// ArangoDB's number.
    pub code: u16,
    /// Its text.
    pub message: String,
}

/// What the server says about a query beside its rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Extra {
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// Counters, e.g. `scannedFull`, `writesExecuted`, `executionTime` in seconds.
    pub stats: Map<String, Value>,
    /// Seconds per phase, when profiling.
    pub profile: Map<String, Value>,
}

/// The envelope of a batch. Rows stay text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    result: Vec<&'a RawValue>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    count: Option<u64>,
    #[serde(default)]
    extra: Option<Extra>,
}

/// Some rows of a result, as the server wrote them.
#[derive(Clone)]
pub struct Batch {
    text: String,
    rows: Vec<Range<usize>>,
}

impl Batch {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows in order, each as its JSON text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.rows.iter().map(|range| self.text.get(range.clone()).unwrap_or("null"))
    }

    /// Bytes of the text it keeps.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// Keeps the first `at` rows and gives the others, which then stand alone: the text of these is not kept for them.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let mut rest = Self { text: String::new(), rows: Vec::with_capacity(self.rows.len().saturating_sub(at)) };
        for row in self.iter().skip(at) {
            let start = rest.text.len();
            rest.text.push_str(row);
            rest.rows.push(start..rest.text.len());
        }
        self.rows.truncate(at);
        rest
    }

    /// The rows as values of a type.
    ///
    /// # Errors
    /// When a row is not of that type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<Vec<T>, Error> {
        let decode = |row| serde_json::from_str(row).map_err(|error| unexpected(200, &error));
        self.iter().map(decode).collect()
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({} rows)", self.len())
    }
}

fn unexpected(status: u16, error: &serde_json::Error) -> Error {
    Error::Decode { status, excerpt: error.to_string() }
}

/// A result that is being read. Dropped before its end, it is deleted on the server.
#[derive(Debug)]
pub struct Cursor {
    database: Database,
    /// The batch that came with the last answer, until it is taken.
    ready: Option<Batch>,
    /// Present while the server keeps the rest.
    id: Option<String>,
    timeout: Duration,
    count: Option<u64>,
    extra: Extra,
}

impl Database {
    /// Starts a query; the first batch comes with the answer. Dropped before that, the query is killed on the server.
    ///
    /// # Errors
    /// The server's error, or why there is no answer.
    pub async fn query(&self, query: &Query) -> Result<Cursor, Error> {
        let limits = self.limits();
        let max_runtime = query.max_runtime.unwrap_or(limits.runtime);
        let timeout = max_runtime + GRACE;
        let body = Body {
            query: &query.text,
            bind_vars: &query.bind_vars,
            batch_size: query.batch_size,
            memory_limit: query.memory_limit.unwrap_or(limits.memory),
            ttl: query.ttl.map(|ttl| ttl.as_secs_f64()),
            count: query.count,
            options: Options {
                max_runtime: max_runtime.as_secs_f64(),
                full_count: query.full_count,
                stream: query.stream,
                fail_on_warning: query.fail_on_warning,
                profile: query.profile,
            },
        };
        let running = Running::new(self, query);
        let answer = self.send(Call::post(&["_api", "cursor"]).json(&body).timeout(timeout)).await;
        running.ended(&answer);
        let response = answer?;
        let mut cursor =
            Cursor { database: self.clone(), ready: None, id: None, timeout, count: None, extra: Extra::default() };
        cursor.take_in(response)?;
        Ok(cursor)
    }
}

impl Cursor {
    /// The next rows, fetched if need be; nothing at the end.
    ///
    /// # Errors
    /// The server's error, or why there is no answer. The cursor is at its end then.
    pub async fn next_batch(&mut self) -> Result<Option<Batch>, Error> {
        if let Some(batch) = self.ready.take() {
            return Ok(Some(batch));
        }
        let Some(id) = self.id.clone() else { return Ok(None) };
        let call = Call::post(&["_api", "cursor", &id]).timeout(self.timeout);
        let response = self.database.send(call).await?;
        self.take_in(response)?;
        Ok(self.ready.take())
    }

    /// Whether the server keeps rows that were not fetched yet.
    pub fn has_more(&self) -> bool {
        self.id.is_some()
    }

    /// All rows there are, when asked for with `count`.
    pub fn count(&self) -> Option<u64> {
        self.count
    }

    /// What the server says beside the rows. A streaming query says it with the last batch.
    pub fn extra(&self) -> &Extra {
        &self.extra
    }

    /// Deletes what the server still keeps, and waits for that.
    ///
    /// # Errors
    /// The server's error, or why there is no answer.
    pub async fn close(mut self) -> Result<(), Error> {
        let Some(id) = self.id.take() else { return Ok(()) };
        delete(&self.database, &id).await
    }

    fn take_in(&mut self, response: Response<Bytes>) -> Result<(), Error> {
        let status = response.status().as_u16();
        let text = String::from_utf8(response.into_body().into())
            .map_err(|_| Error::Decode { status, excerpt: "the answer is not UTF-8".to_owned() })?;
        let envelope: Envelope<'_> = serde_json::from_str(&text).map_err(|error| unexpected(status, &error))?;
        self.id = envelope.id.filter(|_| envelope.has_more);
        self.count = self.count.or(envelope.count);
        if let Some(extra) = envelope.extra {
            self.extra = extra;
        }
        let rows = envelope.result.iter().map(|row| place_of(row.get(), &text)).collect();
        self.ready = Some(Batch { text, rows });
        Ok(())
    }
}

/// Where a part of a text stands in it.
fn place_of(part: &str, whole: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start.saturating_add(part.len())
}

async fn delete(database: &Database, id: &str) -> Result<(), Error> {
    database.send(Call::delete(&["_api", "cursor", id])).await.map(drop)
}

impl Drop for Cursor {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let database = self.database.clone();
        self.database.farewell("a cursor", async move { delete(&database, &id).await });
    }
}

#[cfg(test)]
mod tests;

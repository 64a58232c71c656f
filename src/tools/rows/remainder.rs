//! What is left of a result, and how a page is taken off it. Rows are copied as the text they came in, never parsed.

use super::Room;
use crate::arango::{self, Batch, Cursor};

/// Some rows, as the text of a JSON array.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) count: usize,
    /// Rows of the result before these.
    pub(crate) before: u64,
    /// Rows of the whole result, where that is known.
    pub(crate) total: Option<u64>,
    /// There are rows after these, and they can be had.
    pub(crate) more: bool,
    /// There are rows after these.
    pub(crate) truncated: bool,
    /// It ends where it does because of its size.
    pub(crate) by_bytes: bool,
}

/// A result whose first rows were taken.
#[derive(Debug)]
pub(crate) struct Remainder {
    cursor: Cursor,
    /// Rows that were fetched and not taken.
    ready: Option<Batch>,
    taken: u64,
    horizon: u64,
    total: Option<u64>,
}

impl Remainder {
    /// The whole result, of which no more than the first `horizon` rows are given.
    pub(super) fn new(cursor: Cursor, horizon: Option<u32>) -> Self {
        let horizon = horizon.map_or(u64::MAX, u64::from);
        // A query that was stopped behind the horizon does not tell how many rows there would have been.
        let total = cursor.count().filter(|count| *count <= horizon);
        Self { cursor, ready: None, taken: 0, horizon, total }
    }

    /// Bytes it keeps in memory.
    pub(super) fn bytes(&self) -> usize {
        self.ready.as_ref().map_or(0, Batch::bytes)
    }

    /// Takes the next rows.
    ///
    /// # Errors
    /// The server's error while rows are fetched. Which rows would come next is not known then.
    pub(super) async fn page(&mut self, room: Room) -> Result<Page, arango::Error> {
        let left = usize::try_from(self.horizon - self.taken).unwrap_or(usize::MAX);
        let most = usize::try_from(room.rows).unwrap_or(usize::MAX).min(left);
        let mut taking = Taking { room, most, text: "[".to_owned(), count: 0 };
        let mut by_bytes = false;
        while taking.count < most && !by_bytes {
            let batch = match self.ready.take() {
                Some(batch) => Some(batch),
                None => self.cursor.next_batch().await?,
            };
            let Some(mut batch) = batch else { break };
            let fit = taking.take(&batch);
            if fit < batch.len() {
                by_bytes = taking.count < most;
                self.ready = Some(batch.split_off(fit));
            }
        }
        let before = self.taken;
        self.taken += taking.count as u64;
        let truncated = self.ready.is_some() || self.cursor.has_more();
        let more = truncated && self.taken < self.horizon;
        let Taking { mut text, count, .. } = taking;
        text.push(']');
        Ok(Page { text, count, before, total: self.total, more, truncated, by_bytes })
    }
}

/// A page in the making.
struct Taking {
    room: Room,
    most: usize,
    text: String,
    count: usize,
}

impl Taking {
    /// Takes the first rows of a batch that fit; says how many. The first row of a page always fits.
    fn take(&mut self, batch: &Batch) -> usize {
        self.text.reserve(batch.bytes().min(self.room.bytes));
        let mut fit = 0;
        for row in batch.iter() {
            let bytes = self.text.len() + row.len() + 1;
            if self.count >= self.most || (bytes > self.room.bytes && self.count > 0) {
                break;
            }
            if self.count > 0 {
                self.text.push(',');
            }
            self.text.push_str(row);
            self.count += 1;
            fit += 1;
        }
        fit
    }
}

//! Reading a dump: a JSON array of documents, however it is spaced, in batches of bounded size. A thread parses; a full
//! channel makes it wait.

use std::{
    io::{BufReader, Read},
    path::PathBuf,
    sync::Arc,
};

use cap_std::fs::{Dir, File};
use ring::digest::{Context, SHA256};
use serde::{
    Deserialize, Deserializer as _,
    de::{DeserializeOwned, Error as _, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::error::{Error, blocking};

/// Documents in a batch, at most.
const BATCH_ROWS: usize = 1000;
/// Bytes in a batch: the next document after this many goes into the next batch.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Small files beside the documents are not larger.
const SMALL: u64 = 16 * 1024 * 1024;

/// A directory with a backup in it.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) handle: Arc<Dir>,
    /// Where it is, for messages.
    pub(super) path: PathBuf,
}

/// A document of a dump.
#[derive(Debug)]
pub(super) struct Row {
    /// Its key, if it has one.
    pub(super) key: Option<String>,
    /// Its text, on one line.
    pub(super) text: String,
}

/// What a file turned out to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) count: u64,
    pub(super) sha256: String,
}

/// A dump being read.
#[derive(Debug)]
pub(super) struct Rows {
    batches: mpsc::Receiver<Result<Vec<Row>, Error>>,
    sum: tokio::sync::oneshot::Receiver<Sum>,
}

impl Folder {
    /// Reads a small JSON file; nothing if there is none.
    pub(super) async fn json<T: DeserializeOwned + Send + 'static>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Error> {
        let folder = self.clone();
        blocking(move || {
            let path = folder.path.join(name);
            let file = match folder.handle.open(name).map_err(Error::io(&path)) {
                Err(Error::Missing(_)) => return Ok(None),
                other => other?,
            };
            let mut text = String::new();
            file.take(SMALL).read_to_string(&mut text).map_err(Error::io(&path))?;
            let parsed = serde_json::from_str(&text);
            parsed.map(Some).map_err(|error| Error::Damaged { path, problem: error.to_string() })
        })
        .await
    }

    /// Begins to read a dump.
    pub(super) async fn rows(&self, name: String) -> Result<Rows, Error> {
        let folder = self.clone();
        let (file, path) = blocking(move || {
            let path = folder.path.join(&name);
            let file = folder.handle.open(&name).map_err(Error::io(&path))?;
            Ok((file, path))
        })
        .await?;
        let (sender, batches) = mpsc::channel(2);
        let (told, sum) = tokio::sync::oneshot::channel();
        tokio::task::spawn_blocking(move || match parse(file, &sender) {
            // Nobody listens any more when the call was cancelled.
            Ok(sum) => drop(told.send(sum)),
            Err(problem) => drop(sender.blocking_send(Err(Error::Damaged { path, problem }))),
        });
        Ok(Rows { batches, sum })
    }
}

impl Rows {
    /// The next documents; nothing at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Row>>, Error> {
        self.batches.recv().await.transpose()
    }

    /// What the file held, once all of it was read.
    pub(super) async fn sum(self) -> Option<Sum> {
        self.sum.await.ok()
    }
}

type Sender = mpsc::Sender<Result<Vec<Row>, Error>>;

/// Counts and digests on the way.
struct Digesting<R> {
    inner: R,
    digest: Context,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

fn parse(file: File, sender: &Sender) -> Result<Sum, String> {
    let mut source = Digesting { inner: file, digest: Context::new(&SHA256) };
    let mut parser = serde_json::Deserializer::from_reader(BufReader::with_capacity(64 * 1024, &mut source));
    let count = parser.deserialize_seq(Documents { sender }).map_err(|error| error.to_string())?;
    parser.end().map_err(|error| error.to_string())?;
    Ok(Sum { count, sha256: super::layout::hex(source.digest.finish().as_ref()) })
}

/// Sends the elements of an array on, in batches.
struct Documents<'a> {
    sender: &'a Sender,
}

impl<'de> Visitor<'de> for Documents<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of documents")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<u64, A::Error> {
        let (mut count, mut bytes, mut batch) = (0, 0, Vec::new());
        while let Some(element) = elements.next_element::<Box<RawValue>>()? {
            let row = row(element.get()).map_err(|problem| A::Error::custom(format!("document {count}: {problem}")))?;
            count += 1;
            bytes += row.text.len();
            batch.push(row);
            if batch.len() >= BATCH_ROWS || bytes >= BATCH_BYTES {
                bytes = 0;
                self.send(std::mem::take(&mut batch))?;
            }
        }
        if !batch.is_empty() {
            self.send(batch)?;
        }
        Ok(count)
    }
}

impl Documents<'_> {
    fn send<E: serde::de::Error>(&self, batch: Vec<Row>) -> Result<(), E> {
        self.sender.blocking_send(Ok(batch)).map_err(|_| E::custom("the restore was given up"))
    }
}

fn row(text: &str) -> Result<Row, String> {
    #[derive(Deserialize)]
    struct Key {
        #[serde(rename = "_key", default)]
        key: Option<String>,
    }
    if !text.starts_with('{') {
        return Err("it is not an object".to_owned());
    }
    let Key { key } = serde_json::from_str(text).map_err(|error| error.to_string())?;
    // A line break can only be white space between tokens: inside of strings it is escaped.
    let text = if text.contains(['\n', '\r']) { text.replace(['\n', '\r'], " ") } else { text.to_owned() };
    Ok(Row { key, text })
}

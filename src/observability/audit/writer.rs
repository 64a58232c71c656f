//! The thread that writes: it takes what waits, writes it at once, and tells those who wait for it.

use std::{
    io::Write as _,
    sync::{Arc, atomic::Ordering},
};

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::{
    AuditError, State, Target,
    chain::{Chain, Key},
    file::LogFile,
    now,
};

/// Lines that are written at once.
const BATCH: usize = 256;

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Message {
    /// To write a line; the answer is whether that was possible.
    Line(String, oneshot::Sender<bool>),
    /// To try whether writing is possible again.
    Recover(oneshot::Sender<bool>),
    /// To open the file anew.
    Reopen,
    /// To write what waits, and to end.
    Finish(oneshot::Sender<()>),
}

/// Where lines go.
#[derive(Debug)]
enum Sink {
    File(LogFile),
    Stderr,
}

/// A chain and where it goes.
#[derive(Debug)]
struct Open {
    sink: Sink,
    chain: Chain,
}

/// The writer.
#[derive(Debug)]
pub(super) struct Writer {
    target: Target,
    key: Key,
    state: Arc<State>,
    /// Nothing after a failure, until the file can be opened again.
    open: Option<Open>,
    /// Where the chain was then: it goes on there if the file is gone.
    chain: Option<Chain>,
    /// Lost lines that the log itself speaks of.
    spoken: u64,
}

impl Writer {
    pub(super) fn new(target: Target, key: Key, state: Arc<State>) -> Result<Self, AuditError> {
        let mut open = Open::at(&target, &key, None)?;
        open.begin("start", 0)?;
        Ok(Self { target, key, state, open: Some(open), chain: None, spoken: 0 })
    }

    /// Writes until there is nobody left who could ask for it.
    pub(super) fn run(&mut self, mut messages: mpsc::Receiver<Message>) {
        let mut batch = Vec::with_capacity(BATCH);
        while messages.blocking_recv_many(&mut batch, BATCH) > 0 {
            let mut lines = Vec::new();
            for message in batch.drain(..) {
                match message {
                    Message::Line(text, done) => lines.push((text, done)),
                    Message::Recover(done) => {
                        self.write(&mut lines);
                        // Nobody may wait for it any more, here and below.
                        let _ = done.send(self.recover());
                    }
                    Message::Reopen => {
                        self.write(&mut lines);
                        self.close();
                        self.recover();
                    }
                    Message::Finish(done) => {
                        self.write(&mut lines);
                        self.finish();
                        let _ = done.send(());
                        return;
                    }
                }
            }
            self.write(&mut lines);
        }
    }

    fn write(&mut self, lines: &mut Vec<(String, oneshot::Sender<bool>)>) {
        if lines.is_empty() {
            return;
        }
        let written = self.recover() && self.append(lines);
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        if written {
            self.state.written.fetch_add(count, Ordering::Relaxed);
        } else {
            self.state.lost.fetch_add(count, Ordering::Relaxed);
        }
        for (_, done) in lines.drain(..) {
            let _ = done.send(written);
        }
    }

    fn append(&mut self, lines: &[(String, oneshot::Sender<bool>)]) -> bool {
        let Some(open) = &mut self.open else { return false };
        let outcome = open.append(lines.iter().map(|(text, _)| text.as_str()));
        self.judged(outcome)
    }

    /// Goes on after a failure, if that is possible.
    fn recover(&mut self) -> bool {
        if self.open.is_some() {
            return true;
        }
        let (lost, spoken) = (self.state.lost.load(Ordering::Relaxed), self.spoken);
        let opened = Open::at(&self.target, &self.key, self.chain.clone()).and_then(|mut open| {
            open.begin("resume", lost.saturating_sub(spoken))?;
            Ok(open)
        });
        match opened {
            Ok(open) => {
                self.open = Some(open);
                self.spoken = lost;
                if self.state.failing.swap(false, Ordering::AcqRel) {
                    tracing::warn!("the audit log is written again");
                }
                true
            }
            Err(error) => self.judged(Err(error)),
        }
    }

    /// Whether something went well. A failure is told once, until writing succeeds again.
    fn judged(&mut self, outcome: Result<(), AuditError>) -> bool {
        let Err(error) = outcome else { return true };
        self.close();
        if !self.state.failing.swap(true, Ordering::AcqRel) {
            tracing::error!(%error, "the audit log cannot be written");
        }
        false
    }

    fn close(&mut self) {
        self.chain = self.open.take().map(|open| open.chain).or_else(|| self.chain.take());
    }

    /// The last line. The file is closed after it, so that another process may go on with it at once.
    fn finish(&mut self) {
        let line = json!({ "time": now(), "event": "stop" }).to_string();
        if let Some(mut open) = self.open.take() {
            let outcome = open.append(std::iter::once(line.as_str())).and_then(|()| open.sync());
            self.judged(outcome);
        }
    }
}

impl Open {
    /// Opens the target. The chain goes on where the file ends, or where it was `before`.
    fn at(target: &Target, key: &Key, before: Option<Chain>) -> Result<Self, AuditError> {
        let (sink, end) = match target {
            Target::Stderr => (Sink::Stderr, None),
            Target::File { path, max_bytes } => {
                let (file, end) = LogFile::open(path, *max_bytes)?;
                (Sink::File(file), end)
            }
        };
        let chain = match (&end, before) {
            (None, Some(before)) => before,
            (end, _) => Chain::after(key.clone(), end.as_ref().map(|end| (end.seq, end.bytes.as_slice()))),
        };
        Ok(Self { sink, chain })
    }

    /// The line that says how the chain goes on.
    fn begin(&mut self, event: &str, lost: u64) -> Result<(), AuditError> {
        let chain = self.chain.algorithm().name();
        let mut line = json!({
            "time": now(), "event": event, "version": env!("CARGO_PKG_VERSION"), "chain": chain,
        });
        if lost > 0
            && let Some(line) = line.as_object_mut()
        {
            line.insert("lost".to_owned(), lost.into());
        }
        self.append(std::iter::once(line.to_string().as_str()))
    }

    fn append<'a>(&mut self, objects: impl Iterator<Item = &'a str>) -> Result<(), AuditError> {
        let last = self.chain.last();
        let mut lines = Vec::new();
        for object in objects {
            self.chain.append(object, &mut lines);
        }
        match &mut self.sink {
            Sink::File(file) => file.append(&lines, last),
            Sink::Stderr => std::io::stderr()
                .lock()
                .write_all(&lines)
                .map_err(|source| AuditError::File { path: "stderr".to_owned(), source }),
        }
    }

    fn sync(&self) -> Result<(), AuditError> {
        match &self.sink {
            Sink::File(file) => file.sync(),
            Sink::Stderr => Ok(()),
        }
    }
}

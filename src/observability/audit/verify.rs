//! Whether an audit log is as it was written. Reads line by line, so that the size of the files does not matter.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::chain::{Algorithm, Key, Link, NOTHING};

/// A longer line is no line of ours.
const LONGEST: u64 = 1 << 20;

/// What was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Lines that were read and fit.
    pub lines: u64,
    /// The number of the first line.
    pub first: Option<u64>,
    /// The number of the last line.
    pub last: Option<u64>,
    /// How often a server began to write.
    pub starts: u64,
    /// Lines that break off, since the process was killed or the disk was full; the chain goes on after them.
    pub torn: Vec<String>,
    /// Calls that could not be recorded, as the log says itself.
    pub lost: u64,
    /// Lines that are chained without a key.
    pub without_key: u64,
    /// Where the chain breaks.
    pub broken: Option<Break>,
}

/// A place where lines are not as they were written.
#[derive(Debug, Serialize)]
pub struct Break {
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1.
    pub line: u64,
    /// What is wrong.
    pub problem: String,
}

/// Reads a log that is kept in these files, in whatever order they are given. Blocking.
///
/// # Errors
/// When a file cannot be read.
pub fn verify(files: &[PathBuf], key: &Key) -> Result<Report, (PathBuf, std::io::Error)> {
    let mut ordered = Vec::new();
    for path in files {
        let first = first_of(path).map_err(|error| (path.clone(), error))?;
        ordered.push((first, path));
    }
    ordered.sort();
    let mut walk = Walk { key, report: Report::default(), algorithm: None, before: None, torn: None };
    for (_, path) in ordered {
        if walk.file(path).map_err(|error| (path.clone(), error))? {
            break;
        }
    }
    Ok(walk.report)
}

/// The number of the first line of a file; empty files go last, as does what is no log.
fn first_of(path: &Path) -> std::io::Result<u64> {
    let mut line = Vec::new();
    BufReader::new(File::open(path)?).take(LONGEST).read_until(b'\n', &mut line)?;
    Ok(Link::of(&line).map_or(u64::MAX, |link| link.seq))
}

/// The line before the present one.
struct Before {
    seq: u64,
    bytes: Vec<u8>,
}

struct Walk<'a> {
    key: &'a Key,
    report: Report,
    /// How lines are chained here; known once a start was seen.
    algorithm: Option<Algorithm>,
    before: Option<Before>,
    /// A line that broke off, and where; what follows has to say that it begins anew.
    torn: Option<(PathBuf, u64)>,
}

impl Walk<'_> {
    /// Reads a file; true where the chain broke.
    fn file(&mut self, path: &Path) -> std::io::Result<bool> {
        let mut reader = BufReader::new(File::open(path)?);
        let mut number = 0;
        loop {
            let mut line = Vec::new();
            if reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
                return Ok(false);
            }
            number += 1;
            if line.last() == Some(&b'\n') {
                line.pop();
            }
            if let Err(problem) = self.line(path, number, line) {
                self.report.broken = Some(Break { file: path.to_owned(), line: number, problem });
                return Ok(true);
            }
        }
    }

    fn line(&mut self, path: &Path, number: u64, line: Vec<u8>) -> Result<(), String> {
        let Some(link) = Link::of(&line) else { return self.broken_off(path, number, line) };
        if let Some((_, torn)) = self.torn.take()
            && !link.begins_anew()
        {
            return Err(format!("line {torn} before it is no line of an audit log, and nothing began anew after it"));
        }
        if let Some(algorithm) = link.chain.filter(|_| link.begins_anew()) {
            let keyed = self.algorithm == Some(Algorithm::HmacSha256);
            if keyed && algorithm == Algorithm::Sha256 {
                return Err("the chain goes on without the key".to_owned());
            }
            self.algorithm = Some(algorithm);
        }
        // A file that begins in the middle of a log is chained as the key says.
        let algorithm = self.algorithm.unwrap_or_else(|| self.key.algorithm());
        self.follows(&link, algorithm)?;
        let report = &mut self.report;
        report.lines += 1;
        report.first.get_or_insert(link.seq);
        report.last = Some(link.seq);
        report.starts += u64::from(link.event == "start");
        report.lost = report.lost.saturating_add(link.lost);
        report.without_key += u64::from(algorithm == Algorithm::Sha256);
        self.before = Some(Before { seq: link.seq, bytes: line });
        Ok(())
    }

    fn broken_off(&mut self, path: &Path, number: u64, line: Vec<u8>) -> Result<(), String> {
        if self.torn.is_some() || self.before.is_none() {
            return Err("this is no line of an audit log".to_owned());
        }
        self.torn = Some((path.to_owned(), number));
        self.report.torn.push(format!("{}:{number}", path.display()));
        if let Some(before) = &mut self.before {
            before.bytes = line;
        }
        Ok(())
    }

    /// Whether a line follows the one before it.
    fn follows(&self, link: &Link, algorithm: Algorithm) -> Result<(), String> {
        let Some(before) = &self.before else {
            return match link.seq {
                1 if link.prev != NOTHING => {
                    Err("the first line of the log says that others came before it".to_owned())
                }
                _ => Ok(()),
            };
        };
        let expected = before.seq.saturating_add(1);
        if link.seq != expected {
            return Err(match link.seq.checked_sub(expected) {
                Some(missing) => format!("{missing} lines are missing before it, from number {expected} on"),
                None => format!("its number is {}, where {expected} would follow", link.seq),
            });
        }
        match self.key.hash(algorithm, &before.bytes) {
            None => Err("it is chained with a key; set MCP_AUDIT_KEY to verify it".to_owned()),
            Some(hash) if hash == link.prev => Ok(()),
            Some(_) => {
                let key = if algorithm == Algorithm::HmacSha256 { ", or MCP_AUDIT_KEY is another" } else { "" };
                Err(format!("the line before it (number {}) is not as it was written{key}", before.seq))
            }
        }
    }
}

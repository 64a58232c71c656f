//! What is wrong with a configuration, said so that a person can mend it: file, line, key, problem, advice.

use std::{
    fmt,
    path::{Path, PathBuf},
};

/// A fault in the configuration file or in the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Box<Fault>);

#[derive(Clone, PartialEq, Eq, Default)]
struct Fault {
    file: Option<PathBuf>,
    /// Line and column, both from 1.
    place: Option<(u64, u64)>,
    key: String,
    problem: String,
    advice: String,
}

impl ConfigError {
    /// A fault that concerns `key` (a dotted path in the file, or a variable's name; empty for the whole).
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self(Box::new(Fault { key: key.into(), problem: problem.into(), ..Fault::default() }))
    }

    /// Adds what would be right.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = advice.into();
        self
    }

    /// Adds line and column, unless unknown (line 0).
    #[must_use]
    pub fn at(mut self, line: u64, column: u64) -> Self {
        self.0.place = (line > 0).then_some((line, column));
        self
    }

    /// Adds the file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.0.file = Some(file.into());
        self
    }

    /// The key that is concerned: a dotted path in the file, or a variable's name.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The file; nothing when the fault is in the environment.
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// The line in the file, from 1.
    pub fn line(&self) -> Option<u64> {
        self.0.place.map(|(line, _)| line)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault { file, place, key, problem, advice } = &*self.0;
        if let Some(file) = file {
            write!(f, "{}", file.display())?;
            if let Some((line, column)) = place {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        f.write_str(problem)?;
        if !advice.is_empty() {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConfigError({self})")
    }
}

impl std::error::Error for ConfigError {}

/// The candidate most like `given`, if any is like it at all.
pub(crate) fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.75;
    let given = given.to_lowercase();
    let score = |candidate: &str| strsim::jaro_winkler(&given, &candidate.to_lowercase());
    let scored = candidates.into_iter().map(|candidate| (score(candidate), candidate));
    scored.filter(|(score, _)| *score >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

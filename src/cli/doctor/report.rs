//! What was found, in groups, for people and for scripts.

use std::fmt::{self, Display, Formatter};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{cli::table::visible, config::DatabaseKey};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// As it should be.
    Ok,
    /// It works, and somebody should know.
    Warning,
    /// It does not work, or is not safe.
    Failure,
}

impl Status {
    const fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warning => '!',
            Self::Failure => '✗',
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Failure => AnsiColor::Red.on_default(),
        }
    }
}

/// One check.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    message: String,
    /// What to do; nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

/// What a group is about.
#[derive(Debug)]
pub(super) enum Subject {
    Configuration,
    /// A database, and what it is in words.
    Database(DatabaseKey, String),
    Server,
}

/// Checks of one thing, in the order in which they build on each other.
#[derive(Debug)]
pub(super) struct Group {
    subject: Subject,
    findings: Vec<Finding>,
}

impl Group {
    pub(super) const fn new(subject: Subject) -> Self {
        Self { subject, findings: Vec::new() }
    }

    /// Notes that something is as it should be.
    pub(super) fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.findings.push(Finding { check, status: Status::Ok, message: message.into(), advice: None });
    }

    /// Notes what works and should be known, and what to do about it.
    pub(super) fn warn(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.note(check, Status::Warning, message, advice);
    }

    /// Notes what does not work, and what to do about it.
    pub(super) fn fail(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.note(check, Status::Failure, message, advice);
    }

    /// Notes what is not as it should be.
    pub(super) fn note(
        &mut self,
        check: &'static str,
        status: Status,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.findings.push(Finding { check, status, message: message.into(), advice: Some(advice.into()) });
    }
}

impl Display for Group {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let bold = Style::new().bold();
        match &self.subject {
            Subject::Configuration => writeln!(f, "{bold}Configuration{bold:#}")?,
            Subject::Database(key, about) => writeln!(f, "{bold}Database {key}{bold:#}: {}", visible(about))?,
            Subject::Server => writeln!(f, "{bold}MCP server{bold:#}, over stdio")?,
        }
        for Finding { check, status, message, advice } in &self.findings {
            let style = status.style();
            writeln!(f, "{style}{}{style:#} {check}: {}", status.mark(), visible(message))?;
            if let Some(advice) = advice {
                writeln!(f, "  {}", visible(advice))?;
            }
        }
        Ok(())
    }
}

/// Everything that was found.
#[derive(Debug)]
pub(super) struct Report(Vec<Group>);

impl Report {
    pub(super) const fn new(groups: Vec<Group>) -> Self {
        Self(groups)
    }

    /// Whether nothing failed.
    pub(super) fn is_well(&self) -> bool {
        self.count(Status::Failure) == 0
    }

    fn count(&self, status: Status) -> usize {
        self.0.iter().flat_map(|group| &group.findings).filter(|finding| finding.status == status).count()
    }

    pub(super) fn as_json(&self) -> Value {
        let group = |group: &Group| {
            let (name, database) = match &group.subject {
                Subject::Configuration => ("configuration", None),
                Subject::Database(key, _) => ("database", Some(key)),
                Subject::Server => ("server", None),
            };
            json!({ "group": name, "database": database, "checks": group.findings })
        };
        json!({
            "ok": self.is_well(),
            "failures": self.count(Status::Failure),
            "warnings": self.count(Status::Warning),
            "groups": self.0.iter().map(group).collect::<Vec<_>>(),
        })
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for group in &self.0 {
            writeln!(f, "{group}")?;
        }
        let some = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let found = [(Status::Failure, "failure"), (Status::Warning, "warning")];
        let words: Vec<_> = found.into_iter().filter_map(|(status, what)| some(self.count(status), what)).collect();
        let worst = found.into_iter().map(|(status, _)| status).find(|status| self.count(*status) > 0);
        let style = worst.unwrap_or(Status::Ok).style();
        let words = if words.is_empty() { "All is well".to_owned() } else { words.join(", ") };
        writeln!(f, "{style}{words}.{style:#}")
    }
}

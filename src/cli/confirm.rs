//! What a command is about to do, put as a question, and what it did, as a report: the same words for every command that
//! changes something.

use std::{path::Path, process::ExitCode};

use clap::builder::styling::{AnsiColor, Style};
use similar::TextDiff;
use tokio::task::spawn_blocking;

use super::{error::CliError, output, table};
use crate::config::{Env as _, SystemEnv};

/// How a command ends that nobody agreed to.
pub(crate) fn cancelled() -> ExitCode {
    ExitCode::from(2)
}

/// What is done to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Remove,
    Update,
    Grant,
    Revoke,
    /// Nothing: it is there already.
    Exists,
}

/// The steps of a change: what is done, and to what.
pub(crate) type Actions = Vec<(Verb, String)>;

impl Verb {
    const fn asked(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Remove => "REMOVE",
            Self::Update => "UPDATE",
            Self::Grant => "GRANT",
            Self::Revoke => "REVOKE",
            Self::Exists => "EXISTS",
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::Add => "ADDED",
            Self::Remove => "REMOVED",
            Self::Update => "UPDATED",
            Self::Grant => "GRANTED",
            Self::Revoke => "REVOKED",
            Self::Exists => "EXISTS",
        }
    }

    const fn style(self) -> Style {
        match self {
            Self::Add | Self::Grant => AnsiColor::Green.on_default(),
            Self::Remove | Self::Revoke => AnsiColor::Red.on_default(),
            Self::Update => AnsiColor::Yellow.on_default(),
            Self::Exists => Style::new(),
        }
    }
}

/// Asks on standard error whether to go on. The answer is the next line of input; none, or an interrupt, is a no.
pub(crate) async fn agreed(where_to: &str, actions: &[(Verb, String)]) -> Result<bool, CliError> {
    const VARIABLE: &str = "MCP_ARANGODB_ASYNC_CLI_YES";
    if SystemEnv.get(VARIABLE).is_some_and(|value| value == "1") {
        return Ok(true);
    }
    let steps = lines(actions, Verb::asked, "");
    output::note_styled(&format!("This will change {where_to}:\n{steps}Do you want to go on? [y/N] "));
    let answer = tokio::select! {
        answer = spawn_blocking(output::read_line) => answer.ok().flatten().unwrap_or_default(),
        _ = tokio::signal::ctrl_c() => String::new(),
    };
    let yes = is_yes(&answer);
    if !yes {
        let broken = if answer.ends_with('\n') { "" } else { "\n" };
        output::note(&format!("{broken}Cancelled: nothing was changed. To go on without being asked, use --yes.\n"));
    }
    Ok(yes)
}

/// Only a yes is one.
pub(crate) fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// What was done.
pub(crate) fn report(command: &str, actions: &[(Verb, String)]) -> String {
    format!("{command}:\n{}", lines(actions, Verb::told, ""))
}

/// What would have been done.
pub(crate) fn dry_run_report(command: &str, actions: &[(Verb, String)]) -> String {
    format!("{command} (dry-run):\n{}", lines(actions, Verb::told, " - DRY-RUN"))
}

fn lines(actions: &[(Verb, String)], word: fn(Verb) -> &'static str, mark: &str) -> String {
    let line = |(verb, what): &(Verb, String)| {
        let style = verb.style();
        // Names come from servers and files, which must not steer a terminal.
        format!("{style}[{}{mark}]{style:#} {}\n", word(*verb), table::visible(what))
    };
    actions.iter().map(line).collect()
}

/// What changes in a file, in the form of `diff -u`.
pub(crate) fn difference(path: &Path, before: &str, after: &str) -> String {
    let name = path.display().to_string();
    let text = TextDiff::from_lines(before, after).unified_diff().header(&name, &name).to_string();
    let coloured = text.lines().map(|line| {
        let style = match line.as_bytes() {
            [b'+', ..] => AnsiColor::Green.on_default(),
            [b'-', ..] => AnsiColor::Red.on_default(),
            _ => Style::new(),
        };
        format!("{style}{line}{style:#}\n")
    });
    coloured.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for yes in ["y\n", "Y", " yes \r\n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "no", "yep", "y y", "j"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}

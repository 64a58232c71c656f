//! `audit verify`: follows the chain of an audit log and says where it breaks.

use std::{fmt::Write as _, process::ExitCode};

use crate::{
    cli::{arguments::operate::VerifyOptions, error::CliError, output},
    config::{KeyBytes, SystemEnv, operating::audit_key},
    observability::audit::{Break, Key, Report, verify},
};

pub(super) fn run(options: &VerifyOptions) -> Result<ExitCode, CliError> {
    let key = audit_key(&SystemEnv).map_err(|error| CliError::from_error(&error))?;
    let has_key = key.is_some();
    let key = Key::new(key.as_ref().map(KeyBytes::expose));
    let report = verify(&options.files, &key)
        .map_err(|(path, error)| CliError::while_doing(&format!("{} cannot be read", path.display()), error))?;
    if options.json {
        let json = serde_json::to_string(&report).map_err(|error| CliError::from_error(&error))?;
        output::print_line(&json)?;
    } else {
        output::print(&told(&report, has_key))?;
    }
    Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The report for a person.
fn told(report: &Report, has_key: bool) -> String {
    let mut text = String::new();
    // Writing to a string does not fail, here and below.
    let _ = match (report.first, report.last) {
        (Some(first), Some(last)) => writeln!(text, "{} lines, numbers {first} to {last}", report.lines),
        _ => writeln!(text, "no lines"),
    };
    if report.first.is_some_and(|first| first > 1) {
        let _ = writeln!(text, "what came before number {} is not in these files", report.first.unwrap_or_default());
    }
    for place in &report.torn {
        let _ = writeln!(text, "{place}: this line broke off; the process was killed, or the disk was full");
    }
    if report.lost > 0 {
        let _ = writeln!(text, "{} calls could not be recorded, as the log says itself", report.lost);
    }
    if has_key && report.without_key > 0 {
        let _ = writeln!(
            text,
            "{} lines are chained without the key: whoever could write the files could make those anew",
            report.without_key
        );
    }
    let _ = match &report.broken {
        None => writeln!(text, "intact"),
        Some(Break { file, line, problem }) => writeln!(text, "BROKEN at {}:{line}: {problem}", file.display()),
    };
    text
}

//! `completions`: scripts that teach shells, and the answers those scripts ask for while somebody types. What a command
//! takes is read from the grammar; what only this machine knows (keys of databases, tools) is looked up when it is asked
//! for. Nothing here opens a connection, and whatever goes wrong, nothing is offered and nothing printed.

mod line;
mod values;

use std::process::ExitCode;

use clap_complete::CompletionCandidate;

use super::{
    arguments::{
        Cli,
        shell::{CompleteOptions, CompletionsOptions, Shell},
    },
    error::CliError,
    output, table,
};
use line::Line;

/// Prints the script for a shell.
pub(crate) fn print_script(options: &CompletionsOptions) -> Result<ExitCode, CliError> {
    output::print(script(options.shell))?;
    Ok(ExitCode::SUCCESS)
}

const fn script(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("scripts/bash"),
        Shell::Zsh => include_str!("scripts/zsh"),
        Shell::Fish => include_str!("scripts/fish"),
        Shell::Powershell => include_str!("scripts/powershell"),
        Shell::Elvish => include_str!("scripts/elvish"),
    }
}

/// Answers a script: a line for each candidate, with a description after a tab; or a tab and `files` or `directories`,
/// which shells complete better than anybody.
pub(crate) fn answer(options: CompleteOptions) -> Result<ExitCode, CliError> {
    let lines: String = candidates(options).iter().filter_map(told).collect();
    output::print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn candidates(options: CompleteOptions) -> Vec<CompletionCandidate> {
    let mut words = options.before;
    let mut grammar = values::taught(Cli::grammar(), &Line::read(&words));
    let at = words.len();
    let nothing_typed = options.current.is_empty();
    words.push(options.current);
    let mut found = clap_complete::engine::complete(&mut grammar, words, at, None).unwrap_or_default();
    // Where a path is wanted, what else could stand there is not what is meant.
    if let Some(path) = found.iter().position(values::is_path) {
        return vec![found.swap_remove(path)];
    }
    // Options are for those who begin one, and where nothing else can stand.
    let is_option = |candidate: &CompletionCandidate| candidate.get_value().as_encoded_bytes().starts_with(b"-");
    if nothing_typed && !found.iter().all(is_option) {
        found.retain(|candidate| !is_option(candidate));
    }
    found
}

/// A candidate as scripts read it; none for a value that would not stay on its line.
fn told(candidate: &CompletionCandidate) -> Option<String> {
    if values::is_path(candidate) {
        return candidate.get_tag().map(|tag| format!("\t{tag}\n"));
    }
    let value = candidate.get_value().to_str().filter(|value| !value.contains(char::is_control))?;
    let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
    let help = table::visible(help.lines().next().unwrap_or_default());
    Some(if help.is_empty() { format!("{value}\n") } else { format!("{value}\t{help}\n") })
}

#[cfg(test)]
mod tests;

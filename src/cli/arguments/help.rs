//! The help of the program: its commands, arranged by what people come for. The tests hold all help to one standard: every
//! command has examples, and every example is a line that the program takes.

use clap::{Command, builder::Styles};

/// Headings, and the commands below them in their order. What stands nowhere comes last.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Serve", &["server", "embedded"]),
    ("Try a tool", &["call", "tools"]),
    ("Set up", &["db", "client-config", "migrate"]),
    ("Look after servers", &["health", "doctor", "admin", "user", "token", "audit"]),
    ("This program", &["completions", "man", "version"]),
];

/// The grammar, with commands under these headings in its help.
pub(super) fn arranged(grammar: Command) -> Command {
    let mut left: Vec<&Command> = grammar.get_subcommands().filter(|command| !command.is_hide_set()).collect();
    let width = left.iter().map(|command| command.get_name().len()).max().unwrap_or_default();
    let mut groups = Vec::new();
    for (heading, names) in GROUPS {
        let group =
            names.iter().filter_map(|name| Some(left.remove(left.iter().position(|it| it.get_name() == *name)?)));
        groups.push((heading, group.collect()));
    }
    groups.push(("Other commands", left));
    let template = template(&groups, width);
    grammar.help_template(template)
}

fn template(groups: &[(&str, Vec<&Command>)], width: usize) -> String {
    let styles = Styles::styled();
    let (header, literal) = (styles.get_header(), styles.get_literal());
    let line = |command: &&Command| {
        let (name, about) = (command.get_name(), command.get_about().map(ToString::to_string).unwrap_or_default());
        format!("  {literal}{name:width$}{literal:#}  {about}\n")
    };
    let groups = groups.iter().filter(|(_, commands)| !commands.is_empty()).map(|(heading, commands)| {
        let lines: String = commands.iter().map(line).collect();
        format!("\n{header}{heading}:{header:#}\n{lines}")
    });
    format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n{}\n{header}Options:{header:#}\n{{options}}\
         {{after-help}}",
        groups.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsString, fs, path::Path};

    use super::super::Cli;
    use super::*;

    /// A command and all below it, as far as they are shown.
    fn shown(command: &Command) -> Vec<Command> {
        let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help");
        std::iter::once(command.clone()).chain(inner.flat_map(shown)).collect()
    }

    fn notes(command: &Command) -> String {
        let notes = command.get_after_long_help().or_else(|| command.get_after_help());
        notes.map(ToString::to_string).unwrap_or_default()
    }

    /// The lines of a text that call the program, as the words a shell would make of them.
    fn examples(text: &str) -> Vec<Vec<String>> {
        let joined = text.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim).filter(|line| line.starts_with("mcp-arangodb-async "));
        let words = lines.map(|line| shlex::split(line).unwrap_or_else(|| panic!("no shell takes {line}")));
        words
            .map(|words| words.into_iter().take_while(|word| !["|", "<", ">", ">>"].contains(&word.as_str())).collect())
            .collect()
    }

    #[test]
    fn every_command_has_examples_that_the_program_takes() {
        for command in shown(&Cli::built()) {
            let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
            let notes = notes(&command);
            assert!(notes.starts_with("Examples:\n"), "the help of {name} has no \"Examples:\"");
            let examples = examples(&notes);
            assert!(
                examples.iter().any(|words| words.join(" ").starts_with(&name)),
                "{name} is in no example of its own"
            );
            for words in examples {
                let read = Cli::read(words.iter().map(OsString::from));
                assert!(read.is_ok(), "{name}: {words:?}: {}", read.unwrap_err());
            }
        }
    }

    #[test]
    fn every_command_is_in_the_help_of_the_program_and_in_the_reference() {
        let program = Cli::built();
        let help = program.clone().render_help().to_string();
        for command in
            program.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
        {
            assert!(help.contains(&format!("\n  {} ", command.get_name())), "{help}");
        }
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/cli.md")).unwrap();
        for command in shown(&program) {
            let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
            assert!(page.contains(&format!("\n## {name}\n")), "docs/reference/cli.md has no {name}");
        }
    }
}

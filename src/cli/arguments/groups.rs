//! The commands in the help of the program, arranged by what people come for.

use clap::{Command, builder::Styles};

/// Headings, and the commands below them in their order. What stands nowhere comes last.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Serve", &["server", "embedded"]),
    ("Try a tool", &["call", "tools"]),
    ("Set up", &["db", "client-config", "migrate"]),
    ("Look after servers", &["health", "doctor", "admin", "user", "token"]),
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

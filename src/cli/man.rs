//! `man`: the manual pages, made from the same grammar as the help, so that they cannot tell another story.

use std::{fs, path::Path, process::ExitCode};

use clap::Command;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use super::{
    arguments::{Cli, shell::ManOptions},
    error::CliError,
    output,
};

pub(crate) fn run(options: &ManOptions) -> Result<ExitCode, CliError> {
    let program = Cli::built();
    if let Some(directory) = &options.dir {
        let count = write_all(&program, directory)
            .map_err(|error| CliError::while_doing(&format!("cannot write to {}", directory.display()), error))?;
        output::note(&format!("{count} pages written to {}\n", directory.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = &program;
    for word in &options.command {
        command = command.find_subcommand(word).ok_or_else(|| no_command(command, word))?;
    }
    output::print(&page(command).map_err(|error| CliError::from_error(&error))?)?;
    Ok(ExitCode::SUCCESS)
}

fn no_command(command: &Command, word: &str) -> CliError {
    let name = command.get_bin_name().unwrap_or_default();
    let known: Vec<_> = visible(command).map(Command::get_name).collect();
    let advice = if known.is_empty() { "it has none".to_owned() } else { format!("there are: {}", known.join(", ")) };
    CliError::new(format!("{name} has no command {word:?}; {advice}"))
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help")
}

/// Writes the page of a command and of all below it; says how many.
fn write_all(command: &Command, directory: &Path) -> Result<usize, std::io::Error> {
    fs::create_dir_all(directory)?;
    fs::write(directory.join(format!("{}.1", name(command))), page(command)?)?;
    visible(command).try_fold(1, |count, inner| Ok(count + write_all(inner, directory)?))
}

fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command) -> Result<String, std::io::Error> {
    let man = Man::new(command.clone()).source(concat!("mcp-arangodb-async ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if visible(command).next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    notes(command).to_writer(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// What stands at the end of the help: examples, as they have to be typed, and remarks.
fn notes(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let Some(text) = command.get_after_long_help().or_else(|| command.get_after_help()) else { return roff };
    let text = text.to_string();
    let (title, rest) = match text.strip_prefix("Examples:\n") {
        Some(rest) => ("EXAMPLES", rest),
        None => ("NOTES", text.as_str()),
    };
    roff.control("SH", [title]);
    let mut verbatim = false;
    for line in rest.lines() {
        let typed = line.starts_with(' ');
        if typed != verbatim {
            roff.control(if typed { "nf" } else { "fi" }, []);
            verbatim = typed;
        }
        if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    if verbatim {
        roff.control("fi", []);
    }
    roff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_printed_as_they_have_to_be_typed() {
        let command = Command::new("x").after_help("Examples:\n  x -a \\\n      .b\n\nA remark.");
        let text = notes(&command).to_roff();
        assert_eq!(text, ".SH EXAMPLES\n.nf\n  x \\-a \\\\\n      .b\n.fi\n.PP\nA remark.\n", "{text}");
    }
}

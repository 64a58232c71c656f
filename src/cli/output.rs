//! The only place that prints. Standard output is the protocol's while serving on stdio, so nothing else may write to it.

use std::io::{self, IsTerminal as _, Write};

use anstream::AutoStream;

use super::error::CliError;

/// Prints a text to standard output, as it is. A reader that has gone away is no failure.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    print_to(io::stdout().lock(), text)
}

/// Prints a text of ours, whose colours only a terminal gets, and only without `NO_COLOR`.
pub(crate) fn print_styled(text: &str) -> Result<(), CliError> {
    print_to(AutoStream::auto(io::stdout().lock()), text)
}

fn print_to(mut out: impl Write, text: &str) -> Result<(), CliError> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::while_doing("cannot write to standard output", error))
        }
        _ => Ok(()),
    }
}

/// Prints a text with a line end to standard output.
pub(crate) fn print_line(text: &str) -> Result<(), CliError> {
    print(&format!("{text}\n"))
}

/// Says something to the person at the terminal, on standard error. Nobody listening is no failure.
pub(crate) fn note(text: &str) {
    let mut out = io::stderr().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// The same for a text of ours with colours.
pub(crate) fn note_styled(text: &str) {
    let mut out = AutoStream::auto(io::stderr().lock());
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

/// Reads a line from standard input; nothing when it has ended. Blocking.
pub(crate) fn read_line() -> Option<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).ok().filter(|read| *read > 0).map(|_| line)
}

/// Reads all of standard input, beside the runtime's own thread.
pub(crate) async fn read_input() -> Result<String, CliError> {
    let read = tokio::task::spawn_blocking(|| io::read_to_string(io::stdin().lock())).await;
    let read = read.map_err(io::Error::other).and_then(|text| text);
    read.map_err(|error| CliError::while_doing("cannot read standard input", error))
}

/// Whether a person waits at standard input.
pub(crate) fn input_is_terminal() -> bool {
    io::stdin().is_terminal()
}

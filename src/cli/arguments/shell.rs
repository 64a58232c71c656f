//! The words of the commands that fit the program into a shell: `completions` and `man`, and what completion scripts ask.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, ValueEnum};

/// A shell that can be taught to complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    /// Bash.
    Bash,
    /// Zsh.
    Zsh,
    /// Fish.
    Fish,
    #[value(help = "PowerShell, on every system")]
    Powershell,
    /// Elvish.
    Elvish,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsOptions {
    /// The shell.
    pub(crate) shell: Shell,
}

/// What the scripts ask. Kept as it is, for scripts that were installed with an earlier version.
#[derive(Debug, Args)]
pub(crate) struct CompleteOptions {
    /// The word that is being typed, up to the cursor.
    #[arg(long, require_equals = true)]
    pub(crate) current: OsString,
    /// The words before it, the program's name first.
    #[arg(last = true)]
    pub(crate) before: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct ManOptions {
    /// The command whose page is printed; without it, the page of the program.
    #[arg(conflicts_with = "dir")]
    pub(crate) command: Vec<String>,
    /// Write the pages of all commands to this directory, each as NAME.1.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}
